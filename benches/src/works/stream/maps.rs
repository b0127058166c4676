//! Items that are worked on in the task that asks for them.

use std::hint::black_box;

use futures::stream::{self, Stream, StreamExt as _};
use futures_buffered::BufferedStreamExt as _;
use surefoot::stream::StreamPatterns as _;

use super::super::{Peer, Work, block_on};
use super::LIMIT;
use crate::table::Goal;

pub(super) const ORDERED: Work = Work {
    name: "map_ordered, ready",
    pieces: 1,
    threads: 1,
    ours: |times| all(stream::iter(0..times).map_ordered(LIMIT, ready)),
    peers: &[
        Peer {
            name: "buffered",
            run: |times| all(stream::iter(0..times).map(ready).buffered(LIMIT)),
            goal: Goal::Ratio(1.8),
        },
        Peer {
            name: "futures-buffered",
            run: |times| all(stream::iter(0..times).map(ready).buffered_ordered(LIMIT)),
            goal: Goal::Ratio(0.95),
        },
    ],
};

pub(super) const UNORDERED: Work = Work {
    name: "map_unordered, ready",
    pieces: 1,
    threads: 1,
    ours: |times| all(stream::iter(0..times).map_unordered(LIMIT, ready)),
    peers: &[
        Peer {
            name: "buffer_unordered",
            run: |times| all(stream::iter(0..times).map(ready).buffer_unordered(LIMIT)),
            goal: Goal::Ratio(1.8),
        },
        Peer {
            name: "futures-buffered",
            run: |times| all(stream::iter(0..times).map(ready).buffered_unordered(LIMIT)),
            goal: Goal::Ratio(0.95),
        },
    ],
};

async fn ready(item: u64) -> u64 {
    black_box(item)
}

fn all(stream: impl Stream) {
    block_on(stream.for_each(async |item| drop(black_box(item))));
}
