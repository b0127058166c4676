//! Many tasks on a runtime of two workers.

use std::future::{Future, ready};
use std::hint::black_box;
use std::io;

use surefoot_benches::arguments::Effort;
use surefoot_benches::pools::{Bb8, Contender, Deadpool, Mobc, Surefoot, Times, spawn, warm};
use surefoot_benches::rounds::{Side, race};
use surefoot_benches::table::{Goal, Row, Unit};
use tokio::runtime::{Builder, Runtime};
use tokio::task::yield_now;

/// How often each task takes a connection.
const TURNS: usize = 10;

/// What a task does with a connection.
#[derive(Clone, Copy)]
enum Use {
    /// Nothing that takes time: with two workers, at most two are in use, and
    /// the tasks meet at the pool's lock only. The shape of rust-pool-benchmark.
    Touched,
    /// Others run meanwhile, so that nearly every task queues.
    Held,
}

impl Use {
    fn goal(self) -> Goal {
        match self {
            Self::Touched => Goal::Ratio(2.0),
            // Every turn is a wake-up and a poll more, and these are Tokio's: for
            // the record.
            Self::Held => Goal::None,
        }
    }
}

pub(crate) fn rows(effort: Effort) -> io::Result<Vec<Row>> {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let mut rows = Vec::new();
    for (usage, name) in [(Use::Touched, "touched"), (Use::Held, "held")] {
        for size in [4, 16] {
            for tasks in effort.pick(&[64, 256][..], &[64]) {
                let mut sides = [
                    side::<Surefoot>(&runtime, usage, size, *tasks),
                    side::<Deadpool>(&runtime, usage, size, *tasks),
                    side::<Bb8<true>>(&runtime, usage, size, *tasks),
                    side::<Mobc>(&runtime, usage, size, *tasks),
                    side::<NoPool>(&runtime, usage, size, *tasks),
                ];
                let lanes = race(effort.plan(), &mut sides);
                let work = format!("{size} connections × {tasks} tasks × {TURNS}, {name}");
                rows.extend(lanes[1..].iter().map(|peer| {
                    let goal = if peer.name == NoPool::NAME { Goal::None } else { usage.goal() };
                    Row::new(&work, &lanes[0], peer, Unit::Seconds, goal)
                }));
            }
        }
    }
    Ok(rows)
}

/// What the tasks cost without a pool, each with a counter of its own.
#[derive(Clone)]
struct NoPool;

impl Contender for NoPool {
    const NAME: &'static str = "no pool";

    async fn new(_: usize, _: Times) -> Self {
        Self
    }

    async fn hold<F>(&self, held: impl FnOnce() -> F + Send)
    where
        F: Future<Output = ()> + Send,
    {
        let mut counter = black_box(0);
        counter += 1;
        held().await;
        black_box(counter);
    }
}

fn side<C: Contender>(runtime: &Runtime, usage: Use, size: usize, tasks: usize) -> Side<'_> {
    let pool = runtime.block_on(async {
        let pool = C::new(size, Times::Unset).await;
        warm(&pool, size).await;
        pool
    });
    Side::new(C::NAME, move |n| {
        runtime.block_on(async {
            for _ in 0..n {
                batch(&pool, usage, tasks).await;
            }
        });
    })
}

async fn batch<C: Contender>(pool: &C, usage: Use, tasks: usize) {
    let start = |_| {
        let pool = pool.clone();
        spawn(async move {
            for _ in 0..TURNS {
                match usage {
                    Use::Touched => pool.hold(|| ready(())).await,
                    Use::Held => pool.hold(yield_now).await,
                }
            }
        })
    };
    let started: Vec<_> = (0..tasks).map(start).collect();
    for task in started {
        task.await.expect("it does not panic");
    }
}
