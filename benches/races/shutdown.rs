//! The shutdown against tokio-util's `CancellationToken` and `TaskTracker`.
//!
//! surefoot is built with its default features here, and so without Tokio's
//! `test-util`.

use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;
use std::task::{Context, Waker};

use surefoot::shutdown::Shutdown;
use surefoot_benches::arguments::Effort;
use surefoot_benches::report::Report;
use surefoot_benches::rounds::{Side, race};
use surefoot_benches::table::{Goal, Row, Unit};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

const WAITERS: usize = 10_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let effort = Effort::parse(std::env::args().skip(1))?;
    let mut rows = Vec::new();
    for (work, mut sides) in works() {
        let lanes = race(effort.plan(), &mut sides);
        rows.push(Row::new(work, &lanes[0], &lanes[1], Unit::Seconds, Goal::Ratio(1.5)));
    }
    let notes = vec![
        "10,000 waiters: they are made, polled once each, triggered, polled again and dropped, all \
         on one thread, with a waker that does nothing"
            .to_owned(),
        "track: surefoot's guard has a name, by which it is reported, and so a place under a lock; \
         the `TaskTracker` has a count"
            .to_owned(),
    ];
    let command = "cargo bench -p surefoot-benches --bench shutdown";
    Report { name: "shutdown", command, rows, notes }.publish(effort)?;
    Ok(())
}

fn works() -> Vec<(&'static str, Vec<Side<'static>>)> {
    vec![
        ("is_triggered", vec![look(), their_look()]),
        ("child token, create + drop", vec![child(), their_child()]),
        ("track + untrack", vec![track(), their_track()]),
        ("trigger with 10,000 waiters", vec![trigger(), their_trigger()]),
    ]
}

fn look() -> Side<'static> {
    let shutdown = Shutdown::new();
    let token = shutdown.token();
    Side::on_this_thread("surefoot", move |n| {
        // Kept, so that it is not triggered.
        let _shutdown = &shutdown;
        (0..n).for_each(|_| _ = black_box(black_box(&token).is_triggered()));
    })
}

fn their_look() -> Side<'static> {
    let token = CancellationToken::new();
    Side::on_this_thread("tokio-util", move |n| {
        (0..n).for_each(|_| _ = black_box(black_box(&token).is_cancelled()));
    })
}

fn child() -> Side<'static> {
    let shutdown = Shutdown::new();
    let token = shutdown.token();
    Side::on_this_thread("surefoot", move |n| {
        let _shutdown = &shutdown;
        (0..n).for_each(|_| drop(black_box(token.child())));
    })
}

fn their_child() -> Side<'static> {
    let token = CancellationToken::new();
    Side::on_this_thread("tokio-util", move |n| {
        (0..n).for_each(|_| drop(black_box(token.child_token())));
    })
}

fn track() -> Side<'static> {
    let shutdown = Shutdown::new();
    Side::on_this_thread("surefoot", move |n| {
        (0..n).for_each(|_| drop(black_box(shutdown.track("work"))));
    })
}

fn their_track() -> Side<'static> {
    let tracker = TaskTracker::new();
    Side::on_this_thread("tokio-util", move |n| {
        (0..n).for_each(|_| drop(black_box(tracker.token())));
    })
}

/// Polls all, twice, with `trigger` in between.
fn wait_and<F: Future<Output = ()>>(waiting: &mut [Pin<Box<F>>], trigger: impl FnOnce()) {
    let mut noop = Context::from_waker(Waker::noop());
    for future in &mut *waiting {
        assert!(future.as_mut().poll(&mut noop).is_pending());
    }
    trigger();
    for future in waiting {
        assert!(future.as_mut().poll(&mut noop).is_ready());
    }
}

fn trigger() -> Side<'static> {
    Side::on_this_thread("surefoot", |n| {
        for _ in 0..n {
            let shutdown = Shutdown::new();
            let token = shutdown.token();
            let mut waiting: Vec<_> = (0..WAITERS).map(|_| Box::pin(token.triggered())).collect();
            wait_and(&mut waiting, || shutdown.trigger("a race"));
        }
    })
}

fn their_trigger() -> Side<'static> {
    Side::on_this_thread("tokio-util", |n| {
        for _ in 0..n {
            let token = CancellationToken::new();
            let mut waiting: Vec<_> = (0..WAITERS).map(|_| Box::pin(token.cancelled())).collect();
            wait_and(&mut waiting, || token.cancel());
        }
    })
}
