//! Questions to the schedule, and claims about the state, in code under test.
//!
//! Compiled always, and empty without the `sim` feature: production code can
//! carry probes at no cost. Outside a simulation each gives its default.
//!
//! ```
//! use surefoot::probe;
//!
//! assert_eq!(probe::choose(3), 0);
//! assert_eq!(probe::pick(10..20), 10);
//! assert!(!probe::fault("the disk is full"));
//! probe::panic_point("half-way"); // goes on
//! ```

mod cancellable;
mod strike;

pub use self::cancellable::{Cancellable, cancellable};

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "sim")]
use crate::rt::hook;

/// One of `0..n`, by choice of the schedule; 0 outside a simulation.
///
/// # Panics
///
/// If `n` is 0: there is nothing to choose from.
#[must_use]
#[track_caller]
pub fn choose(n: usize) -> usize {
    assert!(n > 0, "choose(0): there is nothing to choose from");
    #[cfg(feature = "sim")]
    if let Some(hook) = hook::current() {
        return hook.choose(n as u64) as usize;
    }
    0
}

/// A number of `range`, by choice of the schedule; its start outside a
/// simulation.
///
/// A range wider than 64 is sampled, and an exhaustive search over it does not
/// call itself exhausted.
///
/// # Panics
///
/// If `range` is empty.
#[must_use]
#[track_caller]
pub fn pick(range: Range<u64>) -> u64 {
    assert!(!range.is_empty(), "pick({range:?}): there is nothing to pick from");
    #[cfg(feature = "sim")]
    if let Some(hook) = hook::current() {
        return range.start + hook.choose(range.end - range.start);
    }
    range.start
}

/// Whether the fault `label` strikes here; `false` outside a simulation.
///
/// A schedule has at most as many faults as
/// `Explorer::faults` allows.
#[must_use]
pub fn fault(label: &'static str) -> bool {
    #[cfg(feature = "sim")]
    if let Some(hook) = hook::current() {
        return hook.fault(label);
    }
    let _ = label;
    false
}

/// Panics here if the schedule says so. Counts as a [`fault`].
///
/// # Panics
///
/// If the schedule says so. The panic is one that the scenario asked for: in a
/// task it does not fail the schedule.
#[track_caller]
pub fn panic_point(label: &'static str) {
    if fault(label) {
        crate::error::raise_injected(label);
    }
}

/// Claims that `holds` is true after every step of the rest of the schedule.
///
/// Does nothing outside a simulation.
pub fn always(label: &'static str, holds: impl Fn() -> bool + 'static) {
    #[cfg(feature = "sim")]
    if let Some(hook) = hook::current() {
        hook.always(label, Box::new(holds));
        return;
    }
    let _ = (label, holds);
}

/// Claims that `holds` is true at least once, in some schedule: that a test sees
/// what it is about, two tasks that wait at a time say. If it never does, the
/// exploration fails with `Verdict::Never`.
///
/// Does nothing outside a simulation.
pub fn sometimes(label: &'static str, holds: bool) {
    #[cfg(feature = "sim")]
    if let Some(hook) = hook::current() {
        hook.sometimes(label, holds);
        return;
    }
    let _ = (label, holds);
}

/// Claims that nobody holds `value` any more once the schedule has ended and its
/// tasks are dropped, where `Explorer::deny_leaks` asks for that.
///
/// Does nothing outside a simulation.
pub fn track<T: ?Sized + 'static>(value: &Arc<T>) {
    #[cfg(feature = "sim")]
    if let Some(hook) = hook::current() {
        let value = Arc::downgrade(value);
        hook.track(std::any::type_name::<T>(), Box::new(move || value.strong_count()));
        return;
    }
    let _ = value;
}

/// Marks this step as one of those whose order matters, for `Strategy::Surw`.
///
/// Does nothing outside a simulation.
pub fn interesting() {
    #[cfg(feature = "sim")]
    if let Some(hook) = hook::current() {
        hook.interesting();
    }
}

/// Virtual time since the schedule began; zero outside a simulation.
#[must_use]
pub fn elapsed() -> Duration {
    #[cfg(feature = "sim")]
    if let Some(hook) = hook::current() {
        return hook.elapsed();
    }
    Duration::ZERO
}

/// Whether a simulation runs on this thread.
#[must_use]
pub fn is_simulated() -> bool {
    #[cfg(feature = "sim")]
    let is_simulated = hook::current().is_some();
    #[cfg(not(feature = "sim"))]
    let is_simulated = false;
    is_simulated
}
