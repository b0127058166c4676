//! Models of the pool, through its public API: its lock, its wakers and its
//! tasks are loom's.
//!
//! Threads are few: 5 with the first one, and every connect and every close of a
//! connection is one. So the pools here have one connection at most, or two.

use std::task::Poll;

use loom::future::block_on;
use loom::thread;
use surefoot::pool::{AcquireError, Status};

use crate::support::Preemptions::{AtMost, Unbounded};
use crate::support::{
    Acquired, Flag, Owned, Plan, acquire, empty, explore, parked_acquire, poll_once, pool_of_one,
    pool_on_loan,
};

/// pool/POOL1, pool/POOL3: two that share one slot both get a connection, one
/// after the other, and it is the same.
#[test]
fn two_that_share_one_slot_both_get_the_one_connection() {
    let outcomes =
        explore("two_that_share_one_slot_both_get_the_one_connection", AtMost(3), || {
            let (pool, ledger) = pool_of_one(Plan::Connect);
            let using = [acquire(&pool), acquire(&pool)].map(|waiting| {
                thread::spawn(move || block_on(waiting).expect("it is free some time").info().uses)
            });
            let uses = using.map(|thread| thread.join().unwrap());
            assert_eq!(ledger.peak(), 1, "one connection at most");
            assert_eq!(ledger.attempts(), 1, "and it is used again");
            empty(&pool);
            uses
        });
    assert_eq!(outcomes, [[1, 2], [2, 1]].into());
}

/// pool/POOL5, pool/X2, pool/X7: who asks while a connection is returned gets
/// it, found idle or handed over.
#[test]
fn a_return_reaches_who_asks_meanwhile() {
    let outcomes = explore("a_return_reaches_who_asks_meanwhile", Unbounded, || {
        let (pool, ledger, [held]) = pool_on_loan();
        let returning = thread::spawn(move || drop(held));
        let asking = thread::spawn({
            let waiting = acquire(&pool);
            move || block_on(waiting).expect("it comes back").info().uses
        });
        assert_eq!(asking.join().unwrap(), 2, "the same connection");
        returning.join().unwrap();
        assert_eq!(ledger.attempts(), 1);
        let status = pool.status();
        assert_eq!((status.idle, status.in_use, status.waiting), (1, 0, 0));
        empty(&pool);
        status.waited - 1
    });
    assert_eq!(outcomes, [0, 1].into(), "how many had to wait");
}

/// pool/POOL3, pool/X2, pool/X1: a connection that was granted to a caller that
/// gives up goes to the next caller.
#[test]
fn a_waiter_that_leaves_while_a_connection_returns_passes_it_on() {
    let outcomes =
        explore("a_waiter_that_leaves_while_a_connection_returns_passes_it_on", Unbounded, || {
            let (pool, ledger, [held]) = pool_on_loan();
            let flag = Flag::new();
            let leaver = parked_acquire(&pool, &flag);
            let stayer = parked_acquire(&pool, &Flag::new());
            let leaving = thread::spawn({
                let flag = flag.clone();
                move || {
                    let was_woken = flag.is_woken();
                    drop(leaver);
                    was_woken
                }
            });
            let returning = thread::spawn(move || drop(held));
            let connection = block_on(stayer).expect("it comes back");
            assert_eq!(connection.info().uses, 2, "the same connection");
            drop(connection);
            returning.join().unwrap();
            assert_eq!(ledger.attempts(), 1);
            let status = pool.status();
            assert_eq!((status.idle, status.in_use, status.waiting), (1, 0, 0));
            assert_eq!(status.acquired, 2, "who left got none");
            empty(&pool);
            leaving.join().unwrap()
        });
    assert_eq!(outcomes, [false, true].into(), "whether it was woken when it left");
}

/// pool/POOL3: the only waiter leaves while the connection returns: it is idle
/// then, and not on its way to nobody.
#[test]
fn a_connection_granted_to_the_last_waiter_that_leaves_is_idle() {
    let outcomes =
        explore("a_connection_granted_to_the_last_waiter_that_leaves_is_idle", Unbounded, || {
            let (pool, _ledger, [held]) = pool_on_loan();
            let flag = Flag::new();
            let mut leaver = parked_acquire(&pool, &flag);
            let leaving = thread::spawn({
                let flag = flag.clone();
                move || {
                    let got = poll_once(&mut leaver, &flag).is_ready();
                    drop(leaver);
                    got
                }
            });
            let returning = thread::spawn(move || drop(held));
            let got = leaving.join().unwrap();
            returning.join().unwrap();
            let again = pool.try_acquire().expect("it is idle");
            assert_eq!(again.info().uses, if got { 3 } else { 2 });
            drop(again.detach());
            (got, flag.is_woken())
        });
    let seen = [(false, false), (false, true), (true, true)];
    assert_eq!(outcomes, seen.into(), "whether it got it in time, and whether it was woken");
}

