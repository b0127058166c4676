//! The pool, against a scripted server.

mod cancel;
mod checks;
mod close;
mod connects;
mod limits;
mod order;
mod panics;
mod returns;
mod runtimes;
mod sizes;
mod status;
mod wakers;
