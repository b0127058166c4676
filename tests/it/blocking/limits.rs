//! How many run, and how many wait.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use surefoot::blocking::{self, Blocking, BlockingError, Stop};
use surefoot::spawn::spawn;
use tokio_test::{assert_pending, assert_ready, task};

use super::site::*;
use crate::support::*;

fn blocking(threads: usize, queue: usize) -> Blocking {
    Blocking::builder().threads(threads).queue(queue).build().unwrap()
}

/// blocking/BLOCK1: the tasks of the one executor go on while a closure blocks,
/// whichever way it was handed in.
#[tokio::test(start_paused = true)]
async fn the_executor_runs_on_while_closures_block() {
    let mut site = Site::new();
    let (hold, closure) = site.closure(1);
    let (other_hold, other) = site.closure(2);
    let one = blocking(1, 0);
    let run = spawn(async move { one.run(closure).await });
    assert_eq!(site.next().await, 1);
    let stop = Blocking::builder().build().unwrap().run(Stop::clone).await.unwrap();
    let free = spawn(blocking::run(move || other(&stop)));
    assert_eq!(site.next().await, 2);
    let busy = spawn(async {
        settle().await;
        "went on"
    });
    assert_eq!(busy.await, Ok("went on"));
    assert!(!run.is_finished() && !free.is_finished());
    drop((hold, other_hold));
    assert_eq!(run.await, Ok(Ok((1, false))));
    assert_eq!(free.await, Ok(Ok((2, false))));
}

/// blocking/BLOCK1, blocking/X8: no more than `threads` run at once; the rest
/// begin in order of arrival, each when one has ended, whichever that is.
#[tokio::test(start_paused = true)]
async fn so_many_run_at_once_and_the_rest_begin_in_order() {
    let mut site = Site::new();
    let two = blocking(2, 10);
    let (mut holds, mut runs) = (Vec::new(), Vec::new());
    for number in 0..6 {
        let (hold, closure) = site.closure(number);
        holds.push(Some(hold));
        let mut run = task::spawn(two.run(closure));
        assert_pending!(run.poll());
        runs.push(run);
    }
    let mut first = [site.next().await, site.next().await];
    first.sort_unstable();
    assert_eq!(first, [0, 1]);
    for (ends, begins) in [(1, 2), (2, 3), (0, 4), (3, 5)] {
        let status = two.status();
        assert_eq!((status.running, status.waiting), (2, 6 - begins));
        drop(holds[ends].take());
        poll_fn(|cx| pin!(&mut runs[ends]).poll(cx)).await.expect("it was let go");
        assert!(site.is_quiet(), "who was granted the thread begins when it is polled");
        assert!(runs[begins].is_woken());
        assert!(runs[begins + 1..].iter().all(|later| !later.is_woken()));
        assert_pending!(runs[begins].poll());
        assert_eq!(site.next().await, begins);
    }
    holds.clear();
    for last in [4, 5] {
        assert_eq!(poll_fn(|cx| pin!(&mut runs[last]).poll(cx)).await, Ok((last, false)));
    }
    let status = two.status();
    assert_eq!((site.peak(), status.running, status.waiting, status.started), (2, 0, 0, 6));
}

/// blocking/BLOCK1, blocking/X6: when as many wait as may, the next is told so at
/// once, and its closure is dropped; there is room again when one has its turn.
#[tokio::test(start_paused = true)]
async fn a_full_queue_is_an_error_at_once() {
    let mut site = Site::new();
    for queue in [0, 1, 2] {
        let one = blocking(1, queue);
        let (hold, closure) = site.closure(queue);
        let run = spawn({
            let one = one.clone();
            async move { one.run(closure).await }
        });
        assert_eq!(site.next().await, queue);
        let mut waiting: Vec<_> = (0..queue).map(|n| task::spawn(one.run(move |_| n))).collect();
        for run in &mut waiting {
            assert_pending!(run.poll());
        }
        let held = std::sync::Arc::new(());
        let mut refused = task::spawn(one.run({
            let held = held.clone();
            move |_| drop(held)
        }));
        assert_eq!(assert_ready!(refused.poll()), Err(BlockingError::Full));
        drop(refused);
        assert_eq!(std::sync::Arc::strong_count(&held), 1);
        let status = one.status();
        assert_eq!((status.waiting, status.refused), (queue, 1));
        drop(hold);
        assert_eq!(run.await, Ok(Ok((queue, false))));
        for (n, run) in waiting.into_iter().enumerate() {
            assert_eq!(run.await, Ok(n));
        }
        assert_eq!(one.run(|_| 7).await, Ok(7));
    }
}

/// blocking/X6: what can't work is named when it is set up, all of it at once; the
/// rest works, however large.
#[tokio::test(start_paused = true)]
async fn sizes_of_any_kind_work_or_are_named() {
    let bad = Blocking::builder().threads(0).warn_after(Duration::ZERO).build().unwrap_err();
    assert_eq!(bad.fields().collect::<Vec<_>>(), ["threads", "warn_after"]);
    for (threads, queue) in [(1, 0), (1, usize::MAX), (usize::MAX, 0), (usize::MAX, usize::MAX)] {
        let built = Blocking::builder().threads(threads).queue(queue).warn_after(Duration::MAX);
        let blocking = built.build().unwrap();
        assert_eq!(blocking.run(|_| 7).await, Ok(7));
        let status = blocking.status();
        assert_eq!((status.threads, status.queue, status.overran), (threads, queue, 0));
    }
    let named = Blocking::builder().name("thumbnails").warn_after(None).build().unwrap();
    assert!(format!("{named:?}").contains("thumbnails"));
    let defaults = named.status();
    assert_eq!((defaults.threads, defaults.queue), (8, 1_000));
}

/// blocking/X9: a loop over refusals lets its neighbours run, and a caller whose
/// budget is spent is put off, never refused.
#[tokio::test(start_paused = true)]
async fn a_spent_budget_delays_and_never_refuses() {
    let mut site = Site::new();
    let one = blocking(1, 0);
    let (hold, closure) = site.closure(1);
    let run = spawn({
        let one = one.clone();
        async move { one.run(closure).await }
    });
    assert_eq!(site.next().await, 1);
    let (mut refused, mut delayed) = (0, 0);
    poll_fn(|cx| {
        for _ in 0..300 {
            match pin!(one.run(|_| ())).poll(cx) {
                Poll::Ready(answer) => {
                    assert_eq!(answer, Err(BlockingError::Full));
                    refused += 1;
                }
                Poll::Pending => delayed += 1,
            }
        }
        Poll::Ready(())
    })
    .await;
    assert!((1..300).contains(&refused) && delayed > 0, "{refused} refused, {delayed} delayed");
    let status = one.status();
    assert_eq!((status.refused, status.waiting), (refused, 0));
    drop(hold);
    assert!(run.await.unwrap().is_ok());
}
