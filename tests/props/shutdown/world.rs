use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Wake, Waker};
use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::select;

use crate::shutdown_core::{
    Core, Effects, Ending, Event, Kind, Left, Limits, NodeId, Phase, PieceKey, ROOT, Signals,
    Waited,
};
use crate::waiters::Ticket;

/// What can happen to a shutdown. Numbers pick among what is there.
#[derive(Clone, Debug)]
pub(super) enum Action {
    Child(usize),
    Retain(usize),
    Release(usize),
    TriggerNode(usize),
    Link(usize),
    Trigger,
    Abandon,
    Abort,
    Accept,
    Unaccept,
    Register(u8),
    Attach(usize),
    End(usize, u8),
    Wait(u8, usize),
    WaitAgain(usize),
    Leave(usize),
    Drain,
    DrainAgain(usize),
    LeaveDrain(usize),
    Tick(u64),
}

pub(super) fn actions() -> impl Strategy<Value = Vec<Action>> {
    let i = || 0_usize..8;
    let action = prop_oneof![
        6 => i().prop_map(Action::Child),
        2 => i().prop_map(Action::Retain),
        5 => i().prop_map(Action::Release),
        3 => i().prop_map(Action::TriggerNode),
        2 => i().prop_map(Action::Link),
        1 => Just(Action::Trigger),
        1 => Just(Action::Abandon),
        1 => Just(Action::Abort),
        2 => Just(Action::Accept),
        2 => Just(Action::Unaccept),
        6 => (0_u8..4).prop_map(Action::Register),
        4 => i().prop_map(Action::Attach),
        5 => (i(), 0_u8..3).prop_map(|(piece, how)| Action::End(piece, how)),
        8 => (0_u8..5, i()).prop_map(|(what, node)| Action::Wait(what, node)),
        4 => i().prop_map(Action::WaitAgain),
        3 => i().prop_map(Action::Leave),
        2 => Just(Action::Drain),
        3 => i().prop_map(Action::DrainAgain),
        1 => i().prop_map(Action::LeaveDrain),
        4 => (0_u64..30).prop_map(Action::Tick),
    ];
    prop::collection::vec(action, 1..100)
}

pub(super) fn limits() -> impl Strategy<Value = Limits> {
    let limit = || {
        let millis = (0_u64..40).prop_map(Duration::from_millis);
        prop_oneof![3 => millis, 1 => select(vec![Duration::ZERO, Duration::MAX])]
    };
    (limit(), limit(), limit()).prop_map(|(accept, drain, abort)| Limits { accept, drain, abort })
}

#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Relaxed);
    }
}

/// A node's hint is shared with every so-and-so-many-th.
const HINTS: NodeId = 61;

struct Node {
    id: NodeId,
    /// Among the nodes of the model; the root is nobody's.
    parent: usize,
    handles: usize,
    reason: Option<String>,
    is_linked: bool,
}

struct Waiting {
    event: Event,
    /// Of the model; the root, unless it waits for a trigger.
    node: usize,
    ticket: Ticket,
    woken: Arc<Count>,
}

struct Piece {
    key: PieceKey,
    number: usize,
    is_shield: bool,
    is_last: bool,
    switch: Option<u32>,
}

struct Draining {
    ticket: Ticket,
    woken: Arc<Count>,
    /// Something happened that it must look at.
    is_due: bool,
}

pub(super) struct World {
    core: Core<u32, u32, u32>,
    limits: Limits,
    now: Duration,
    phase: Phase,
    has_aborted: bool,
    has_rested: bool,
    until: Option<Duration>,
    reason: Option<String>,
    triggered_at: Duration,
    done_at: Option<Duration>,
    acceptors: usize,
    /// The root is the first. Those without handles are gone.
    nodes: Vec<Node>,
    waiting: Vec<Waiting>,
    pieces: Vec<Piece>,
    registered: usize,
    drains: Vec<Draining>,
    finished: usize,
    failures: Vec<u32>,
    aborted: usize,
    thrown: Vec<u32>,
    cancelled: BTreeSet<u32>,
    steps: u32,
}

