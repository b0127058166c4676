//! Who is polled, and by whose wake-up.

use std::cell::{Cell, RefCell};
use std::future::{poll_fn, ready};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use surefoot::join::all;
use tokio_test::{assert_ready, task};

use crate::support::*;

/// Polls for the first time; outside a runtime, no budget is in the way.
fn begin<F: Future>(join: &mut task::Spawn<F>, watch: &Watch, n: usize) {
    assert!(join.poll().is_pending());
    assert_eq!(watch.begun_at().len(), n);
}

fn gates(watch: &Watch, n: usize) -> (Vec<Gate>, Vec<Job<()>>) {
    let gates: Vec<_> = (0..n).map(|_| Gate::default()).collect();
    let jobs = gates.iter().enumerate().map(|(i, gate)| watch.job(i, gate.clone().passed()));
    let jobs = jobs.collect();
    (gates, jobs)
}

/// join/X13: in a large set, only who was woken is polled, and in a small one not
/// who has ended.
#[test]
fn only_who_was_woken_is_polled() {
    let runtime = runtime();
    let _entered = runtime.enter();
    let (large, watch) = (300, runtime.block_on(async { Watch::new() }));
    let (gates, jobs) = gates(&watch, large);
    let mut join = task::spawn(all(jobs));
    begin(&mut join, &watch, large);
    assert_eq!(watch.polls(), large);
    for i in [7, 290, 8] {
        let before = watch.polls();
        assert!(!join.is_woken());
        gates[i].open();
        assert!(join.is_woken());
        assert!(join.poll().is_pending());
        assert_eq!(watch.polls(), before + 1);
    }
}

/// join/X13: a spurious poll polls nobody in a large set, and harms nobody in a
/// small one; a spurious wake-up of one that has ended harms nobody either.
#[test]
fn spurious_polls_and_wake_ups_are_harmless() {
    let runtime = runtime();
    let _entered = runtime.enter();
    for n in SIZES {
        let watch = runtime.block_on(async { Watch::new() });
        let (gates, jobs) = gates(&watch, n);
        let mut join = task::spawn(all(jobs));
        begin(&mut join, &watch, n);
        let before = watch.polls();
        assert!(join.poll().is_pending());
        if n > 32 {
            assert_eq!(watch.polls(), before);
        }
        let stale = gates[0].waker().expect("it waits");
        gates[0].unlock();
        stale.wake_by_ref();
        assert!(join.poll().is_pending());
        stale.wake_by_ref();
        assert!(join.poll().is_pending());
        gates[1..].iter().for_each(Gate::open);
        assert_eq!(assert_ready!(join.poll()).len(), n);
        stale.wake();
    }
}

/// Counts what is done to it.
struct Counting(AtomicUsize);

