//! Models of blocking, `src/blocking`: closures on threads, callers that wait for
//! one and leave.

use std::sync::Arc;
use std::task::Poll;

use loom::future::block_on;
use loom::sync::Notify;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;
use surefoot::blocking::Blocking;

use crate::support::Preemptions::AtMost;
use crate::support::{Flag, Owned, explore, poll_once, unexplored};

fn of_one() -> Blocking {
    Blocking::builder().threads(1).build().expect("the numbers are right")
}

/// blocking/X2, blocking/BLOCK1: the thread comes free, on the closure's own
/// thread, while the caller next in line leaves: the one behind it is woken, and
/// served.
#[test]
fn a_caller_that_leaves_while_a_thread_comes_free_passes_it_on() {
    let outcomes = explore("blocking: end against leave", AtMost(3), || {
        let (one, go) = (of_one(), Arc::new(Notify::new()));
        let (first, second) = (Flag::new(), Flag::new());
        let (running, leaver, mut stayer) = unexplored(|| {
            let word = go.clone();
            let mut running: Owned<_> = Box::pin(one.run(move |_| word.wait()));
            let mut leaver: Owned<_> = Box::pin(one.run(|_| 2));
            let mut stayer: Owned<_> = Box::pin(one.run(|_| 3));
            assert!(poll_once(&mut running, &Flag::new()).is_pending());
            assert!(poll_once(&mut leaver, &first).is_pending());
            assert!(poll_once(&mut stayer, &second).is_pending());
            (running, leaver, stayer)
        });
        go.notify();
        let had_come = first.is_woken();
        drop(leaver);
        assert_eq!(block_on(running), Ok(()));
        assert!(second.is_woken(), "the thread left with the caller that left");
        let answer = match poll_once(&mut stayer, &second) {
            Poll::Ready(answer) => answer,
            Poll::Pending => block_on(stayer),
        };
        assert_eq!(answer, Ok(3));
        had_come
    });
    assert_eq!(outcomes, [false, true].into(), "whether it was the leaver's turn");
}

/// blocking/X1, blocking/BLOCK1: a caller leaves while its closure is on its way
/// to a thread: it runs to its end or not at all, and its thread comes free.
#[test]
fn a_closure_whose_caller_leaves_runs_or_does_not() {
    let outcomes = explore("blocking: leave against begin", AtMost(3), || {
        let one = of_one();
        let ran = Arc::new(AtomicUsize::new(0));
        let count = ran.clone();
        let mut run: Owned<_> = Box::pin(one.run(move |stop| {
            count.fetch_add(1, Ordering::SeqCst);
            stop.is_set()
        }));
        let answer = poll_once(&mut run, &Flag::new());
        assert!(matches!(answer, Poll::Pending | Poll::Ready(Ok(false))));
        drop(run);
        while one.status().running > 0 {
            thread::yield_now();
        }
        let ran = ran.load(Ordering::SeqCst);
        assert!(ran <= 1 && (ran == 1 || answer.is_pending()));
        ran
    });
    assert_eq!(outcomes, [0, 1].into(), "how often it ran");
}
