//! The machine with all that it deals with: callers, connects and watchers. Each
//! step is done to the machine and to the model, and both are compared.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::task::Waker;

use proptest::prelude::*;

use super::action::{Action, Times};
use super::model::{Answer, Got, Model, Rest};
use super::upkeep::Upkeep;
use crate::alarm::Alarm;
use crate::pool_core::{
    Asked, Awaited, Core, Dated, Dates, Event, Grant, Limits, Reason, Returned,
};
use crate::waiters::{Arrival, Ticket, Wakers};

pub(super) type Checked<T = ()> = Result<T, TestCaseError>;

/// A connection or an error. There is no other of its number, and the world
/// knows how many there are.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) number: u32,
    pub(super) dates: Dates<u64>,
    _alive: Arc<()>,
}

impl Dated for Token {
    type Moment = u64;

    fn dates(&self) -> Dates<u64> {
        self.dates
    }
}

/// Makes tokens, and counts those that are alive.
#[derive(Default)]
struct Mint {
    made: u32,
    alive: Arc<()>,
}

impl Mint {
    fn make(&mut self) -> Token {
        self.made += 1;
        Token { number: self.made, dates: Dates::default(), _alive: self.alive.clone() }
    }

    fn alive(&self) -> usize {
        Arc::strong_count(&self.alive) - 1
    }
}

struct Waiter {
    arrival: Arrival,
    ticket: Ticket,
    /// Of its last poll.
    alarm: Alarm,
}

/// A connection in a caller's hands.
struct Loan {
    connection: Token,
    rank: u64,
    arrival: Arrival,
}

struct Watcher {
    event: Event,
    ticket: Ticket,
    alarm: Alarm,
    has_happened: bool,
}

pub(super) struct World {
    pub(super) core: Core<Token, Token>,
    pub(super) model: Model,
    pub(super) times: Times,
    pub(super) now: u64,
    /// After the last step.
    size: usize,
    connections: Mint,
    errors: Mint,
    comers: u64,
    /// By rank of arrival.
    waiters: BTreeMap<u64, Waiter>,
    lent: Vec<Loan>,
    checking: Vec<Loan>,
    pub(super) reviewing: Vec<Token>,
    pub(super) closing: Vec<Token>,
    watchers: Vec<Watcher>,
    /// Of upkeep's last sleep.
    pub(super) upkeep: Alarm,
}

/// Takes one out, if there is one.
pub(super) fn choose<T>(from: &mut Vec<T>, at: usize) -> Option<T> {
    (!from.is_empty()).then(|| from.swap_remove(at % from.len()))
}

impl World {
    pub(super) fn new(limits: Limits, times: Times) -> Self {
        Self {
            core: Core::new(limits),
            model: Model::new(limits),
            times,
            now: 0,
            size: 0,
            connections: Mint::default(),
            errors: Mint::default(),
            comers: 0,
            waiters: BTreeMap::new(),
            lent: Vec::new(),
            checking: Vec::new(),
            reviewing: Vec::new(),
            closing: Vec::new(),
            watchers: Vec::new(),
            upkeep: Alarm::default(),
        }
    }

