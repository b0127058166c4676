//! The example of the guide, `surefoot::sim::guide`: a small service as it was first
//! written, and after each of two corrections. Two of its tests fail first, and one
//! still does after the first correction: `tests/guide` sees to it, and to what they
//! print. `cargo test` alone does not run them; `cargo test --test names` does.
#![cfg(not(loom))]
#![expect(clippy::disallowed_types, reason = "no loom model sees this service")]

mod first;
mod second;
mod third;