/// pool/POOL3, pool/X1: a connect outlives the caller that began it, and serves
/// the next.
#[test]
fn a_connect_whose_caller_leaves_serves_the_next() {
    let outcomes = explore("a_connect_whose_caller_leaves_serves_the_next", AtMost(3), || {
        let (pool, ledger) = pool_of_one(Plan::Connect);
        let leaving = thread::spawn({
            let mut leaver = acquire(&pool);
            move || poll_once(&mut leaver, &Flag::new()).is_ready()
        });
        let staying = thread::spawn({
            let stayer = acquire(&pool);
            move || block_on(stayer).expect("it is made").info().uses
        });
        let got = leaving.join().unwrap();
        assert_eq!(staying.join().unwrap(), 1, "who leaves used nothing before");
        assert_eq!((ledger.attempts(), ledger.peak()), (1, 1), "one connect serves both");
        empty(&pool);
        (got, pool.status().waited)
    });
    let seen = [(false, 1), (false, 2), (true, 1)];
    assert_eq!(outcomes, seen.into(), "whether it got it after all, and how many had to wait");
}

/// pool/X7, pool/POOL10: who asks while the pool is closed gets a connection or
/// learns of it, and the close ends when nothing is left.
#[test]
fn a_close_that_meets_an_acquire_leaves_nobody_waiting() {
    let outcomes =
        explore("a_close_that_meets_an_acquire_leaves_nobody_waiting", AtMost(3), || {
            let (pool, ledger) = pool_of_one(Plan::ConnectSlowly);
            let asking = thread::spawn({
                let waiting = acquire(&pool);
                move || match block_on(waiting) {
                    Ok(connection) => {
                        drop(connection);
                        true
                    }
                    Err(AcquireError::Closed) => false,
                    Err(other) => panic!("{other}"),
                }
            });
            block_on(pool.close());
            assert_eq!(ledger.open(), 0, "a close ends after the last connection");
            let status = pool.status();
            assert_eq!((status.size, status.waiting), (0, 0));
            let got = asking.join().unwrap();
            (got, ledger.attempts())
        });
    let seen = [(false, 0), (false, 1), (true, 1)];
    assert_eq!(outcomes, seen.into(), "whether it got one, and how many connects were begun");
}

/// pool/POOL10: a close stops the connects under way, and the callers that they
/// were for learn of it.
#[test]
fn a_close_stops_a_connect_that_hangs() {
    let outcomes = explore("a_close_stops_a_connect_that_hangs", AtMost(3), || {
        let (pool, ledger) = pool_of_one(Plan::Hang);
        let asking = thread::spawn({
            let waiting = acquire(&pool);
            move || matches!(block_on(waiting), Err(AcquireError::Closed))
        });
        block_on(pool.close());
        assert_eq!(pool.status().size, 0, "the slot is free");
        assert!(asking.join().unwrap(), "there was never a connection");
        ledger.attempts()
    });
    assert_eq!(outcomes, [0, 1].into(), "how many connects were begun");
}

/// pool/POOL10, pool/POOL6: a close also ends when what is left is a connect, and
/// that fails.
#[test]
fn a_close_that_meets_a_failing_connect_ends() {
    let outcomes = explore("a_close_that_meets_a_failing_connect_ends", AtMost(3), || {
        let (pool, ledger) = pool_of_one(Plan::FailFirst);
        let asking = thread::spawn({
            let waiting = acquire(&pool);
            move || match block_on(waiting) {
                Err(AcquireError::Connect(_refused)) => "told",
                Err(AcquireError::Closed) => "closed",
                other => panic!("{other:?}"),
            }
        });
        block_on(pool.close());
        assert_eq!(pool.status().size, 0, "the slot is free");
        (asking.join().unwrap(), ledger.attempts())
    });
    let seen = [("closed", 0), ("closed", 1), ("told", 1)];
    assert_eq!(outcomes, seen.into(), "what it got, and how many connects were begun");
}

