//! A timetable of ticks.

mod core;
mod ticks;

pub use self::core::Missed;
pub use self::ticks::{Interval, Tick};
