//! Spares for the slow.

use std::cell::{Cell, RefCell};
use std::future::{poll_fn, ready};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use surefoot::race::hedge;
use tokio_test::{assert_ready, task};

use crate::support::*;

/// Attempt `k` takes `script[k].0` milliseconds and succeeds or not; what came of
/// it, how long it took, and when each attempt was made.
async fn hedged(
    script: &'static [(u64, bool)],
    after: Duration,
    max: u32,
) -> (Result<usize, Vec<usize>>, u64, Vec<u64>) {
    let watch = Watch::new();
    let make = |number: u32| {
        let (millis, succeeds) = script[number as usize];
        watch.tries(number as usize, millis, succeeds)
    };
    let (outcome, took) = timed(hedge(make).after(after).max(max)).await;
    assert_eq!(watch.running(), 0, "an attempt is left when the outcome is known");
    assert!(watch.most() <= max as usize);
    let begun = watch.begun_at();
    assert!(begun.iter().map(|(number, _)| *number).eq(0..begun.len()));
    let begun = begun.into_iter().map(|(_, at)| at).collect();
    (outcome.map_err(|failed| failed.errors), took, begun)
}

/// race/RACE3, race/X11: spare `k` is made at exactly `k × after`, at most `max` attempts,
/// and none after a success. Failures change nothing in that.
#[tokio::test(start_paused = true)]
async fn spares_are_made_by_the_timetable() {
    type Case =
        (&'static [(u64, bool)], u64, u32, Result<usize, &'static [usize]>, u64, &'static [u64]);
    let cases: [Case; 11] = [
        // Fast: no spare.
        (&[(99, true)], 100, 3, Ok(0), 99, &[0]),
        // Ready when the spare is due: none.
        (&[(100, true)], 100, 3, Ok(0), 100, &[0]),
        (&[(101, true), (1, false), (0, true)], 100, 3, Ok(0), 101, &[0, 100]),
        (&[(900, true), (20, true)], 100, 2, Ok(1), 120, &[0, 100]),
        (&[(900, true), (900, true), (20, true)], 100, 3, Ok(2), 220, &[0, 100, 200]),
        // No more than `max`.
        (&[(350, true), (900, true)], 100, 2, Ok(0), 350, &[0, 100]),
        (&[(350, true)], 100, 1, Ok(0), 350, &[0]),
        // A failure brings nothing forward.
        (&[(10, false), (20, true)], 100, 2, Ok(1), 120, &[0, 100]),
        (&[(10, false), (20, false), (5, false)], 100, 3, Err(&[0, 1, 2]), 205, &[0, 100, 200]),
        (&[(250, false), (20, false)], 100, 2, Err(&[0, 1]), 250, &[0, 100]),
        // All at once.
        (&[(9, true), (8, false), (7, true)], 0, 3, Ok(2), 7, &[0, 0, 0]),
    ];
    for (script, after, max, outcome, took, begun) in cases {
        let found = hedged(script, ms(after), max).await;
        let expected = (outcome.map_err(<[usize]>::to_vec), took, begun.to_vec());
        assert_eq!(found, expected, "{script:?}");
    }
}

/// race/X6: durations of any size; a spare that lies beyond the clock is never
/// made, and not waited for.
#[tokio::test(start_paused = true)]
async fn delays_of_any_size_work() {
    for after in [Duration::MAX, edge_of_the_clock() + Duration::from_nanos(1)] {
        assert_eq!(hedged(&[(30, true)], after, u32::MAX).await, (Ok(0), 30, vec![0]));
        assert_eq!(hedged(&[(30, false)], after, 2).await, (Err(vec![0]), 30, vec![0]));
    }
}

/// race/RACE3: without options, one spare after a second.
#[tokio::test(start_paused = true)]
async fn the_defaults_are_as_the_docs_say() {
    let watch = Watch::new();
    let (outcome, took) = timed(hedge(|k| watch.tries(k as usize, 5_000, k == 0))).await;
    assert_eq!((outcome.ok(), took), (Some(0), 5_000));
    assert_eq!(watch.begun_at(), [(0, 0), (1, 1_000)]);
}

/// race/RACE3: a hedge that is polled late makes what is due, and no more.
#[tokio::test(start_paused = true)]
async fn a_late_poll_makes_all_that_is_due() {
    let watch = Watch::new();
    let mut hedge =
        task::spawn(hedge(|k| watch.tries(k as usize, 500, true)).after(ms(100)).max(9));
    assert!(hedge.poll().is_pending());
    pass(250).await;
    assert!(hedge.is_woken());
    assert!(hedge.poll().is_pending());
    assert_eq!(watch.begun_at(), [(0, 0), (1, 250), (2, 250)]);
    pass(250).await;
    assert!(assert_ready!(hedge.poll()).is_ok());
}

/// race/X3: a panic of an attempt goes on, the others go with the hedge.
#[tokio::test(start_paused = true)]
async fn a_panicking_attempt_takes_the_hedge_with_it() {
    let watch = Watch::new();
    let make = |k: u32| {
        watch.job(k as usize, async move {
            wait(15).await;
            assert!(k != 0, "attempt 0 panics");
            Ok::<u32, ()>(k)
        })
    };
    let mut hedge = task::spawn(hedge(make).after(ms(10)).max(2));
    assert!(hedge.poll().is_pending());
    pass(10).await;
    assert!(hedge.poll().is_pending());
    assert_eq!(watch.running(), 2);
    pass(5).await;
    assert_eq!(panic_of(|| hedge.poll()), "attempt 0 panics");
    drop(hedge);
    assert_eq!(watch.running(), 0);
}

/// race/X3: a hedge that is polled on after a panic goes on with the others.
#[tokio::test(start_paused = true)]
async fn the_other_attempts_go_on_after_a_panic() {
    let make = |k: u32| async move {
        wait(15).await;
        assert!(k != 0, "attempt 0 panics");
        Ok::<u32, ()>(k)
    };
    let mut hedge = task::spawn(hedge(make).after(ms(10)).max(3));
    assert!(hedge.poll().is_pending());
    pass(10).await;
    assert!(hedge.poll().is_pending());
    pass(5).await;
    assert_eq!(panic_of(|| hedge.poll()), "attempt 0 panics");
    pass(5).await;
    assert!(hedge.poll().is_pending());
    pass(5).await;
    assert!(hedge.is_woken());
    assert_eq!(assert_ready!(hedge.poll()), Ok(1));
}

/// race/X13: the waker of an attempt that has failed takes nothing from the one that
/// gets its place, though it was woken while that was free.
#[tokio::test(start_paused = true)]
async fn a_stale_waker_takes_nothing_from_the_next_attempt() {
    let gates: [Gate; 2] = Default::default();
    let make = |k: u32| {
        let gates = gates.clone();
        async move {
            match k {
                0 => std::future::pending().await,
                1 => gates[0].clone().passed().await,
                _ => gates[1].clone().passed().await,
            }
            if k == 1 { Err(k) } else { Ok(k) }
        }
    };
    let mut hedge = task::spawn(hedge(make).after(ms(10)).max(3));
    assert!(hedge.poll().is_pending());
    pass(10).await;
    assert!(hedge.poll().is_pending());
    let stale = gates[0].waker().expect("attempt 1 waits");
    gates[0].unlock();
    for _ in 0..2 {
        // It fails, and then nobody is there.
        stale.wake_by_ref();
        assert!(hedge.is_woken());
        assert!(hedge.poll().is_pending());
    }
    pass(10).await;
    assert!(hedge.poll().is_pending());
    gates[1].open();
    assert!(hedge.is_woken(), "attempt 2 may go on, and nobody asks it");
    assert_eq!(assert_ready!(hedge.poll()), Ok(2));
}

/// race/X9, race/RACE3: a success that is there counts before a spare is made, with the
/// task's budget spent, and with a unit of it left, which goes to another attempt.
#[tokio::test(start_paused = true)]
async fn a_spent_budget_makes_no_spare() {
    for units in [0, 1] {
        let (made, gates) = (RefCell::new(Vec::new()), [Gate::default(), Gate::default()]);
        let make = |k: u32| {
            made.borrow_mut().push(k);
            let gate = gates[k as usize].clone();
            async move {
                gate.passed().await;
                Ok::<u32, ()>(k)
            }
        };
        let mut hedge = pin!(hedge(make).after(ms(10)).max(3));
        for _ in 0..2 {
            let polled = poll_fn(|cx| Poll::Ready(hedge.as_mut().poll(cx)));
            assert!(polled.await.is_pending());
            wait(10).await;
        }
        assert_eq!(*made.borrow(), [0, 1], "the next one is due");
        // The first one is to be asked, too, and before the second.
        gates[0].waker().expect("it waits").wake();
        gates[1].open();
        leave(units).await;
        assert!(poll_fn(|cx| Poll::Ready(hedge.as_mut().poll(cx))).await.is_pending());
        assert_eq!(hedge.await, Ok(1));
        assert_eq!(*made.borrow(), [0, 1]);
    }
}

/// race/RACE3: a hedge that is over makes nothing any more, and says so.
#[tokio::test(start_paused = true)]
async fn a_hedge_is_not_polled_after_its_end() {
    for succeeds in [true, false] {
        let made = Cell::new(0);
        let make = |k: u32| {
            made.set(made.get() + 1);
            ready(if succeeds { Ok(k) } else { Err(k) })
        };
        let max = if succeeds { 3 } else { 1 };
        let mut hedge = task::spawn(hedge(make).after(ms(10)).max(max));
        assert_eq!(assert_ready!(hedge.poll()).is_ok(), succeeds);
        wait(50).await;
        assert_eq!(panic_of_polls(&mut hedge).await, "a future is not polled after its end");
        assert_eq!(made.get(), 1);
    }
}

/// race/RACE3: the slower attempts have ended when the outcome is known, also while the
/// hedge is still held.
#[tokio::test(start_paused = true)]
async fn the_slower_attempts_end_with_the_outcome() {
    let watch = Watch::new();
    let make = |n: u32| watch.tries(n as usize, if n == 0 { 900 } else { 20 }, true);
    let mut held = pin!(hedge(make).after(ms(100)).max(2));
    assert_eq!(format!("{held:?}"), "Hedge { after: 100ms, max: 2, made: 0, .. }");
    let (outcome, took) = timed(held.as_mut()).await;
    assert_eq!((outcome.ok(), took, watch.running()), (Some(1), 120, 0));
}