/// pool/POOL10, pool/X7: a close ends with the last return, whichever comes
/// first.
#[test]
fn a_close_ends_after_the_last_return() {
    let outcomes = explore("a_close_ends_after_the_last_return", AtMost(3), || {
        let (pool, ledger, [held]) = pool_on_loan();
        let closing = thread::spawn({
            let pool = pool.clone();
            move || {
                let idle = pool.status().idle;
                block_on(pool.close());
                assert_eq!(ledger.open(), 0, "a close ends after the last connection");
                idle
            }
        });
        let returning = thread::spawn(move || drop(held));
        let idle = closing.join().unwrap();
        returning.join().unwrap();
        let status = pool.status();
        assert_eq!((status.size, status.closed_by.closed), (0, 1), "and it was counted once");
        idle
    });
    assert_eq!(outcomes, [0, 1].into(), "how many were idle before");
}

/// pool/X7, pool/POOL10: a waiter gets the connection that returns, or learns of
/// the close; if it left granted, the close gets the connection.
#[test]
fn a_waiter_between_a_return_and_a_close_gets_one_of_them() {
    let outcomes =
        explore("a_waiter_between_a_return_and_a_close_gets_one_of_them", AtMost(3), || {
            let (pool, ledger, [held]) = pool_on_loan();
            let flag = Flag::new();
            let mut waiting = parked_acquire(&pool, &flag);
            let returning = thread::spawn(move || drop(held));
            let polling = thread::spawn(move || match poll_once(&mut waiting, &flag) {
                Poll::Ready(Ok(_connection)) => "a connection",
                Poll::Ready(Err(AcquireError::Closed)) => "closed",
                Poll::Ready(Err(other)) => panic!("{other}"),
                Poll::Pending => "nothing, and left",
            });
            block_on(pool.close());
            assert_eq!(ledger.open(), 0, "a close ends after the last connection");
            returning.join().unwrap();
            polling.join().unwrap()
        });
    assert_eq!(outcomes, ["a connection", "closed", "nothing, and left"].into());
}

/// pool/POOL8, pool/POOL3: a slot that comes free lets a waiter have a connect
/// of its own.
#[test]
fn a_detached_connection_makes_room_for_who_asks_meanwhile() {
    let outcomes =
        explore("a_detached_connection_makes_room_for_who_asks_meanwhile", AtMost(3), || {
            let (pool, ledger, [held]) = pool_on_loan();
            let detaching = thread::spawn(move || held.detach());
            let asking = thread::spawn({
                let pool = pool.clone();
                move || {
                    let found_room = pool.status().size == 0;
                    let uses = block_on(pool.acquire()).expect("room is made").info().uses;
                    assert_eq!(uses, 1, "a new connection");
                    found_room
                }
            });
            let found_room = asking.join().unwrap();
            let own = detaching.join().unwrap();
            assert_eq!((ledger.attempts(), ledger.open()), (2, 2), "one of them is no pool's");
            drop(own);
            empty(&pool);
            found_room
        });
    assert_eq!(outcomes, [false, true].into(), "whether there was room when it asked");
}

/// pool/X2, pool/POOL3: who was woken to begin a connect and leaves instead
/// wakes the next, who begins it.
#[test]
fn a_waiter_that_leaves_while_a_slot_comes_free_passes_the_nudge_on() {
    let outcomes = explore(
        "a_waiter_that_leaves_while_a_slot_comes_free_passes_the_nudge_on",
        Unbounded,
        || {
            let (pool, ledger, [held]) = pool_on_loan();
            let (first, second) = (Flag::new(), Flag::new());
            let leaver = parked_acquire(&pool, &first);
            let mut stayer = parked_acquire(&pool, &second);
            let leaving = thread::spawn(move || drop(leaver));
            let detaching = thread::spawn(move || drop(held.detach()));
            leaving.join().unwrap();
            detaching.join().unwrap();
            assert!(second.is_woken(), "a slot is free, and who waits for it sleeps");
            assert!(poll_once(&mut stayer, &second).is_pending());
            let connection = block_on(stayer).expect("it is made");
            assert_eq!((connection.info().uses, ledger.attempts()), (1, 2));
            drop(connection.detach());
            first.is_woken()
        },
    );
    assert_eq!(outcomes, [false, true].into(), "whether the one that left was woken");
}

