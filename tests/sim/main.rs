//! Simulated schedules: of the simulator itself, and of the patterns.
#![cfg(not(loom))]

mod counts;
