//! Wakers and budgets.

use std::cell::Cell;
use std::future::ready;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};

use futures::{Stream, StreamExt, stream};
use surefoot::error::TaskError;
use surefoot::stream::{StreamPatterns, prioritized};
use tokio_test::{assert_pending, task};

use super::nap;
use crate::support::*;

/// stream/X9: a loop over streams that are always ready lets its neighbours run.
#[tokio::test(start_paused = true)]
async fn neighbours_run_beside_a_map_that_is_ready() {
    let endless = || stream::repeat(7_u32);
    let maps: [Pin<Box<dyn Stream<Item = u32>>>; 4] = [
        Box::pin(endless().map_ordered(4, ready)),
        Box::pin(endless().map_unordered(usize::MAX, ready)),
        Box::pin(endless().spawn_unordered(4, ready).map(|_| 7)),
        Box::pin(prioritized([endless(), endless()]).map(|_| 7)),
    ];
    for mut map in maps {
        let ran = Rc::new(Cell::new(false));
        let seen = ran.clone();
        let local = tokio::task::LocalSet::new();
        local.spawn_local(async move { seen.set(true) });
        let busy = async {
            for _ in 0..2_000 {
                assert_eq!(map.next().await, Some(7));
            }
        };
        local.run_until(busy).await;
        assert!(ran.get(), "nobody else ran");
    }
}

struct Counting(AtomicUsize);

impl Wake for Counting {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// stream/X13: spurious polls are harmless, and the waker of the last poll is woken.
#[tokio::test(start_paused = true)]
async fn the_waker_of_the_last_poll_is_woken() {
    let wakers: [_; 2] = std::array::from_fn(|_| Arc::new(Counting(AtomicUsize::new(0))));
    let mut here = pin!(stream::iter([10, 20]).map_ordered(2, nap));
    let mut spawned = pin!(stream::iter([10, 20]).spawn_ordered(2, nap));
    for waker in &wakers {
        let waker = Waker::from(waker.clone());
        let mut cx = Context::from_waker(&waker);
        for _ in 0..3 {
            assert!(here.as_mut().poll_next(&mut cx).is_pending());
            assert!(spawned.as_mut().poll_next(&mut cx).is_pending());
        }
    }
    let woken = || wakers.each_ref().map(|waker| waker.0.load(Ordering::SeqCst));
    let before = woken();
    wait(10).await;
    settle().await;
    assert_eq!(woken(), [before[0], before[1] + 2]);
    assert_eq!(here.next().await, Some(10));
    assert_eq!(spawned.next().await, Some(Ok(10)));
}

/// stream/X4: a waker that drops the stream when it is woken meets no lock.
#[tokio::test(start_paused = true)]
async fn a_waker_that_drops_its_stream_meets_no_lock() {
    type Held = Pin<Box<dyn Stream<Item = Result<u64, TaskError>>>>;
    thread_local! {
        static HELD: Cell<Option<Held>> = const { Cell::new(None) };
    }
    let mut map: Held = Box::pin(stream::iter([10, 20]).spawn_unordered(2, nap));
    let waker = Calling::waker(|| drop(HELD.take()));
    assert!(map.as_mut().poll_next(&mut Context::from_waker(&waker)).is_pending());
    HELD.set(Some(map));
    wait(10).await;
    settle().await;
    assert!(HELD.take().is_none(), "it was woken, and dropped");
}

/// stream/RACE5: the most urgent first; with fairness, a lower one after at most `n`.
#[tokio::test(start_paused = true)]
async fn the_most_urgent_goes_first_but_not_always() {
    let streams =
        || [stream::repeat('a').take(5), stream::repeat('b').take(2), stream::repeat('c').take(2)];
    let plain: String = prioritized(streams()).map(|(_, c)| c).collect().await;
    assert_eq!(plain, "aaaaabbcc");
    let fair: String = prioritized(streams()).fairness(2).map(|(_, c)| c).collect().await;
    assert_eq!(fair, "aacbacaba");
    assert_eq!(prioritized::<stream::Empty<u8>>([]).next().await, None);
}

/// stream/RACE5, stream/X1: it takes an item only to give it, so that with it nothing is lost.
#[tokio::test(start_paused = true)]
async fn what_was_not_given_is_still_there() {
    let mut sources: [_; 3] = std::array::from_fn(|at| stream::iter(vec![at, at]));
    {
        let mut both = task::spawn(prioritized(&mut sources).fairness(1));
        assert!(both.poll_next().is_ready());
    }
    assert_eq!(sources.map(|source| source.size_hint().0), [1, 2, 2]);
    let mut none = task::spawn(prioritized([stream::pending::<u8>()]));
    assert_pending!(none.poll_next());
}

/// stream/X3: a waker that panics at its end costs no item, and leaves the order as it is.
#[tokio::test(start_paused = true)]
async fn a_waker_that_panics_at_its_end_costs_no_item() {
    struct Grim;

    impl Wake for Grim {
        fn wake(self: Arc<Self>) {}
    }

    impl Drop for Grim {
        fn drop(&mut self) {
            panic!("a waker that panics");
        }
    }

    let naps = |n| stream::iter([30, 10, 20]).take(n);
    type Case = (usize, Pin<Box<dyn Stream<Item = u64>>>);
    let maps: [Case; 4] = [
        (1, Box::pin(naps(1).map_ordered(3, nap))),
        (3, Box::pin(naps(3).map_ordered(3, nap))),
        (1, Box::pin(naps(1).spawn_ordered(3, nap).map(Result::unwrap))),
        (3, Box::pin(naps(3).spawn_ordered(3, nap).map(Result::unwrap))),
    ];
    for (n, mut map) in maps {
        let grim = Waker::from(Arc::new(Grim));
        let mut poll = |waker: &Waker| map.as_mut().poll_next(&mut Context::from_waker(waker));
        assert!(poll(&grim).is_pending());
        drop(grim);
        // Whom the next poll brings along takes its place.
        assert!(catch_unwind(AssertUnwindSafe(|| poll(Waker::noop()))).is_err());
        assert_eq!(map.collect::<Vec<_>>().await, [30, 10, 20][..n]);
    }
}
