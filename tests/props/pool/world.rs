//! The machine with all that it deals with: callers, connects and watchers. Each
//! step is done to the machine and to the model, and both are compared.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::action::Action;
use super::model::{Answer, Got, Model, Rest};
use crate::alarm::Alarm;
use crate::pool_core::{Asked, Awaited, Core, Event, Grant, Limits, Reason, Returned};
use crate::waiters::{Arrival, Ticket, Wakers};

type Checked<T = ()> = Result<T, TestCaseError>;

/// A connection or an error. There is no other of its number, and the world
/// knows how many there are.
#[derive(Debug)]
pub(super) struct Token {
    number: u32,
    _alive: Arc<()>,
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
        Token { number: self.made, _alive: self.alive.clone() }
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
}

pub(super) struct World {
    core: Core<Token, Token>,
    model: Model,
    limits: Limits,
    connections: Mint,
    errors: Mint,
    comers: u64,
    /// By rank of arrival.
    waiters: BTreeMap<u64, Waiter>,
    lent: Vec<Loan>,
    checking: Vec<Loan>,
    closing: Vec<Token>,
    watchers: Vec<Watcher>,
}

/// Takes one out, if there is one.
fn choose<T>(from: &mut Vec<T>, at: usize) -> Option<T> {
    (!from.is_empty()).then(|| from.swap_remove(at % from.len()))
}

impl World {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            core: Core::new(limits),
            model: Model::new(limits),
            limits,
            connections: Mint::default(),
            errors: Mint::default(),
            comers: 0,
            waiters: BTreeMap::new(),
            lent: Vec::new(),
            checking: Vec::new(),
            closing: Vec::new(),
            watchers: Vec::new(),
        }
    }

    /// Does it, if there is somebody to do it.
    pub(super) fn step(&mut self, action: &Action) -> Checked {
        match action {
            Action::Ask => {
                let (rank, arrival) = self.come();
                self.ask(rank, arrival)?;
            }
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
            Action::PutBack(at) => {
                if let Some(loan) = choose(&mut self.lent, *at) {
                    self.put_back(loan)?;
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
                if let Some(Watcher { event, ticket, alarm }) = choose(&mut self.watchers, *at) {
                    self.watch(event, Some(ticket))?;
                    prop_assert_eq!(alarm.wakers(), 0, "the machine has an earlier poll's waker");
                }
            }
            Action::Unwatch(at) => {
                if let Some(Watcher { event, ticket, alarm }) = choose(&mut self.watchers, *at) {
                    drop(self.core.unwatch(event, ticket));
                    prop_assert_eq!(alarm.wakers(), 0, "the machine has its waker still");
                }
            }
            Action::Close => self.close()?,
        }
        self.model.settle();
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
        let taken = self.core.take_idle();
        let number = taken.as_ref().map(|connection| connection.number);
        prop_assert_eq!(number, self.model.try_take());
        let (rank, arrival) = self.come();
        self.lent.extend(taken.map(|connection| Loan { connection, rank, arrival }));
        Ok(())
    }

    fn ask(&mut self, rank: u64, arrival: Arrival) -> Checked {
        let alarm = Alarm::default();
        let (asked, spare) = self.core.ask(arrival, alarm.waker());
        let expected = self.model.ask(rank);
        prop_assert_eq!(spare.is_none(), matches!(expected, Answer::Parked(_)));
        drop(spare);
        self.answer(rank, arrival, alarm, asked, expected)
    }

    fn ask_again(&mut self, rank: u64) -> Checked {
        let Waiter { arrival, ticket, alarm: before } =
            self.waiters.remove(&rank).expect("it is chosen from these");
        let alarm = Alarm::default();
        let (asked, spare) = self.core.ask_again(ticket, alarm.waker());
        drop(spare);
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
                let connection = self.connections.make();
                let number = connection.number;
                (self.core.connected(connection), self.model.connected(number))
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
    fn settle(
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

    fn put_back(&mut self, loan: Loan) -> Checked {
        let number = loan.connection.number;
        let (returned, wakers) = self.core.put_back(loan.connection);
        let close = match returned {
            Returned::Kept => None,
            Returned::Close(connection) => Some(connection),
        };
        let expected = Rest { close: self.model.put_back(number), ..Rest::default() };
        self.settle(false, close, None, wakers, expected)
    }

    fn reject(&mut self, loan: Loan, reason: Reason, returns: bool) -> Checked {
        self.core.reject(reason);
        self.model.reject(loan.connection.number, reason);
        self.closing.push(loan.connection);
        if returns { self.ask(loan.rank, loan.arrival) } else { Ok(()) }
    }

    fn watch(&mut self, event: Event, ticket: Option<Ticket>) -> Checked {
        let alarm = Alarm::default();
        let happened = match self.core.watch(event, ticket, alarm.waker()) {
            Awaited::Happened { spare } => {
                drop(spare);
                true
            }
            Awaited::Parked { ticket, replaced } => {
                drop(replaced);
                self.watchers.push(Watcher { event, ticket, alarm });
                false
            }
        };
        prop_assert_eq!(happened, self.has_happened(event));
        Ok(())
    }

    fn has_happened(&self, event: Event) -> bool {
        match event {
            Event::Closed => self.model.is_closed(),
            Event::Ended => self.model.has_ended(),
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
    fn check(&self) -> Checked {
        let census = self.core.census();
        let sum = census.idle + census.in_use + census.connecting + census.checking;
        prop_assert_eq!(census, self.model.census());
        prop_assert_eq!(census.size(), sum + census.closing);
        prop_assert!(census.size() <= self.limits.max_size, "too many: {:?}", census);
        prop_assert!(census.connecting <= self.limits.max_connecting, "too fast: {:?}", census);
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
        for Watcher { event, alarm, .. } in &self.watchers {
            let rings = usize::from(self.has_happened(*event));
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
                self.model.settle();
                self.check()?;
                continue;
            } else if self.model.connecting() > 0 {
                Action::Connected
            } else if !self.checking.is_empty() {
                Action::CheckEnded(0)
            } else if !self.closing.is_empty() {
                Action::ClosedOne(0, true)
            } else if !self.lent.is_empty() {
                Action::PutBack(0)
            } else {
                break;
            };
            self.step(&action)?;
        }
        prop_assert!(self.waiters.is_empty(), "stuck: {:?}", self.model.parked());
        Ok(())
    }

    /// The pool's end leaves nothing behind.
    pub(super) fn end(mut self) -> Checked {
        self.calm_down()?;
        self.step(&Action::Close)?;
        self.calm_down()?;
        prop_assert_eq!(self.core.census().size(), 0);
        let created = self.core.counters().created;
        prop_assert_eq!(created, u64::from(self.connections.made), "made, and not counted");
        drop(self.core);
        prop_assert_eq!((self.connections.alive(), self.errors.alive()), (0, 0));
        prop_assert!(self.watchers.iter().all(|watcher| watcher.alarm.rings() == 1));
        Ok(())
    }
}
