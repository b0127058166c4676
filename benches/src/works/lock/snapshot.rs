//! Reading a value that is seldom replaced.

use std::hint::black_box;
use std::thread;

use arc_swap::ArcSwap;
use surefoot::lock::Snapshot;
use tokio::sync::RwLock;

use super::super::{Peer, Work, block_on};
use crate::table::Goal;

pub(super) const READERS_1: Work = readers::<1>("1 reader");
pub(super) const READERS_2: Work = readers::<2>("2 readers");
pub(super) const READERS_8: Work = readers::<8>("8 readers");

/// Per piece of work, by each reader: a run is a few threads for a few
/// milliseconds.
const READS: u64 = 100;

const fn readers<const N: usize>(name: &'static str) -> Work {
    Work {
        name,
        pieces: READS,
        threads: N,
        ours: |times| {
            let snapshot = Snapshot::new(7_u64);
            read(N, || (0..times * READS).for_each(|_| drop(black_box(snapshot.load()))));
        },
        peers: &[
            Peer {
                name: "tokio RwLock",
                run: |times| {
                    let lock = RwLock::new(7_u64);
                    read(N, || {
                        block_on(async {
                            for _ in 0..times * READS {
                                drop(black_box(lock.read().await));
                            }
                        });
                    });
                },
                goal: Goal::Ratio(3.0),
            },
            Peer {
                name: "arc-swap",
                run: |times| {
                    let swap = ArcSwap::from_pointee(7_u64);
                    read(N, || (0..times * READS).for_each(|_| drop(black_box(swap.load_full()))));
                },
                goal: Goal::Ratio(0.9),
            },
        ],
    }
}

/// Alone on this thread, or together on threads of their own.
fn read(readers: usize, read: impl Fn() + Sync) {
    if readers == 1 {
        return read();
    }
    thread::scope(|scope| {
        for _ in 0..readers {
            scope.spawn(&read);
        }
    });
}
