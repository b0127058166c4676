//! Small stories, one for each law.

use std::task::Waker;

use crate::alarm::Alarm;
use crate::pool_core::{Asked, Core, Dated, Dates, Grant, Limits, Order, Reason, Returned};
use crate::waiters::Ticket;

type Machine = Core<u32, &'static str>;

/// For pools without time options.
impl Dated for u32 {
    type Moment = u64;

    fn dates(&self) -> Dates<u64> {
        Dates::default()
    }
}

fn machine(max_size: usize, max_connecting: usize, max_waiters: usize) -> Machine {
    let (min_idle, order) = (0, Order::Lifo);
    Core::new(Limits { max_size, max_connecting, max_waiters, min_idle, order })
}

/// A machine whose connections, numbered from 0, are all lent; nobody waits.
fn all_lent(max_size: usize) -> Machine {
    let mut core = machine(max_size, max_size, usize::MAX);
    let tickets: Vec<Ticket> = (0..max_size).map(|_| park(&mut core, &Alarm::default())).collect();
    for (number, ticket) in (0..).zip(tickets) {
        core.connected(number).wakers.wake();
        assert_eq!(got(&mut core, ticket), Some(Grant::Connection(number)));
    }
    core
}

fn ask(core: &mut Machine, alarm: &Alarm) -> Asked<u32, &'static str> {
    let arrival = core.arrive();
    core.ask(arrival, false, alarm.waker()).0
}

fn park(core: &mut Machine, alarm: &Alarm) -> Ticket {
    match ask(core, alarm) {
        Asked::Parked { ticket, .. } => ticket,
        other => panic!("it does not wait: {other:?}"),
    }
}

/// What its next poll gives to the holder of the ticket.
fn got(core: &mut Machine, ticket: Ticket) -> Option<Grant<u32, &'static str>> {
    match core.ask_again(ticket, Waker::noop().clone()).0 {
        Asked::Granted(grant) => Some(grant),
        Asked::Parked { ticket, .. } => {
            core.withdraw(ticket).wakers.wake();
            None
        }
        Asked::TooManyWaiters => panic!("it waited already"),
    }
}

fn put_back(core: &mut Machine, connection: u32) {
    let (returned, wakers) = core.put_back(connection);
    assert_eq!(returned, Returned::Kept);
    wakers.wake();
}

/// pool/POOL2, pool/X8: a task that gives its connection back and asks at once
/// waits behind those that waited before.
#[test]
fn a_hog_never_overtakes() {
    let mut core = all_lent(1);
    let mut waiting: std::collections::VecDeque<Ticket> =
        (0..3).map(|_| park(&mut core, &Alarm::default())).collect();
    for _turn in 0..9 {
        put_back(&mut core, 0);
        assert!(core.take_idle().is_none());
        waiting.push_back(park(&mut core, &Alarm::default()));
        let first = waiting.pop_front().expect("four wait");
        assert_eq!(got(&mut core, first), Some(Grant::Connection(0)));
    }
}

/// pool/POOL2, pool/X8: who found its connection unfit asks again from its place.
#[test]
fn who_asks_again_is_served_before_later_callers() {
    let mut core = all_lent(1);
    let arrival = core.arrive();
    let Asked::Parked { ticket, .. } = core.ask(arrival, true, Waker::noop().clone()).0 else {
        panic!("the only connection is lent");
    };
    let later = park(&mut core, &Alarm::default());
    put_back(&mut core, 0);
    assert_eq!(got(&mut core, ticket), Some(Grant::Connection(0)));
    core.reject(Reason::Check);
    let Asked::Parked { ticket, .. } = core.ask(arrival, true, Waker::noop().clone()).0 else {
        panic!("the only connection is being closed");
    };
    core.closed_one(false).wake();
    let (asked, _) = core.ask_again(ticket, Waker::noop().clone());
    let Asked::Parked { ticket, connects: 1 } = asked else {
        panic!("the slot is free: {asked:?}");
    };
    core.connected(1).wakers.wake();
    assert_eq!(got(&mut core, later), None);
    assert_eq!(got(&mut core, ticket), Some(Grant::Connection(1)));
}

/// pool/POOL3, pool/X2: first to the next waiter, then to the idle ones.
#[test]
fn who_leaves_passes_its_connection_on() {
    let mut core = all_lent(1);
    let alarm = Alarm::default();
    let first = park(&mut core, &Alarm::default());
    let second = park(&mut core, &alarm);
    put_back(&mut core, 0);
    assert_eq!(alarm.rings(), 0);
    core.withdraw(first).wakers.wake();
    assert_eq!(alarm.rings(), 1);
    core.withdraw(second).wakers.wake();
    assert_eq!(core.take_idle().map(|(connection, _)| connection), Some(0));
}

/// pool/POOL3: the connect goes on.
#[test]
fn a_connect_serves_the_next_waiter_when_its_own_has_left() {
    let mut core = machine(2, 1, usize::MAX);
    let first = park(&mut core, &Alarm::default());
    let second = park(&mut core, &Alarm::default());
    assert!(core.is_being_served(&first) && !core.is_being_served(&second));
    core.withdraw(first).wakers.wake();
    assert!(core.is_being_served(&second));
    assert!(!core.connected(0).again);
    assert_eq!(got(&mut core, second), Some(Grant::Connection(0)));
}

