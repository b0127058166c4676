use std::borrow::Cow;
use std::task::Waker;
use std::time::Duration;

use super::nodes::NodeId;
use crate::waiters::{Ticket, Wakers};

/// Why it was triggered.
pub(crate) type Reason = Cow<'static, str>;

/// How far a shutdown is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Not triggered.
    Running,
    /// Triggered: nothing new begins, and acceptors hand over what they accepted.
    Stopping,
    /// Tokens are triggered: what runs comes to its end.
    Draining,
    /// What is left is being aborted.
    Aborting,
    /// Nothing is left, or nothing that could be ended.
    Done,
}

/// How long each phase lasts at most.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) accept: Duration,
    pub(crate) drain: Duration,
    pub(crate) abort: Duration,
}

/// What can be waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// It is over with accepting.
    Stop,
    /// The node is triggered.
    Trigger(NodeId),
    /// What is left is aborted.
    Abort,
    /// Once, nothing was left but what comes last.
    Rest,
}

/// What became of a wait.
#[derive(Debug)]
pub(crate) enum Waited {
    /// `spare` is the waker that was not needed: drop it after unlocking.
    Happened { spare: Waker },
    /// `replaced`, too.
    Parked { ticket: Ticket, replaced: Option<Waker> },
}

/// What a drain finds.
#[derive(Debug)]
pub(crate) enum Left {
    Nothing,
    /// There is something left, and time until then, since the shutdown was
    /// made.
    Until {
        ticket: Ticket,
        until: Duration,
    },
}

/// What is to be done after unlocking.
#[derive(Debug)]
#[must_use = "whoever is not woken waits for ever"]
pub(crate) struct Effects<A, E, L> {
    pub(crate) wakers: Wakers,
    /// Switches to be thrown.
    pub(crate) aborts: Vec<A>,
    /// Links to be cancelled.
    pub(crate) links: Vec<L>,
    /// To be dropped, which may run code of the caller's.
    pub(crate) spent: ([Option<Waker>; 2], Option<A>, Option<E>),
}

impl<A, E, L> Default for Effects<A, E, L> {
    fn default() -> Self {
        Self {
            wakers: Wakers::new(),
            aborts: Vec::new(),
            links: Vec::new(),
            spent: ([None, None], None, None),
        }
    }
}

/// What was counted and kept.
#[derive(Debug)]
pub(crate) struct Census<E> {
    pub(crate) finished: usize,
    pub(crate) failures: Vec<(Cow<'static, str>, E)>,
    pub(crate) aborted: Vec<Cow<'static, str>>,
    /// What is still there.
    pub(crate) left: Vec<Cow<'static, str>>,
    pub(crate) omitted: usize,
    pub(crate) reason: Reason,
    /// From the trigger to the end, or to now.
    pub(crate) elapsed: Duration,
}

/// What is asked most, in one word: the phase, and a hint of which nodes are
/// triggered on their own.
///
/// A node's hint is shared by those whose index differs by a multiple of the
/// number of hints. So it can say no, and whoever gets no no must look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Signals(pub(crate) u64);

impl Signals {
    const STOPPED: u64 = 1;
    const TRIGGERED: u64 = 1 << 1;
    const ABORTED: u64 = 1 << 2;
    const FIRST_HINT: u32 = 3;
    pub(super) const HINTS: usize = (u64::BITS - Self::FIRST_HINT) as usize;

    pub(super) fn new(phase: Phase, has_aborted: bool, hints: u64) -> Self {
        let bit = |is_set, bit| if is_set { bit } else { 0 };
        Self(
            bit(phase >= Phase::Stopping, Self::STOPPED)
                | bit(phase >= Phase::Draining, Self::TRIGGERED)
                | bit(has_aborted, Self::ABORTED)
                | hints << Self::FIRST_HINT,
        )
    }

    /// Which of the hints is the node's.
    pub(super) fn hint_of(node: NodeId) -> usize {
        node as usize % Self::HINTS
    }

    /// Whether `event` has happened, as far as this word knows.
    pub(crate) fn tell(self, event: Event) -> Option<bool> {
        let has = |bit| self.0 & bit != 0;
        match event {
            Event::Stop => Some(has(Self::STOPPED)),
            Event::Abort => Some(has(Self::ABORTED)),
            // It is waited for once, by few.
            Event::Rest => None,
            Event::Trigger(_) if has(Self::TRIGGERED) => Some(true),
            Event::Trigger(node) => {
                let hinted = has(1 << (Self::FIRST_HINT as usize + Self::hint_of(node)));
                if hinted { None } else { Some(false) }
            }
        }
    }
}
