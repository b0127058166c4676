use std::ops::Deref;
use std::panic;
use std::time::Duration;

use super::core::{Core, Effects, Event, Limits, Signals};
use super::link::Link;
use super::report::Failure;
use crate::rt::{self, Instant};
use crate::spawn::AbortHandle;
use crate::sync::{Arc, AtomicU64, Mutex, Ordering};

/// What a shutdown's handles, tokens and pieces share. Clones are the same.
///
/// A type of its own, since loom's `Arc` can't be a method's `self`.
#[derive(Clone)]
pub(super) struct Tree(Arc<Inner>);

pub(super) struct Inner {
    born: Instant,
    pub(super) core: Mutex<CoreOf>,
    /// A copy of `Core::signals`, for looks without the lock.
    signals: AtomicU64,
}

pub(super) type CoreOf = Core<AbortHandle, Failure, Link>;
pub(super) type EffectsOf = Effects<AbortHandle, Failure, Link>;

impl Deref for Tree {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Tree {
    pub(super) fn new(limits: Limits) -> Self {
        let core = Core::new(limits);
        let signals = AtomicU64::new(core.signals().0);
        Self(Arc::new(Inner { born: rt::now(), core: Mutex::new(core), signals }))
    }
}

impl Inner {
    /// The time since the shutdown was made.
    pub(super) fn now(&self) -> Duration {
        rt::now().saturating_duration_since(self.born)
    }

    /// The moment so long after the shutdown was made, if there is one.
    pub(super) fn instant(&self, at: Duration) -> Option<Instant> {
        self.born.checked_add(at)
    }

    /// What is known without the lock.
    ///
    /// Acquire, the partner of the store in `update`: whoever sees the trigger sees
    /// what was done before it.
    pub(super) fn signals(&self) -> Signals {
        Signals(self.signals.load(Ordering::Acquire))
    }

    /// Lets the core do something that may change the signals.
    pub(super) fn edit<R>(&self, f: impl FnOnce(&mut CoreOf) -> R) -> R {
        self.core.with(|core| {
            let done = f(core);
            // Under the lock, so that the last store is of the last state. Release,
            // for `signals`.
            self.signals.store(core.signals().0, Ordering::Release);
            done
        })
    }

    /// The same, and does what the core could not do under the lock.
    pub(super) fn update(&self, f: impl FnOnce(&mut CoreOf) -> EffectsOf) {
        settle(self.edit(f));
    }

    /// Whether `event` has happened.
    pub(super) fn has_happened(&self, event: Event) -> bool {
        let told = self.signals().tell(event);
        told.unwrap_or_else(|| self.core.with(|core| core.has_happened(event)))
    }
}

/// Does what a core could not do under the lock.
pub(super) fn settle(effects: EffectsOf) {
    let Effects { wakers, aborts, links, spent } = effects;
    aborts.iter().for_each(AbortHandle::abort);
    // A waker that panics, of a link as well, keeps nobody from being told.
    let cancelled = panic::catch_unwind(|| links.iter().for_each(Link::cancel));
    wakers.wake();
    drop(spent);
    if let Err(payload) = cancelled {
        panic::resume_unwind(payload);
    }
}