fn waker() -> (Arc<Count>, Waker) {
    let count = Arc::new(Count::default());
    (count.clone(), count.into())
}

impl World {
    pub(super) fn new(limits: Limits) -> Self {
        let root = Node { id: ROOT, parent: 0, handles: 1, reason: None, is_linked: false };
        Self {
            core: Core::new(limits),
            limits,
            now: Duration::ZERO,
            phase: Phase::Running,
            has_aborted: false,
            has_rested: false,
            until: None,
            reason: None,
            triggered_at: Duration::ZERO,
            done_at: None,
            acceptors: 0,
            nodes: vec![root],
            waiting: Vec::new(),
            pieces: Vec::new(),
            registered: 0,
            drains: Vec::new(),
            finished: 0,
            failures: Vec::new(),
            aborted: 0,
            thrown: Vec::new(),
            cancelled: BTreeSet::new(),
            steps: 0,
        }
    }

    pub(super) fn step(&mut self, action: &Action) {
        self.steps += 1;
        let reason = format!("step {}", self.steps);
        match *action {
            Action::Child(n) => {
                let parent = self.living(n);
                let id = self.core.child(self.nodes[parent].id);
                let reason = self.nodes[parent].reason.clone();
                self.nodes.push(Node { id, parent, handles: 1, reason, is_linked: false });
            }
            Action::Retain(n) => {
                let node = self.living(n);
                if node > 0 {
                    self.core.retain(self.nodes[node].id);
                    self.nodes[node].handles += 1;
                }
            }
            Action::Release(n) => self.release(n),
            Action::TriggerNode(n) => {
                let node = self.living(n);
                let effects =
                    self.core.trigger_node(self.nodes[node].id, reason.clone().into(), self.now);
                if node == 0 {
                    self.trigger(&reason);
                } else if !self.is_triggered(node) {
                    for below in 0..self.nodes.len() {
                        if self.is_below(below, node) && self.nodes[below].reason.is_none() {
                            self.nodes[below].reason = Some(reason.clone());
                        }
                    }
                }
                self.settle(effects);
            }
            Action::Link(n) => {
                let node = self.living(n);
                let (id, number) = (self.nodes[node].id, self.steps);
                let linked = self.core.link(id, || number, |parent| parent + 1_000).copied();
                assert_eq!(linked.is_none(), self.is_triggered(node));
                if linked.is_some() {
                    // All above have one, too.
                    let mut at = node;
                    while at > 0 {
                        self.nodes[at].is_linked = true;
                        at = self.nodes[at].parent;
                    }
                }
            }
            Action::Trigger => {
                let effects = self.core.trigger(reason.clone().into(), self.now);
                self.trigger(&reason);
                self.settle(effects);
            }
            Action::Abandon => {
                let effects = self.core.abandon(reason.clone().into(), self.now);
                self.trigger(&reason);
                if self.phase == Phase::Stopping {
                    self.enter(Phase::Draining);
                }
                self.settle(effects);
            }
            Action::Abort => {
                let effects = self.core.abort(reason.clone().into(), self.now);
                self.trigger(&reason);
                if self.phase < Phase::Draining {
                    self.enter(Phase::Draining);
                }
                if self.phase < Phase::Aborting {
                    self.enter(Phase::Aborting);
                }
                self.settle(effects);
            }
            Action::Accept => {
                let counts = self.core.add_acceptor();
                assert_eq!(counts, self.phase == Phase::Running);
                self.acceptors += usize::from(counts);
            }
            Action::Unaccept => {
                if self.acceptors > 0 {
                    let effects = self.core.remove_acceptor();
                    self.acceptors -= 1;
                    if self.acceptors == 0 && self.phase == Phase::Stopping {
                        self.enter(Phase::Draining);
                    }
                    self.settle(effects);
                }
            }
            Action::Register(kind) => self.register(kind),
            Action::Attach(n) => self.attach(n),
            Action::End(n, how) => self.end(n, how),
            Action::Wait(what, n) => self.wait(what, n),
            Action::WaitAgain(n) => {
                if let Some(waiting) = self.take_waiting(n) {
                    self.poll(waiting.event, waiting.node, Some(waiting.ticket));
                }
            }
            Action::Leave(n) => {
                if let Some(waiting) = self.take_waiting(n) {
                    let left = self.core.leave(waiting.event, waiting.ticket);
                    assert_eq!(left.is_some(), waiting.woken.0.load(Relaxed) == 0);
                }
            }
            Action::Drain => self.drain(None),
            Action::DrainAgain(n) => {
                if !self.drains.is_empty() {
                    let draining = self.drains.remove(n % self.drains.len());
                    self.drain(Some(draining.ticket));
                }
            }
            Action::LeaveDrain(n) => {
                if !self.drains.is_empty() {
                    let draining = self.drains.remove(n % self.drains.len());
                    let left = self.core.leave_drain(draining.ticket);
                    assert_eq!(left.is_none(), draining.is_due);
                }
            }
            Action::Tick(millis) => self.now += Duration::from_millis(millis),
        }
        self.check();
    }