    /// Does it, if there is somebody to do it.
    pub(super) fn step(&mut self, action: &Action) -> Checked {
        match action {
            Action::Ask => {
                let (rank, arrival) = self.come();
                self.ask(rank, arrival, false)?;
            }
            Action::AskSpent => self.ask_spent()?,
            Action::TryTake => self.try_take()?,
            Action::AskAgain(at) => {
                if let Some(rank) = self.choose_waiter(*at) {
                    self.ask_again(rank)?;
                }
            }
            Action::Withdraw(at) => {
                if let Some(rank) = self.choose_waiter(*at) {
                    self.withdraw(rank)?;
                }
            }
            Action::TimeOut(at) => {
                if let Some(rank) = self.choose_waiter(*at) {
                    let last_error = self.core.timed_out().map(|error| error.number);
                    prop_assert_eq!(last_error, self.model.time_out());
                    self.withdraw(rank)?;
                }
            }
            Action::Connected | Action::ConnectFailed | Action::ConnectAbandoned => {
                if self.model.connecting() > 0 {
                    self.end_connect(action)?;
                }
            }
            Action::PutBack(at, lag) => {
                if let Some(loan) = choose(&mut self.lent, *at) {
                    self.put_back(loan, *lag)?;
                }
            }
            Action::GiveUp(at, reason) => {
                if let Some(loan) = choose(&mut self.lent, *at) {
                    self.core.begin_close(*reason);
                    self.model.give_up(loan.connection.number, *reason);
                    self.closing.push(loan.connection);
                }
            }
            Action::Detach(at) => {
                if let Some(loan) = choose(&mut self.lent, *at) {
                    self.core.detach().wake();
                    self.model.detach(loan.connection.number);
                }
            }
            Action::CheckBegan(at) => {
                if let Some(loan) = choose(&mut self.lent, *at) {
                    self.core.check_began();
                    self.model.check_began(loan.connection.number);
                    self.checking.push(loan);
                }
            }
            Action::CheckEnded(at) => {
                if let Some(loan) = choose(&mut self.checking, *at) {
                    self.core.check_ended();
                    self.model.check_ended(loan.connection.number);
                    self.lent.push(loan);
                }
            }
            Action::Reject(at, reason, returns) => {
                if let Some(loan) = choose(&mut self.lent, *at) {
                    self.reject(loan, *reason, *returns)?;
                }
            }
            Action::ClosedOne(at, well) => {
                if let Some(connection) = choose(&mut self.closing, *at) {
                    self.core.closed_one(!well).wake();
                    self.model.closed_one(connection.number, !well);
                }
            }
            Action::Watch(event) => self.watch(*event, None)?,
            Action::WatchAgain(at) => {
                if let Some(watcher) = choose(&mut self.watchers, *at) {
                    let Watcher { event, ticket, alarm, has_happened } = watcher;
                    self.watch(event, Some((ticket, has_happened)))?;
                    prop_assert_eq!(alarm.wakers(), 0, "the machine has an earlier poll's waker");
                }
            }
            Action::Unwatch(at) => {
                if let Some(watcher) = choose(&mut self.watchers, *at) {
                    let Watcher { event, ticket, alarm, .. } = watcher;
                    drop(self.core.unwatch(event, ticket));
                    prop_assert_eq!(alarm.wakers(), 0, "the machine has its waker still");
                }
            }
            Action::Close => self.close()?,
            Action::Resize(n) => self.resize(*n)?,
            Action::WarmUp(n) => {
                prop_assert_eq!(self.core.warm_up(*n, &mut None), self.model.warm_up(*n));
            }
            Action::TakeLastError => {
                let error = self.core.take_last_error().map(|error| error.number);
                prop_assert_eq!(error, self.model.last_error.take());
            }
            Action::Tick(ticks) => self.now += ticks,
            Action::Upkeep(_)
            | Action::ParkUpkeep(..)
            | Action::WakeUpkeepBy(_)
            | Action::TakeForReview
            | Action::Reviewed(..)
            | Action::Rejected(..) => self.keep_up(action)?,
        }
        self.settle_all()
    }

    fn settle_all(&mut self) -> Checked {
        let news = self.model.settle();
        for watcher in &mut self.watchers {
            watcher.has_happened |= match watcher.event {
                Event::Closed => self.model.is_closed(),
                Event::Ended => self.model.has_ended(),
                Event::SlotChanged => news.for_warmers,
            };
        }
        self.check()
    }

    fn choose_waiter(&self, at: usize) -> Option<u64> {
        let ranks: Vec<u64> = self.waiters.keys().copied().collect();
        (!ranks.is_empty()).then(|| ranks[at % ranks.len()])
    }

    fn come(&mut self) -> (u64, Arrival) {
        self.comers += 1;
        (self.comers, self.core.arrive())
    }

