//! The entry point, as a process of its own, with real signals.

mod child;
mod codes;
mod signals;
mod stragglers;
