//! Items that are tasks of their own.
#![expect(clippy::disallowed_types, reason = "a peer is a `JoinSet` by hand")]

use std::hint::black_box;

use futures::stream::{self, StreamExt as _};
use par_stream::{ParParams, ParStreamExt as _};
use surefoot::stream::StreamPatterns as _;
use tokio::task::JoinSet;

use super::super::{Peer, Work, block_on, on_two_threads, spawn};
use super::LIMIT;
use crate::table::Goal;

pub(super) const ONE_THREAD: Work = Work {
    name: "spawn_unordered, ready",
    pieces: 1,
    threads: 1,
    ours: |times| block_on(mapped(times)),
    peers: &[
        Peer { name: "JoinSet by hand", run: |times| block_on(set(times)), goal: Goal::Ratio(1.5) },
        Peer { name: "par-stream", run: |times| block_on(workers(times)), goal: Goal::Ratio(1.5) },
        Peer {
            name: "tokio spawn + join",
            run: |times| block_on(handles(times)),
            goal: Goal::None,
        },
    ],
};

/// For comparison: by real time, whatever else the machine does moves it.
pub(super) const TWO_THREADS: Work = Work {
    name: "spawn_unordered, ready, two threads",
    pieces: 1,
    threads: 2,
    ours: |times| on_two_threads(mapped(times)),
    peers: &[
        Peer { name: "JoinSet by hand", run: |times| on_two_threads(set(times)), goal: Goal::None },
        Peer { name: "par-stream", run: |times| on_two_threads(workers(times)), goal: Goal::None },
        Peer {
            name: "tokio spawn + join",
            run: |times| on_two_threads(handles(times)),
            goal: Goal::None,
        },
    ],
};

async fn mapped(items: u64) {
    let mut outputs = stream::iter(0..items).spawn_unordered(LIMIT, ready);
    while let Some(output) = outputs.next().await {
        black_box(output.expect("no item panics"));
    }
}

async fn set(items: u64) {
    let mut source = stream::iter(0..items);
    let mut tasks = JoinSet::new();
    loop {
        while tasks.len() < LIMIT
            && let Some(item) = source.next().await
        {
            tasks.spawn(ready(item));
        }
        match tasks.join_next().await {
            Some(output) => black_box(output.expect("no item panics")),
            None => break,
        };
    }
}

async fn workers(items: u64) {
    let parameters = ParParams { num_workers: LIMIT, buf_size: Some(LIMIT) };
    let mut outputs = stream::iter(0..items).par_then_unordered(parameters, ready);
    while let Some(output) = outputs.next().await {
        black_box(output);
    }
}

async fn handles(items: u64) {
    let mut source = stream::iter(0..items).chunks(LIMIT);
    while let Some(items) = source.next().await {
        let tasks: Vec<_> = items.into_iter().map(|item| spawn(ready(item))).collect();
        for task in tasks {
            black_box(task.await.expect("no item panics"));
        }
    }
}

async fn ready(item: u64) -> u64 {
    black_box(item)
}
