//! Who is polled, and by whose wake-up.

use std::cell::{Cell, RefCell};
use std::future::{poll_fn, ready};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Poll, Wake, Waker};
use std::time::Duration;

use futures::FutureExt;
use surefoot::race::{first, first_ok};
use tokio_test::{assert_ready, task};

use crate::support::*;

/// Counts what is done to it.
struct Counting(AtomicUsize);

impl Wake for Counting {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// race/X13: spurious polls, a waker that is replaced, and wakers that outlive the
/// race.
#[test]
fn spurious_polls_and_replaced_wakers_are_harmless() {
    for n in SIZES {
        let gates: Vec<_> = (0..n).map(|_| Gate::default()).collect();
        let mut race = pin!(first(gates.iter().cloned().map(Gate::passed)));
        let wakers: [_; 2] = std::array::from_fn(|_| Arc::new(Counting(AtomicUsize::new(0))));
        for waker in [0, 1, 1] {
            let waker = Waker::from(wakers[waker].clone());
            assert!(poll_with(race.as_mut(), &waker).is_pending());
        }
        let stale = gates[0].waker().expect("it waits");
        gates[n - 1].open();
        let woken = wakers.each_ref().map(|waker| waker.0.load(Ordering::SeqCst));
        assert_eq!(woken, [0, 1]);
        let polled = poll_with(race.as_mut(), &Waker::from(wakers[1].clone()));
        assert!(matches!(polled, std::task::Poll::Ready(Ok((at, ()))) if at == n - 1));
        stale.wake();
    }
}

/// race/X4: a task's waker that uses the race's own wakers when it is woken meets
/// no lock.
#[test]
fn a_waker_that_wakes_others_meets_no_lock() {
    struct Meddling;
    thread_local! {
        static OTHERS: Cell<Vec<Waker>> = const { Cell::new(Vec::new()) };
    }
    impl Wake for Meddling {
        fn wake(self: Arc<Self>) {
            OTHERS.take().into_iter().for_each(Waker::wake);
        }
    }
    impl Drop for Meddling {
        fn drop(&mut self) {
            OTHERS.take().into_iter().for_each(Waker::wake);
        }
    }
    for n in SIZES {
        let gates: Vec<_> = (0..n).map(|_| Gate::default()).collect();
        {
            let mut race = pin!(first(gates.iter().cloned().map(Gate::passed)));
            assert!(poll_with(race.as_mut(), &Waker::from(Arc::new(Meddling))).is_pending());
            OTHERS.set(gates[1..n - 1].iter().filter_map(Gate::waker).collect());
            gates[0].open();
            assert_eq!(OTHERS.take().len(), 0, "the task's waker woke them");
            OTHERS.set(gates[n - 1].waker().into_iter().collect());
            assert!(poll_with(race.as_mut(), Waker::noop()).is_ready());
        }
        drop(OTHERS.take());
    }
}

/// race/X9: a loop over races that are ready lets its neighbours run, and failures
/// that are many do.
#[tokio::test(start_paused = true)]
async fn neighbours_run_beside_races_that_are_ready() {
    for n in [1, 3, 1_000] {
        let ran = Rc::new(Cell::new(false));
        let local = tokio::task::LocalSet::new();
        let seen = ran.clone();
        local.spawn_local(async move { seen.set(true) });
        local
            .run_until(async {
                for _ in 0..300 {
                    assert!(first((0..n).map(ready)).await.is_ok());
                    let failed = first_ok((0..n).map(|i| ready(Err::<(), _>(i)))).await;
                    assert_eq!(failed.map_err(|failed| failed.errors.len()), Err(n));
                }
                assert!(ran.get(), "300 races of {n}");
            })
            .await;
    }
}

/// race/X13: in a large race, only who was woken is polled.
#[tokio::test(start_paused = true)]
async fn in_a_large_race_only_who_was_woken_is_polled() {
    let watch = Watch::new();
    let failing = |i: usize| watch.tries(i, i as u64, false);
    let n = 300;
    let failed = first_ok((0..n).map(failing)).await.map_err(|failed| failed.errors.len());
    assert_eq!(failed, Err(n));
    // Once at the beginning, once at its end; twice more for who met an empty budget.
    assert!(watch.polls() <= 3 * n, "{} polls", watch.polls());
    let _ = assert_ready!(task::spawn(first([ready(())])).poll());
}

/// race/X9, race/RACE4: another future is asked first each time: one that spends all of the
/// task's budget starves none that is ready, whatever order was drawn.
#[tokio::test(start_paused = true)]
async fn a_greedy_future_starves_no_other() {
    for n in [2, 3, 300] {
        for seed in 0..20 {
            let asks = async {
                tokio::task::consume_budget().await;
                n
            };
            let field = (1..n).map(|_| greedy().boxed_local()).chain([asks.boxed_local()]);
            let race = first(field.collect::<Vec<_>>()).seed(seed);
            let mut race = pin!(race);
            let mut polls = 0;
            let won = poll_fn(|cx| {
                polls += 1;
                // Of many, each is drawn with the same chance.
                assert!(polls <= 30 * n, "it is not asked");
                race.as_mut().poll(cx)
            });
            assert_eq!(won.await, Ok((n - 1, n)));
        }
    }
}

/// race/RACE1, race/X9: nor do they put a deadline off by more than a turn of each.
#[tokio::test(start_paused = true)]
async fn greedy_futures_put_off_no_deadline() {
    for n in SIZES {
        let mut race = pin!(first((0..n).map(|_| greedy::<()>())).deadline(ms(10)));
        for _ in 0..10 {
            tokio::task::yield_now().await;
            assert!(poll_fn(|cx| Poll::Ready(race.as_mut().poll(cx))).await.is_pending());
            tokio::time::advance(ms(1)).await;
        }
        assert!(race.await.is_err());
    }
}

/// race/RACE4, race/X9: with no time at all, each is asked once with a budget of its own.
#[tokio::test(start_paused = true)]
async fn with_no_time_at_all_each_is_asked_once() {
    for seed in 0..20 {
        let asks = async {
            tokio::task::consume_budget().await;
        };
        tokio::task::yield_now().await;
        let race = first((greedy::<()>(), greedy::<()>(), asks)).seed(seed);
        assert_eq!(race.deadline(Duration::ZERO).await, Ok((2, ())));
    }
}

/// race/RACE4, race/X9: each poll begins one further on in the order that was drawn.
#[test]
fn a_few_take_turns_to_be_asked_first() {
    for seed in 0..20 {
        let asked = RefCell::new(Vec::new());
        let busy = |name| noting(&asked, name);
        let mut race = task::spawn(first((busy(0), busy(1), busy(2))).seed(seed));
        assert!(race.poll().is_pending());
        let mut order = asked.take();
        for _ in 0..6 {
            order.rotate_left(1);
            assert!(race.poll().is_pending());
            assert_eq!(asked.take(), order);
        }
    }
}
