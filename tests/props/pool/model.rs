//! What a pool must do, said a second time: as places and a sorted list.
//!
//! Callers are named by the rank of their arrival, connections and errors by
//! numbers. Each connection is in exactly one place, since a map says in which.

use std::collections::{BTreeMap, BTreeSet};

use super::shelf::Shelf;
use super::upkeep::Upkeep;
use crate::pool_core::{Census, Counters, Dates, Limits, Reason};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Idle,
    /// Granted to a waiter that did not take it yet.
    Granted,
    /// In a caller's hands.
    Lent,
    Checking,
    /// Was idle, and is looked at where it is.
    Reviewed,
    Closing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Got {
    Connection(u32),
    Failed(u32),
    Closed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Got(Got),
    TooManyWaiters,
    /// Waits, and begins so many connects.
    Parked(usize),
}

/// What is left to do after a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rest {
    pub(super) again: bool,
    pub(super) close: Option<u32>,
    /// An error that nobody will be told of.
    pub(super) error: Option<u32>,
}

/// What happened in the course of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct News {
    /// Upkeep has to think again, whatever it waits for.
    pub(super) for_upkeep: bool,
    /// Those that warm the pool up have to look again.
    pub(super) for_warmers: bool,
}

pub(super) struct Model {
    pub(super) limits: Limits,
    pub(super) closed: bool,
    pub(super) places: BTreeMap<u32, Place>,
    /// Those in `Place::Idle`, in order.
    pub(super) shelf: Shelf,
    pub(super) connecting: usize,
    /// Sorted: who waits and was granted nothing.
    pub(super) parked: Vec<u64>,
    granted: BTreeMap<u64, Got>,
    /// Waiters that were woken and not polled since.
    woken: BTreeSet<u64>,
    pub(super) last_error: Option<u32>,
    /// How many errors nobody was told of, in a row.
    pub(super) failures: u32,
    pub(super) counters: Counters,
    pub(super) upkeep: Upkeep,
    pub(super) news: News,
}

