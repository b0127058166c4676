//! Closures that take too long, by Tokio's clock: it does not move by itself
//! while they run, so the tests move it.

use std::time::Duration;

use surefoot::blocking::Blocking;
use tokio::runtime::Handle;
use tokio_test::{assert_pending, task};

use super::site::*;
use crate::support::*;

fn warning_after(limit: Duration) -> Blocking {
    Blocking::builder().threads(2).warn_after(limit).build().unwrap()
}

/// blocking/BLOCK1, blocking/X10: a closure that takes too long is counted once,
/// exactly when its time passes and while it runs, whether its caller is there or
/// not; a year makes no difference.
#[tokio::test(start_paused = true)]
async fn a_closure_that_takes_too_long_is_counted_while_it_runs() {
    const YEAR: u64 = 365 * 24 * 3_600 * 1_000;
    for limit in [1, 100, YEAR] {
        let two = warning_after(ms(limit));
        let mut site = Site::new();
        let ((stays_hold, stays), (goes_hold, goes)) = (site.closure(1), site.closure(2));
        let mut stays = task::spawn(two.run(stays));
        assert_pending!(stays.poll());
        site.next().await;
        let mut goes = task::spawn(two.run(goes));
        assert_pending!(goes.poll());
        site.next().await;
        drop(goes);
        pass(limit - 1).await;
        assert_eq!(two.status().overran, 0);
        pass(1).await;
        assert_eq!(two.status().overran, 2);
        pass(limit).await;
        drop((stays_hold, goes_hold));
        assert!(stays.await.is_ok());
        spin_until(|| two.status().running == 0);
        assert_eq!(two.status().overran, 2, "counted once");
    }
}

/// blocking/BLOCK1: one that ends in time, or panics in time, is not counted, and
/// nothing is left to look after it.
#[tokio::test(start_paused = true)]
async fn a_closure_that_ends_in_time_is_not_counted() {
    let two = warning_after(ms(100));
    assert_eq!(two.run(|_| 1).await, Ok(1));
    assert!(two.run(|_| panic!("boom")).await.is_err());
    pass(1_000).await;
    assert_eq!(two.status().overran, 0);
}

/// blocking/BLOCK1: the time begins with the closure, not with the wait for its
/// thread.
#[tokio::test(start_paused = true)]
async fn the_time_begins_with_the_closure() {
    let one = Blocking::builder().threads(1).warn_after(ms(100)).build().unwrap();
    let mut site = Site::new();
    let ((first_hold, first), (second_hold, second)) = (site.closure(1), site.closure(2));
    let mut first = task::spawn(one.run(first));
    let mut second = task::spawn(one.run(second));
    assert_pending!(first.poll());
    assert_pending!(second.poll());
    site.next().await;
    pass(99).await;
    drop(first_hold);
    assert!(first.await.is_ok());
    assert_pending!(second.poll());
    site.next().await;
    pass(99).await;
    assert_eq!(one.status().overran, 0);
    pass(1).await;
    assert_eq!(one.status().overran, 1);
    drop(second_hold);
    assert!(second.await.is_ok());
}

/// blocking/BLOCK1: an executor that is too busy to look at the clock does not
/// keep an overrun from being counted, at the closure's end.
#[tokio::test(start_paused = true)]
async fn an_overrun_that_the_executor_missed_is_counted_at_the_end() {
    for (takes, overran) in [(99, 0), (100, 1)] {
        let two = warning_after(ms(100));
        let mut run = task::spawn(two.run(move |_| {
            Handle::current().block_on(tokio::time::advance(ms(takes)));
        }));
        let early = run.poll();
        spin_until(|| two.status().running == 0);
        assert_eq!(two.status().overran, overran, "after {takes} ms");
        assert!(early.is_ready() || run.await.is_ok());
        settle().await;
        assert_eq!(two.status().overran, overran);
    }
}

/// blocking/BLOCK1: an overrun is told as an event, once, with the pool's name and the
/// place of the call.
#[tokio::test(start_paused = true)]
async fn an_overrun_is_an_event_that_names_its_place() {
    let events = Events::default();
    let _listens = tracing::subscriber::set_default(events.clone());
    let one = Blocking::builder().name("hashes").threads(1).warn_after(ms(100)).build().unwrap();
    let mut site = Site::new();
    let (hold, closure) = site.closure(1);
    let line = line!() + 1;
    let mut runs = task::spawn(one.run(closure));
    assert_pending!(runs.poll());
    site.next().await;
    pass(99).await;
    assert_eq!(events.take(), [""; 0]);
    pass(1).await;
    let told = events.take();
    drop(hold);
    assert!(runs.await.is_ok());
    assert_eq!((told.len(), events.take().len()), (1, 0), "{told:?}");
    let place = format!("begun_at={}:{line}:", file!());
    for part in ["WARN ", "name=hashes ", "limit=Some(100ms) ", &place, "blocks a thread"] {
        assert!(told[0].contains(part), "{part} in {told:?}");
    }
}
