//! The model's idle list: connections by number, and when they are due.

use std::collections::BTreeMap;

use crate::pool_core::{Dates, Order};

/// What one round of upkeep takes out, in order of last use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TakenOut {
    pub(super) expired: Vec<u32>,
    pub(super) idle_too_long: Vec<u32>,
    pub(super) keep_alive: Vec<u32>,
}

impl TakenOut {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

pub(super) struct Shelf {
    order: Order,
    min_idle: usize,
    /// In order of last use, and of return where that is the same.
    pub(super) idle: Vec<u32>,
    /// Of every connection that was ever made.
    dates: BTreeMap<u32, Dates<u64>>,
}

impl Shelf {
    pub(super) fn new(order: Order, min_idle: usize) -> Self {
        Self { order, min_idle, idle: Vec::new(), dates: BTreeMap::new() }
    }

    /// Notes when a connection is due, wherever it is.
    pub(super) fn date(&mut self, connection: u32, dates: Dates<u64>) {
        self.dates.insert(connection, dates);
    }

    pub(super) fn push(&mut self, connection: u32) {
        self.idle.push(connection);
        self.idle.sort_by_key(|connection| self.dates[connection].idle_since);
    }

    pub(super) fn pop(&mut self) -> Option<u32> {
        match self.order {
            Order::Lifo => self.idle.pop(),
            Order::Fifo if self.idle.is_empty() => None,
            Order::Fifo => Some(self.idle.remove(0)),
        }
    }

    pub(super) fn take_all(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.idle)
    }

    /// Too old goes first; then the ones that were not used for the longest, as
    /// long as more are left than are to be kept; then the rest is kept alive.
    fn due(&self, now: u64) -> TakenOut {
        let is_past = |moment: Option<u64>| moment.is_some_and(|moment| moment <= now);
        let mut left = self.idle.clone();
        let mut due = TakenOut::default();
        left.retain(|&connection| {
            let is_young = !is_past(self.dates[&connection].expires);
            due.expired.extend((!is_young).then_some(connection));
            is_young
        });
        while left.len() > self.min_idle {
            let longest = left.iter().position(|at| is_past(self.dates[at].idle_until));
            let Some(longest) = longest else { break };
            due.idle_too_long.push(left.remove(longest));
        }
        left.retain(|connection| is_past(self.dates[connection].keep_alive));
        due.keep_alive = left;
        due
    }

    pub(super) fn take_due(&mut self, now: u64) -> TakenOut {
        let due = self.due(now);
        let gone = [&due.expired, &due.idle_too_long, &due.keep_alive];
        self.idle.retain(|connection| !gone.iter().any(|gone| gone.contains(connection)));
        due
    }

    /// The first moment at which anything would be taken out.
    pub(super) fn next_due(&self) -> Option<u64> {
        let dates = self.idle.iter().map(|connection| self.dates[connection]);
        let mut moments: Vec<u64> = dates
            .flat_map(|dates| [dates.idle_until, dates.expires, dates.keep_alive])
            .flatten()
            .collect();
        moments.sort_unstable();
        moments.into_iter().find(|moment| !self.due(*moment).is_empty())
    }
}