/// pool/POOL3, pool/X2: a waiter that was woken to begin a connect got a
/// connection that was returned meanwhile. Its poll begins none, and the next
/// waiter slept beside a free slot.
#[test]
fn who_was_to_begin_a_connect_and_got_a_connection_passes_the_call_on() {
    let mut core = all_lent(2);
    let (first, second) = (Alarm::default(), Alarm::default());
    let first_ticket = park(&mut core, &first);
    let second_ticket = park(&mut core, &second);
    core.detach().wake();
    assert_eq!((first.rings(), second.rings()), (1, 0));
    put_back(&mut core, 1);
    assert_eq!(second.rings(), 1, "nobody begins a connect in the free slot");
    assert_eq!(got(&mut core, first_ticket), Some(Grant::Connection(1)));
    let (asked, _) = core.ask_again(second_ticket, Waker::noop().clone());
    assert!(matches!(asked, Asked::Parked { connects: 1, .. }), "{asked:?}");
}

/// pool/POOL7: the others get a new connect.
#[test]
fn a_failed_connect_reaches_exactly_the_first_waiter() {
    let mut core = machine(1, 1, usize::MAX);
    let alarms = [Alarm::default(), Alarm::default(), Alarm::default()];
    let [first, second, third] = alarms.each_ref().map(|alarm| park(&mut core, alarm));
    let ended = core.connect_failed("refused");
    assert!(ended.again && ended.error.is_none());
    ended.wakers.wake();
    assert_eq!(alarms.each_ref().map(Alarm::rings), [1, 0, 0]);
    assert_eq!(got(&mut core, first), Some(Grant::Failed("refused")));
    assert_eq!(got(&mut core, second), None);
    assert_eq!(got(&mut core, third), None);
}

/// pool/POOL7: whose time passes is told why the last connect failed, if nobody
/// else was.
#[test]
fn the_newest_error_that_nobody_was_told_of_goes_to_one_time_out() {
    let mut core = machine(1, 1, usize::MAX);
    for (error, displaced) in [("refused", None), ("reset", Some("refused"))] {
        let waiter = park(&mut core, &Alarm::default());
        core.withdraw(waiter).wakers.wake();
        assert_eq!(core.connect_failed(error).error, displaced);
    }
    assert_eq!(core.timed_out(), Some("reset"));
    assert_eq!(core.timed_out(), None);
    assert_eq!(core.counters().timed_out, 2);
}

/// pool/POOL1, pool/POOL8: its slot is free once it is gone, and not before.
#[test]
fn what_is_given_up_keeps_its_slot_and_never_comes_back() {
    let mut core = all_lent(1);
    let waiter = park(&mut core, &Alarm::default());
    core.begin_close(Reason::Broken);
    assert_eq!((core.census().closing, core.census().size()), (1, 1));
    let (asked, _) = core.ask_again(waiter, Waker::noop().clone());
    let Asked::Parked { ticket, connects: 0 } = asked else {
        panic!("no slot is free: {asked:?}");
    };
    core.closed_one(true).wake();
    let (asked, _) = core.ask_again(ticket, Waker::noop().clone());
    assert!(matches!(asked, Asked::Parked { connects: 1, .. }), "{asked:?}");
    assert_eq!((core.counters().broken, core.counters().dropped_unclosed), (1, 1));
}

/// pool/POOL10, pool/X7: callers, returns and connects that meet a closed pool.
#[test]
fn a_closed_pool_serves_nobody_and_keeps_nothing() {
    let mut core = all_lent(3);
    let waiter = park(&mut core, &Alarm::default());
    core.detach().wake();
    let (asked, _) = core.ask_again(waiter, Waker::noop().clone());
    let Asked::Parked { ticket: waiter, connects: 1 } = asked else {
        panic!("a slot is free: {asked:?}");
    };
    let (idle, wakers) = core.close();
    assert!(idle.is_empty());
    wakers.wake();
    assert_eq!(got(&mut core, waiter), Some(Grant::Closed));
    assert!(matches!(ask(&mut core, &Alarm::default()), Asked::Granted(Grant::Closed)));
    assert_eq!(core.put_back(1).0, Returned::Close(1));
    let ended = core.connected(3);
    assert_eq!((ended.close, ended.again), (Some(3), false));
    assert!(core.take_idle().is_none());
    assert_eq!(core.counters().closed, 2);
}

/// pool/X6: with 0, 1 and more, as many wait as may, beyond those that a connect is for. Others
/// are turned away at once.
#[test]
fn max_waiters_counts_those_that_no_connect_is_for() {
    for max_waiters in [0, 1, 3] {
        let mut core = machine(3, 2, max_waiters);
        let parked: Vec<Ticket> =
            (0..2 + max_waiters).map(|_| park(&mut core, &Alarm::default())).collect();
        assert!(matches!(ask(&mut core, &Alarm::default()), Asked::TooManyWaiters));
        assert_eq!((core.census().waiting, core.census().connecting), (parked.len(), 2));
        assert_eq!(core.counters().waited, parked.len() as u64);
        // Served, the first makes room for one: for a third connection is allowed.
        assert_eq!(core.connected(0).again, max_waiters > 0);
        let newcomer = ask(&mut core, &Alarm::default());
        assert!(matches!(newcomer, Asked::Parked { .. }), "{newcomer:?}");
    }
}

/// pool/X6: no limit is too large to be added to.
#[test]
fn the_largest_limits_overflow_nothing() {
    let mut core = machine(usize::MAX, usize::MAX, usize::MAX);
    assert_eq!(core.limits().max_size, usize::MAX);
    for n in 1..=3 {
        let Asked::Parked { connects, .. } = ask(&mut core, &Alarm::default()) else {
            panic!("there is room");
        };
        assert_eq!((connects, core.census().connecting), (1, n));
    }
}