    fn try_take(&mut self) -> Checked {
        let taken = self.core.take_idle().map(|(connection, waker)| {
            waker.into_iter().for_each(Waker::wake);
            connection
        });
        let number = taken.as_ref().map(|connection| connection.number);
        prop_assert_eq!(number, self.model.try_take());
        let (rank, arrival) = self.come();
        self.lent.extend(taken.map(|connection| Loan { connection, rank, arrival }));
        Ok(())
    }

    fn ask(&mut self, rank: u64, arrival: Arrival, let_in: bool) -> Checked {
        let alarm = Alarm::default();
        let (asked, aside) = self.core.ask(arrival, let_in, alarm.waker());
        let expected = self.model.ask(rank, let_in);
        prop_assert_eq!(aside.drop.is_none(), matches!(expected, Answer::Parked(_)));
        aside.settle();
        self.answer(rank, arrival, alarm, asked, expected)
    }

    fn ask_spent(&mut self) -> Checked {
        let (rank, arrival) = self.come();
        let alarm = Alarm::default();
        let (asked, aside) = self.core.ask(arrival, false, alarm.waker());
        aside.settle();
        let expected = self.model.ask(rank, false);
        let (grant, got) = match (asked, expected) {
            (Asked::Granted(grant), Answer::Got(got)) => (grant, got),
            (asked, _) => return self.answer(rank, arrival, alarm, asked, expected),
        };
        let ticket = self.core.set_aside(grant);
        self.model.set_aside(rank, got);
        // It is polled again by itself, as if it were woken.
        alarm.waker().wake();
        self.waiters.insert(rank, Waiter { arrival, ticket, alarm });
        Ok(())
    }

    fn ask_again(&mut self, rank: u64) -> Checked {
        let Waiter { arrival, ticket, alarm: before } =
            self.waiters.remove(&rank).expect("it is chosen from these");
        let alarm = Alarm::default();
        let (asked, aside) = self.core.ask_again(ticket, alarm.waker());
        aside.settle();
        let expected = self.model.ask_again(rank);
        prop_assert_eq!(before.wakers(), 0, "the machine has an earlier poll's waker");
        self.answer(rank, arrival, alarm, asked, expected)
    }

    fn answer(
        &mut self,
        rank: u64,
        arrival: Arrival,
        alarm: Alarm,
        asked: Asked<Token, Token>,
        expected: Answer,
    ) -> Checked {
        let answer = match asked {
            Asked::Granted(Grant::Connection(connection)) => {
                let number = connection.number;
                self.lent.push(Loan { connection, rank, arrival });
                Answer::Got(Got::Connection(number))
            }
            Asked::Granted(Grant::Failed(error)) => Answer::Got(Got::Failed(error.number)),
            Asked::Granted(Grant::Closed) => Answer::Got(Got::Closed),
            Asked::TooManyWaiters => Answer::TooManyWaiters,
            Asked::Parked { ticket, connects } => {
                self.waiters.insert(rank, Waiter { arrival, ticket, alarm });
                Answer::Parked(connects)
            }
        };
        prop_assert_eq!(answer, expected, "the answer to {}", rank);
        Ok(())
    }

    fn withdraw(&mut self, rank: u64) -> Checked {
        let Waiter { ticket, alarm, .. } =
            self.waiters.remove(&rank).expect("it is chosen from these");
        let is_served = self.core.is_being_served(&ticket);
        prop_assert_eq!(is_served, self.model.is_being_served(rank), "{} is served", rank);
        let left = self.core.withdraw(ticket);
        drop(left.waker);
        let expected = self.model.withdraw(rank);
        prop_assert_eq!(alarm.wakers(), 0, "the machine has its waker still");
        self.settle(false, left.close, left.error, left.wakers, expected)
    }

    fn end_connect(&mut self, how: &Action) -> Checked {
        let (ended, expected) = match how {
            Action::Connected => {
                let mut connection = self.connections.make();
                let expires = self.times.max_lifetime.map(|most| self.now + most);
                connection.dates = self.dates_at(self.now, expires);
                let (number, dates) = (connection.number, connection.dates);
                prop_assert_eq!(self.core.number_new(), u64::from(number));
                (self.core.connected(connection), self.model.connected(number, dates))
            }
            Action::ConnectFailed => {
                let error = self.errors.make();
                let number = error.number;
                (self.core.connect_failed(error), self.model.connect_failed(number))
            }
            _ => {
                self.core.connect_abandoned().wake();
                self.model.connect_abandoned();
                return Ok(());
            }
        };
        self.settle(ended.again, ended.close, ended.error, ended.wakers, expected)
    }