    /// The `n`th that lives; the root is among them.
    fn living(&self, n: usize) -> usize {
        let living: Vec<_> =
            (0..self.nodes.len()).filter(|at| self.nodes[*at].handles > 0).collect();
        living[n % living.len()]
    }

    fn is_below(&self, mut node: usize, top: usize) -> bool {
        if self.nodes[node].handles == 0 {
            return false;
        }
        while node > 0 {
            if node == top {
                return true;
            }
            node = self.nodes[node].parent;
        }
        false
    }

    fn is_triggered(&self, node: usize) -> bool {
        self.phase >= Phase::Draining || self.nodes[node].reason.is_some()
    }

    fn has_happened(&self, event: Event, node: usize) -> bool {
        match event {
            Event::Stop => self.phase >= Phase::Stopping,
            Event::Abort => self.has_aborted,
            Event::Rest => self.has_rested,
            Event::Trigger(_) => self.is_triggered(node),
        }
    }

    fn release(&mut self, n: usize) {
        let node = self.living(n);
        let is_last = self.nodes[node].handles == 1;
        // A future that waits has a handle of its own.
        let is_awaited = self.waiting.iter().any(|waiting| waiting.node == node);
        if node == 0 || (is_last && is_awaited) {
            return;
        }
        let link = self.core.release(self.nodes[node].id);
        self.nodes[node].handles -= 1;
        let had_link = self.nodes[node].is_linked && !self.is_triggered(node);
        assert_eq!(link.is_some(), is_last && had_link);
        if is_last {
            let parent = self.nodes[node].parent;
            for child in &mut self.nodes {
                if child.parent == node {
                    child.parent = parent;
                }
            }
        }
    }

    fn register(&mut self, kind: u8) {
        let number = self.registered;
        let name = number.to_string().into();
        let kind = match kind {
            0 => Kind::Task(name),
            1 => Kind::Guard(name),
            2 => Kind::Last(name),
            _ => Kind::Shield(std::panic::Location::caller()),
        };
        let (is_shield, is_last) = (matches!(kind, Kind::Shield(_)), matches!(kind, Kind::Last(_)));
        let registered = self.core.register(kind).ok();
        assert_eq!(registered.is_some(), is_shield || self.phase == Phase::Running);
        if let Some(key) = registered {
            self.registered += 1;
            self.pieces.push(Piece { key, number, is_shield, is_last, switch: None });
        }
    }

