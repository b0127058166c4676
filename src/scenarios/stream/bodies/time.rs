//! Streams and time.

use std::time::Duration;

use tokio::select;
use tokio::sync::{mpsc, oneshot};

use super::{Outcome, pause};
use crate::probe::{cancellable, choose, elapsed};
use crate::scenarios::stream::subject::{Batching, Limiting, Queue, Stopping, Ticking};
use crate::sim::Explorer;
use crate::spawn::Spawner;

/// A wait for a batch that may be dropped at any await, and others afterwards.
pub(in super::super) fn a_cancelled_wait_for_a_batch_loses_no_item<S: Batching>(
    explorer: Explorer,
) -> Outcome {
    explorer.cancellations(1).run(|| async {
        let (sender, items) = mpsc::channel(1);
        let sends = Spawner::new().name("sender").spawn(async move {
            for item in 0..4 {
                pause(1).await;
                sender.send(item).await.expect("the batches are there");
            }
        });
        let mut batches = S::open(Queue(items), 3, Duration::from_secs(5));
        let mut came = Vec::new();
        if let Some(Some(batch)) = cancellable(S::next(&mut batches)).await {
            came.extend(batch);
        }
        while let Some(batch) = S::next(&mut batches).await {
            came.extend(batch);
        }
        sends.await.expect("nobody cancels it");
        assert_eq!(came, [0, 1, 2, 3], "an item is lost");
    })
}

/// Work that may take longer than some periods.
pub(in super::super) fn ticks_do_not_burst<S: Ticking>(explorer: Explorer) -> Outcome {
    let period = Duration::from_secs(2);
    explorer.run(move || async move {
        let mut ticks = S::every(period);
        let mut last = None;
        for _ in 0..4 {
            S::next(&mut ticks).await;
            let now = elapsed();
            assert!(last.is_none_or(|last| now - last >= period), "two ticks in a period");
            last = Some(now);
            pause([1, 5][choose(2)]).await;
        }
    })
}

/// Items that do not come, beside something else that may come more often than they may
/// be late.
pub(in super::super) fn another_branch_does_not_put_off_an_item_s_limit<S: Limiting>(
    explorer: Explorer,
) -> Outcome {
    const LIMIT: Duration = Duration::from_secs(3);

    explorer.run(|| async {
        let (_sender, items) = mpsc::channel(1);
        let mut items = S::open(Queue(items), LIMIT);
        let between = [4, 2][choose(2)];
        loop {
            select! {
                biased;
                next = S::next(&mut items) => {
                    assert!(matches!(next, Some(Err(_))), "nothing comes");
                    assert_eq!(elapsed(), LIMIT);
                    break;
                }
                () = pause(between) => assert!(elapsed() < LIMIT, "the limit is put off"),
            }
        }
    })
}

/// A stop, before the last item or after it, of a stream whose sender lives.
pub(in super::super) fn a_stream_ends_while_it_waits<S: Stopping>(explorer: Explorer) -> Outcome {
    explorer.run(|| async {
        let (sender, items) = mpsc::channel(1);
        let (stop, is_stopped) = oneshot::channel();
        let stops = Spawner::new().name("stopper").spawn(async move {
            pause([1, 3][choose(2)]).await;
            stop.send(()).expect("the stream is there");
        });
        let sends = Spawner::new().name("sender").spawn(async move {
            pause(2).await;
            // It may have been stopped already.
            let _ = sender.send(7).await;
            sender
        });
        let mut items = S::open(Queue(items), is_stopped);
        while S::next(&mut items).await.is_some() {}
        stops.await.expect("nobody cancels it");
        drop(sends.await);
    })
}
