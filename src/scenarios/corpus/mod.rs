//! A corpus of known bugs: small programs on Tokio's own types, each with a
//! correction that differs in a few lines and keeps the assertions.
//!
//! They are the teeth of the simulator: every bug passes the fair schedule, as it
//! passed its author's tests; every strategy is measured by how many schedules it
//! needs to find it; and no correction may be found fault with.
//!
//! The broken twins of the patterns' [claims](super::all) belong to it, too: they
//! are measured along with these.

mod barrier_of_a_quitter;
mod busy_after_a_panic;
mod caller_that_left;
mod charged_twice;
mod check_then_wait;
mod controller_that_left;
mod counted_for_ever;
mod ends_at_a_lag;
mod first_waker;
mod forgotten_permit;
mod futurelock;
mod half_a_frame;
mod leader_that_left;
mod lease_of_another;
mod loaded_twice;
mod lost_in_an_arm;
mod lost_update;
mod not_checked_again;
mod notified_once;
mod opposite_locks;
mod oversold;
mod pending_is_not_empty;
mod philosophers;
mod polled_is_done;
mod published_before_written;
mod read_twice;
mod second_connection;
mod slot_of_another;
mod spawned_after_the_stop;
mod stale_in_the_cache;
mod subscribed_too_late;
mod unpolled_buffer;
mod used_before_made;
mod waits_with_the_lock;

use std::future::Future;
use std::time::Duration;

use super::{Body, Breaks};
use crate::rt;
use crate::spawn::{Spawner, Task};

/// A bug, and its correction.
#[derive(Debug)]
#[non_exhaustive]
pub struct Case {
    /// What it is called.
    pub name: &'static str,
    /// What kind of mistake it is.
    pub class: &'static str,
    /// How many orderings of steps it takes, as
    /// [`Pct`](crate::sim::Strategy::Pct) counts: 1 for one step before another.
    pub depth: u32,
    /// What comes of it. A task that yields to others costs a deviation for each time.
    pub breaks: Breaks,
    /// The program.
    pub bug: Body,
    /// The same without the mistake.
    pub fixed: Body,
}

impl Case {
    /// What reports call the bug.
    #[must_use]
    pub fn id(&self) -> String {
        format!("corpus/{}", self.name)
    }
}

/// A case of the module of that name.
macro_rules! case {
    ($name:ident, $class:literal, $depth:literal, $verdict:literal: $says:literal) => {
        case!($name, $class, $depth, $verdict: $says, |explorer| explorer)
    };
    (
        $name:ident, $class:literal, $depth:literal,
        $verdict:literal: $says:literal, |$explorer:ident| $bounds:expr
    ) => {
        Case {
            name: stringify!($name),
            class: $class,
            depth: $depth,
            breaks: Breaks { verdict: $verdict, says: $says, deviations: 1..=24 },
            bug: Body::new(|$explorer| $bounds.run($name::bug)),
            fixed: Body::new(|$explorer| $bounds.run($name::fixed)),
        }
    };
}

