//! The core of cleanup against a list.
//!
//! 1. A wait ends when nothing is open, not before; all waits then end together.
//! 2. What is queued is handed out once, to a wait that is polled.
//! 3. While something is queued and somebody waits, one of them is woken and not
//!    polled yet, or was handed it.
//! 4. Wakers are kept for those that must still be woken, and for no other.

use std::task::Waker;

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

use crate::alarm::Alarm;
use crate::cleanup_core::{Asked, Core};
use crate::waiters::Ticket;

#[derive(Clone, Debug)]
enum Action {
    Begin,
    /// One of those that run ends, with a panic or not.
    End(bool),
    /// One of those that run has nowhere to run any more.
    Enqueue,
    Wait,
    Poll(usize),
    Leave(usize),
}

fn action() -> impl Strategy<Value = Action> {
    // Taken modulo how many there are.
    let at = || 0..64_usize;
    prop_oneof![
        3 => Just(Action::Begin),
        4 => any::<bool>().prop_map(Action::End),
        2 => Just(Action::Enqueue),
        2 => Just(Action::Wait),
        3 => at().prop_map(Action::Poll),
        2 => at().prop_map(Action::Leave),
    ]
}

struct Waiting {
    ticket: Ticket,
    /// Of its last poll.
    alarm: Alarm,
    is_granted: bool,
}

struct World {
    core: Core<u64>,
    /// Oldest first.
    waits: Vec<Waiting>,
    /// By number: under way somewhere, and queued.
    running: Vec<u64>,
    queued: Vec<u64>,
    begun: u64,
    panicked: u64,
}

impl World {
    fn new() -> Self {
        let (waits, running, queued) = (Vec::new(), Vec::new(), Vec::new());
        Self { core: Core::new(), waits, running, queued, begun: 0, panicked: 0 }
    }

    fn open(&self) -> usize {
        self.running.len() + self.queued.len()
    }

    fn step(&mut self, action: &Action) -> Result<(), TestCaseError> {
        match action {
            Action::Begin => {
                self.begun += 1;
                self.running.push(self.begun);
                self.core.begin();
            }
            Action::End(panics) => {
                if self.running.pop().is_some() {
                    self.panicked += u64::from(*panics);
                    self.core.end(*panics).wake();
                    let is_last = self.open() == 0;
                    self.waits.iter_mut().for_each(|wait| wait.is_granted |= is_last);
                }
            }
            Action::Enqueue => {
                if let Some(number) = self.running.pop() {
                    self.queued.push(number);
                    let waker = self.core.enqueue(number);
                    waker.into_iter().for_each(Waker::wake);
                }
            }
            Action::Wait => self.poll(None)?,
            Action::Poll(at) if !self.waits.is_empty() => {
                self.poll(Some(at % self.waits.len()))?;
            }
            Action::Leave(at) if !self.waits.is_empty() => {
                let at = at % self.waits.len();
                let Waiting { ticket, alarm, .. } = self.waits.remove(at);
                let (next, spare) = self.core.withdraw(ticket);
                drop(spare);
                prop_assert_eq!(alarm.wakers(), 0);
                next.into_iter().for_each(Waker::wake);
            }
            Action::Poll(_) | Action::Leave(_) => {}
        }
        self.check()
    }

    fn poll(&mut self, at: Option<usize>) -> Result<(), TestCaseError> {
        let before = at.map(|at| self.waits.remove(at));
        let must_end = before.as_ref().map_or(self.open() == 0, |wait| wait.is_granted);
        let (ticket, old) = before.map(|wait| (wait.ticket, wait.alarm)).unzip();
        let alarm = Alarm::default();
        match self.core.ask(ticket, alarm.waker()) {
            Asked::Done { spare } => {
                prop_assert!(must_end && spare.will_wake(&alarm.waker()));
            }
            Asked::Parked { ticket, queued, replaced } => {
                prop_assert!(!must_end, "it was to end");
                drop(replaced);
                prop_assert_eq!(&queued, &self.queued, "all of it, in order");
                self.running.append(&mut self.queued);
                let at = at.unwrap_or(self.waits.len());
                self.waits.insert(at, Waiting { ticket, alarm, is_granted: false });
            }
        }
        prop_assert!(old.is_none_or(|old| old.wakers() == 0), "an earlier waker is left");
        Ok(())
    }

    fn check(&self) -> Result<(), TestCaseError> {
        prop_assert_eq!(self.core.open(), self.open());
        prop_assert_eq!(self.core.queued(), self.queued.len());
        prop_assert_eq!(self.core.panicked(), self.panicked);
        for wait in &self.waits {
            let was_woken = wait.alarm.rings() > 0;
            prop_assert!(was_woken || !wait.is_granted, "it can end, and nobody woke it");
            prop_assert_eq!(wait.alarm.wakers(), usize::from(!was_woken));
        }
        let is_seen_to = self.waits.iter().any(|wait| wait.alarm.rings() > 0);
        prop_assert!(
            self.queued.is_empty() || self.waits.is_empty() || is_seen_to,
            "work is left, and nobody was woken for it"
        );
        Ok(())
    }

    /// All that is open ends; every wait with it.
    fn end(mut self) -> Result<(), TestCaseError> {
        if !self.queued.is_empty() {
            self.step(&Action::Wait)?;
        }
        while !self.running.is_empty() {
            self.step(&Action::End(false))?;
        }
        while !self.waits.is_empty() {
            self.step(&Action::Poll(0))?;
        }
        prop_assert_eq!((self.core.open(), self.core.queued()), (0, 0));
        Ok(())
    }
}

fn config() -> ProptestConfig {
    let file = FileFailurePersistence::Direct("proptest-regressions/cleanup.txt");
    ProptestConfig {
        cases: 150,
        failure_persistence: Some(Box::new(file)),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    /// cleanup/CLEAN3, cleanup/X1, cleanup/X2, cleanup/X11, cleanup/X13: whatever
    /// is called in whatever order, the core and the list agree, and no count
    /// underflows.
    #[test]
    fn the_core_is_a_count_and_a_list(actions in prop::collection::vec(action(), 0..300)) {
        let mut world = World::new();
        for action in &actions {
            world.step(action)?;
        }
        world.end()?;
    }
}
