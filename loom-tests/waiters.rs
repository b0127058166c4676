//! Models of the kernel, `src/waiters`: a queue under one lock, as every pattern
//! that parks embeds it.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use loom::future::block_on;
use loom::thread;

use crate::kernel::{Queue, Taken, Ticket, Wakers};
use crate::support::Preemptions::{AtMost, Unbounded};
use crate::support::{Flag, Owned, explore, poll_once};
use crate::sync::{Arc, Mutex};

/// Where values are handed in, and handed out in order of arrival: the smallest
/// pattern there is. `teeth` has some that are wrong.
pub(crate) trait Desk: 'static {
    type Ticket: 'static;

    fn new() -> Self;

    /// Hands a value in. Says how many were before.
    fn put(&self, value: u32) -> usize;

    /// Says that there is work to be done by whoever waits.
    fn post_work(&self);

    /// Takes a value, or parks.
    fn ask(&self, ticket: Option<Self::Ticket>, waker: Waker) -> Result<u32, Self::Ticket>;

    /// Does the work, if there is any and the caller waits.
    fn work(&self) -> bool;

    /// Goes away. Says whether a value had come.
    fn leave(&self, ticket: Self::Ticket) -> bool;

    /// What nobody took.
    fn left_over(&self) -> Vec<u32>;
}

/// The right way.
pub(crate) struct Sound(Mutex<State>);

struct State {
    waiting: Queue<u32>,
    values: VecDeque<u32>,
    has_work: bool,
    puts: usize,
}

impl State {
    fn hand_on(&mut self, value: u32) -> Wakers {
        match self.waiting.grant(value) {
            Ok(waker) => waker.into(),
            Err(value) => {
                self.values.push_back(value);
                Wakers::new()
            }
        }
    }
}

impl Desk for Sound {
    type Ticket = Ticket;

    fn new() -> Self {
        let (waiting, values) = (Queue::new(), VecDeque::new());
        Self(Mutex::new(State { waiting, values, has_work: false, puts: 0 }))
    }

    fn put(&self, value: u32) -> usize {
        let (before, wakers) = self.0.with(|state| {
            state.puts += 1;
            (state.puts - 1, state.hand_on(value))
        });
        wakers.wake();
        before
    }

    fn post_work(&self) {
        let waker = self.0.with(|state| {
            state.has_work = true;
            state.waiting.nudge()
        });
        Wakers::from(waker).wake();
    }

    fn ask(&self, ticket: Option<Ticket>, waker: Waker) -> Result<u32, Ticket> {
        let (answer, _unneeded) = self.0.with(|state| match ticket {
            Some(ticket) => match state.waiting.take(ticket, waker) {
                Taken::Granted { grant, spare } => (Ok(grant), Some(spare)),
                Taken::Parked { ticket, replaced } => (Err(ticket), replaced),
            },
            None => match state.values.pop_front() {
                Some(value) => (Ok(value), Some(waker)),
                None => {
                    let arrival = state.waiting.arrive();
                    (Err(state.waiting.push(arrival, waker)), None)
                }
            },
        });
        answer
    }

    fn work(&self) -> bool {
        self.0.with(|state| std::mem::take(&mut state.has_work))
    }

    fn leave(&self, ticket: Ticket) -> bool {
        let (grant, wakers, _waker) = self.0.with(|state| {
            let (grant, waker) = state.waiting.withdraw(ticket);
            let mut wakers = match grant {
                Some(value) => state.hand_on(value),
                None => Wakers::new(),
            };
            if state.has_work {
                wakers.push(state.waiting.nudge());
            }
            (grant, wakers, waker)
        });
        wakers.wake();
        grant.is_some()
    }

    fn left_over(&self) -> Vec<u32> {
        self.0.with(|state| state.values.drain(..).collect())
    }
}

/// Waits at a desk.
pub(crate) struct Visit<D: Desk> {
    desk: Arc<D>,
    ticket: Option<D::Ticket>,
}