impl Wake for Counting {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// join/X13: a wake-up goes to the waker of the last poll, that of a future that
/// was polled before that included.
#[test]
fn the_waker_of_the_last_poll_is_woken() {
    let runtime = runtime();
    let _entered = runtime.enter();
    for n in SIZES {
        let watch = runtime.block_on(async { Watch::new() });
        let (gates, jobs) = gates(&watch, n);
        let mut join = pin!(all(jobs));
        let wakers: [_; 2] = std::array::from_fn(|_| Arc::new(Counting(AtomicUsize::new(0))));
        for waker in &wakers {
            let waker = Waker::from(waker.clone());
            assert!(poll_with(join.as_mut(), &waker).is_pending());
        }
        let woken = || wakers.each_ref().map(|waker| waker.0.load(Ordering::SeqCst));
        let before = woken();
        gates[n - 1].open();
        assert_eq!(woken(), [before[0], before[1] + 1]);
    }
}

/// join/X4: a waker of the task's that wakes others of the set when it is woken
/// and when it is dropped meets no lock.
#[test]
fn a_waker_that_wakes_others_meets_no_lock() {
    thread_local! {
        static OTHERS: Cell<Vec<Waker>> = const { Cell::new(Vec::new()) };
    }
    struct Meddling;
    impl Meddling {
        fn meddle() {
            OTHERS.take().into_iter().for_each(Waker::wake);
        }
    }
    impl Wake for Meddling {
        fn wake(self: Arc<Self>) {
            Self::meddle();
        }
    }
    impl Drop for Meddling {
        fn drop(&mut self) {
            Self::meddle();
        }
    }
    let runtime = runtime();
    let _entered = runtime.enter();
    let (n, watch) = (300, runtime.block_on(async { Watch::new() }));
    let (gates, jobs) = gates(&watch, n);
    let mut join = pin!(all(jobs));
    let waker = Waker::from(Arc::new(Meddling));
    assert!(poll_with(join.as_mut(), &waker).is_pending());
    drop(waker);
    OTHERS.set(gates[1..].iter().filter_map(Gate::waker).collect());
    gates.iter().for_each(Gate::unlock);
    gates[0].waker().expect("it waits").wake();
    assert_eq!(OTHERS.take().len(), 0, "the task's waker woke them");
    // The first waker is dropped when another takes its place.
    let Poll::Ready(outputs) = poll_with(join.as_mut(), Waker::noop()) else {
        panic!("all may pass");
    };
    assert_eq!(outputs.len(), n);
}

/// join/X9: a loop over joins that are ready lets its neighbours run, and a large
/// join does, while it is under way.
#[tokio::test(start_paused = true)]
async fn neighbours_run_beside_joins_that_are_ready() {
    for n in [1, 3, 100_000] {
        let ran = Rc::new(Cell::new(false));
        let local = tokio::task::LocalSet::new();
        let seen = ran.clone();
        local.spawn_local(async move { seen.set(true) });
        let rounds = 200_000 / n;
        local
            .run_until(async {
                for round in 0..rounds {
                    let outputs = all((0..n).map(ready)).await;
                    assert_eq!(outputs.len(), n);
                    if round > 200 {
                        assert!(ran.get(), "200 joins of {n}");
                    }
                }
            })
            .await;
        assert!(ran.get(), "{rounds} joins of {n}");
    }
}

/// join/X5: a join may be dropped outside its runtime, and wakers outlive it.
#[test]
fn a_join_may_be_dropped_outside_its_runtime() {
    for n in SIZES {
        let runtime = runtime();
        let (watch, join, stale) = {
            let _entered = runtime.enter();
            let watch = runtime.block_on(async { Watch::new() });
            let (gates, jobs) = gates(&watch, n);
            let mut join = task::spawn(all(jobs).deadline(ms(100)));
            begin(&mut join, &watch, n);
            (watch, join, gates[0].waker().expect("it waits"))
        };
        drop(runtime);
        drop(join);
        assert_eq!(watch.running(), 0);
        stale.wake();
    }
}

/// A waker that somebody keeps keeps no task whose join is gone.
#[test]
fn a_waker_that_is_kept_keeps_no_task() {
    struct Nobody;

    impl Wake for Nobody {
        fn wake(self: Arc<Self>) {}
    }

    let (task, kept) = (Arc::new(Nobody), RefCell::new(Vec::new()));
    let waker = Waker::from(task.clone());
    let keeps = |_| {
        poll_fn(|cx| {
            kept.borrow_mut().push(cx.waker().clone());
            Poll::<()>::Pending
        })
    };
    let mut join = Box::pin(all((0..300).map(keeps)));
    assert!(join.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    drop((join, waker));
    assert_eq!((kept.borrow().len(), Arc::strong_count(&task)), (300, 1));
}

/// join/X9: of a few, another one is asked first each time, so that none that is always
/// busy has the task's budget to itself.
#[test]
fn a_few_take_turns_to_be_asked_first() {
    let asked = RefCell::new(Vec::new());
    let busy = |name| noting(&asked, name);
    let mut join = task::spawn(all((busy(0), busy(1), busy(2))));
    for turn in [[0, 1, 2], [0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 1, 2], [1, 2, 0]] {
        assert!(join.poll().is_pending());
        assert_eq!(asked.take(), turn);
    }
}
