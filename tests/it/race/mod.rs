//! What the races do, when exactly, and who wins.

mod first;
mod hedge;
mod polls;
mod ties;