    fn attach(&mut self, n: usize) {
        if self.pieces.is_empty() {
            return;
        }
        let n = n % self.pieces.len();
        let (switch, key) = (self.steps, self.pieces[n].key);
        let back = self.core.attach(key, switch);
        if self.has_aborted {
            assert_eq!(back, Some(switch), "it comes too late");
        } else {
            assert_eq!(back, None);
            self.pieces[n].switch = Some(switch);
        }
    }

    fn end(&mut self, n: usize, how: u8) {
        if self.pieces.is_empty() {
            return;
        }
        let piece = self.pieces.remove(n % self.pieces.len());
        let aborting = self.has_aborted;
        let ending = match how {
            0 => Ending::Well,
            1 => Ending::Failed(self.steps),
            _ => Ending::Dropped,
        };
        match how {
            0 => self.finished += usize::from(!piece.is_shield),
            1 => self.failures.push(self.steps),
            _ => self.aborted += usize::from(!piece.is_shield || aborting),
        }
        let effects = self.core.end(piece.key, ending).unwrap_or_default();
        self.note_rest();
        // Its switch is of no use any more, and to be dropped outside.
        assert_eq!(effects.spent.1, if aborting { None } else { piece.switch });
        if self.pieces.is_empty() {
            self.drains.iter_mut().for_each(|draining| draining.is_due = true);
        }
        self.settle(effects);
        // Its key is no other's.
        assert_eq!(self.core.attach(piece.key, 0), Some(0));
    }

    fn wait(&mut self, what: u8, n: usize) {
        let node = self.living(n);
        let (event, node) = match what {
            0 => (Event::Stop, 0),
            1 => (Event::Abort, 0),
            2 => (Event::Rest, 0),
            _ => (Event::Trigger(self.nodes[node].id), node),
        };
        self.poll(event, node, None);
    }

    fn take_waiting(&mut self, n: usize) -> Option<Waiting> {
        let len = self.waiting.len();
        (len > 0).then(|| self.waiting.remove(n % len))
    }

    fn poll(&mut self, event: Event, node: usize, ticket: Option<Ticket>) {
        let (woken, waker) = waker();
        match self.core.wait(event, ticket, waker) {
            Waited::Happened { .. } => assert!(self.has_happened(event, node)),
            Waited::Parked { ticket, .. } => {
                assert!(!self.has_happened(event, node));
                self.waiting.push(Waiting { event, node, ticket, woken });
            }
        }
    }

    fn trigger(&mut self, reason: &str) {
        if self.phase == Phase::Running {
            self.reason = Some(reason.to_owned());
            self.triggered_at = self.now;
            self.enter(Phase::Stopping);
            if self.acceptors == 0 {
                self.enter(Phase::Draining);
            }
        }
    }

    fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.until = None;
        self.drains.iter_mut().for_each(|draining| draining.is_due = true);
        if phase == Phase::Draining {
            self.note_rest();
        }
        if phase == Phase::Aborting {
            self.has_aborted = true;
            self.thrown.extend(self.pieces.iter_mut().filter_map(|piece| piece.switch.take()));
        }
        if phase == Phase::Done {
            self.done_at = Some(self.now);
        }
    }

    fn drain(&mut self, ticket: Option<Ticket>) {
        let (woken, waker) = waker();
        let reason = format!("step {}", self.steps);
        let (left, effects) = self.core.drain(ticket, self.now, reason.clone().into(), waker);
        self.trigger(&reason);
        let waits_until = loop {
            let is_over = self.pieces.is_empty();
            let (limit, next) = match self.phase {
                Phase::Stopping => (self.limits.accept, Phase::Draining),
                Phase::Draining if is_over => (Duration::ZERO, Phase::Done),
                Phase::Draining => (self.limits.drain, Phase::Aborting),
                Phase::Aborting if is_over => (Duration::ZERO, Phase::Done),
                Phase::Aborting => (self.limits.abort, Phase::Done),
                Phase::Running | Phase::Done => break None,
            };
            let until = *self.until.get_or_insert(self.now.saturating_add(limit));
            let may_pass = is_over && self.phase > Phase::Stopping;
            if !may_pass && self.now < until {
                break Some(until);
            }
            self.enter(next);
        };
        self.settle(effects);
        match left {
            Left::Nothing => assert_eq!(waits_until, None),
            Left::Until { ticket, until } => {
                assert_eq!(Some(until), waits_until);
                self.drains.push(Draining { ticket, woken, is_due: false });
            }
        }
    }

    fn settle(&mut self, effects: Effects<u32, u32, u32>) {
        let Effects { wakers, aborts, links, spent: _ } = effects;
        wakers.wake();
        let thrown = std::mem::take(&mut self.thrown);
        assert_eq!(BTreeSet::from_iter(aborts), BTreeSet::from_iter(thrown));
        for link in links {
            assert!(self.cancelled.insert(link) || link > 1_000, "a link is cancelled once");
        }
    }

    fn note_rest(&mut self) {
        let only_lasts = self.pieces.iter().all(|piece| piece.is_last);
        self.has_rested |= self.phase >= Phase::Draining && only_lasts;
    }

    fn check(&mut self) {
        assert_eq!(self.core.phase(), self.phase);
        let signals = self.core.signals();
        for node in &self.nodes {
            if node.handles == 0 {
                continue;
            }
            let is_triggered = self.phase >= Phase::Draining || node.reason.is_some();
            assert_eq!(self.core.is_triggered(node.id), is_triggered);
            assert_eq!(
                self.core.reason(node.id).as_deref(),
                node.reason.as_ref().or(self.reason.as_ref()).map(String::as_str)
            );
            tells(signals, Event::Trigger(node.id), is_triggered);
            // Silent only where a node with the same hint was triggered on its own.
            let is_silent = signals.tell(Event::Trigger(node.id)).is_none();
            let hinted = |other: &Node| other.handles > 0 && other.reason.is_some();
            let mut same = self.nodes.iter().filter(|other| other.id % HINTS == node.id % HINTS);
            assert_eq!(is_silent, self.phase < Phase::Draining && same.any(hinted));
        }
        tells(signals, Event::Stop, self.phase >= Phase::Stopping);
        tells(signals, Event::Abort, self.has_aborted);
        let living = self.nodes.iter().filter(|node| node.handles > 0).count();
        assert_eq!(self.core.children(), living - 1);
        for waiting in &self.waiting {
            let happened = self.has_happened(waiting.event, waiting.node);
            assert_eq!(waiting.woken.0.load(Relaxed), usize::from(happened), "{:?}", waiting.event);
        }
        for draining in &self.drains {
            assert_eq!(draining.woken.0.load(Relaxed), usize::from(draining.is_due), "a drain");
        }
        let census = self.core.census(self.now);
        let failures: Vec<u32> = census.failures.iter().map(|(_, failure)| *failure).collect();
        assert_eq!((census.finished, failures), (self.finished, self.failures.clone()));
        assert_eq!((census.aborted.len(), census.omitted), (self.aborted, 0));
        let mut left: Vec<_> = census.left.iter().map(ToString::to_string).collect();
        left.retain(|name| !name.starts_with("shield at "));
        let named = self.pieces.iter().filter(|piece| !piece.is_shield);
        let names: BTreeSet<_> = named.map(|piece| piece.number.to_string()).collect();
        assert_eq!((BTreeSet::from_iter(left), census.left.len()), (names, self.pieces.len()));
        let end = self.done_at.unwrap_or(self.now);
        assert_eq!(census.elapsed, end - self.triggered_at);
    }
}

/// The signals may not know, but they don't lie.
fn tells(signals: Signals, event: Event, happened: bool) {
    let told = signals.tell(event);
    assert!(told.is_none_or(|told| told == happened), "{event:?}: {told:?}");
    assert!(told.is_some() || matches!(event, Event::Trigger(_) | Event::Rest));
}
