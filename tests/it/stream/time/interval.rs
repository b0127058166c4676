use std::collections::BTreeSet;
use std::time::Duration;

use futures::StreamExt;
use futures_core::{FusedStream, Stream};
use surefoot::deadline::timeout;
use surefoot::stream::{Interval, Missed};

use super::*;

/// Takes ticks, and is away for so long after each: when each was taken and was due, in
/// milliseconds, its number, and how many were missed.
async fn taken(interval: Interval, away: &[u64]) -> Vec<(u64, u64, u64, u64)> {
    let (mut interval, start) = (interval, Instant::now());
    let mut taken = Vec::new();
    let since = |at: Instant| (at - start).as_millis() as u64;
    for away in away {
        let tick = interval.next().await.expect("it has no end");
        taken.push((since(Instant::now()), since(tick.at), tick.count, tick.missed));
        wait(*away).await;
    }
    taken
}

/// stream/STREAM5: tick n is due n periods after the first, and lateness does not move it,
/// in a thousand of them.
#[tokio::test(start_paused = true)]
async fn ticks_keep_their_timetable() {
    let away: Vec<u64> = (0..1_000).map(|i| i * 7 % 10).collect();
    let expected: Vec<_> = (0..1_000).map(|n| (10 * n, 10 * n, n, 0)).collect();
    for policy in [Missed::Burst, Missed::Delay, Missed::Skip] {
        let interval = Interval::every(ms(10)).missed(policy);
        assert_eq!(taken(interval, &away).await, expected, "{policy:?}");
    }
}

/// stream/STREAM5: the ticks of 30 and 40 are missed, since that of 20 is taken at 47.
#[tokio::test(start_paused = true)]
async fn missed_ticks_are_made_up_for_or_left_out() {
    let away = [0, 37, 0, 0, 0, 0, 0];
    let given = async |policy| taken(Interval::every(ms(10)).missed(policy), &away).await;
    let begin = [(0, 0, 0, 0), (10, 10, 1, 0)];
    let burst = [(47, 20, 2, 2), (47, 30, 3, 1), (47, 40, 4, 0), (50, 50, 5, 0), (60, 60, 6, 0)];
    assert_eq!(given(Missed::Burst).await, [&begin[..], &burst].concat());
    let delay = [(47, 20, 2, 2), (57, 57, 3, 0), (67, 67, 4, 0), (77, 77, 5, 0), (87, 87, 6, 0)];
    assert_eq!(given(Missed::Delay).await, [&begin[..], &delay].concat());
    let skip = [(47, 20, 2, 2), (50, 50, 3, 0), (60, 60, 4, 0), (70, 70, 5, 0), (80, 80, 6, 0)];
    assert_eq!(given(Missed::Skip).await, [&begin[..], &skip].concat());
    assert_eq!(taken(Interval::every(ms(10)), &away).await, given(Missed::Skip).await);
}

/// stream/STREAM5: one that is due when an earlier one is taken is missed, at that very
/// moment too; one that is late by less than a period moves nothing, whatever the policy.
#[tokio::test(start_paused = true)]
async fn a_tick_is_missed_from_the_moment_when_the_next_is_due() {
    let given = async |policy, away| taken(Interval::every(ms(10)).missed(policy), away).await;
    for policy in [Missed::Burst, Missed::Delay, Missed::Skip] {
        let late = [(0, 0, 0, 0), (19, 10, 1, 0), (20, 20, 2, 0)];
        assert_eq!(given(policy, &[19, 0, 0]).await, late, "{policy:?}");
    }
    assert_eq!(given(Missed::Skip, &[20, 0]).await[1], (20, 10, 1, 1));
    assert_eq!(given(Missed::Skip, &[20, 0, 0]).await[2], (30, 30, 2, 0));
    assert_eq!(given(Missed::Delay, &[20, 0, 0]).await[2], (30, 30, 2, 0));
    assert_eq!(given(Missed::Burst, &[20, 0, 0]).await[2], (20, 20, 2, 0));
}

/// stream/STREAM5: it begins with its first poll, or when it is told to; a start in the past
/// has missed ticks.
#[tokio::test(start_paused = true)]
async fn it_begins_when_it_is_told_to() {
    let made = Interval::every(ms(10));
    wait(35).await;
    assert_eq!(taken(made, &[0, 0]).await, [(0, 0, 0, 0), (10, 10, 1, 0)]);
    let later = Interval::every(ms(10)).start_at(Instant::now() + ms(7));
    assert_eq!(taken(later, &[0, 0]).await, [(7, 7, 0, 0), (17, 17, 1, 0)]);
    let start = Instant::now();
    wait(25).await;
    let mut past = Interval::every(ms(10)).start_at(start);
    let tick = past.next().await.expect("it has no end");
    assert_eq!((tick.count, tick.at, tick.missed), (0, start, 2));
    assert_eq!(timed(past.next()).await.1, 5);
    // Told again, between two ticks: those of before are forgotten, and so is its timer.
    let mut again = past.start_at(Instant::now() + ms(3));
    let (tick, took) = timed(again.next()).await;
    assert_eq!((tick.map(|tick| tick.count), took), (Some(2), 3));
}

