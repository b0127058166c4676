#![cfg(not(loom))]
//! Property tests: each machine against a reference, for every sequence of calls.

mod backoff;
