//! The operators over time, and the interval: what they give, and when exactly.

mod batch;
mod debounce;
mod every;
mod interval;
mod limits;
mod throttle;

use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use futures::StreamExt;
use futures_core::{FusedStream, Stream};
use tokio::time::Instant;

use crate::support::*;

/// What a stream gives, and when, in milliseconds; and when it ends, for good.
async fn timetable<S: FusedStream>(stream: S) -> (Vec<(u64, S::Item)>, u64) {
    let mut stream = pin!(stream);
    let start = Instant::now();
    let clock = || {
        let passed = start.elapsed();
        assert_eq!(passed, ms(passed.as_millis() as u64), "a whole number of ticks");
        passed.as_millis() as u64
    };
    let mut given = Vec::new();
    while let Some(item) = stream.next().await {
        given.push((clock(), item));
    }
    let end = clock();
    assert!(stream.is_terminated());
    assert_eq!(stream.size_hint(), (0, Some(0)));
    assert!(stream.next().await.is_none());
    (given, end)
}

/// Polls once, for nobody.
fn poll<S: Stream + ?Sized>(stream: Pin<&mut S>) -> Poll<Option<S::Item>> {
    stream.poll_next(&mut Context::from_waker(Waker::noop()))
}
