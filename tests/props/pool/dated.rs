//! Small stories of time, size and upkeep, one for each law.

use std::task::Waker;

use crate::alarm::Alarm;
use crate::pool_core::{
    Asked, Awaited, Core, Dated, Dates, Event, Grant, Limits, Order, Reason, Returned,
};
use crate::waiters::Ticket;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Conn {
    number: u32,
    dates: Dates<u64>,
}

impl Dated for Conn {
    type Moment = u64;

    fn dates(&self) -> Dates<u64> {
        self.dates
    }
}

type Machine = Core<Conn, &'static str>;

const LIMITS: Limits = Limits {
    max_size: 4,
    max_connecting: 4,
    max_waiters: usize::MAX,
    min_idle: 0,
    order: Order::Lifo,
};

/// Used last at that moment, and idle for too long 10 later.
fn used_at(number: u32, since: u64) -> Conn {
    let dates = Dates { idle_since: Some(since), idle_until: Some(since + 10), ..Dates::default() };
    Conn { number, dates }
}

/// A machine that just made these, in this order, and has them idle.
fn with_idle(limits: Limits, idle: impl IntoIterator<Item = Conn>) -> Machine {
    let mut core = Machine::new(limits);
    for connection in idle {
        if core.census().connecting == 0 {
            assert_eq!(core.warm_up(core.census().size() + 1, &mut None), Some(1));
        }
        core.connected(connection).wakers.wake();
    }
    assert_eq!(core.census().connecting, 0);
    core
}

fn park(core: &mut Machine, alarm: &Alarm) -> (Ticket, usize) {
    let arrival = core.arrive();
    let (asked, aside) = core.ask(arrival, false, alarm.waker());
    aside.settle();
    match asked {
        Asked::Parked { ticket, connects } => (ticket, connects),
        other => panic!("it does not wait: {other:?}"),
    }
}

/// Puts upkeep to sleep, heeding a shortage.
fn park_upkeep(core: &mut Machine, now: u64, until: Option<u64>) -> (Alarm, Option<u64>) {
    let alarm = Alarm::default();
    let slept = core.park_upkeep(now, until, true, alarm.waker()).expect("nothing is due");
    (alarm, slept.until)
}

fn take(core: &mut Machine) -> Option<Conn> {
    let (connection, waker) = core.take_idle()?;
    waker.into_iter().for_each(Waker::wake);
    Some(connection)
}

fn numbers(connections: &[Conn]) -> Vec<u32> {
    connections.iter().map(|connection| connection.number).collect()
}

fn watch(core: &mut Machine, event: Event, alarm: &Alarm) -> bool {
    matches!(core.watch(event, None, alarm.waker()), Awaited::Happened { .. })
}

/// pool/POOL9: by the last use, whenever the return came through.
#[test]
fn the_last_used_goes_out_first_or_last_as_ordered() {
    for (order, expected) in [(Order::Lifo, [3, 2, 1]), (Order::Fifo, [1, 2, 3])] {
        let idle = [used_at(2, 5), used_at(3, 7), used_at(1, 4)];
        let mut core = with_idle(Limits { order, ..LIMITS }, idle);
        let taken = [(); 3].map(|()| take(&mut core).map(|connection| connection.number));
        assert_eq!(taken, expected.map(Some), "{order:?}");
    }
}

/// pool/POOL9: those that were not used for the longest go, and `min_idle` stay
/// for ever; one that is too old goes in any case, and counts before.
#[test]
fn an_idle_timeout_leaves_min_idle() {
    let mut old = used_at(9, 1);
    old.dates.expires = Some(12);
    let idle = [used_at(1, 0), old, used_at(2, 2), used_at(3, 3)];
    let mut core = with_idle(Limits { min_idle: 2, ..LIMITS }, idle);
    assert!(core.upkeep(9, true).close.is_empty());
    let round = core.upkeep(13, true);
    assert_eq!(numbers(&round.close), [9, 1]);
    assert_eq!((core.counters().lifetime, core.counters().idle), (1, 1));
    assert_eq!((core.census().idle, core.census().closing, round.connects), (2, 2, 0));
    assert!(core.upkeep(u64::MAX, true).close.is_empty());
    // Nor does upkeep wake for them.
    assert_eq!(park_upkeep(&mut core, 99, None).1, None);
}

/// pool/POOL9: upkeep sleeps until the first moment, and no longer.
#[test]
fn upkeep_sleeps_until_the_first_is_due() {
    let mut core = with_idle(LIMITS, [used_at(1, 0), used_at(2, 5)]);
    let lent = take(&mut core).expect("two are idle");
    let (alarm, until) = park_upkeep(&mut core, 6, Some(40));
    assert_eq!(until, Some(10));
    let returned = Conn { dates: used_at(2, 7).dates, ..lent };
    core.put_back(returned).1.wake();
    assert_eq!(alarm.rings(), 0, "that is due later than upkeep wakes by itself");
    let mut lent = take(&mut core).expect("two are idle");
    lent.dates.keep_alive = Some(9);
    core.put_back(lent).1.wake();
    assert_eq!(alarm.rings(), 1, "upkeep would oversleep it");
    assert!(core.park_upkeep(9, None, true, Waker::noop().clone()).is_err(), "it is due");
    assert_eq!(numbers(&core.upkeep(9, true).keep_alive), [2]);
}

