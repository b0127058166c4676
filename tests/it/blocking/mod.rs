//! Closures on real threads: they wait for word of the test, and for no clock.

mod limits;
mod order;
mod overrun;
mod panics;
mod runtimes;
mod site;
mod stop;
mod wakers;
