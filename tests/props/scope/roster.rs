//! Who the children are, against a list of all that ever were.
//!
//! 1. Children are admitted while the scope is open, each under a name that no child
//!    has whose switch or end is still to come.
//! 2. `live` counts those that have not ended.
//! 3. Once the scope is not open, each switch has been given back, once: those that
//!    were there at that moment, later ones when they come, and of a child that has
//!    ended at its end.
//! 4. The first failure is told at the end, and no other; those come back at once.
//! 5. The scope is woken for its first failure, by a nudge, and at rest by the end of
//!    the last child; and not otherwise.
//! 6. The roster has the last waker that it was given, unless that was taken to be
//!    woken, and no other.
//! 7. It is over exactly when it rests and nobody is live.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::config;
use crate::alarm::Alarm;
use crate::scope_core::{Fallout, Key, Rest, Roster};

#[derive(Clone, Debug)]
enum Action {
    Admit,
    /// The switch of one of those whose switch has not come.
    Settle(usize),
    /// One of those that have not ended.
    End(usize),
    Fail,
    Abandon,
    Attend,
    Rest,
    Nudge,
}

fn action() -> impl Strategy<Value = Action> {
    // Taken modulo how many there are.
    let at = || 0..64_usize;
    prop_oneof![
        8 => Just(Action::Admit),
        6 => at().prop_map(Action::Settle),
        6 => at().prop_map(Action::End),
        1 => Just(Action::Fail),
        1 => Just(Action::Abandon),
        2 => Just(Action::Attend),
        2 => Just(Action::Rest),
        1 => Just(Action::Nudge),
    ]
}

/// A child, by its number, which is its switch's, too.
#[derive(Debug)]
struct Child {
    number: u32,
    key: Key,
    has_switch: bool,
    has_ended: bool,
}

#[derive(Default)]
struct World {
    roster: Option<Roster<u32, u32>>,
    admitted: u32,
    /// Those whose switch or end is still to come.
    children: Vec<Child>,
    /// The switches that the roster has.
    kept: BTreeSet<u32>,
    is_closed: bool,
    failures: u32,
    told: Option<u32>,
    is_at_rest: bool,
    /// Of the waker that was given last.
    alarm: Alarm,
    /// Whether the roster has it.
    is_parked: bool,
}

impl World {
    fn roster(&mut self) -> &mut Roster<u32, u32> {
        self.roster.get_or_insert_with(Roster::new)
    }

    fn live(&self) -> usize {
        self.children.iter().filter(|child| !child.has_ended).count()
    }

    /// The place of one of those that are `wanted`.
    fn pick(&self, at: usize, wanted: impl Fn(&Child) -> bool) -> Option<usize> {
        let of: Vec<_> =
            (0..self.children.len()).filter(|&place| wanted(&self.children[place])).collect();
        (!of.is_empty()).then(|| of[at % of.len()])
    }