/// pool/POOL9: the return of another makes it one too many, and it is due earlier
/// than that other.
#[test]
fn upkeep_does_not_oversleep_the_one_that_is_one_too_many_now() {
    let limits = Limits { min_idle: 1, ..LIMITS };
    let mut core = with_idle(limits, [used_at(1, 0), used_at(2, 1)]);
    let lent = take(&mut core).expect("two are idle");
    let (alarm, until) = park_upkeep(&mut core, 6, Some(12));
    assert_eq!(until, Some(12), "the only one is to be kept");
    core.put_back(Conn { dates: used_at(2, 7).dates, ..lent }).1.wake();
    assert_eq!(alarm.rings(), 1);
    assert_eq!(park_upkeep(&mut core, 7, Some(12)).1, Some(10));
}

/// pool/POOL1, pool/POOL9: what is being checked where it is needs no substitute,
/// unless it fails.
#[test]
fn a_review_makes_no_shortage_and_its_failure_does() {
    let mut idle = used_at(1, 0);
    idle.dates = Dates { keep_alive: Some(5), ..Dates::default() };
    let mut core = with_idle(Limits { min_idle: 1, ..LIMITS }, [idle]);
    let round = core.upkeep(5, true);
    assert_eq!((numbers(&round.keep_alive), round.connects), (vec![1], 0));
    assert_eq!(core.census().checking, 1);
    let (alarm, _) = park_upkeep(&mut core, 5, None);
    core.rejected(Reason::Check).into_iter().for_each(Waker::wake);
    assert_eq!((alarm.rings(), core.census().closing), (1, 1));
    assert_eq!(core.upkeep(5, true).connects, 1);
    // All that `retain` looks at, likewise.
    core.connected(used_at(2, 5)).wakers.wake();
    let all: Vec<Conn> = core.take_for_review().into_iter().collect();
    assert_eq!(numbers(&all), [2]);
    assert_eq!(core.upkeep(5, true).connects, 0);
    assert_eq!(core.reviewed(all[0]).0, Returned::Kept);
    assert_eq!((core.census().idle, core.census().checking), (1, 0));
}

/// pool/POOL11, pool/X2: whoever makes a shortage wakes upkeep: who takes what is
/// idle, who waits for a connect that was to end idle, and who needs the free slot
/// no more.
#[test]
fn a_shortage_wakes_upkeep() {
    let limits = Limits { min_idle: 1, max_size: 2, ..LIMITS };
    let mut core = with_idle(limits, [used_at(1, 0)]);
    let (alarm, _) = park_upkeep(&mut core, 0, Some(9));
    let lent = take(&mut core).expect("it is idle");
    assert_eq!(alarm.rings(), 1, "nothing is idle");
    assert_eq!(core.upkeep(0, true).connects, 1);
    core.resize(3).1.wake();
    let (alarm, _) = park_upkeep(&mut core, 0, Some(9));
    let (ticket, connects) = park(&mut core, &Alarm::default());
    assert_eq!((connects, alarm.rings()), (0, 1), "the connect is the waiter's now");
    assert_eq!(core.upkeep(0, true).connects, 1);

    // A slot that is free is the next waiter's, until it leaves or is served.
    core.resize(2).1.wake();
    core.connect_abandoned().wake();
    core.connect_abandoned().wake();
    let (alarm, _) = park_upkeep(&mut core, 0, Some(9));
    core.withdraw(ticket).wakers.wake();
    assert_eq!(alarm.rings(), 1, "nobody uses the slot");
    let (ticket, _) = park(&mut core, &Alarm::default());
    core.connect_abandoned().wake();
    let (alarm, _) = park_upkeep(&mut core, 0, Some(9));
    core.put_back(lent).1.wake();
    assert_eq!(alarm.rings(), 1, "nobody uses the slot");
    let (asked, _) = core.ask_again(ticket, Waker::noop().clone());
    assert!(matches!(asked, Asked::Granted(Grant::Connection(_))), "{asked:?}");
}

/// pool/POOL11, pool/X2: a connect that ends goes on with another for a waiter; and
/// there is room for one more, for which upkeep is there.
#[test]
fn a_connect_that_ends_and_leaves_a_shortage_wakes_upkeep() {
    let limits = Limits { max_connecting: 2, ..LIMITS };
    let mut core = with_idle(Limits { min_idle: 1, ..limits }, [used_at(1, 0)]);
    assert!(take(&mut core).is_some());
    let waiting = [(); 2].map(|()| park(&mut core, &Alarm::default()));
    assert_eq!(waiting.each_ref().map(|(_, connects)| *connects), [1, 1]);
    core.connect_abandoned().wake();
    let (alarm, _) = park_upkeep(&mut core, 0, None);
    let ended = core.connected(used_at(2, 0));
    assert!(ended.again);
    ended.wakers.wake();
    assert_eq!((alarm.rings(), core.upkeep(0, true).connects), (1, 1));
}

