//! Callers that leave.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use surefoot::blocking::{self, Blocking, Stop};
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio_test::{assert_pending, task};

use super::site::*;

/// blocking/BLOCK1: a caller that leaves while its closure runs is seen by it; the
/// closure has its thread until it returns.
#[tokio::test(start_paused = true)]
async fn a_closure_that_runs_learns_that_its_caller_left() {
    let mut site = Site::new();
    let one = Blocking::builder().threads(1).build().unwrap();
    let (hold, closure) = site.closure(1);
    let (tell, told) = oneshot::channel();
    let mut run = task::spawn(one.run(move |stop| {
        let before = stop.is_set();
        let (_, after) = closure(stop);
        let _ = tell.send((before, after));
    }));
    assert_pending!(run.poll());
    assert_eq!(site.next().await, 1);
    drop(run);
    let mut next = task::spawn(one.run(Stop::is_set));
    assert_pending!(next.poll());
    let status = one.status();
    assert_eq!((status.running, status.waiting, status.abandoned), (1, 1, 1));
    drop(hold);
    assert_eq!(told.await, Ok((false, true)));
    assert_eq!(next.await, Ok(false), "the word was for the other");
}

/// blocking/BLOCK1: a caller that has its output has not left.
#[tokio::test(start_paused = true)]
async fn a_caller_that_is_served_stops_nothing() {
    let one = Blocking::builder().threads(1).build().unwrap();
    let stop = one.run(Stop::clone).await.unwrap();
    assert!(!stop.is_set());
    assert_eq!(format!("{stop:?}"), "Stop(false)");
    assert_eq!(one.status().abandoned, 0);
}

/// blocking/BLOCK1, blocking/X1: a closure that waits and whose caller leaves
/// never runs, and its place is the next one's.
#[tokio::test(start_paused = true)]
async fn a_closure_that_waits_never_runs_if_its_caller_leaves() {
    let mut site = Site::new();
    let one = Blocking::builder().threads(1).queue(1).build().unwrap();
    let (hold, closure) = site.closure(1);
    let mut run = task::spawn(one.run(closure));
    assert_pending!(run.poll());
    assert_eq!(site.next().await, 1);
    let ran = Arc::new(AtomicBool::new(false));
    let seen = ran.clone();
    let mut leaves = task::spawn(one.run(move |_| seen.store(true, Ordering::SeqCst)));
    assert_pending!(leaves.poll());
    assert_eq!(one.status().waiting, 1);
    drop(leaves);
    assert_eq!(Arc::strong_count(&ran), 1, "the closure is gone");
    let status = one.status();
    assert_eq!((status.waiting, status.abandoned), (0, 0));
    let mut stays = task::spawn(one.run(|_| 3));
    assert_pending!(stays.poll());
    drop(hold);
    assert!(run.await.is_ok());
    assert_eq!(stays.await, Ok(3));
    assert!(!ran.load(Ordering::SeqCst));
}

/// blocking/BLOCK1, blocking/X1: nor does one that the runtime has no thread for
/// yet, by either way.
#[test]
fn a_closure_that_the_runtime_has_not_begun_never_runs_if_its_caller_leaves() {
    let runtime = Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
    runtime.block_on(async {
        let mut site = Site::new();
        let two = Blocking::builder().threads(2).build().unwrap();
        let (hold, closure) = site.closure(1);
        let mut run = task::spawn(two.run(closure));
        assert_pending!(run.poll());
        spin_until(|| !site.is_quiet());
        let ran = Arc::new(AtomicBool::new(false));
        let (seen, also) = (ran.clone(), ran.clone());
        let mut leaves = task::spawn(two.run(move |_| seen.store(true, Ordering::SeqCst)));
        assert_pending!(leaves.poll());
        let mut too = task::spawn(blocking::run(move || also.store(true, Ordering::SeqCst)));
        assert_pending!(too.poll());
        assert_eq!(two.status().running, 2);
        drop((leaves, too));
        drop(hold);
        assert!(run.await.is_ok());
        // Behind the two, on the same thread.
        assert_eq!(blocking::run(|| 3).await, Ok(3));
        assert!(!ran.load(Ordering::SeqCst));
        assert_eq!((Arc::strong_count(&ran), two.status().running), (1, 0));
    });
}

/// blocking/BLOCK1: a closure that is dropped without having run is gone, with all
/// that it held, before the next one may begin.
#[test]
fn a_closure_that_never_runs_is_gone_before_its_thread_is_free() {
    struct Held(Blocking, Arc<AtomicUsize>);

    impl Drop for Held {
        fn drop(&mut self) {
            self.1.store(self.0.status().running, Ordering::SeqCst);
        }
    }

    let runtime = Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
    runtime.block_on(async {
        let mut site = Site::new();
        let (one, other) =
            (Blocking::builder().build().unwrap(), Blocking::builder().build().unwrap());
        let (hold, closure) = site.closure(1);
        let mut run = task::spawn(other.run(closure));
        assert_pending!(run.poll());
        spin_until(|| !site.is_quiet());
        let running = Arc::new(AtomicUsize::new(usize::MAX));
        let held = Held(one.clone(), running.clone());
        let mut leaves = task::spawn(one.run(move |_| drop(held)));
        assert_pending!(leaves.poll());
        drop(leaves);
        drop(hold);
        assert!(run.await.is_ok());
        assert_eq!(blocking::run(|| 3).await, Ok(3));
        assert_eq!(running.load(Ordering::SeqCst), 1, "the thread was free already");
        assert_eq!(one.status().running, 0);
    });
}

/// blocking/X1: a run that nobody polls does nothing.
#[tokio::test(start_paused = true)]
async fn a_run_that_is_not_polled_does_nothing() {
    let one = Blocking::builder().threads(1).queue(0).build().unwrap();
    let unpolled = one.run(|_| ());
    let status = one.status();
    assert_eq!((status.running, status.waiting, status.started), (0, 0, 0));
    drop(unpolled);
    assert_eq!(one.run(|_| 1).await, Ok(1));
}