/// pool/X2, pool/POOL4: who was woken to begin a connect and is handed a returned
/// connection instead begins none; the next waiter is woken for it.
#[test]
fn a_return_that_meets_a_free_slot_serves_two_waiters() {
    let outcomes = explore("a_return_that_meets_a_free_slot_serves_two_waiters", Unbounded, || {
        let (pool, ledger, [one, other]) = pool_on_loan();
        let (first, second) = (Flag::new(), Flag::new());
        let mut sooner = parked_acquire(&pool, &first);
        let later = parked_acquire(&pool, &second);
        let detaching = thread::spawn(move || drop(one.detach()));
        let returning = thread::spawn({
            let pool = pool.clone();
            move || {
                let room = 2 - pool.status().size;
                drop(other);
                room
            }
        });
        detaching.join().unwrap();
        let room = returning.join().unwrap();
        assert!(first.is_woken(), "the first is served first");
        let Poll::Ready(Ok(connection)) = poll_once(&mut sooner, &first) else {
            panic!("a connection came back, and the first waiter has none");
        };
        assert!(second.is_woken(), "a slot is free, and who waits for it sleeps");
        let made = block_on(later).expect("there is room");
        assert_eq!((made.info().uses, ledger.attempts()), (1, 3));
        drop((connection.detach(), made.detach()));
        room
    });
    assert_eq!(outcomes, [0, 1].into(), "how many slots were free before the return");
}

/// pool/POOL11, pool/X2: a pool that grows while the first waiter leaves lets the
/// next one begin a connect.
#[test]
fn a_growth_that_meets_a_leaving_waiter_serves_the_next() {
    let outcomes =
        explore("a_growth_that_meets_a_leaving_waiter_serves_the_next", Unbounded, || {
            let (pool, ledger, [held]) = pool_on_loan();
            let (first, second) = (Flag::new(), Flag::new());
            let leaver = parked_acquire(&pool, &first);
            let stayer = parked_acquire(&pool, &second);
            let leaving = thread::spawn(move || drop(leaver));
            let growing = thread::spawn({
                let pool = pool.clone();
                move || pool.resize(2).expect("2 is a size")
            });
            leaving.join().unwrap();
            growing.join().unwrap();
            assert!(second.is_woken(), "a slot is free, and who waits for it sleeps");
            let made = block_on(stayer).expect("there is room");
            assert_eq!((made.info().uses, ledger.attempts()), (1, 2));
            drop((held.detach(), made.detach()));
            first.is_woken()
        });
    assert_eq!(outcomes, [false, true].into(), "whether the one that left was woken");
}

/// pool/POOL11, pool/POOL12: a pool that shrinks while a connection returns
/// closes one, whichever comes first.
#[test]
fn a_shrink_that_meets_a_return_closes_one_connection() {
    let outcomes = explore("a_shrink_that_meets_a_return_closes_one_connection", AtMost(3), || {
        let (pool, ledger, [one, other]) = pool_on_loan();
        let returning = thread::spawn(move || drop(one));
        let idle = pool.status().idle;
        pool.resize(1).expect("1 is a size");
        returning.join().unwrap();
        ledger.wait_for(1);
        drop(other);
        let status = pool.status();
        assert_eq!((status.idle, status.in_use), (1, 0), "the last that came back is kept");
        assert_eq!(status.closed_by.resize, 1, "and the other was closed, once");
        empty(&pool);
        idle
    });
    assert_eq!(outcomes, [0, 1].into(), "how many were idle before the shrink");
}

/// pool/POOL1, pool/POOL8: the slot of a discarded connection is free when that
/// is closed, not before; then a waiter gets a new one.
#[test]
fn a_discarded_connection_is_closed_before_another_is_made() {
    let outcomes =
        explore("a_discarded_connection_is_closed_before_another_is_made", AtMost(3), || {
            let (pool, ledger, [held]) = pool_on_loan();
            let asking = thread::spawn({
                let pool = pool.clone();
                move || {
                    let closing = pool.status().closing;
                    let uses = block_on(pool.acquire()).expect("a slot comes free").info().uses;
                    assert_eq!(uses, 1, "a new connection");
                    closing
                }
            });
            held.discard();
            let closing = asking.join().unwrap();
            assert_eq!((ledger.attempts(), ledger.peak()), (2, 1), "never two at once");
            empty(&pool);
            closing
        });
    assert_eq!(outcomes, [0, 1].into(), "how many were closing when it asked");
}