/// pool/POOL6, pool/POOL9: connects that nobody waits for and that fail are not
/// made again at once; upkeep learns of it, and when they succeed again.
#[test]
fn a_failure_that_nobody_waits_for_is_left_to_upkeep() {
    let mut core = Machine::new(Limits { min_idle: 2, max_connecting: 1, ..LIMITS });
    assert_eq!(core.upkeep(0, false).connects, 0);
    assert_eq!(core.upkeep(0, true).connects, 1);
    let (alarm, _) = park_upkeep(&mut core, 0, None);
    let ended = core.connect_failed("refused");
    assert!(!ended.again);
    ended.wakers.wake();
    assert_eq!((alarm.rings(), core.failures()), (1, 1));

    let alarm = Alarm::default();
    let slept = core.park_upkeep(0, Some(7), false, alarm.waker());
    assert_eq!(slept.expect("the shortage is not heeded").until, Some(7));
    assert_eq!(core.warm_up(1, &mut None), Some(1));
    let ended = core.connected(used_at(1, 0));
    assert!(ended.again, "one more is to be idle");
    ended.wakers.wake();
    assert_eq!((alarm.rings(), core.failures()), (1, 0));
    assert_eq!(core.take_last_error(), Some("refused"));
    assert_eq!(core.take_last_error(), None);
}

/// pool/POOL11: what is idle goes at once, what is lent when it comes back; and
/// nothing is made before there are fewer.
#[test]
fn a_shrink_converges_as_connections_return() {
    let idle = [0, 1, 2, 3].map(|number| used_at(number, u64::from(number)));
    let mut core = with_idle(LIMITS, idle);
    let lent = [(); 3].map(|()| take(&mut core).expect("four are idle"));
    let (closed, wakers) = core.resize(1);
    wakers.wake();
    assert_eq!(numbers(&closed), [0]);
    let (ticket, connects) = park(&mut core, &Alarm::default());
    assert_eq!(connects, 0);
    let mut kept = Vec::new();
    for connection in lent {
        let (returned, wakers) = core.put_back(connection);
        wakers.wake();
        kept.push(returned == Returned::Kept);
    }
    assert_eq!((kept, core.counters().resize), (vec![false, false, true], 3));
    for _ in 0..3 {
        core.closed_one(false).wake();
    }
    assert_eq!(core.census().size(), 1);
    let (asked, _) = core.ask_again(ticket, Waker::noop().clone());
    assert!(matches!(asked, Asked::Granted(Grant::Connection(_))), "{asked:?}");
}

/// pool/POOL11: as many as may at a time, by the poll of the first waiter.
#[test]
fn a_growth_connects_for_waiters_at_once() {
    let mut core = Machine::new(Limits { max_size: 1, max_connecting: 3, ..LIMITS });
    let (_first, _) = park(&mut core, &Alarm::default());
    core.connected(used_at(1, 0)).wakers.wake();
    let alarm = Alarm::default();
    let (second, connects) = park(&mut core, &alarm);
    let _others = [(); 4].map(|()| park(&mut core, &Alarm::default()));
    assert_eq!((connects, alarm.rings()), (0, 0));
    core.resize(9).1.wake();
    assert_eq!(alarm.rings(), 1);
    let (asked, _) = core.ask_again(second, Waker::noop().clone());
    assert!(matches!(asked, Asked::Parked { connects: 3, .. }), "{asked:?}");
}

/// pool/POOL11, pool/X2: who warms the pool up is woken by each connect that ends,
/// in whatever way; and if every slot is being closed in, by the first that is
/// free.
#[test]
fn a_warm_up_waits_for_what_is_under_way_only() {
    let mut core = Machine::new(Limits { max_size: 1, ..LIMITS });
    assert!(watch(&mut core, Event::SlotChanged, &Alarm::default()), "there is none");
    assert_eq!(core.warm_up(5, &mut None), Some(1));
    let alarm = Alarm::default();
    assert!(!watch(&mut core, Event::SlotChanged, &alarm));
    core.connect_abandoned().wake();
    assert_eq!(alarm.rings(), 1);
    assert_eq!(core.warm_up(1, &mut None), Some(1));
    core.connected(used_at(1, 0)).wakers.wake();
    assert_eq!(core.warm_up(1, &mut None), None);

    assert!(take(&mut core).is_some());
    core.begin_close(Reason::Broken);
    assert_eq!(core.warm_up(1, &mut None), Some(0), "its slot is not free");
    let alarm = Alarm::default();
    assert!(!watch(&mut core, Event::SlotChanged, &alarm), "it would ask again and again");
    core.closed_one(false).wake();
    assert_eq!((alarm.rings(), core.warm_up(1, &mut None)), (1, Some(1)));
}
