//! Each kind of choice beside tasks: a program that only such a deviation breaks, a
//! corrected one that none does, and how many schedules there are.

use std::future::{pending, poll_fn};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use futures::FutureExt as _;
use surefoot::probe;
use surefoot::sim::{Explorer, Failure, Kind, Stats, Strategy, replay};
use surefoot::spawn::{Spawner, spawn};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::sleep;

fn everything() -> Explorer {
    Explorer::new().strategy(Strategy::Exhaustive { deviations: None }).schedules(50_000)
}

/// It holds under every schedule without this kind of deviation; one deviation of
/// the kind breaks it, which replays; and the corrected one holds with them.
#[track_caller]
fn is_broken_by_one<F, G>(
    kind: Kind,
    bounded: impl Fn(Explorer) -> Explorer,
    broken: impl Fn() -> F + Send + Sync,
    corrected: impl Fn() -> G + Send + Sync,
) -> Stats
where
    F: Future<Output = ()> + 'static,
    G: Future<Output = ()> + 'static,
{
    assert!(everything().run(&broken).unwrap().exhausted, "it breaks without");
    let failure: Box<Failure> = bounded(everything()).run(&broken).unwrap_err();
    let deviations = failure.schedule.deviations();
    assert_eq!(deviations.len(), 1, "{failure}");
    assert_eq!(deviations[0].kind, kind, "{failure}");
    let again = replay(&failure.schedule, &broken).unwrap_err();
    assert_eq!((&again.verdict, &again.trace), (&failure.verdict, &failure.trace));
    let parsed = failure.schedule.to_string().parse();
    assert_eq!(parsed.as_ref(), Ok(&failure.schedule));
    // A random search finds it, too.
    let random = Explorer::new().strategy(Strategy::Random).schedules(2_000);
    assert!(bounded(random).run(&broken).is_err(), "not found at random");
    let stats = bounded(everything()).run(&corrected).unwrap();
    assert!(stats.exhausted, "{stats:?}");
    assert!(stats.deviations_by_kind[kind] > 0, "the kind was not taken: {stats:?}");
    stats
}

/// The answer is sent at once; who looks at the clock first relies on everybody
/// being polled in time.
async fn answer(has_limit: bool) {
    let (sender, receiver) = oneshot::channel();
    let _task = spawn(async move { sender.send(7) });
    if has_limit {
        tokio::select! {
            biased;
            () = sleep(Duration::from_millis(5)) => panic!("it is sent at once"),
            answer = receiver => assert_eq!(answer, Ok(7)),
        }
    } else {
        assert_eq!(receiver.await, Ok(7));
    }
}

#[test]
fn a_stall_lets_time_pass_although_tasks_are_ready() {
    let stalls = |e: Explorer| e.stalls(1);
    let stats = is_broken_by_one(Kind::Stall, stalls, || answer(true), || answer(false));
    // No timer is armed: every stall is void.
    assert_eq!(stats.pruned, stats.deviations_by_kind[Kind::Stall]);
    assert_eq!(stats.distinct, stats.schedules - stats.pruned);
}

/// Who was woken by a message looks at its timer first.
async fn message_before_timer(looks_at_the_message_first: bool) {
    let message = Arc::new(Notify::new());
    message.notify_one();
    let timer = sleep(Duration::from_millis(5));
    tokio::pin!(timer);
    tokio::task::yield_now().await;
    let came = if looks_at_the_message_first {
        tokio::select! { biased; () = message.notified() => true, () = &mut timer => false }
    } else {
        tokio::select! {
            biased;
            () = &mut timer => false,
            // Is ready one poll later, by a wake-up of its own.
            () = async { tokio::task::yield_now().await; message.notified().await } => true,
        }
    };
    assert!(came, "the message was there first");
}

#[test]
fn a_stall_ends_with_the_timer_of_a_task_that_is_ready_anyway() {
    is_broken_by_one(
        Kind::Stall,
        |e| e.stalls(1),
        || message_before_timer(false),
        || message_before_timer(true),
    );
}

/// Waits for a flag. Polled again, it may take for granted that it was woken for
/// it.
async fn flag(looks: bool) {
    let (is_set, wake) = (Arc::new(AtomicBool::new(false)), Arc::new(Notify::new()));
    let (set, waker) = (is_set.clone(), wake.clone());
    let setter = spawn(async move {
        sleep(Duration::from_millis(1)).await;
        set.store(true, Ordering::Relaxed);
        waker.notify_one();
    });
    let mut notified = Box::pin(wake.notified());
    let mut was_polled = false;
    poll_fn(|cx| {
        let woken = notified.as_mut().poll(cx);
        if looks || !std::mem::replace(&mut was_polled, true) { woken } else { Poll::Ready(()) }
    })
    .await;
    assert!(is_set.load(Ordering::Relaxed), "woken for nothing");
    setter.await.unwrap();
}

#[test]
fn a_spurious_poll_comes_to_a_task_that_was_not_woken() {
    let spurious = |e: Explorer| e.spurious_wakes(1);
    is_broken_by_one(Kind::Spurious, spurious, || flag(false), || flag(true));
}

