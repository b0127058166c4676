//! From many to one, and from one to many.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::task::yield_now;

use super::{Outcome, output, task};
use crate::probe::cancellable;
use crate::scenarios::channel::subject::{FanIn, Lossless, Publishing};
use crate::sim::Explorer;

/// Two producers, of whom one may panic, and a consumer that knows how many there are.
/// Says how many numbers came, and how many panics.
async fn consume<S: FanIn>() -> (u32, u32) {
    let mut stream = S::open();
    let (mut numbers, mut panics) = (0, 0);
    S::add(&mut stream, 1);
    S::add(&mut stream, 2);
    while numbers + panics < 2 {
        match S::next(&mut stream).await {
            Some(Some(_)) => numbers += 1,
            Some(None) => panics += 1,
            None => break,
        }
    }
    (numbers, panics)
}

/// The consumer is not left waiting for a producer that has ended.
pub(in super::super) fn the_stream_ends_with_its_producers<S: FanIn>(
    explorer: Explorer,
) -> Outcome {
    explorer.faults(1).run(|| async {
        let (numbers, _) = consume::<S>().await;
        assert!(numbers >= 1, "one fault is one panic at most");
    })
}

/// The consumer is told of a producer that panicked.
pub(in super::super) fn a_producer_s_panic_is_an_item<S: FanIn>(explorer: Explorer) -> Outcome {
    explorer.faults(1).run(|| async {
        let (numbers, panics) = consume::<S>().await;
        assert_eq!(numbers + panics, 2, "a producer ended without a word");
    })
}

/// A subscriber that may be too slow. What it got and what it is told that it lost add
/// up.
pub(in super::super) fn a_lag_ends_no_stream<S: Publishing>(explorer: Explorer) -> Outcome {
    explorer.run(|| async {
        let mut publisher = S::open(1);
        let mut subscriber = S::subscribe(&mut publisher);
        let listener = task("listener", async move {
            let mut accounted = 0;
            while let Some(next) = S::next(&mut subscriber).await {
                accounted += next.map_or_else(|lost| lost, |_| 1);
            }
            // It listens on, so that the speaker has somebody to speak to.
            (accounted, subscriber)
        });
        let speaker = task("speaker", async move {
            for value in 0..3 {
                S::publish(&publisher, value).await;
                yield_now().await;
            }
        });
        output(speaker).await;
        let (accounted, _subscriber) = output(listener).await;
        assert_eq!(accounted, 3, "the loop ended before the stream");
    })
}

/// A subscriber that may leave at any time.
pub(in super::super) fn nobody_listening_is_no_error<S: Publishing>(explorer: Explorer) -> Outcome {
    explorer.cancellations(1).run(|| async {
        let mut publisher = S::open(4);
        let mut subscriber = S::subscribe(&mut publisher);
        let listener = task("listener", async move {
            for _ in 0..2 {
                if cancellable(S::next(&mut subscriber)).await.is_none() {
                    return;
                }
            }
        });
        let speaker = task("speaker", async move {
            for value in 0..2 {
                S::publish(&publisher, value).await;
                yield_now().await;
            }
        });
        output(speaker).await;
        output(listener).await;
    })
}

/// A subscriber that may be too slow, and looks how many values are held for it.
pub(in super::super) fn nobody_holds_more_than_its_capacity<S: Publishing>(
    explorer: Explorer,
) -> Outcome {
    const CAPACITY: u32 = 3;
    explorer.run(|| async {
        let published = Arc::new(AtomicU32::new(0));
        let mut publisher = S::open(CAPACITY as usize);
        let mut subscriber = S::subscribe(&mut publisher);
        let seen = published.clone();
        let listener = task("listener", async move {
            while let Some(next) = S::next(&mut subscriber).await {
                // This one, and those that came after it.
                let held = next.map_or(0, |value| seen.load(Ordering::Relaxed) - value);
                assert!(held <= CAPACITY, "more values are held than there is room for");
            }
        });
        let speaker = task("speaker", async move {
            for value in 0..4 {
                S::publish(&publisher, value).await;
                published.fetch_add(1, Ordering::Relaxed);
                if value % 2 == 1 {
                    yield_now().await;
                }
            }
        });
        output(speaker).await;
        output(listener).await;
    })
}

/// Two subscribers that are waited for, and a publisher that may give up.
pub(in super::super) fn a_cancelled_publish_reached_all_or_none<S: Lossless>(
    explorer: Explorer,
) -> Outcome {
    explorer.cancellations(1).run(|| async {
        let mut publisher = S::open(1);
        let listeners = [S::subscribe(&mut publisher), S::subscribe(&mut publisher)];
        let listeners = listeners.map(|mut subscriber| {
            task("listener", async move {
                let mut got = Vec::new();
                while let Some(value) = S::next(&mut subscriber).await {
                    got.push(value);
                }
                got
            })
        });
        let speaker = task("speaker", async move {
            for value in 0..2 {
                let _ = cancellable(S::publish(&publisher, value)).await;
            }
        });
        output(speaker).await;
        let [one, other] = listeners;
        assert_eq!(output(one).await, output(other).await, "it reached one and not the other");
    })
}
