//! What holds for each of the operators over time, and for the interval.

use std::cell::Cell;
use std::fmt::Debug;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Wake, Waker};
use std::time::Duration;

use futures::{StreamExt, stream};
use surefoot::stream::{Interval, StreamPatterns};

use super::*;

/// An item, or whatever else an operator gives, as a text.
type Shown = Pin<Box<dyn Stream<Item = String>>>;

fn shown<S>(stream: S) -> Shown
where
    S: Stream<Item: Debug> + 'static,
{
    Box::pin(stream.map(|item| format!("{item:?}")))
}

/// Every operator, over a source each: gathered, held, passed and waited for for so long.
fn operators<S>(time: Duration, source: impl Fn() -> S) -> [(&'static str, Shown); 5]
where
    S: Stream<Item: Debug> + 'static,
{
    [
        ("batch", shown(source().batch(100, time))),
        ("throttle_time", shown(source().throttle_time(time))),
        ("debounce_time", shown(source().debounce_time(time, time))),
        ("item_timeout", shown(source().item_timeout(time))),
        ("until", shown(source().until(pending::<()>()))),
    ]
}

/// stream/X3: a panic of the source goes on; what was gathered and held is kept, and the
/// source is asked again.
#[tokio::test(start_paused = true)]
async fn a_panic_of_the_source_loses_nothing() {
    let source = || {
        let mut steps = [Some(1), None, Some(2)].into_iter();
        stream::poll_fn(move |_| {
            let step = steps.next().map(|step| step.expect("a source that panics"));
            Poll::Ready(step)
        })
    };
    for (name, mut stream) in operators(ms(10), source) {
        let mut given = Vec::new();
        let mut panics = 0;
        loop {
            let polled =
                std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| poll(stream.as_mut())));
            match polled {
                Ok(Poll::Ready(Some(item))) => given.push(item),
                Ok(Poll::Ready(None)) => break,
                Ok(Poll::Pending) => panic!("{name}: the source is ready"),
                Err(_) => panics += 1,
            }
        }
        let expected: &[&str] = match name {
            "batch" => &["[1, 2]"],
            "throttle_time" => &["1"],
            "debounce_time" => &["2"],
            "item_timeout" => &["Ok(1)", "Ok(2)"],
            _ => &["1", "2"],
        };
        assert_eq!(
            (given.as_slice(), panics),
            (&expected.iter().map(ToString::to_string).collect::<Vec<_>>()[..], 1),
            "{name}"
        );
    }
}

/// stream/X5: they may be made and dropped outside a runtime, and after the end of the one
/// that they waited in.
#[test]
fn they_may_be_dropped_outside_their_runtime() {
    let made = || {
        operators(ms(10), || stream::iter([1]).chain(stream::pending::<u8>()))
            .map(|(_, stream)| stream)
            .into_iter()
            .chain([shown(Interval::every(ms(10)).jitter(ms(5)))])
    };
    drop(made().collect::<Vec<_>>());
    let mut streams: Vec<_> = made().collect();
    let runtime = runtime();
    runtime.block_on(async {
        for stream in &mut streams {
            while poll(stream.as_mut()).is_ready() {}
        }
    });
    drop(runtime);
    drop(streams);
}

/// stream/X9: over a source that is always ready, each lets its neighbours run, also when it
/// gives one of many items or none; so does an interval that has much to make up for.
#[tokio::test(start_paused = true)]
async fn neighbours_run_beside_what_is_always_ready() {
    let many = 100_000;
    let hour_ago = Instant::now();
    tokio::time::advance(Duration::from_secs(3_600)).await;
    let late = Interval::every(ms(1)).start_at(hour_ago).ticks(many);
    let late = late.missed(surefoot::stream::Missed::Burst);
    let streams = operators(ms(10), || stream::iter(0..many)).into_iter();
    for (name, mut stream) in streams.chain([("interval", shown(late))]) {
        let (turns, ended) = (Cell::new(0), Cell::new(false));
        tokio::join!(biased;
            async {
                while stream.next().await.is_some() {}
                ended.set(true);
            },
            async {
                while !ended.get() {
                    turns.set(turns.get() + 1);
                    tokio::task::yield_now().await;
                }
            }
        );
        // A budget is 128 units.
        assert!(turns.get() >= many / 128, "{name}: {} turns", turns.get());
    }
}

