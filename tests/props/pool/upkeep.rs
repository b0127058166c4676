//! The model's upkeep: what nobody asks for, and what has to be done all the same.

use super::model::{Model, News, Place};
use super::shelf::TakenOut;
use crate::pool_core::Reason;

/// Whether upkeep sleeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Upkeep {
    #[default]
    Awake,
    Asleep {
        until: Option<u64>,
        heeds_shortage: bool,
    },
    Woken,
}

/// What one round of upkeep has to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Chores {
    pub(super) close: Vec<u32>,
    pub(super) keep_alive: Vec<u32>,
    pub(super) connects: usize,
}

fn is_before(moment: Option<u64>, other: Option<u64>) -> bool {
    moment.is_some_and(|moment| other.is_none_or(|other| moment < other))
}

impl Model {
    /// How many connects must begin, beyond those for waiters, so that enough are
    /// idle: those that are looked at where they are count as idle.
    pub(super) fn shortage(&self) -> usize {
        if self.closed {
            return 0;
        }
        let reviewed = self.places.values().filter(|place| **place == Place::Reviewed);
        let there = self.shelf.idle.len() + reviewed.count();
        // In numbers that hold whatever is added to them.
        let (mut connecting, mut short) = (self.connecting, 0);
        let may_begin = |connecting: usize| {
            connecting < self.limits.max_connecting
                && self.places.len() + connecting < self.limits.max_size
        };
        while connecting < self.parked.len() && may_begin(connecting) {
            connecting += 1;
        }
        while may_begin(connecting)
            && there + connecting.saturating_sub(self.parked.len()) < self.limits.min_idle
        {
            connecting += 1;
            short += 1;
        }
        short
    }

    /// Upkeep never oversleeps anything.
    pub(super) fn settle_upkeep(&mut self, news: News) {
        if let Upkeep::Asleep { until, heeds_shortage } = self.upkeep {
            let is_short = heeds_shortage && self.shortage() > 0;
            if news.for_upkeep || is_short || is_before(self.shelf.next_due(), until) {
                self.upkeep = Upkeep::Woken;
            }
        }
    }

    pub(super) fn round(&mut self, now: u64, may_connect: bool) -> Chores {
        let TakenOut { expired, idle_too_long, keep_alive } = self.shelf.take_due(now);
        expired.iter().for_each(|connection| self.give_up(*connection, Reason::Lifetime));
        idle_too_long.iter().for_each(|connection| self.give_up(*connection, Reason::Idle));
        self.places.extend(keep_alive.iter().map(|connection| (*connection, Place::Reviewed)));
        let connects = if may_connect { self.shortage() } else { 0 };
        self.connecting += connects;
        self.upkeep = Upkeep::Awake;
        Chores { close: [expired, idle_too_long].concat(), keep_alive, connects }
    }

    /// Until when upkeep sleeps, unless there is something to do.
    pub(super) fn fall_asleep(
        &mut self,
        now: u64,
        until: Option<u64>,
        heeds_shortage: bool,
    ) -> Option<Option<u64>> {
        let due = self.shelf.next_due();
        let until = if is_before(due, until) { due } else { until };
        let is_short = heeds_shortage && self.shortage() > 0;
        if self.closed || is_short || until.is_some_and(|until| until <= now) {
            return None;
        }
        self.upkeep = Upkeep::Asleep { until, heeds_shortage };
        Some(until)
    }

    pub(super) fn wake_upkeep_by(&mut self, moment: Option<u64>) {
        if let Upkeep::Asleep { until, .. } = self.upkeep {
            self.news.for_upkeep |= is_before(moment, until);
        }
    }

    pub(super) fn take_for_review(&mut self) -> Vec<u32> {
        let all = self.shelf.take_all();
        self.places.extend(all.iter().map(|connection| (*connection, Place::Reviewed)));
        all
    }

    pub(super) fn is_oversize(&self) -> bool {
        let open = self.places.values().filter(|place| **place != Place::Closing).count();
        open + self.connecting > self.limits.max_size
    }

    /// Gives back what is to be closed now.
    pub(super) fn resize(&mut self, max_size: usize) -> Vec<u32> {
        self.limits.max_size = max_size;
        self.news.for_warmers = true;
        let mut close = Vec::new();
        while self.is_oversize() && !self.shelf.idle.is_empty() {
            let oldest = self.shelf.idle.remove(0);
            self.give_up(oldest, Reason::Resize);
            close.push(oldest);
        }
        close
    }

    /// How many connects begin so that there are `n`, unless there are.
    pub(super) fn warm_up(&mut self, n: usize) -> Option<usize> {
        let census = self.census();
        let there = census.idle + census.in_use + census.checking;
        let goal = n.min(self.limits.max_size);
        if self.closed || there >= goal {
            return None;
        }
        let before = self.connecting;
        while there + self.connecting < goal && self.may_connect() {
            self.connecting += 1;
        }
        Some(self.connecting - before)
    }

    /// Whether there is nothing to wait for: no connect, and no close of a
    /// connection in a slot that is needed.
    pub(super) fn is_quiet(&self) -> bool {
        self.closed || (self.connecting == 0 && (self.census().closing == 0 || self.may_connect()))
    }
}
