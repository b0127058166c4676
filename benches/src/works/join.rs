//! Many futures that all end.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::hint::black_box;
use std::task::{Poll, Waker};

use futures::future::join_all;
use futures_concurrency::future::Join;
use surefoot::join;

use super::{Peer, Work, block_on};
use crate::table::Goal;

pub(super) const READY_10: Work = ready::<10>("join, 10 ready");
pub(super) const READY_100: Work = ready::<100>("join, 100 ready");
pub(super) const READY_1_000: Work = ready::<1_000>("join, 1,000 ready");
pub(super) const READY_10_000: Work = ready::<10_000>("join, 10,000 ready");

pub(super) const ONE_BY_ONE_10: Work = one_by_one::<10>("join, 10 one by one");
pub(super) const ONE_BY_ONE_100: Work = one_by_one::<100>("join, 100 one by one");
pub(super) const ONE_BY_ONE_1_000: Work = one_by_one::<1_000>("join, 1,000 one by one");

/// Futures that are ready when they are first polled.
const fn ready<const N: usize>(name: &'static str) -> Work {
    fn futures<const N: usize>() -> impl Iterator<Item = impl Future<Output = usize>> {
        (0..N).map(|at| async move { black_box(at) })
    }

    Work {
        name,
        pieces: N as u64,
        threads: 1,
        ours: |times| repeat(times, || join::all(futures::<N>())),
        peers: &[
            Peer {
                name: "join_all",
                run: |times| repeat(times, || join_all(futures::<N>())),
                goal: Goal::Ratio(1.0),
            },
            Peer {
                name: "futures-concurrency",
                run: |times| repeat(times, || futures::<N>().collect::<Vec<_>>().join()),
                goal: Goal::Ratio(1.0),
            },
        ],
    }
}

/// Futures that pass a baton from the last to the first.
const fn one_by_one<const N: usize>(name: &'static str) -> Work {
    Work {
        name,
        pieces: N as u64,
        threads: 1,
        ours: |times| {
            let baton = Baton::new(N);
            repeat(times, || join::all(baton.futures()));
        },
        peers: &[
            Peer {
                name: "join_all",
                run: |times| {
                    let baton = Baton::new(N);
                    repeat(times, || join_all(baton.futures()));
                },
                goal: Goal::Ratio(1.0),
            },
            Peer {
                name: "futures-concurrency",
                run: |times| {
                    let baton = Baton::new(N);
                    repeat(times, || baton.futures().collect::<Vec<_>>().join());
                },
                goal: Goal::Ratio(1.0),
            },
        ],
    }
}

/// Awaits so many joins, one after the other.
fn repeat<J: Future<Output = Vec<usize>>>(times: u64, join: impl Fn() -> J) {
    block_on(async {
        for _ in 0..times {
            black_box(join().await);
        }
    });
}

/// Held by one future after the other; each wakes the one before it, and ends.
struct Baton {
    wakers: Vec<RefCell<Option<Waker>>>,
    /// Who ends next, and those behind have ended.
    left: Cell<usize>,
}

impl Baton {
    fn new(runners: usize) -> Self {
        let wakers = (0..runners).map(|_| RefCell::new(None)).collect();
        Self { wakers, left: Cell::new(runners) }
    }

    /// For a next run, when the last one is over.
    fn futures(&self) -> impl Iterator<Item = impl Future<Output = usize>> {
        self.left.set(self.wakers.len());
        (0..self.wakers.len()).map(|at| self.hold(at))
    }

    fn hold(&self, at: usize) -> impl Future<Output = usize> {
        poll_fn(move |cx| {
            if self.left.get() != at + 1 {
                *self.wakers[at].borrow_mut() = Some(cx.waker().clone());
                return Poll::Pending;
            }
            self.left.set(at);
            if let Some(before) = at.checked_sub(1) {
                let waker = self.wakers[before].borrow_mut().take();
                waker.expect("it was polled before").wake();
            }
            Poll::Ready(at)
        })
    }
}