/// stream/X9: a spent budget delays, and nothing else: nothing is taken, none is lost.
#[tokio::test(start_paused = true)]
async fn a_spent_budget_delays() {
    let source = || arrivals(&[0], 0);
    let streams = operators(ms(10), source).into_iter();
    for (name, mut stream) in streams.chain([("interval", shown(Interval::every(ms(1)).ticks(1)))])
    {
        leave(0).await;
        let bell = Arc::new(Bell::default());
        let waker = bell.clone().into();
        let polled = stream.as_mut().poll_next(&mut Context::from_waker(&waker));
        assert!(polled.is_pending(), "{name}");
        tokio::task::yield_now().await;
        assert_eq!(bell.0.load(Ordering::Relaxed), 1, "{name}: it is to be polled again");
        assert!(stream.next().await.is_some(), "{name}");
        assert!(stream.next().await.is_none(), "{name}");
    }
}

/// stream/X10: a year passes under a paused clock.
#[tokio::test(start_paused = true)]
async fn a_year_passes() {
    let day = Duration::from_secs(24 * 3_600);
    let ticks = Interval::every(day).ticks(366).map(|tick| tick.count);
    let weeks = ticks.batch(7, 10 * day).throttle_time(10 * day).item_timeout(15 * day);
    let (given, took) = timed(weeks.collect::<Vec<_>>()).await;
    // A batch is full each week; every other one passes.
    assert_eq!(given.len(), 26);
    assert!(given.iter().all(Result::is_ok));
    assert_eq!(u128::from(took), (365 * day).as_millis());
}

#[derive(Default)]
struct Bell(AtomicUsize);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// stream/X13: polls that nobody asked for are harmless, and the waker of the last poll is
/// woken, at the very moment, by the source as by the timer.
#[tokio::test(start_paused = true)]
async fn the_waker_of_the_last_poll_is_woken() {
    for i in 0..6 {
        let streams = operators(ms(10), || arrivals(&[0, 20], 99)).into_iter();
        let interval = shown(Interval::every(ms(20)).ticks(2));
        let mut streams = streams.chain([("interval", interval)]);
        let (name, mut stream) = streams.nth(i).expect("there are six");
        while poll(stream.as_mut()).is_ready() {}
        let bells: [_; 3] = std::array::from_fn(|_| Arc::new(Bell::default()));
        for bell in &bells {
            for _ in 0..3 {
                let waker = Waker::from(bell.clone());
                let polled = stream.as_mut().poll_next(&mut Context::from_waker(&waker));
                assert!(polled.is_pending(), "{name}");
            }
        }
        let rings = || bells.each_ref().map(|bell| bell.0.load(Ordering::Relaxed));
        let due = match name {
            "batch" | "debounce_time" | "item_timeout" => 10,
            _ => 20,
        };
        pass(due - 1).await;
        assert_eq!(rings(), [0, 0, 0], "{name}");
        pass(1).await;
        assert_eq!(rings(), [0, 0, 1], "{name}");
        assert!(poll(stream.as_mut()).is_ready(), "{name}");
    }
}

/// stream/STREAM7, stream/X6: a size or a period of 0 panics at the call.
#[test]
fn a_size_of_0_panics_at_the_call() {
    let source = stream::empty::<u8>;
    assert!(panic_of(|| source().batch(0, ms(1))).contains("a batch of 0 items"));
    assert!(panic_of(|| source().throttle_time(ms(0))).contains("a period of 0"));
    assert!(panic_of(|| Interval::every(ms(0))).contains("period of 0"));
    for range in [ms(10), Duration::MAX] {
        let panicked = panic_of(|| Interval::every(ms(10)).jitter(range));
        assert!(panicked.contains("is not shorter than the period"));
    }
}
