//! The core of blocking against a list.
//!
//! 1. A caller gets a thread at once while one is free, else it waits, else it is
//!    refused: when as many wait as may.
//! 2. A thread that comes free goes to the one that waits longest, which alone is
//!    woken.
//! 3. A granted caller that leaves passes its thread on; one that waits leaves
//!    nothing behind.
//! 4. The counts are those of the list, after every step.

use std::collections::VecDeque;
use std::task::Waker;

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

use crate::alarm::Alarm;
use crate::blocking_core::{Asked, Core, Limits};
use crate::waiters::Ticket;

#[derive(Clone, Debug)]
enum Action {
    Come,
    /// One that can't be told yet comes.
    ComeSpent,
    /// One that waits, or was granted a thread, is polled.
    Poll(usize),
    Leave(usize),
    /// A closure ends.
    End,
}

fn action() -> impl Strategy<Value = Action> {
    // Taken modulo how many there are.
    let at = || 0..64_usize;
    prop_oneof![
        4 => Just(Action::Come),
        2 => Just(Action::ComeSpent),
        3 => at().prop_map(Action::Poll),
        2 => at().prop_map(Action::Leave),
        4 => Just(Action::End),
    ]
}

struct Caller {
    ticket: Ticket,
    /// Of its last poll.
    alarm: Alarm,
    is_granted: bool,
}

struct World {
    core: Core,
    limits: Limits,
    /// In order of arrival: those that wait, and those that were granted a thread
    /// and were not polled since.
    callers: VecDeque<Caller>,
    /// Closures that have a thread.
    at_work: usize,
    started: u64,
    refused: u64,
}

impl World {
    fn new(limits: Limits) -> Self {
        let (core, callers) = (Core::new(limits), VecDeque::new());
        Self { core, limits, callers, at_work: 0, started: 0, refused: 0 }
    }

    fn granted(&self) -> usize {
        self.callers.iter().filter(|caller| caller.is_granted).count()
    }

    fn waiting(&self) -> usize {
        self.callers.len() - self.granted()
    }

    fn step(&mut self, action: &Action) -> Result<(), TestCaseError> {
        match action {
            Action::Come => self.come()?,
            Action::ComeSpent => self.come_spent()?,
            Action::Poll(at) if !self.callers.is_empty() => self.poll(at % self.callers.len())?,
            Action::Leave(at) if !self.callers.is_empty() => self.leave(at % self.callers.len())?,
            Action::End if self.at_work > 0 => {
                self.at_work -= 1;
                let waker = self.core.end();
                self.thread_came_free(waker)?;
            }
            Action::Poll(_) | Action::Leave(_) | Action::End => {}
        }
        self.check()
    }

    fn come(&mut self) -> Result<(), TestCaseError> {
        let alarm = Alarm::default();
        let is_free = self.at_work + self.granted() < self.limits.threads;
        let has_room = self.waiting() < self.limits.queue;
        match self.core.ask(None, alarm.waker()) {
            Asked::Granted { spare } => {
                prop_assert!(is_free && spare.will_wake(&alarm.waker()));
                self.at_work += 1;
                self.started += 1;
            }
            Asked::Full { spare } => {
                prop_assert!(!is_free && !has_room && spare.will_wake(&alarm.waker()));
                self.refused += 1;
            }
            Asked::Parked { ticket, replaced } => {
                prop_assert!(!is_free && has_room && replaced.is_none());
                self.callers.push_back(Caller { ticket, alarm, is_granted: false });
            }
        }
        Ok(())
    }

    fn come_spent(&mut self) -> Result<(), TestCaseError> {
        let alarm = Alarm::default();
        let is_granted = self.at_work + self.granted() < self.limits.threads;
        let has_room = self.waiting() < self.limits.queue;
        let (ticket, spare) = self.core.queue_up(alarm.waker());
        prop_assert_eq!(ticket.is_some(), is_granted || has_room);
        prop_assert_eq!(spare.is_none(), has_room && !is_granted);
        if let Some(ticket) = ticket {
            // It is polled again by itself, as if it were woken.
            spare.into_iter().for_each(Waker::wake);
            self.callers.push_back(Caller { ticket, alarm, is_granted });
        }
        Ok(())
    }

