//! Children that end together.

use std::convert::Infallible;
use std::hint::black_box;

use surefoot::scope::{Scope, scope};

use super::{Peer, Work, block_on, on_two_threads, spawn};
use crate::table::Goal;

const CHILDREN: u64 = 1_000;

/// Starting children, and taking all their values.
pub(super) const SPAWN_AND_JOIN: Work = Work {
    name: "scope, spawn + join",
    pieces: CHILDREN,
    threads: 1,
    ours: |times| block_on(scopes(times)),
    peers: &[
        Peer { name: "JoinSet", run: |times| block_on(join_sets(times)), goal: Goal::Ratio(1.0) },
        Peer {
            name: "tokio spawn + join",
            run: |times| block_on(handles(times)),
            goal: Goal::None,
        },
    ],
};

/// The same where they run beside each other, and beside who spawns them. For
/// comparison: by real time, whatever else the machine does moves it.
pub(super) const SPAWN_AND_JOIN_IN_PARALLEL: Work = Work {
    name: "scope, spawn + join, two threads",
    pieces: CHILDREN,
    threads: 2,
    ours: |times| on_two_threads(scopes(times)),
    peers: &[
        Peer { name: "JoinSet", run: |times| on_two_threads(join_sets(times)), goal: Goal::None },
        Peer {
            name: "tokio spawn + join",
            run: |times| on_two_threads(handles(times)),
            goal: Goal::None,
        },
    ],
};

async fn scopes(times: u64) {
    for _ in 0..times {
        let ended = scope(|scope: Scope<Infallible>| async move {
            let spawn = |child| scope.spawn(async move { Ok(child) });
            let children: Vec<_> = (0..CHILDREN).map(spawn).collect();
            for child in children {
                let child = child.expect("the scope has not ended");
                black_box(child.await.expect("no child fails"));
            }
            Ok(())
        });
        ended.await.expect("no child fails");
    }
}

#[expect(clippy::disallowed_types, reason = "the peer")]
async fn join_sets(times: u64) {
    for _ in 0..times {
        let mut children = tokio::task::JoinSet::new();
        for child in 0..CHILDREN {
            children.spawn(async move { child });
        }
        while let Some(child) = children.join_next().await {
            black_box(child.expect("no child fails"));
        }
    }
}

async fn handles(times: u64) {
    for _ in 0..times {
        let children: Vec<_> = (0..CHILDREN).map(|child| spawn(async move { child })).collect();
        for child in children {
            black_box(child.await.expect("no child fails"));
        }
    }
}