fn is_sound(status: &Status) -> bool {
    let Status { size, idle, in_use, connecting, checking, closing, .. } = *status;
    size == idle + in_use + connecting + checking + closing && size <= status.max_size
}

/// pool/POOL12, pool/X11: whoever looks sees counts that add up.
#[test]
fn a_status_adds_up_at_every_moment() {
    let outcomes = explore("a_status_adds_up_at_every_moment", Unbounded, || {
        let (pool, _ledger, [held]) = pool_on_loan();
        let asking = thread::spawn({
            let waiting = acquire(&pool);
            move || drop(block_on(waiting).expect("it comes back"))
        });
        let returning = thread::spawn(move || drop(held));
        let seen = pool.status();
        assert!(is_sound(&seen), "{seen:?}");
        asking.join().unwrap();
        returning.join().unwrap();
        let last = pool.status();
        assert_eq!((last.size, last.idle, last.acquired), (1, 1, 2));
        empty(&pool);
        (seen.idle, seen.in_use, seen.waiting)
    });
    let seen = [(0, 1, 0), (0, 1, 1), (1, 0, 0)];
    assert_eq!(outcomes, seen.into(), "idle, in use, waiting");
}

/// pool/X5, pool/POOL10: the last handle's end closes the connection, idle or
/// on loan.
#[test]
fn the_last_handle_and_the_last_loan_end_in_any_order() {
    let outcomes = explore("the_last_handle_and_the_last_loan_end_in_any_order", Unbounded, || {
        let (pool, ledger, [held]) = pool_on_loan();
        let returning = thread::spawn({
            let ledger = ledger.clone();
            move || {
                drop(held);
                ledger.open()
            }
        });
        let ending = thread::spawn(move || drop(pool));
        let open = returning.join().unwrap();
        ending.join().unwrap();
        // The task that closes it may be at work still. If there is none, this
        // waits for ever, and loom says so.
        ledger.wait_for(0);
        assert_eq!(ledger.closes(), 1, "in good manner, not only dropped");
        open
    });
    assert_eq!(outcomes, [0, 1].into(), "how many were open after the return");
}

/// pool/POOL6, pool/X3, pool/POOL7: a connect that panics is told to the first
/// waiter, and its slot serves the other.
#[test]
fn a_connect_that_panics_leaves_its_slot_to_the_other() {
    let outcomes = explore("a_connect_that_panics_leaves_its_slot_to_the_other", AtMost(3), || {
        let (pool, ledger) = pool_of_one(Plan::PanicFirst);
        let ask = |waiting| match block_on::<Owned<Acquired>>(waiting) {
            Ok(connection) => connection.info().uses == 1,
            Err(AcquireError::Panicked(panicked)) => {
                assert_eq!(panicked.message(), "no line");
                false
            }
            Err(other) => panic!("{other}"),
        };
        let waiting = acquire(&pool);
        let asking = thread::spawn(move || ask(waiting));
        let served = [ask(acquire(&pool)), asking.join().unwrap()];
        assert_eq!((ledger.attempts(), ledger.peak()), (2, 1));
        empty(&pool);
        served
    });
    assert_eq!(outcomes, [[false, true], [true, false]].into(), "who was served");
}

/// pool/POOL7, pool/X2, pool/POOL3: a failed connect is told to the first waiter
/// that stays; nobody is left waiting for a connect that is not made.
#[test]
fn a_failure_that_meets_a_leaving_waiter_leaves_nobody_waiting() {
    let outcomes =
        explore("a_failure_that_meets_a_leaving_waiter_leaves_nobody_waiting", AtMost(3), || {
            let (pool, ledger) = pool_of_one(Plan::FailFirst);
            let leaver = parked_acquire(&pool, &Flag::new());
            let leaving = thread::spawn(move || drop(leaver));
            let was_told = match block_on(pool.acquire()) {
                Ok(_connection) => false,
                Err(AcquireError::Connect(_refused)) => true,
                Err(other) => panic!("{other}"),
            };
            leaving.join().unwrap();
            empty(&pool);
            (was_told, ledger.attempts())
        });
    // Told and a second connect: it was begun for the one that stayed, before
    // the one that left passed the failure on.
    let seen = [(false, 2), (true, 1), (true, 2)];
    assert_eq!(outcomes, seen.into(), "whether it was told, and how many connects were begun");
}
