//! The world's upkeep: rounds, reviews and sleep.

use std::task::Waker;

use proptest::prelude::*;

use super::action::Action;
use super::upkeep::{Chores, Upkeep};
use super::world::{Checked, Token, World, choose};
use crate::alarm::Alarm;
use crate::pool_core::{Round, Slept};

fn numbers<'a>(tokens: impl IntoIterator<Item = &'a Token>) -> Vec<u32> {
    tokens.into_iter().map(|token| token.number).collect()
}

impl World {
    pub(super) fn keep_up(&mut self, action: &Action) -> Checked {
        match action {
            Action::Upkeep(may_connect) => self.round(*may_connect)?,
            Action::ParkUpkeep(later, heeds_shortage) => self.park(*later, *heeds_shortage)?,
            Action::WakeUpkeepBy(later) => {
                let moment = later.map(|later| self.now + later);
                self.core.wake_upkeep_by(moment).into_iter().for_each(Waker::wake);
                self.model.wake_upkeep_by(moment);
            }
            Action::TakeForReview => {
                let taken = self.core.take_for_review();
                prop_assert_eq!(numbers(&taken), self.model.take_for_review());
                self.reviewing.extend(taken);
            }
            Action::Reviewed(at, lives) => {
                if let Some(mut token) = choose(&mut self.reviewing, *at) {
                    if *lives {
                        token.dates.keep_alive =
                            self.times.keep_alive.map(|period| self.now + period);
                    }
                    let (number, dates) = (token.number, token.dates);
                    let (returned, wakers) = self.core.reviewed(token);
                    let close = self.model.put_back(number, dates);
                    self.settle_returned(returned, wakers, close)?;
                }
            }
            Action::Rejected(at, reason) => {
                if let Some(token) = choose(&mut self.reviewing, *at) {
                    self.core.rejected(*reason).into_iter().for_each(Waker::wake);
                    self.model.give_up(token.number, *reason);
                    self.closing.push(token);
                }
            }
            other => unreachable!("not upkeep's: {other:?}"),
        }
        Ok(())
    }

    fn round(&mut self, may_connect: bool) -> Checked {
        let Round { close, keep_alive, connects, spare } = self.core.upkeep(self.now, may_connect);
        prop_assert_eq!(spare.is_some(), matches!(self.model.upkeep, Upkeep::Asleep { .. }));
        drop(spare);
        self.upkeep = Alarm::default();
        let chores = Chores { close: numbers(&close), keep_alive: numbers(&keep_alive), connects };
        prop_assert_eq!(chores, self.model.round(self.now, may_connect));
        let due = self.model.shelf.next_due();
        prop_assert!(due.is_none_or(|due| due > self.now), "due, and left: {:?}", due);
        self.closing.extend(close);
        self.reviewing.extend(keep_alive);
        Ok(())
    }

    fn park(&mut self, later: Option<u64>, heeds_shortage: bool) -> Checked {
        let (alarm, until) = (Alarm::default(), later.map(|later| self.now + later));
        let was_asleep = matches!(self.model.upkeep, Upkeep::Asleep { .. });
        let parked = self.core.park_upkeep(self.now, until, heeds_shortage, alarm.waker());
        let expected = self.model.fall_asleep(self.now, until, heeds_shortage);
        match parked {
            Ok(Slept { until, replaced }) => {
                prop_assert_eq!(Some(until), expected);
                prop_assert_eq!(replaced.is_some(), was_asleep);
                drop(replaced);
                prop_assert_eq!(self.upkeep.wakers(), 0, "the machine has an earlier waker");
                self.upkeep = alarm;
            }
            Err(waker) => {
                prop_assert_eq!(None, expected);
                prop_assert!(waker.will_wake(&alarm.waker()));
            }
        }
        Ok(())
    }

    /// Whether upkeep would go on by itself: it does not sleep.
    pub(super) fn wants_upkeep(&self) -> bool {
        !self.model.is_closed() && !matches!(self.model.upkeep, Upkeep::Asleep { .. })
    }
}
