//! The first of several futures.

use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::future::select_all;
use futures_concurrency::future::Race;
use surefoot::race;

use super::{Peer, Work, block_on};
use crate::table::Goal;

pub(super) const LAST_OF_2: Work = last_of::<2>("race, 2");
pub(super) const LAST_OF_10: Work = last_of::<10>("race, 10");
pub(super) const LAST_OF_100: Work = last_of::<100>("race, 100");

/// All have to be asked, and one has to be asked again.
const fn last_of<const N: usize>(name: &'static str) -> Work {
    Work {
        name,
        pieces: 1,
        threads: 1,
        ours: |times| {
            repeat(times, async || {
                let (_, winner) = race::first(runners::<N>()).await.expect("there are some");
                winner
            });
        },
        peers: &[
            Peer {
                name: "select_all",
                run: |times| {
                    repeat(times, async || select_all(runners::<N>().map(Box::pin)).await.0);
                },
                goal: Goal::Ratio(1.0),
            },
            Peer {
                name: "select_all, unboxed",
                run: |times| repeat(times, async || select_all(runners::<N>()).await.0),
                goal: Goal::Ratio(1.0),
            },
            Peer {
                name: "futures-concurrency",
                run: |times| repeat(times, || runners::<N>().collect::<Vec<_>>().race()),
                goal: Goal::Ratio(1.0),
            },
            Peer {
                name: "the winner alone",
                run: |times| repeat(times, || Runner::new(0, true)),
                goal: Goal::None,
            },
        ],
    }
}

/// Holds so many races, one after the other.
fn repeat<R: Future<Output = usize>>(times: u64, race: impl Fn() -> R) {
    block_on(async {
        for _ in 0..times {
            black_box(race().await);
        }
    });
}

fn runners<const N: usize>() -> impl Iterator<Item = Runner> {
    (0..N).map(|at| Runner::new(at, at == N - 1))
}

/// Pending at first, and ready when it is polled again if it is to win.
struct Runner {
    at: usize,
    wins: bool,
    has_started: bool,
}

impl Runner {
    fn new(at: usize, wins: bool) -> Self {
        Self { at, wins, has_started: false }
    }
}

impl Future for Runner {
    type Output = usize;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<usize> {
        if self.wins && self.has_started {
            return Poll::Ready(self.at);
        }
        self.has_started = true;
        if self.wins {
            cx.waker().wake_by_ref();
        }
        Poll::Pending
    }
}
