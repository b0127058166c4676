//! Data in motion.

mod alarm;
mod batch;
mod debounce_time;
mod interval;
mod item_timeout;
mod patterns;
mod source;
mod throttle_time;
mod until;

pub use self::batch::Batch;
pub use self::debounce_time::DebounceTime;
pub use self::interval::{Interval, Missed, Tick};
pub use self::item_timeout::ItemTimeout;
pub use self::patterns::StreamPatterns;
pub use self::throttle_time::ThrottleTime;
pub use self::until::Until;
