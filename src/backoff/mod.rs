//! Delay sequences: how long to wait before each next attempt.
//!
//! A service that failed needs time, and clients that all come back at the same
//! moment make it fail again. A [`Backoff`] says how the delays grow, where they
//! end and how far chance spreads them; [`Backoff::delays`] is the sequence.
//!
//! ```
//! use std::time::Duration;
//! use surefoot::backoff::{Backoff, Jitter, Rng};
//!
//! let policy = Backoff::exponential(Duration::from_millis(100)).max_delay(Duration::from_secs(1));
//! let plain: Vec<_> = policy.delays(Rng::seeded(7)).take(5).collect();
//! assert_eq!(plain, [100, 200, 400, 800, 1000].map(Duration::from_millis));
//!
//! // What a service wants: spread out, and differently in every process.
//! let policy = policy.jitter(Jitter::Full);
//! let spread = policy.delays(Rng::from_entropy()).take(5);
//! assert!(spread.zip(plain).all(|(delay, most)| delay <= most));
//! ```
//!
//! # What goes wrong without it
//!
//! Delays in floating point drift and know NaN. `base * 2.pow(n)` overflows on
//! the attempt that nobody tests, and then panics, wraps to a short delay or
//! ends the retries in silence. Jitter that is added after the cap exceeds the
//! cap. Jitter that is drawn from one seed leaves all clients in step.
//!
//! # Guarantees
//!
//! - RETRY2: every delay follows its formula in whole nanoseconds and saturates
//!   at [`Duration::MAX`](std::time::Duration::MAX). No input panics later than
//!   at the call that it was handed to, and none ends the sequence.
//!   `delay ≤ max_delay` holds after jitter, for the first delay too.
//! - RETRY7: a seed replays the same delays on every machine. Chance is no part
//!   of a policy, so its clones do not retry in step unless they are handed the
//!   same seed.
//!
//! # When not to use it
//!
//! For a fixed pause, a `Duration` is enough. To repeat work at a steady rate,
//! use an interval: a delay after each run adds the run's own time. The delays
//! have no end and know nothing of errors; how often to try, and whether it
//! makes sense at all, is for their caller to say.
//!
//! # Sources
//!
//! [`Jitter`] and its names: Marc Brooker, "Exponential Backoff And Jitter",
//! AWS Architecture Blog, 2015.

mod core;
mod delays;
mod policy;
mod rng;

pub use self::delays::Delays;
pub use self::policy::{Backoff, Jitter};
pub use self::rng::Rng;
