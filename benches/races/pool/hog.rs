//! One task that takes the only connection again and again, and one that waits
//! for it.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use surefoot_benches::Stopwatch;
use surefoot_benches::arguments::Effort;
use surefoot_benches::pools::{Bb8, Contender, Deadpool, Mobc, Surefoot, Times, spawn, warm};
use surefoot_benches::rounds::Lane;
use surefoot_benches::table::{Goal, Row, Unit};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::yield_now;

/// What the waiting task saw in a round.
struct Seen {
    /// The most turns that the hog had while this task waited.
    bypass: u64,
    /// 999 of 1,000 waits are no longer, in seconds.
    slow_wait: f64,
}

/// Runs the hog against one side.
type Side = fn(&Runtime, u64) -> Seen;

pub(crate) fn rows(effort: Effort) -> io::Result<Vec<Row>> {
    // On one thread the other task is sure to queue while the hog has its turn,
    // and the counts are exact.
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let turns = effort.pick(20_000, 500);
    let sides: [(&'static str, Side); 4] = [
        (Surefoot::NAME, round::<Surefoot>),
        (Deadpool::NAME, round::<Deadpool>),
        (Bb8::<true>::NAME, round::<Bb8<true>>),
        (Mobc::NAME, round::<Mobc>),
    ];
    let mut bypasses = sides.map(|(name, _)| Lane { name, rounds: Vec::new() });
    let mut slow_waits = bypasses.clone();
    for _ in 0..effort.plan().rounds {
        for (at, (_, round)) in sides.iter().enumerate() {
            let seen = round(&runtime, turns);
            bypasses[at].rounds.push(seen.bypass as f64);
            slow_waits[at].rounds.push(seen.slow_wait);
        }
    }
    // The longest of all rounds: one is one too many.
    for lane in &mut bypasses {
        let longest = lane.rounds.iter().copied().fold(0.0, f64::max);
        lane.rounds = vec![longest];
    }
    let mut rows = Vec::new();
    for peer in &bypasses[1..] {
        rows.push(Row::new("hog, longest bypass", &bypasses[0], peer, Unit::Count, Goal::Own(0.0)));
    }
    for (at, peer) in slow_waits[1..].iter().enumerate() {
        let goal = if at == 0 { Goal::Ratio(1.0) } else { Goal::None };
        rows.push(Row::new("hog, p99.9 wait", &slow_waits[0], peer, Unit::Seconds, goal));
    }
    Ok(rows)
}

/// Runs the hog for so many turns, and the waiter until it ends. Not the other
/// way round: some pools never serve the waiter before.
fn round<C: Contender>(runtime: &Runtime, turns_of_hog: u64) -> Seen {
    let (ended, turns) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let (sender, receiver) = oneshot::channel();
    let mut seen: Vec<(u64, f64)> = runtime.block_on(async {
        let pool = C::new(1, Times::Unset).await;
        // Who waits for the first connect is no bypassed waiter.
        warm(&pool, 1).await;
        let hog = spawn({
            let (pool, ended, turns) = (pool.clone(), ended.clone(), turns.clone());
            async move {
                for _ in 0..turns_of_hog {
                    pool.hold(|| async {
                        turns.fetch_add(1, Ordering::SeqCst);
                        yield_now().await;
                    })
                    .await;
                }
                ended.store(true, Ordering::SeqCst);
            }
        });
        let waiter = spawn(async move {
            let mut seen = Vec::new();
            while !ended.load(Ordering::SeqCst) {
                seen.extend(wait(&pool, &turns).await);
                yield_now().await;
            }
            let _ = sender.send(seen);
        });
        for task in [hog, waiter] {
            task.await.expect("it does not panic");
        }
        receiver.await.expect("it was sent before the task ended")
    });
    seen.sort_by(|(_, one), (_, other)| one.total_cmp(other));
    Seen {
        bypass: seen.iter().map(|(bypass, _)| *bypass).max().expect("it waited at least once"),
        slow_wait: seen[(seen.len() - 1) * 999 / 1_000].1,
    }
}

/// How many turns the hog had from when this one queued to when it was served,
/// and how long that took; `None` if it was served at once.
async fn wait<C: Contender>(pool: &C, turns: &AtomicU64) -> Option<(u64, f64)> {
    // Written when served, in the same task: the orderings don't matter.
    let (turns_then, nanos) = (AtomicU64::new(0), AtomicU64::new(0));
    let mut queued = None;
    let watch = Stopwatch::start();
    let mut turn = pin!(pool.hold(|| async {
        nanos.store(watch.elapsed().as_nanos() as u64, Ordering::Relaxed);
        turns_then.store(turns.load(Ordering::SeqCst), Ordering::Relaxed);
    }));
    poll_fn(|cx| {
        let polled = turn.as_mut().poll(cx);
        if polled.is_pending() && queued.is_none() {
            queued = Some(turns.load(Ordering::SeqCst));
        }
        polled
    })
    .await;
    Some((turns_then.load(Ordering::Relaxed) - queued?, nanos.load(Ordering::Relaxed) as f64 / 1e9))
}
