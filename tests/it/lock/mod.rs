//! Locks: who has what, in which order, and what a panic or a cancellation leaves
//! behind.

mod flights;
mod flights_end;
mod guarded;
mod keyed;
mod odd;
mod snapshot;
mod support;
mod wakers;
