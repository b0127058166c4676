//! Values of four levels, from several producers to one receiver.

use std::future::Future;
use std::hint::black_box;

use surefoot::channel::priority;
use tokio::sync::mpsc;

use super::super::{Peer, Work, block_on, spawn};
use crate::table::Goal;

pub(super) const PRODUCERS_1: Work = producers::<1>("priority, producers: 1");
pub(super) const PRODUCERS_4: Work = producers::<4>("priority, producers: 4");

const LEVELS: usize = 4;
/// In each level.
const ROOM: usize = 16;

const fn producers<const N: u64>(name: &'static str) -> Work {
    Work {
        name,
        pieces: 1,
        threads: 1,
        ours: |times| block_on(levels(times, N)),
        peers: &[
            Peer {
                name: "async-priority-channel",
                run: |times| block_on(heap(times, N)),
                goal: Goal::Ratio(3.0),
            },
            Peer {
                name: "mpsc, one level",
                run: |times| block_on(one_level(times, N)),
                goal: Goal::None,
            },
        ],
    }
}

async fn levels(values: u64, producers: u64) {
    let (sender, mut receiver) = priority::channel(LEVELS, ROOM);
    produce(values, producers, sender, |sender, share| async move {
        for value in 0..share {
            sender.send(level(value), value).await.expect("the receiver is there");
        }
    });
    while let Some(item) = receiver.recv().await {
        black_box(item);
    }
}

async fn heap(values: u64, producers: u64) {
    let (sender, receiver) = async_priority_channel::bounded((LEVELS * ROOM) as u64);
    produce(values, producers, sender, |sender, share| async move {
        for value in 0..share {
            sender.send(value, level(value)).await.expect("the receiver is there");
        }
    });
    while let Ok(item) = receiver.recv().await {
        black_box(item);
    }
}

async fn one_level(values: u64, producers: u64) {
    let (sender, mut receiver) = mpsc::channel(LEVELS * ROOM);
    produce(values, producers, sender, |sender, share| async move {
        for value in 0..share {
            sender.send(value).await.expect("the receiver is there");
        }
    });
    while let Some(item) = receiver.recv().await {
        black_box(item);
    }
}

fn level(value: u64) -> usize {
    value as usize % LEVELS
}

/// Starts the producers, each with its share of the values, and gives up the
/// sender.
fn produce<S: Clone, F: Future<Output = ()> + Send + 'static>(
    values: u64,
    producers: u64,
    sender: S,
    send: impl Fn(S, u64) -> F,
) {
    for at in 0..producers {
        let share = values / producers + u64::from(at < values % producers);
        spawn(send(sender.clone(), share));
    }
}