/// Every case.
pub static CASES: &[Case] = &[
    case!(lost_update, "lost update", 1, "Panic": "an update was lost"),
    case!(stale_in_the_cache, "lost update", 1, "Panic": "an old value"),
    case!(oversold, "check, then act", 1, "Panic": "sold what was not there"),
    case!(loaded_twice, "check, then act", 1, "Panic": "loaded twice"),
    case!(slot_of_another, "identity reused", 1, "Panic": "a stranger freed the slot"),
    case!(opposite_locks, "order of locks", 1, "Deadlock": "nothing is ready"),
    case!(philosophers, "order of locks", 2, "Deadlock": "nothing is ready"),
    case!(waits_with_the_lock, "waiting with a lock", 1, "Deadlock": "nothing is ready"),
    case!(second_connection, "taken twice", 1, "Deadlock": "nothing is ready"),
    case!(read_twice, "taken twice", 1, "Deadlock": "nothing is ready"),
    case!(check_then_wait, "lost notification", 1, "Deadlock": "nothing is ready"),
    case!(subscribed_too_late, "lost notification", 1, "Deadlock": "nothing is ready"),
    case!(notified_once, "lost notification", 2, "Deadlock": "nothing is ready"),
    case!(first_waker, "lost wake-up", 1, "LostWakeup": "nobody woke it"),
    case!(not_checked_again, "condition not checked again", 1, "Panic": "what was not there"),
    case!(lost_in_an_arm, "cancelled half-way", 1, "Panic": "a message was lost"),
    case!(
        half_a_frame, "cancelled half-way", 1,
        "Panic": "half a frame was lost", |explorer| explorer.cancellations(1)
    ),
    case!(
        forgotten_permit, "cancelled half-way", 1,
        "Deadlock": "nothing is ready", |explorer| explorer.cancellations(1)
    ),
    case!(
        counted_for_ever, "cancelled half-way", 1,
        "Panic": "counted for ever", |explorer| explorer.cancellations(1)
    ),
    case!(
        leader_that_left, "party that left", 1,
        "Deadlock": "nothing is ready", |explorer| explorer.cancellations(1)
    ),
    case!(
        barrier_of_a_quitter, "party that left", 1,
        "Deadlock": "nothing is ready", |explorer| explorer.cancellations(1)
    ),
    case!(
        caller_that_left, "party that left", 1,
        "Panic": "the caller waits", |explorer| explorer.cancellations(1)
    ),
    case!(
        controller_that_left, "party that left", 1,
        "Livelock": "500 steps", |explorer| explorer.cancellations(1).max_steps(500)
    ),
    case!(futurelock, "granted and not polled", 1, "Deadlock": "futurelock"),
    case!(unpolled_buffer, "granted and not polled", 1, "Deadlock": "futurelock"),
    case!(spawned_after_the_stop, "shutdown", 1, "Panic": "begins after the shutdown"),
    case!(ends_at_a_lag, "lagging subscriber", 1, "Panic": "the last event was missed"),
    case!(used_before_made, "order taken for granted", 1, "Panic": "no configuration"),
    case!(published_before_written, "order taken for granted", 1, "Panic": "an old value"),
    case!(
        charged_twice, "time limit", 1,
        "Panic": "charged twice", |explorer| explorer.stalls(1)
    ),
    case!(
        lease_of_another, "time limit", 1,
        "Panic": "an old lease", |explorer| explorer.stalls(1)
    ),
    case!(
        busy_after_a_panic, "mark of a panic", 1,
        "Deadlock": "nothing is ready", |explorer| explorer.faults(1)
    ),
    case!(
        polled_is_done, "future by hand", 1,
        "Panic": "done before it was", |explorer| explorer.spurious_wakes(1)
    ),
    case!(
        pending_is_not_empty, "future by hand", 1,
        "Panic": "left in the queue", |explorer| explorer.coop_exhaustions(1)
    ),
];

/// A task of that name.
fn task<F>(name: &'static str, future: F) -> Task<()>
where
    F: Future<Output = ()> + Send + 'static,
{
    Spawner::new().name(name).spawn(future)
}

/// A task that the schedule may cancel.
fn fickle<F>(name: &'static str, future: F) -> Task<()>
where
    F: Future<Output = ()> + Send + 'static,
{
    Spawner::new().name(name).cancellable(true).spawn(future)
}

/// Waits for all; none is cancelled or panics.
async fn all_end<const N: usize>(tasks: [Task<()>; N]) {
    for task in tasks {
        task.await.expect("no task of this kind is cancelled or panics");
    }
}

/// Lets others run so many times.
async fn yields(times: usize) {
    for _ in 0..times {
        tokio::task::yield_now().await;
    }
}

async fn sleep(duration: Duration) {
    rt::sleep_until(rt::now() + duration).await;
}
