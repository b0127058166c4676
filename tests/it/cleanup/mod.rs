//! Cleanups, and who runs them when.

mod bracket;
mod defer;
mod panics;
mod runtimes;
mod stack;
mod support;
mod wait;
mod wakers;
