//! The pool, against a scripted server.

mod cancel;
mod checks;
mod close;
mod connects;
mod daemon;
mod fresh;
mod keep;
mod leaks;
mod lifetimes;
mod limits;
mod options;
mod order;
mod panics;
mod refill;
mod resize;
mod retain;
mod returns;
mod runtimes;
mod sizes;
mod spike;
mod status;
mod wakers;
mod warm;
mod year;