    /// Does what a call left to do.
    pub(super) fn settle(
        &mut self,
        again: bool,
        close: Option<Token>,
        error: Option<Token>,
        wakers: Wakers,
        expected: Rest,
    ) -> Checked {
        let number = |token: &Token| token.number;
        let rest =
            Rest { again, close: close.as_ref().map(number), error: error.as_ref().map(number) };
        prop_assert_eq!(rest, expected);
        self.closing.extend(close);
        wakers.wake();
        drop(error);
        Ok(())
    }

    /// When a connection that is returned at `since` is due.
    pub(super) fn dates_at(&self, since: u64, expires: Option<u64>) -> Dates<u64> {
        let Times { idle_timeout, keep_alive, .. } = self.times;
        Dates {
            idle_since: Some(since),
            idle_until: idle_timeout.map(|limit| since + limit),
            expires,
            keep_alive: keep_alive.map(|period| since + period),
        }
    }

    fn put_back(&mut self, mut loan: Loan, lag: u64) -> Checked {
        let since = self.now.saturating_sub(lag);
        let dates = self.dates_at(since, loan.connection.dates.expires);
        loan.connection.dates = dates;
        let number = loan.connection.number;
        let (returned, wakers) = self.core.put_back(loan.connection);
        let close = self.model.put_back(number, dates);
        self.settle_returned(returned, wakers, close)
    }

    pub(super) fn settle_returned(
        &mut self,
        returned: Returned<Token>,
        wakers: Wakers,
        expected: Option<u32>,
    ) -> Checked {
        let close = match returned {
            Returned::Kept => None,
            Returned::Close(connection) => Some(connection),
        };
        let expected = Rest { close: expected, ..Rest::default() };
        self.settle(false, close, None, wakers, expected)
    }

    fn resize(&mut self, max_size: usize) -> Checked {
        let (close, wakers) = self.core.resize(max_size);
        let numbers: Vec<u32> = close.iter().map(|connection| connection.number).collect();
        prop_assert_eq!(numbers, self.model.resize(max_size));
        self.closing.extend(close);
        wakers.wake();
        Ok(())
    }

    fn reject(&mut self, loan: Loan, reason: Reason, returns: bool) -> Checked {
        self.core.reject(reason);
        self.model.reject(loan.connection.number, reason);
        self.closing.push(loan.connection);
        if returns { self.ask(loan.rank, loan.arrival, true) } else { Ok(()) }
    }

    fn watch(&mut self, event: Event, again: Option<(Ticket, bool)>) -> Checked {
        let (ticket, expected) = match again {
            Some((ticket, has_happened)) => (Some(ticket), has_happened),
            None => (None, self.has_happened(event)),
        };
        let alarm = Alarm::default();
        let happened = match self.core.watch(event, ticket, alarm.waker()) {
            Awaited::Happened { spare } => {
                drop(spare);
                true
            }
            Awaited::Parked { ticket, replaced } => {
                drop(replaced);
                self.watchers.push(Watcher { event, ticket, alarm, has_happened: false });
                false
            }
        };
        prop_assert_eq!(happened, expected);
        Ok(())
    }

    fn has_happened(&self, event: Event) -> bool {
        match event {
            Event::Closed => self.model.is_closed(),
            Event::Ended => self.model.has_ended(),
            Event::SlotChanged => self.model.is_quiet(),
        }
    }

    fn close(&mut self) -> Checked {
        let (idle, wakers) = self.core.close();
        let numbers: Vec<u32> = idle.iter().map(|connection| connection.number).collect();
        prop_assert_eq!(numbers, self.model.close());
        self.closing.extend(idle);
        wakers.wake();
        Ok(())
    }