impl<D: Desk> Visit<D> {
    fn new(desk: &Arc<D>) -> Self {
        Self { desk: desk.clone(), ticket: None }
    }

    /// A visit that has its place in the queue.
    fn parked(desk: &Arc<D>, flag: &std::sync::Arc<Flag>) -> Self {
        let ticket = desk.ask(None, flag.waker()).err();
        assert!(ticket.is_some(), "there was nothing to take yet");
        Self { desk: desk.clone(), ticket }
    }

    /// Goes away. Says whether a value had come.
    fn leave(mut self) -> bool {
        self.ticket.take().is_some_and(|ticket| self.desk.leave(ticket))
    }
}

impl<D: Desk> Future for Visit<D> {
    type Output = u32;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<u32> {
        let ticket = self.ticket.take();
        match self.desk.ask(ticket, cx.waker().clone()) {
            Ok(value) => Poll::Ready(value),
            Err(ticket) => {
                self.ticket = Some(ticket);
                Poll::Pending
            }
        }
    }
}

impl<D: Desk> Unpin for Visit<D> {}

impl<D: Desk> Drop for Visit<D> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.desk.leave(ticket);
        }
    }
}

/// Two wait; the first leaves while a value comes. Says whether it had come.
pub(crate) fn grant_against_withdrawal<D: Desk>() -> bool {
    let desk = Arc::new(D::new());
    let (first, second) = (Flag::new(), Flag::new());
    let leaver = Visit::parked(&desk, &first);
    let stayer = Visit::parked(&desk, &second);
    let leaving = thread::spawn(move || leaver.leave());
    let putting = thread::spawn({
        let desk = desk.clone();
        move || desk.put(7)
    });
    let had_come = leaving.join().unwrap();
    putting.join().unwrap();
    assert!(second.is_woken(), "the value left with the waiter that left");
    let mut stayer: Owned<u32> = Box::pin(stayer);
    assert_eq!(poll_once(&mut stayer, &second), Poll::Ready(7));
    drop(stayer);
    assert_eq!(desk.left_over(), [], "one value, handed out once");
    had_come
}

/// One comes while a value comes. Says whether it found it there.
pub(crate) fn arrival_against_put<D: Desk>() -> bool {
    let desk = Arc::new(D::new());
    let flag = Flag::new();
    let asking = thread::spawn({
        let (desk, flag) = (desk.clone(), flag.clone());
        move || {
            let mut visit: Owned<u32> = Box::pin(Visit::new(&desk));
            let found = poll_once(&mut visit, &flag).is_ready();
            // It would be unpolled from here on if nobody woke it.
            (found, visit)
        }
    });
    let putting = thread::spawn({
        let desk = desk.clone();
        move || desk.put(7)
    });
    let (found, mut visit) = asking.join().unwrap();
    putting.join().unwrap();
    if !found {
        assert!(flag.is_woken(), "a value is there, and who waits for it sleeps");
        assert_eq!(poll_once(&mut visit, &flag), Poll::Ready(7));
    }
    drop(visit);
    assert_eq!(desk.left_over(), [], "one value, handed out once");
    found
}

/// Two wait; the first leaves while work is posted. Says whether it was woken
/// for it.
pub(crate) fn nudge_against_withdrawal<D: Desk>() -> bool {
    let desk = Arc::new(D::new());
    let (first, second) = (Flag::new(), Flag::new());
    let leaver = Visit::parked(&desk, &first);
    let stayer = Visit::parked(&desk, &second);
    let leaving = thread::spawn(move || leaver.leave());
    let posting = thread::spawn({
        let desk = desk.clone();
        move || desk.post_work()
    });
    assert!(!leaving.join().unwrap(), "no value came");
    posting.join().unwrap();
    assert!(second.is_woken(), "work is left, and nobody was woken for it");
    assert!(desk.work());
    drop(stayer);
    first.is_woken()
}

