//! Other patterns inside of a scope: its deadline cuts what asks for time, and is in nobody
//! else's way.

use std::cell::RefCell;
use std::convert::Infallible;
use std::future::{pending, ready};

use surefoot::deadline::Deadline;
use surefoot::join::{all, settle as settle_all, try_all};
use surefoot::race::{first, first_ok, hedge};
use surefoot::scope::{collect, first_ok as first_ok_of};
use surefoot::shutdown::Shutdown;
use surefoot::spawn::spawn;

use crate::support::*;

/// Runs it in a scope of ten milliseconds.
async fn in_scope<F: Future>(future: F) -> F::Output {
    Deadline::after(ms(10)).scope(future).await
}

async fn nap(n: u64) -> u64 {
    wait(n).await;
    n
}

async fn succeeds(n: u64) -> Result<u64, Infallible> {
    Ok(nap(n).await)
}

/// join/JOIN1, deadline/RETRY8: a join without a deadline waits for all, beyond that of its
/// scope; one with a deadline ends at the nearer.
#[tokio::test(start_paused = true)]
async fn a_join_without_a_deadline_has_none() {
    assert_eq!(in_scope(all((nap(20), nap(30)))).await, (20, 30));
    assert_eq!(in_scope(try_all((succeeds(20), succeeds(30)))).await, Ok((20, 30)));
    assert_eq!(in_scope(settle_all((succeeds(20), succeeds(30)))).await, (Ok(20), Ok(30)));
    for n in SIZES {
        let naps = || (0..n as u64).map(|i| nap(20 + i));
        let ends: Vec<u64> = (0..n as u64).map(|i| 20 + i).collect();
        assert_eq!(in_scope(all(naps())).await, ends);
        let spawned = in_scope(async { spawn(all((nap(20), nap(30)))).await });
        assert_eq!(spawned.await, Ok((20, 30)));
        let (cut, took) = timed(in_scope(all(naps()).deadline(ms(15)))).await;
        assert_eq!((cut.unwrap_err().after, took), (ms(10), 10));
    }
}

/// race/RACE1, race/RACE2: and so does a race.
#[tokio::test(start_paused = true)]
async fn a_race_without_a_deadline_has_none() {
    assert_eq!(in_scope(first((nap(20), pending()))).await.map(|won| won.1), Ok(20));
    assert_eq!(in_scope(first_ok((succeeds(20), pending()))).await.map(|won| won.1), Ok(20));
    for n in SIZES {
        let naps = || (0..n as u64).map(|i| nap(20 + i));
        assert_eq!(in_scope(first(naps())).await.map(|won| won.1), Ok(20));
        let (cut, took) = timed(in_scope(first(naps()).deadline(ms(15)))).await;
        assert!(cut.is_err());
        assert_eq!(took, 10);
    }
}

/// race/RACE3: the timetable of a hedge is its own.
#[tokio::test(start_paused = true)]
async fn a_scope_brings_no_spare_forward() {
    let (watch, made) = (Watch::new(), RefCell::new(Vec::new()));
    let make = |_| {
        made.borrow_mut().push(watch.clock());
        succeeds(250)
    };
    let answered = in_scope(hedge(make).after(ms(100)).max(50)).await;
    assert_eq!(answered.unwrap(), 250);
    assert_eq!(*made.borrow(), [0, 100, 200]);
}

/// shutdown/STOP2: a drain waits for its pieces, and lets them run meanwhile.
#[tokio::test(start_paused = true)]
async fn a_drain_goes_on_in_a_scope() {
    let shutdown = Shutdown::new();
    let piece = shutdown.spawn("piece", |_| async {
        wait(50).await;
        Ok::<_, Infallible>(())
    });
    assert!(piece.is_ok());
    let (report, took) = timed(in_scope(shutdown.drain())).await;
    assert_eq!((report.finished, report.is_clean(), took), (1, true, 50));
}

/// scope/SCOPE3: what has no place for a deadline's error runs to its end.
#[tokio::test(start_paused = true)]
async fn a_set_of_tasks_runs_to_its_end() {
    let collected = in_scope(collect([20, 20, 20].map(nap), 1)).await;
    assert_eq!(collected, [Ok(20), Ok(20), Ok(20)]);
    let fails = async |n| {
        wait(n).await;
        Err::<u64, u64>(n)
    };
    let found = in_scope(first_ok_of([20, 30].map(fails), 1)).await;
    assert_eq!(found.unwrap_err().len(), 2);
    let at_last = in_scope(first_ok_of([ready(Err(())), ready(Ok(1))], 1)).await;
    assert_eq!(at_last, Ok(1));
}