/// Takes a message that is there.
async fn take(at_once: bool) {
    let (sender, mut receiver) = mpsc::channel(1);
    sender.try_send(7).unwrap();
    let message = if at_once {
        receiver.recv().now_or_never().expect("there is one")
    } else {
        receiver.recv().await
    };
    assert_eq!(message, Some(7));
}

#[test]
fn a_spent_budget_makes_pending_what_is_ready() {
    is_broken_by_one(Kind::Coop, |e| e.coop_exhaustions(1), || take(true), || take(false));
}

/// Two tasks that are left at the end; the second's drop relies on the first's.
async fn leftovers(ordered: bool) {
    struct Last(Arc<AtomicUsize>, usize);
    impl Drop for Last {
        fn drop(&mut self) {
            let before = self.0.fetch_add(1, Ordering::Relaxed);
            assert!(before >= self.1, "dropped too early");
        }
    }
    let dropped = Arc::new(AtomicUsize::new(0));
    for place in 0..2 {
        let last = Last(dropped.clone(), if ordered { place } else { 0 });
        let task = spawn(async move {
            let _last = last;
            pending::<()>().await;
        });
        task.detach();
    }
    // So that both have begun.
    sleep(Duration::from_millis(1)).await;
}

#[test]
fn a_drop_order_is_not_relied_on() {
    let orders = |e: Explorer| e.drop_orders(1);
    is_broken_by_one(Kind::DropOrder, orders, || leftovers(true), || leftovers(false));
}

/// Tasks that are never polled twice: all that differs is the order of their end.
async fn idle_tasks(n: usize) {
    for _ in 0..n {
        Spawner::new().name("idle").spawn(pending::<()>()).detach();
    }
}

#[test]
fn n_tasks_that_are_left_have_n_factorial_drop_orders() {
    for (n, orders) in [(1, 1), (2, 2), (3, 6), (4, 24)] {
        // The root returns at once: no order of polls beside those of the drops.
        let stats = everything().drop_orders(8).run(move || idle_tasks(n)).unwrap();
        assert!(stats.exhausted);
        assert_eq!(stats.distinct, orders, "{n} tasks");
    }
}

/// One step, `n` chances: at each of the `n` polls a deviation, or none at all.
#[test]
fn each_step_is_one_chance_to_spend_the_budget() {
    for n in 1..6 {
        let yields = move || async move {
            for _ in 1..n {
                tokio::task::yield_now().await;
            }
        };
        let stats = everything().coop_exhaustions(1).run(yields).unwrap();
        // A spent budget makes a `yield_now` no more than it is.
        assert_eq!((stats.distinct, stats.exhausted), (1 + n, true));
        let stalls = everything().stalls(1).run(yields).unwrap();
        assert_eq!((stalls.distinct, stalls.pruned), (1, n));
    }
}

/// Takes money here and brings it there, with an await between.
async fn transfer(brings_it_in_any_case: bool) {
    let (here, there) = (Arc::new(AtomicUsize::new(1)), Arc::new(AtomicUsize::new(0)));
    let (from, to) = (here.clone(), there.clone());
    let moved = probe::cancellable(async move {
        let taken = from.swap(0, Ordering::Relaxed);
        if brings_it_in_any_case {
            to.fetch_add(taken, Ordering::Relaxed);
        }
        tokio::task::yield_now().await;
        if !brings_it_in_any_case {
            to.fetch_add(taken, Ordering::Relaxed);
        }
    });
    let _ = moved.await;
    assert_eq!(here.load(Ordering::Relaxed) + there.load(Ordering::Relaxed), 1, "it is lost");
}

#[test]
fn a_cancellation_comes_between_any_two_polls() {
    let cancelled = |e: Explorer| e.cancellations(1);
    is_broken_by_one(Kind::Cancel, cancelled, || transfer(false), || transfer(true));
}

async fn write(is_checked: bool) {
    let wrote = if probe::fault("the disk is full") { Err("full") } else { Ok(()) };
    if is_checked {
        let _ = wrote;
    } else {
        wrote.unwrap();
    }
}

#[test]
fn a_fault_strikes_where_it_can() {
    is_broken_by_one(Kind::Fault, |e| e.faults(1), || write(false), || write(true));
}

#[test]
fn tasks_and_values_are_chosen_without_a_bound() {
    let scenario = || async {
        let (one, other) = (spawn(async { probe::choose(3) }), spawn(async { probe::choose(2) }));
        assert!(one.await.unwrap() + other.await.unwrap() <= 3);
    };
    let stats = everything().run(scenario).unwrap();
    // Three values, by two, by three orders: who waits for the first that ends may
    // be polled before the second.
    assert_eq!((stats.distinct, stats.exhausted), (3 * 2 * 3, true));
    assert!(stats.deviations_by_kind[Kind::Task] > 0, "{stats:?}");
    assert!(stats.deviations_by_kind[Kind::Value] > 0, "{stats:?}");
}

#[test]
fn a_bound_that_is_not_set_allows_nothing() {
    let stats = everything().run(|| answer(true)).unwrap();
    for kind in Kind::ALL.into_iter().filter(|kind| kind.is_bounded()) {
        assert_eq!(stats.deviations_by_kind[kind], 0, "{kind:?}");
    }
}
