//! The end of a service, on the paused clock.

mod aborts;
mod drain;
mod links;
mod phases;
mod pieces;
mod reapers;
mod runs;
mod runtimes;
mod sizes;
mod support;
mod tokens;
mod wakers;