impl Model {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            closed: false,
            places: BTreeMap::new(),
            shelf: Shelf::new(limits.order, limits.min_idle),
            connecting: 0,
            parked: Vec::new(),
            granted: BTreeMap::new(),
            woken: BTreeSet::new(),
            last_error: None,
            failures: 0,
            counters: Counters::default(),
            upkeep: Upkeep::default(),
            news: News::default(),
        }
    }

    pub(super) fn size(&self) -> usize {
        self.places.len() + self.connecting
    }

    pub(super) fn census(&self) -> Census {
        let count = |place| self.places.values().filter(|at| **at == place).count();
        Census {
            idle: count(Place::Idle),
            in_use: count(Place::Granted) + count(Place::Lent),
            connecting: self.connecting,
            checking: count(Place::Checking) + count(Place::Reviewed),
            closing: count(Place::Closing),
            waiting: self.parked.len(),
        }
    }

    pub(super) fn counters(&self) -> Counters {
        self.counters
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    pub(super) fn has_ended(&self) -> bool {
        self.closed && self.size() == 0
    }

    pub(super) fn parked(&self) -> &[u64] {
        &self.parked
    }

    pub(super) fn is_woken(&self, rank: u64) -> bool {
        self.woken.contains(&rank)
    }

    pub(super) fn is_parked(&self, rank: u64) -> bool {
        self.parked.binary_search(&rank).is_ok()
    }

    /// Each connect serves one waiter, the first ones first.
    pub(super) fn is_being_served(&self, rank: u64) -> bool {
        self.parked.iter().take(self.connecting).any(|parked| *parked == rank)
    }

    /// How many connections exist.
    pub(super) fn connections(&self) -> usize {
        self.places.len()
    }

    /// How many errors are kept for somebody.
    pub(super) fn errors(&self) -> usize {
        let granted = self.granted.values().filter(|got| matches!(got, Got::Failed(_)));
        granted.count() + usize::from(self.last_error.is_some())
    }

    /// At the end of each step: while a connect could begin for somebody, the
    /// first waiter is on its way to begin it. Gives back what happened.
    pub(super) fn settle(&mut self) -> News {
        if self.wants_connect() {
            self.woken.extend(self.parked.first());
        }
        let news = std::mem::take(&mut self.news);
        self.settle_upkeep(news);
        news
    }

    pub(super) fn wants_connect(&self) -> bool {
        self.connecting < self.parked.len() && self.may_connect()
    }

    pub(super) fn may_connect(&self) -> bool {
        self.connecting < self.limits.max_connecting && self.size() < self.limits.max_size
    }

    fn begin_connects(&mut self) -> usize {
        let before = self.connecting;
        while self.wants_connect() {
            self.connecting += 1;
        }
        self.connecting - before
    }

    pub(super) fn try_take(&mut self) -> Option<u32> {
        let connection = self.shelf.pop()?;
        self.places.insert(connection, Place::Lent);
        self.counters.acquired += 1;
        Some(connection)
    }

    pub(super) fn ask(&mut self, rank: u64, let_in: bool) -> Answer {
        if self.closed {
            return Answer::Got(Got::Closed);
        }
        if let Some(connection) = self.try_take() {
            return Answer::Got(Got::Connection(connection));
        }
        let before = self.connecting;
        self.parked.push(rank);
        self.parked.sort_unstable();
        let begun = self.begin_connects();
        // How many wait with no connect for them.
        let unserved = self.parked.len().saturating_sub(self.connecting);
        if !let_in && unserved > self.limits.max_waiters {
            self.parked.retain(|parked| *parked != rank);
            self.connecting = before;
            return Answer::TooManyWaiters;
        }
        self.counters.waited += 1;
        Answer::Parked(begun)
    }

    /// What it got waits for its next poll.
    pub(super) fn set_aside(&mut self, rank: u64, got: Got) {
        if let Got::Connection(connection) = got {
            self.places.insert(connection, Place::Granted);
            self.counters.acquired -= 1;
        }
        self.granted.insert(rank, got);
        self.woken.insert(rank);
    }

    pub(super) fn ask_again(&mut self, rank: u64) -> Answer {
        self.woken.remove(&rank);
        let Some(got) = self.granted.remove(&rank) else {
            return Answer::Parked(self.begin_connects());
        };
        if let Got::Connection(connection) = got {
            self.places.insert(connection, Place::Lent);
            self.counters.acquired += 1;
        }
        Answer::Got(got)
    }

    pub(super) fn withdraw(&mut self, rank: u64) -> Rest {
        self.woken.remove(&rank);
        self.parked.retain(|parked| *parked != rank);
        match self.granted.remove(&rank) {
            Some(Got::Connection(connection)) => {
                Rest { close: self.hand_on(connection), ..Rest::default() }
            }
            Some(Got::Failed(error)) => Rest { error: self.tell(error), ..Rest::default() },
            Some(Got::Closed) | None => Rest::default(),
        }
    }

    pub(super) fn time_out(&mut self) -> Option<u32> {
        self.counters.timed_out += 1;
        self.last_error.take()
    }

    /// Grants to the first that waits.
    fn grant(&mut self, got: Got) -> bool {
        let Some(first) = self.parked.first().copied() else {
            return false;
        };
        self.parked.remove(0);
        self.granted.insert(first, got);
        self.woken.insert(first);
        true
    }

    /// To the next waiter, to the idle ones, or to be closed.
    fn hand_on(&mut self, connection: u32) -> Option<u32> {
        if self.closed || self.is_oversize() {
            let reason = if self.closed { Reason::Closed } else { Reason::Resize };
            self.give_up(connection, reason);
            return Some(connection);
        }
        let is_granted = self.grant(Got::Connection(connection));
        if !is_granted {
            self.shelf.push(connection);
        }
        let place = if is_granted { Place::Granted } else { Place::Idle };
        self.places.insert(connection, place);
        None
    }

    /// Tells the first waiter, or keeps it; gives back the one kept before.
    fn tell(&mut self, error: u32) -> Option<u32> {
        if self.grant(Got::Failed(error)) {
            return None;
        }
        self.failures += 1;
        self.last_error.replace(error)
    }

    pub(super) fn connecting(&self) -> usize {
        self.connecting
    }

    pub(super) fn connected(&mut self, connection: u32, dates: Dates<u64>) -> Rest {
        self.connecting -= 1;
        self.counters.created += 1;
        self.news = News { for_upkeep: self.failures > 0, for_warmers: true };
        self.failures = 0;
        self.shelf.date(connection, dates);
        self.places.insert(connection, Place::Lent);
        let close = self.hand_on(connection);
        Rest { again: self.connect_next(), close, error: None }
    }

    pub(super) fn connect_failed(&mut self, error: u32) -> Rest {
        self.connecting -= 1;
        let error = self.tell(error);
        self.news = News { for_upkeep: self.failures > 0, for_warmers: true };
        Rest { again: self.connect_next(), close: None, error }
    }

    /// Who ended a connect begins the next, if it is wanted.
    fn connect_next(&mut self) -> bool {
        let wanted = self.wants_connect() || (self.failures == 0 && self.shortage() > 0);
        self.connecting += usize::from(wanted);
        wanted
    }

    pub(super) fn connect_abandoned(&mut self) {
        self.connecting -= 1;
        self.news.for_warmers = true;
    }

    pub(super) fn put_back(&mut self, connection: u32, dates: Dates<u64>) -> Option<u32> {
        self.shelf.date(connection, dates);
        self.hand_on(connection)
    }

    pub(super) fn give_up(&mut self, connection: u32, reason: Reason) {
        self.places.insert(connection, Place::Closing);
        let counter = match reason {
            Reason::Broken => &mut self.counters.broken,
            Reason::Check => &mut self.counters.failed_check,
            Reason::Lifetime => &mut self.counters.lifetime,
            Reason::Idle => &mut self.counters.idle,
            Reason::Resize => &mut self.counters.resize,
            Reason::Retain => &mut self.counters.retain,
            Reason::Closed => &mut self.counters.closed,
        };
        *counter += 1;
    }

    pub(super) fn reject(&mut self, connection: u32, reason: Reason) {
        self.counters.acquired -= 1;
        self.give_up(connection, reason);
    }

    pub(super) fn check_began(&mut self, connection: u32) {
        self.places.insert(connection, Place::Checking);
    }

    pub(super) fn check_ended(&mut self, connection: u32) {
        self.places.insert(connection, Place::Lent);
    }

    pub(super) fn closed_one(&mut self, connection: u32, was_dropped: bool) {
        self.places.remove(&connection);
        self.news.for_warmers = true;
        self.counters.dropped_unclosed += u64::from(was_dropped);
    }

    pub(super) fn detach(&mut self, connection: u32) {
        self.news.for_warmers = true;
        self.places.remove(&connection);
    }

    /// Gives back what was idle, the oldest first.
    pub(super) fn close(&mut self) -> Vec<u32> {
        self.closed = true;
        self.news = News { for_upkeep: true, for_warmers: true };
        while self.grant(Got::Closed) {}
        let idle = self.shelf.take_all();
        for connection in &idle {
            self.give_up(*connection, Reason::Closed);
        }
        idle
    }
}
