use std::borrow::Cow;
use std::task::Waker;
use std::time::Duration;

use super::nodes::{NodeId, Nodes, ROOT};
use super::pieces::{Ending, Kind, PieceKey, Pieces};
use super::vocabulary::{Census, Effects, Event, Left, Limits, Phase, Reason, Signals, Waited};
use crate::waiters::{Queue, Taken, Ticket};

/// `A` aborts a task, `E` is what a failed one leaves, `L` links another kind of
/// token.
pub(crate) struct Core<A, E, L> {
    limits: Limits,
    phase: Phase,
    /// What was left was aborted. A shutdown may be done without that.
    has_aborted: bool,
    /// When the phase ends at the latest: it counts once somebody drains.
    until: Option<Duration>,
    reason: Option<Reason>,
    triggered_at: Duration,
    done_at: Option<Duration>,
    acceptors: usize,
    nodes: Nodes<L>,
    pieces: Pieces<A, E>,
    stopping: Queue<()>,
    aborting: Queue<()>,
    has_rested: bool,
    resting: Queue<()>,
    drains: Queue<()>,
}

impl<A, E, L> Core<A, E, L> {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            phase: Phase::Running,
            has_aborted: false,
            until: None,
            reason: None,
            triggered_at: Duration::ZERO,
            done_at: None,
            acceptors: 0,
            nodes: Nodes::new(),
            pieces: Pieces::new(),
            stopping: Queue::new(),
            aborting: Queue::new(),
            has_rested: false,
            resting: Queue::new(),
            drains: Queue::new(),
        }
    }

    /// What a look without the lock can be told.
    pub(crate) fn signals(&self) -> Signals {
        Signals::new(self.phase, self.has_aborted, self.nodes.hints())
    }

    pub(crate) fn has_happened(&self, event: Event) -> bool {
        match event {
            Event::Stop => self.phase >= Phase::Stopping,
            Event::Abort => self.has_aborted,
            Event::Rest => self.has_rested,
            Event::Trigger(node) => self.is_triggered(node),
        }
    }

    pub(crate) fn phase(&self) -> Phase {
        self.phase
    }

    /// The names of the pieces that are there.
    pub(crate) fn left(&self) -> Vec<Cow<'static, str>> {
        self.pieces.left()
    }

    /// How many tokens there are that have a parent, clones not counted.
    pub(crate) fn children(&self) -> usize {
        self.nodes.children()
    }

    pub(crate) fn is_triggered(&self, node: NodeId) -> bool {
        self.phase >= Phase::Draining || self.nodes.reason(node).is_some()
    }

    /// Why the node is triggered, or will be.
    pub(crate) fn reason(&self, node: NodeId) -> Option<Reason> {
        self.nodes.reason(node).or(self.reason.as_ref()).cloned()
    }

    // Moving on.

    /// Begins the end. Again, it does nothing: the first reason counts.
    pub(crate) fn trigger(&mut self, reason: Reason, now: Duration) -> Effects<A, E, L> {
        let mut effects = Effects::default();
        if self.phase == Phase::Running {
            self.reason = Some(reason);
            self.triggered_at = now;
            self.enter(Phase::Stopping, &mut effects);
        }
        effects
    }

    /// Triggers a node and all below it; the root, as [`trigger`](Self::trigger).
    pub(crate) fn trigger_node(
        &mut self,
        node: NodeId,
        reason: Reason,
        now: Duration,
    ) -> Effects<A, E, L> {
        if node == ROOT {
            return self.trigger(reason, now);
        }
        let mut effects = Effects::default();
        if !self.is_triggered(node) {
            self.nodes.trigger(node, &reason, &mut effects.wakers, &mut effects.links);
        }
        effects
    }

    /// Triggers, and does not wait for acceptors: nobody is left to tell them that
    /// their time is over.
    pub(crate) fn abandon(&mut self, reason: Reason, now: Duration) -> Effects<A, E, L> {
        let mut effects = self.trigger(reason, now);
        if self.phase == Phase::Stopping {
            self.enter(Phase::Draining, &mut effects);
        }
        effects
    }

    /// Triggers, and aborts at once what is there.
    pub(crate) fn abort(&mut self, reason: Reason, now: Duration) -> Effects<A, E, L> {
        let mut effects = self.trigger(reason, now);
        while self.phase < Phase::Aborting {
            let next = if self.phase < Phase::Draining { Phase::Draining } else { Phase::Aborting };
            self.enter(next, &mut effects);
        }
        effects
    }

    /// Invariant 1: the one place where the phase moves.
    fn enter(&mut self, phase: Phase, effects: &mut Effects<A, E, L>) {
        debug_assert!(self.phase < phase);
        self.phase = phase;
        self.until = None;
        match phase {
            Phase::Running => unreachable!("invariant 1: a phase does not come back"),
            Phase::Stopping => self.stopping.disband(&mut effects.wakers),
            Phase::Draining => {
                self.nodes.trigger_all(&mut effects.wakers, &mut effects.links);
                self.note_rest(effects);
            }
            Phase::Aborting => {
                self.has_aborted = true;
                effects.aborts.extend(self.pieces.take_switches());
                self.aborting.disband(&mut effects.wakers);
            }
            Phase::Done => {}
        }
        self.wake_drains(effects);
        if phase == Phase::Stopping && self.acceptors == 0 {
            // Invariant 2.
            self.enter(Phase::Draining, effects);
        }
    }

    /// Once nothing new registers, tells those whose turn comes last.
    fn note_rest(&mut self, effects: &mut Effects<A, E, L>) {
        if self.phase >= Phase::Draining && self.pieces.only_lasts_are_left() {
            self.has_rested = true;
            self.resting.disband(&mut effects.wakers);
        }
    }

    fn wake_drains(&mut self, effects: &mut Effects<A, E, L>) {
        while let Ok(waker) = self.drains.grant(()) {
            effects.wakers.push(waker);
        }
    }

    /// What a poll of a drain does: triggers, moves on as far as it goes, and
    /// waits for the rest.
    pub(crate) fn drain(
        &mut self,
        ticket: Option<Ticket>,
        now: Duration,
        reason: Reason,
        waker: Waker,
    ) -> (Left, Effects<A, E, L>) {
        // Out of the queue first: it need not wake itself.
        let spent = ticket.and_then(|ticket| self.drains.withdraw(ticket).1);
        let mut effects = self.trigger(reason, now);
        effects.spent.0[0] = spent;
        let left = loop {
            let (limit, is_over) = match self.phase {
                Phase::Running => unreachable!("it was triggered above"),
                // Invariant 2: with the last acceptor, it would be over.
                Phase::Stopping => (self.limits.accept, false),
                Phase::Draining => (self.limits.drain, self.pieces.is_empty()),
                Phase::Aborting => (self.limits.abort, self.pieces.is_empty()),
                Phase::Done => {
                    effects.spent.0[1] = Some(waker);
                    break Left::Nothing;
                }
            };
            // From the moment that the phase is first waited for: a trigger that
            // nobody drains has no clock.
            let until = *self.until.get_or_insert(now.saturating_add(limit));
            if !is_over && now < until {
                let arrival = self.drains.arrive();
                break Left::Until { ticket: self.drains.push(arrival, waker), until };
            }
            let next = match self.phase {
                Phase::Stopping => Phase::Draining,
                Phase::Draining if !is_over => Phase::Aborting,
                _ => Phase::Done,
            };
            if next == Phase::Done {
                self.done_at = Some(now);
            }
            self.enter(next, &mut effects);
        };
        (left, effects)
    }

    /// What a dropped drain does. Gives back a waker to be dropped after
    /// unlocking.
    pub(crate) fn leave_drain(&mut self, ticket: Ticket) -> Option<Waker> {
        self.drains.withdraw(ticket).1
    }

    // Waiting.

    /// What a poll of a future that waits for `event` does.
    pub(crate) fn wait(&mut self, event: Event, ticket: Option<Ticket>, waker: Waker) -> Waited {
        if self.has_happened(event) {
            // Invariant 4: the ticket, if any, is void.
            return Waited::Happened { spare: waker };
        }
        let queue = self.queue(event);
        match ticket {
            Some(ticket) => match queue.take(ticket, waker) {
                Taken::Parked { ticket, replaced } => Waited::Parked { ticket, replaced },
                Taken::Granted { .. } => unreachable!("these queues are disbanded, not granted"),
            },
            None => {
                let arrival = queue.arrive();
                Waited::Parked { ticket: queue.push(arrival, waker), replaced: None }
            }
        }
    }

    /// What its drop does. Gives back a waker to be dropped after unlocking.
    pub(crate) fn leave(&mut self, event: Event, ticket: Ticket) -> Option<Waker> {
        if self.has_happened(event) {
            return None;
        }
        self.queue(event).withdraw(ticket).1
    }

    fn queue(&mut self, event: Event) -> &mut Queue<()> {
        match event {
            Event::Stop => &mut self.stopping,
            Event::Abort => &mut self.aborting,
            Event::Rest => &mut self.resting,
            Event::Trigger(node) => self.nodes.waiting(node),
        }
    }

    // Tokens.

    pub(crate) fn child(&mut self, parent: NodeId) -> NodeId {
        self.nodes.child(parent)
    }

    pub(crate) fn retain(&mut self, node: NodeId) {
        self.nodes.retain(node);
    }

    /// Gives back a link to be dropped after unlocking.
    pub(crate) fn release(&mut self, node: NodeId) -> Option<L> {
        self.nodes.release(node)
    }

    /// The link of a node, unless it is triggered: `root` makes one, `child` one
    /// below another.
    #[allow(dead_code, reason = "a feature makes links")]
    pub(crate) fn link(
        &mut self,
        node: NodeId,
        root: impl FnOnce() -> L,
        child: impl Fn(&L) -> L,
    ) -> Option<&L> {
        if self.is_triggered(node) {
            return None;
        }
        Some(self.nodes.link(node, root, child))
    }

    // Acceptors and pieces.

    /// Says whether it counts: once it is over with accepting, none does.
    pub(crate) fn add_acceptor(&mut self) -> bool {
        let counts = self.phase == Phase::Running;
        self.acceptors += usize::from(counts);
        counts
    }

    pub(crate) fn remove_acceptor(&mut self) -> Effects<A, E, L> {
        let mut effects = Effects::default();
        self.acceptors -= 1;
        if self.acceptors == 0 && self.phase == Phase::Stopping {
            self.enter(Phase::Draining, &mut effects);
        }
        effects
    }

    /// A place for a piece, or the piece itself back (invariant 3).
    pub(crate) fn register(&mut self, kind: Kind) -> Result<PieceKey, Kind> {
        if self.phase > Phase::Running && !matches!(kind, Kind::Shield(_)) {
            return Err(kind);
        }
        Ok(self.pieces.insert(kind))
    }

    /// Keeps a task's switch, or gives it back to be thrown: it is too late, or
    /// the task has ended, which a throw does not harm.
    pub(crate) fn attach(&mut self, key: PieceKey, switch: A) -> Option<A> {
        if self.has_aborted {
            // Invariant 6.
            return Some(switch);
        }
        self.pieces.attach(key, switch)
    }

    /// `None` if nothing is left to be done: while `Running`, the end of a piece
    /// concerns nobody, since a drain triggers, and there is no rest before.
    pub(crate) fn end(&mut self, key: PieceKey, ending: Ending<E>) -> Option<Effects<A, E, L>> {
        let (switch, evicted) = self.pieces.end(key, ending, self.has_aborted);
        if self.phase == Phase::Running && switch.is_none() && evicted.is_none() {
            return None;
        }
        let mut effects = Effects::default();
        (effects.spent.1, effects.spent.2) = (switch, evicted);
        self.note_rest(&mut effects);
        if self.pieces.is_empty() {
            self.wake_drains(&mut effects);
        }
        Some(effects)
    }
}

impl<A, E: Clone, L> Core<A, E, L> {
    pub(crate) fn census(&self, now: Duration) -> Census<E> {
        let end = self.done_at.unwrap_or(now);
        Census {
            finished: self.pieces.finished(),
            failures: self.pieces.failures(),
            aborted: self.pieces.aborted(),
            left: self.pieces.left(),
            omitted: self.pieces.omitted(),
            reason: self.reason.clone().unwrap_or_default(),
            elapsed: end.saturating_sub(self.triggered_at),
        }
    }
}