    fn step(&mut self, action: &Action) -> Result<(), TestCaseError> {
        match *action {
            Action::Admit => {
                let key = self.roster().admit();
                prop_assert_eq!(key.is_some(), !self.is_closed);
                if let Some(key) = key {
                    prop_assert!(self.children.iter().all(|child| child.key != key));
                    let number = self.admitted;
                    self.admitted += 1;
                    let child = Child { number, key, has_switch: false, has_ended: false };
                    self.children.push(child);
                }
            }
            Action::Settle(at) => {
                let Some(place) = self.pick(at, |child| !child.has_switch) else { return Ok(()) };
                let Child { number, key, has_ended, .. } = self.children[place];
                let back = self.roster().settle(key, number);
                let is_kept = !self.is_closed && !has_ended;
                prop_assert_eq!(back, (!is_kept).then_some(number));
                if is_kept {
                    self.kept.insert(number);
                }
                self.children[place].has_switch = true;
                self.forget(place);
            }
            Action::End(at) => {
                let Some(place) = self.pick(at, |child| !child.has_ended) else { return Ok(()) };
                let Child { number, key, .. } = self.children[place];
                let (spare, waker) = self.roster().end(key);
                self.children[place].has_ended = true;
                prop_assert_eq!(spare, self.kept.remove(&number).then_some(number));
                let wakes = self.live() == 0 && self.is_at_rest;
                self.wake(waker, wakes)?;
                self.forget(place);
            }
            Action::Fail => {
                let failure = self.failures;
                self.failures += 1;
                let fallout = self.roster().fail(failure);
                if self.is_closed {
                    self.check(fallout, &[], false, Some(failure))?;
                } else {
                    self.told = Some(failure);
                    let abort = self.close();
                    self.check(fallout, &abort, true, None)?;
                }
            }
            Action::Abandon => {
                let fallout = self.roster().abandon();
                let abort = self.close();
                self.check(fallout, &abort, false, None)?;
            }
            Action::Attend => {
                let before = self.renew();
                let waker = self.alarm.waker();
                let (is_open, replaced) = self.roster().attend(waker);
                prop_assert_eq!(is_open, !self.is_closed);
                prop_assert_eq!(replaced.is_some(), before);
                self.is_parked = true;
            }
            Action::Rest => {
                let before = self.renew();
                let waker = self.alarm.waker();
                let (rest, spare) = self.roster().rest(waker);
                prop_assert_eq!(spare.is_some(), before);
                match rest {
                    Rest::Over(failure) => {
                        prop_assert_eq!(self.live(), 0);
                        prop_assert_eq!(failure, self.told.take());
                        self.is_closed = true;
                        self.is_parked = false;
                    }
                    Rest::Waits { is_open } => {
                        prop_assert!(self.live() > 0);
                        prop_assert_eq!(is_open, !self.is_closed);
                        self.is_at_rest = true;
                        self.is_parked = true;
                    }
                }
            }
            Action::Nudge => {
                let waker = self.roster().nudge();
                self.wake(waker, true)?;
            }
        }
        let live = self.live();
        prop_assert_eq!(self.roster().live(), live);
        prop_assert_eq!(self.alarm.wakers(), usize::from(self.is_parked));
        Ok(())
    }

    /// The scope is not open any more: gives back who is to be aborted.
    fn close(&mut self) -> Vec<u32> {
        self.is_closed = true;
        std::mem::take(&mut self.kept).into_iter().collect()
    }

    /// Another waker comes. Says whether the roster has the one before.
    fn renew(&mut self) -> bool {
        self.alarm = Alarm::default();
        self.is_parked
    }

    fn forget(&mut self, place: usize) {
        let Child { has_switch, has_ended, .. } = self.children[place];
        if has_switch && has_ended {
            self.children.remove(place);
        }
    }

    fn check(
        &mut self,
        fallout: Fallout<u32, u32>,
        abort: &[u32],
        wakes: bool,
        unheard: Option<u32>,
    ) -> Result<(), TestCaseError> {
        let mut aborted = fallout.abort;
        aborted.sort_unstable();
        prop_assert_eq!(aborted, abort);
        prop_assert_eq!(fallout.unheard, unheard);
        self.wake(fallout.waker, wakes)
    }

    fn wake(&mut self, waker: Option<std::task::Waker>, wakes: bool) -> Result<(), TestCaseError> {
        prop_assert_eq!(waker.is_some(), wakes && self.is_parked);
        if let Some(waker) = waker {
            waker.wake();
            prop_assert_eq!(self.alarm.rings(), 1);
            self.is_parked = false;
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(config())]

    /// scope/SCOPE1, scope/SCOPE2, scope/SCOPE4, scope/SCOPE5, scope/X7, scope/X11,
    /// scope/X13
    #[test]
    fn every_sequence_of_calls_does_as_the_list(
        actions in prop::collection::vec(action(), 0..200),
    ) {
        let mut world = World::default();
        for action in &actions {
            world.step(action)?;
        }
    }
}

/// A place whose child has ended and whose switch has come is used again, and the
/// others are not.
#[test]
fn places_are_used_again() {
    let mut roster = Roster::<u32, u32>::new();
    let keys: Vec<_> = (0..3).map(|_| roster.admit().expect("it is open")).collect();
    assert_eq!(roster.settle(keys[1], 1), None);
    assert_eq!(roster.end(keys[1]).0, Some(1));
    assert_eq!(roster.admit(), Some(keys[1]));
    assert_eq!(roster.end(keys[0]).0, None);
    assert_ne!(roster.admit(), Some(keys[0]), "its switch is still to come");
    assert_eq!(roster.settle(keys[0], 0), Some(0));
    assert_eq!(roster.admit(), Some(keys[0]));
}
