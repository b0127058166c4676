//! What the joins do, and when exactly.

mod deadline;
mod failure;
mod polls;
mod times;
