//! The one seam between the patterns and the runtime.
//!
//! | build | tasks run on | code that blocks runs on | time is |
//! |---|---|---|---|
//! | default | Tokio | Tokio's blocking threads | Tokio's |
//! | `sim`, inside a simulation | the simulator, through [`hook`] | the same, as one step | Tokio's paused clock |
//! | `cfg(loom)` | one loom thread each | the same | a timer is pending until the model fires it |
//!
//! Without the `sim` feature there is no hook to ask, and every function here
//! is a direct call of Tokio's.

mod budget;
#[cfg(not(loom))]
mod direct;
pub(crate) mod draw;
#[cfg(feature = "sim")]
pub(crate) mod hook;
#[cfg(loom)]
pub(crate) mod loom;
#[cfg(all(feature = "app", not(loom)))]
mod runtime;
#[cfg(any(loom, feature = "sim"))]
mod slot;

pub(crate) use self::budget::{InTurn, in_turn, in_turn_at_tokio, poll_budget, poll_has_budget};
#[cfg(not(loom))]
pub(crate) use self::direct::{
    AbortHandle, Handle, Sleep, now, sleep_until, try_run_blocking, try_spawn,
};
#[cfg(loom)]
pub(crate) use self::loom::{
    AbortHandle, Handle, Sleep, now, sleep_until, try_run_blocking, try_spawn,
};
#[cfg(all(feature = "app", not(loom)))]
pub(crate) use self::runtime::{current_thread, is_inside, multi_thread};
#[cfg(feature = "sim")]
pub(crate) use self::slot::{Ended, root_body};

pub(crate) use tokio::time::Instant;

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::panic::Location;

use self::draw::SplitMix64;

/// What the runtime is told of a task.
#[derive(Clone, Debug)]
#[cfg_attr(
    any(loom, not(feature = "sim")),
    expect(dead_code, reason = "only the simulator asks for all of it")
)]
pub(crate) struct Meta {
    pub(crate) name: Cow<'static, str>,
    /// The simulator may drop it at any of its awaits.
    pub(crate) cancellable: bool,
    /// It serves others for ever: the simulator does not count it as progress.
    pub(crate) daemon: bool,
    pub(crate) spawned_at: &'static Location<'static>,
}

/// A task's identity, unique among the tasks that run now.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Id(IdOf);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum IdOf {
    #[cfg(not(loom))]
    Tokio(tokio::task::Id),
    #[cfg(any(loom, feature = "sim"))]
    Numbered(u32),
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            #[cfg(not(loom))]
            IdOf::Tokio(id) => id.fmt(f),
            #[cfg(any(loom, feature = "sim"))]
            IdOf::Numbered(id) => id.fmt(f),
        }
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({self})")
    }
}

/// A seed that nobody can foresee: in a simulation, the schedule's next draw.
pub(crate) fn entropy() -> u64 {
    #[cfg(feature = "sim")]
    if let Some(hook) = hook::current() {
        return hook.draw();
    }
    if cfg!(loom) {
        return 0;
    }
    thread_local! {
        /// Of this thread's own: a hash for each seed costs a tenth of a small race.
        static SEEDS: RefCell<SplitMix64> = RefCell::new(SplitMix64::new(from_the_system()));
    }
    let next = SEEDS.try_with(|seeds| seeds.borrow_mut().next_u64());
    // A thread that is ending.
    next.unwrap_or_else(|_| from_the_system())
}

/// The one place in the crate where randomness has no seed: with one, all the instances
/// of a service would retry in step. The standard library keys its hashers from the
/// system's entropy, each one differently.
fn from_the_system() -> u64 {
    RandomState::new().hash_one(())
}