    fn poll(&mut self, at: usize) -> Result<(), TestCaseError> {
        let Caller { ticket, alarm, is_granted } = self.callers.remove(at).expect("it is chosen");
        let fresh = Alarm::default();
        match self.core.ask(Some(ticket), fresh.waker()) {
            Asked::Granted { spare } => {
                prop_assert!(is_granted && spare.will_wake(&fresh.waker()));
                self.at_work += 1;
                self.started += 1;
            }
            Asked::Parked { ticket, replaced } => {
                prop_assert!(!is_granted && replaced.is_some());
                self.callers.insert(at, Caller { ticket, alarm: fresh, is_granted });
            }
            Asked::Full { .. } => prop_assert!(false, "one that waits is not refused"),
        }
        prop_assert_eq!(alarm.wakers(), 0, "a waker of an earlier poll is left");
        Ok(())
    }

    fn leave(&mut self, at: usize) -> Result<(), TestCaseError> {
        let Caller { ticket, alarm, is_granted } = self.callers.remove(at).expect("it is chosen");
        let (next, spare) = self.core.withdraw(ticket);
        prop_assert_eq!(spare.is_some(), !is_granted);
        drop(spare);
        prop_assert_eq!(alarm.wakers(), 0);
        if is_granted {
            self.thread_came_free(next)
        } else {
            prop_assert!(next.is_none(), "nothing came free");
            Ok(())
        }
    }

    fn thread_came_free(&mut self, waker: Option<Waker>) -> Result<(), TestCaseError> {
        let next = self.callers.iter_mut().find(|caller| !caller.is_granted);
        prop_assert_eq!(waker.is_some(), next.is_some());
        if let (Some(waker), Some(next)) = (waker, next) {
            waker.wake();
            next.is_granted = true;
        }
        Ok(())
    }

    fn check(&self) -> Result<(), TestCaseError> {
        prop_assert_eq!(self.core.running(), self.at_work + self.granted());
        prop_assert!(self.core.running() <= self.limits.threads);
        prop_assert_eq!(self.core.waiting(), self.waiting());
        let counters = self.core.counters;
        prop_assert_eq!((counters.started, counters.refused), (self.started, self.refused));
        for caller in &self.callers {
            let rings = usize::from(caller.is_granted);
            prop_assert_eq!((caller.alarm.rings(), caller.alarm.wakers()), (rings, 1 - rings));
        }
        Ok(())
    }

    /// Everybody leaves and all end; nothing is left behind.
    fn end(mut self) -> Result<(), TestCaseError> {
        while !self.callers.is_empty() {
            self.step(&Action::Leave(0))?;
        }
        while self.at_work > 0 {
            self.step(&Action::End)?;
        }
        prop_assert_eq!((self.core.running(), self.core.waiting()), (0, 0));
        Ok(())
    }
}

fn config() -> ProptestConfig {
    let file = FileFailurePersistence::Direct("proptest-regressions/blocking.txt");
    ProptestConfig {
        cases: 150,
        failure_persistence: Some(Box::new(file)),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    /// blocking/BLOCK1, blocking/X1, blocking/X2, blocking/X8, blocking/X11,
    /// blocking/X13: whatever is called in whatever order, the core and the list
    /// agree, and no count underflows.
    #[test]
    fn the_core_is_a_list_and_a_count(
        threads in 1..4_usize,
        queue in 0..5_usize,
        actions in prop::collection::vec(action(), 0..300),
    ) {
        let mut world = World::new(Limits { threads, queue });
        for action in &actions {
            world.step(action)?;
        }
        world.end()?;
    }
}
