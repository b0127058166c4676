//! The channels, by hand.

mod busy;
mod fan_in;
mod panics;
mod priority;
mod publish;
mod request;
mod sizes;
mod wakers;