/// stream/STREAM5: so many ticks, and no more; those that are left out do not count.
#[tokio::test(start_paused = true)]
async fn it_ends_after_its_ticks() {
    let (given, end) = timetable(Interval::every(ms(10)).ticks(3)).await;
    let given: Vec<_> = given.into_iter().map(|(at, tick)| (at, tick.count)).collect();
    assert_eq!((given, end), (vec![(0, 0), (10, 1), (20, 2)], 20));
    let mut few = Interval::every(ms(10)).ticks(2);
    assert_eq!(few.size_hint(), (2, Some(2)));
    few.next().await;
    wait(95).await;
    assert_eq!(few.next().await.map(|tick| tick.missed), Some(8));
    assert!(few.is_terminated());
    assert!(few.next().await.is_none());
    let mut none = Interval::every(ms(10)).ticks(0);
    assert!(none.is_terminated() && none.next().await.is_none());
    let all = Interval::every(ms(10)).ticks(u64::MAX);
    assert_eq!(all.size_hint(), (usize::MAX, Some(usize::MAX)));
    assert_eq!(Interval::every(ms(10)).size_hint(), (usize::MAX, None));
}

/// stream/STREAM5, stream/X6: a period beyond the clock's range never ends, and what is
/// shorter than the clock's tick has several due at a time.
#[tokio::test(start_paused = true)]
async fn periods_of_any_length_work() {
    let far = [Duration::MAX, edge_of_the_clock() + ms(1)];
    let century = Duration::from_secs(100 * 365 * 24 * 3_600);
    for policy in [Missed::Burst, Missed::Delay, Missed::Skip] {
        for period in far {
            let mut interval = Interval::every(period).missed(policy);
            assert!(interval.next().await.is_some());
            assert!(timeout(century, interval.next()).await.is_err(), "{period:?}");
            let mut interval = interval.start_at(Instant::now() + ms(5));
            assert!(interval.next().await.is_some());
            assert!(timeout(century, interval.next()).await.is_err(), "{period:?}");
        }
    }
    let nanosecond = Interval::every(Duration::from_nanos(1));
    let missed: Vec<_> = nanosecond.take(3).map(|tick| tick.missed).collect().await;
    assert_eq!(missed, [0, 999_999, 999_999]);
    let edge = Interval::every(ms(1)).start_at(Instant::now() + edge_of_the_clock());
    assert!(timeout(ms(1_000), edge.into_future()).await.is_err());
}

/// stream/STREAM5: jitter puts off each tick by a draw of its own, in the whole range, and
/// never the timetable.
#[tokio::test(start_paused = true)]
async fn jitter_puts_off_ticks_and_not_the_timetable() {
    for policy in [Missed::Burst, Missed::Delay, Missed::Skip] {
        let interval = Interval::every(ms(10)).jitter(ms(9)).missed(policy);
        let ticks = taken(interval, &[0; 1_000]).await;
        // To the nanosecond, rounded up to the clock's tick.
        let mut late = BTreeSet::new();
        for (n, (at, due, count, missed)) in (0..).zip(ticks) {
            assert_eq!((due, count, missed), (10 * n, n, 0));
            late.insert(at - due);
        }
        assert_eq!(late.into_iter().collect::<Vec<_>>(), (1..=9).collect::<Vec<_>>());
    }
    // The clock rounds up to its tick what lies between two of them, to a whole period even.
    let most = Duration::from_micros(9_999);
    for policy in [Missed::Burst, Missed::Delay, Missed::Skip] {
        let interval = Interval::every(ms(10)).jitter(most).missed(policy);
        for (n, (_, due, count, missed)) in (0..).zip(taken(interval, &[0; 1_000]).await) {
            assert_eq!((due, count, missed), (10 * n, n, 0));
        }
    }
    let exact = taken(Interval::every(ms(10)).jitter(ms(0)), &[0; 9]).await;
    assert!(exact.iter().all(|(at, due, ..)| at == due));
    // Two of them are not in step.
    let times = async || taken(Interval::every(ms(99)).jitter(ms(98)), &[0; 9]).await;
    assert_ne!(times().await, times().await);
}

/// stream/STREAM5: dropping the future that waits for a tick loses none, and draws no other
/// jitter for it.
#[tokio::test(start_paused = true)]
async fn a_wait_that_is_given_up_loses_no_tick() {
    let mut interval = Interval::every(ms(10));
    let start = Instant::now();
    let mut seen = Vec::new();
    while seen.len() < 5 {
        if let Ok(tick) = timeout(ms(3), interval.next()).await {
            seen.push((start.elapsed().as_millis(), tick.map(|tick| tick.count)));
        }
    }
    assert_eq!(seen, [0, 10, 20, 30, 40].map(|at| (at, Some(at as u64 / 10))));
    // A draw for each wait would soon be one that has passed already.
    let mut interval = Interval::every(ms(1_000)).jitter(ms(999)).ticks(50);
    let mut late = Duration::ZERO;
    while !interval.is_terminated() {
        if let Ok(Some(tick)) = timeout(ms(1), interval.next()).await {
            late += tick.at.elapsed();
        }
    }
    assert!(late > 50 * ms(200), "{late:?}");
}