/// waiters/X2, waiters/X1: a value that was granted to a waiter that leaves goes
/// to the next, exactly once.
#[test]
fn a_grant_that_meets_a_withdrawal_goes_to_the_next() {
    let outcomes = explore(
        "a_grant_that_meets_a_withdrawal_goes_to_the_next",
        Unbounded,
        grant_against_withdrawal::<Sound>,
    );
    assert_eq!(outcomes, [false, true].into(), "whether the value had come");
}

/// waiters/X7, waiters/X2: no wake-up is lost between looking for a value and
/// parking.
#[test]
fn who_parks_while_a_value_comes_is_woken_or_has_it() {
    let outcomes = explore(
        "who_parks_while_a_value_comes_is_woken_or_has_it",
        Unbounded,
        arrival_against_put::<Sound>,
    );
    assert_eq!(outcomes, [false, true].into(), "whether it found the value there");
}

/// waiters/X2: who was woken to do work for all and leaves instead wakes the
/// next.
#[test]
fn a_nudge_that_meets_a_withdrawal_goes_to_the_next() {
    let outcomes = explore(
        "a_nudge_that_meets_a_withdrawal_goes_to_the_next",
        Unbounded,
        nudge_against_withdrawal::<Sound>,
    );
    assert_eq!(outcomes, [false, true].into(), "whether the one that left was woken");
}

/// When a future that is polled again with another waker gets its value.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Got {
    AtFirstPoll,
    AtSecondPoll,
    Later,
}

/// waiters/X13: the waker of the last poll is the one that is woken, and a grant
/// between two polls is found by the second.
#[test]
fn a_waker_that_is_replaced_while_a_value_comes_loses_no_wake_up() {
    let outcomes =
        explore("a_waker_that_is_replaced_while_a_value_comes_loses_no_wake_up", Unbounded, || {
            let desk = Arc::new(Sound::new());
            let (first, second) = (Flag::new(), Flag::new());
            let polling = thread::spawn({
                let (desk, first, second) = (desk.clone(), first.clone(), second.clone());
                move || {
                    let mut visit: Owned<u32> = Box::pin(Visit::new(&desk));
                    let got = if poll_once(&mut visit, &first).is_ready() {
                        Got::AtFirstPoll
                    } else if poll_once(&mut visit, &second).is_ready() {
                        Got::AtSecondPoll
                    } else {
                        Got::Later
                    };
                    (got, visit)
                }
            });
            let putting = thread::spawn(move || desk.put(7));
            let (got, mut visit) = polling.join().unwrap();
            putting.join().unwrap();
            match got {
                Got::AtFirstPoll => assert!(!first.is_woken() && !second.is_woken()),
                Got::AtSecondPoll => assert!(first.is_woken() && !second.is_woken()),
                Got::Later => {
                    assert!(second.is_woken() && !first.is_woken());
                    assert_eq!(poll_once(&mut visit, &second), Poll::Ready(7));
                }
            }
            got
        });
    assert_eq!(outcomes, [Got::AtFirstPoll, Got::AtSecondPoll, Got::Later].into());
}

/// waiters/X8: grants on two threads go to the waiters in order of their
/// arrival; both are served.
#[test]
fn two_grants_reach_two_waiters_in_order_of_arrival() {
    let outcomes = explore("two_grants_reach_two_waiters_in_order_of_arrival", AtMost(3), || {
        let desk = Arc::new(Sound::new());
        let flag = Flag::new();
        let (first, second) = (Visit::parked(&desk, &flag), Visit::parked(&desk, &flag));
        let waiting = [first, second].map(|visit| thread::spawn(move || block_on(visit)));
        let putting = thread::spawn({
            let desk = desk.clone();
            move || desk.put(1)
        });
        let place_of_2 = desk.put(2);
        let place_of_1 = putting.join().unwrap();
        let got = waiting.map(|thread| thread.join().unwrap());
        let in_order = if place_of_1 < place_of_2 { [1, 2] } else { [2, 1] };
        assert_eq!(got, in_order, "the first that came gets the first value");
        got
    });
    assert_eq!(outcomes, [[1, 2], [2, 1]].into());
}
