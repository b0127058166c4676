//! Turns under a limit, against a list.
//!
//! 1. A newcomer gets a turn if fewer than the limit hold one and nobody waits;
//!    otherwise it waits.
//! 2. A turn that comes back, or is given up unpolled, is the longest waiter's, who
//!    is woken; nobody else is.
//! 3. Never more hold a turn than the limit, and never fewer while one waits.

use std::collections::VecDeque;

use proptest::prelude::*;

use super::config;
use crate::alarm::Alarm;
use crate::scope_core::{Entered, Lane};
use crate::waiters::{Taken, Ticket};

#[derive(Clone, Debug)]
enum Action {
    Enter,
    /// One that holds a turn ends.
    Leave,
    /// One of those that wait, granted or not, is polled.
    Ask(usize),
    Withdraw(usize),
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        4 => Just(Action::Enter),
        3 => Just(Action::Leave),
        3 => (0..64_usize).prop_map(Action::Ask),
        2 => (0..64_usize).prop_map(Action::Withdraw),
    ]
}

struct Waiter {
    ticket: Ticket,
    /// Of its last poll.
    alarm: Alarm,
    is_polled: bool,
    is_granted: bool,
}

struct World {
    lane: Lane,
    limit: usize,
    /// Turns in somebody's hands.
    held: usize,
    /// In order of arrival.
    waiters: VecDeque<Waiter>,
}

impl World {
    /// Turns that are held or granted.
    fn out(&self) -> usize {
        self.held + self.waiters.iter().filter(|waiter| waiter.is_granted).count()
    }

    /// Who is next is granted, and woken if it was polled.
    fn hand_on(&mut self, waker: Option<std::task::Waker>) -> Result<(), TestCaseError> {
        let next = self.waiters.iter_mut().find(|waiter| !waiter.is_granted);
        if let Some(waker) = waker {
            waker.wake();
        }
        if let Some(next) = next {
            next.is_granted = true;
            prop_assert_eq!(next.alarm.rings(), usize::from(next.is_polled));
        }
        let rung: usize = self.waiters.iter().map(|waiter| waiter.alarm.rings()).sum();
        let woken = self.waiters.iter().filter(|waiter| waiter.is_granted && waiter.is_polled);
        prop_assert_eq!(rung, woken.count(), "somebody was woken for nothing");
        Ok(())
    }

    fn step(&mut self, action: &Action) -> Result<(), TestCaseError> {
        match *action {
            Action::Enter => {
                let is_free = self.out() < self.limit;
                match self.lane.enter() {
                    Entered::Held => {
                        prop_assert!(is_free);
                        self.held += 1;
                    }
                    Entered::Waits(ticket) => {
                        prop_assert!(!is_free);
                        let alarm = Alarm::default();
                        self.waiters.push_back(Waiter {
                            ticket,
                            alarm,
                            is_polled: false,
                            is_granted: false,
                        });
                    }
                }
            }
            Action::Leave if self.held > 0 => {
                self.held -= 1;
                let waker = self.lane.leave();
                self.hand_on(waker)?;
            }
            Action::Ask(at) if !self.waiters.is_empty() => {
                let place = at % self.waiters.len();
                let waiter = self.waiters.remove(place).expect("there is one");
                let alarm = Alarm::default();
                match self.lane.ask(waiter.ticket, alarm.waker()) {
                    Taken::Granted { grant: (), spare } => {
                        prop_assert!(waiter.is_granted);
                        drop(spare);
                        self.held += 1;
                    }
                    Taken::Parked { ticket, replaced } => {
                        prop_assert!(!waiter.is_granted);
                        drop(replaced);
                        prop_assert_eq!((waiter.alarm.wakers(), alarm.wakers()), (0, 1));
                        let waiter = Waiter { ticket, alarm, is_polled: true, is_granted: false };
                        self.waiters.insert(place, waiter);
                    }
                }
            }
            Action::Withdraw(at) if !self.waiters.is_empty() => {
                let place = at % self.waiters.len();
                let waiter = self.waiters.remove(place).expect("there is one");
                let (waker, spare) = self.lane.withdraw(waiter.ticket);
                prop_assert!(spare.is_none() || !waiter.is_granted);
                if waiter.is_granted {
                    self.hand_on(waker)?;
                } else {
                    prop_assert!(waker.is_none());
                }
                drop(spare);
                prop_assert_eq!(waiter.alarm.wakers(), 0);
            }
            Action::Leave | Action::Ask(_) | Action::Withdraw(_) => {}
        }
        let waits = self.waiters.iter().any(|waiter| !waiter.is_granted);
        prop_assert!(self.out() <= self.limit);
        prop_assert!(!waits || self.out() == self.limit);
        Ok(())
    }
}

proptest! {
    #![proptest_config(config())]

    /// scope/SCOPE6, scope/X2, scope/X6, scope/X8, scope/X11, scope/X13
    #[test]
    fn every_sequence_of_calls_keeps_the_limit(
        limit in prop_oneof![4 => 1..5_usize, 1 => Just(usize::MAX)],
        actions in prop::collection::vec(action(), 0..200),
    ) {
        let waiters = VecDeque::new();
        let mut world = World { lane: Lane::new(limit), limit, held: 0, waiters };
        for action in &actions {
            world.step(action)?;
        }
    }
}

/// scope/X2: a turn that was granted and is given up unpolled goes on to the next, and
/// then is free.
#[test]
fn a_turn_that_is_given_up_goes_on() {
    let mut lane = Lane::new(1);
    assert!(matches!(lane.enter(), Entered::Held));
    let alarm = Alarm::default();
    let mut waits = || match lane.enter() {
        Entered::Waits(ticket) => ticket,
        Entered::Held => panic!("the turn is taken"),
    };
    let (first, second) = (waits(), waits());
    let Taken::Parked { ticket: second, .. } = lane.ask(second, alarm.waker()) else {
        panic!("nobody left");
    };
    drop(lane.leave());
    let (waker, _) = lane.withdraw(first);
    waker.expect("the second was polled").wake();
    assert_eq!(alarm.rings(), 1);
    let (waker, _) = lane.withdraw(second);
    assert!(waker.is_none());
    assert!(matches!(lane.enter(), Entered::Held));
}