    /// What must hold after every step.
    fn check(&mut self) -> Checked {
        let census = self.core.census();
        let sum = census.idle + census.in_use + census.connecting + census.checking;
        prop_assert_eq!(census, self.model.census());
        prop_assert_eq!(census.size(), sum + census.closing);
        let limits = self.model.limits;
        prop_assert_eq!(self.core.limits().max_size, limits.max_size);
        prop_assert!(census.size() <= limits.max_size.max(self.size), "too many: {:?}", census);
        self.size = census.size();
        prop_assert!(census.connecting <= limits.max_connecting, "too fast: {:?}", census);
        prop_assert!(census.idle == 0 || census.waiting == 0, "idle beside waiters: {:?}", census);
        prop_assert_eq!(self.core.counters(), self.model.counters());
        prop_assert_eq!(self.core.is_closed(), self.model.is_closed());
        prop_assert_eq!(self.connections.alive(), self.model.connections());
        prop_assert_eq!(self.errors.alive(), self.model.errors());
        for (rank, waiter) in &self.waiters {
            let (rings, has_waker) = (waiter.alarm.rings(), waiter.alarm.wakers() == 1);
            let is_woken = self.model.is_woken(*rank);
            prop_assert_eq!(rings, usize::from(is_woken), "how often {} was woken", rank);
            prop_assert_eq!(has_waker, !is_woken, "a waker of {}", rank);
            prop_assert!(is_woken || self.model.is_parked(*rank), "{rank} sleeps on a grant");
        }
        prop_assert_eq!(self.core.failures(), self.model.failures);
        let upkeep = match self.model.upkeep {
            Upkeep::Awake => (0, 0),
            Upkeep::Asleep { .. } => (0, 1),
            Upkeep::Woken => (1, 0),
        };
        prop_assert_eq!((self.upkeep.rings(), self.upkeep.wakers()), upkeep, "upkeep");
        for Watcher { event, alarm, has_happened, .. } in &self.watchers {
            let rings = usize::from(*has_happened);
            prop_assert_eq!((alarm.rings(), alarm.wakers()), (rings, 1 - rings), "{:?}", event);
        }
        Ok(())
    }

    /// Lets everybody go on until nobody can: waiters are polled if they were
    /// woken, and only then. Whoever waits then is stuck for ever.
    pub(super) fn calm_down(&mut self) -> Checked {
        loop {
            let woken = self.waiters.iter().find(|(_, waiter)| waiter.alarm.rings() > 0);
            let action = if let Some((&rank, _)) = woken {
                self.ask_again(rank)?;
                self.settle_all()?;
                continue;
            } else if self.model.connecting() > 0 {
                Action::Connected
            } else if !self.checking.is_empty() {
                Action::CheckEnded(0)
            } else if !self.closing.is_empty() {
                Action::ClosedOne(0, true)
            } else if !self.lent.is_empty() {
                Action::PutBack(0, 0)
            } else if !self.reviewing.is_empty() {
                Action::Reviewed(0, true)
            } else if self.wants_upkeep() {
                self.step(&Action::Upkeep(true))?;
                Action::ParkUpkeep(None, true)
            } else {
                break;
            };
            self.step(&action)?;
        }
        prop_assert!(self.waiters.is_empty(), "stuck: {:?}", self.model.parked());
        prop_assert_eq!(self.model.shortage(), 0, "too few are idle, and upkeep sleeps");
        Ok(())
    }

    /// The pool's end leaves nothing behind.
    pub(super) fn end(mut self) -> Checked {
        self.step(&Action::Upkeep(true))?;
        self.calm_down()?;
        self.step(&Action::Close)?;
        self.calm_down()?;
        prop_assert_eq!(self.core.census().size(), 0);
        let created = self.core.counters().created;
        prop_assert_eq!(created, u64::from(self.connections.made), "made, and not counted");
        drop(self.core);
        prop_assert_eq!((self.connections.alive(), self.errors.alive()), (0, 0));
        prop_assert!(self.watchers.iter().all(|watcher| watcher.alarm.rings() == 1));
        prop_assert_eq!(self.upkeep.wakers(), 0);
        Ok(())
    }
}
