#![cfg(not(all(surefoot_loom, doctest)))]
pub mod deadline;
pub mod error;
pub mod probe;
mod rt;
pub mod spawn;
mod sync;
#[expect(dead_code)]
mod waiters;
