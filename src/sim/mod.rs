//! Explores the schedules of real Tokio tasks, deterministically.
mod choice;
mod engine;
mod explorer;
mod failure;
mod inquest;
mod panic_hook;
mod schedule;
mod settings;
mod shrink;
mod stats;
mod strategy;
mod trace;
mod verdict;

pub use self::choice::{Deviation, Kind, PerKind};
pub use self::engine::CancelPoints;
pub use self::explorer::{Explorer, TaskPanics, check, replay};
pub use self::failure::Failure;
pub use self::schedule::{Schedule, ScheduleError};
pub use self::stats::{MinAvgMax, Stats};
pub use self::strategy::{Strategy, StrategyError};
pub use self::trace::{Event, Row, Trace};
pub use self::verdict::{Stuck, TaskInfo, Verdict};
pub use crate::probe::{always, cancellable, choose, elapsed, fault, panic_point, pick};
