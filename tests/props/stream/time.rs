//! The operators over time against their laws, which are written down by the tick, for
//! every timetable of arrivals and every consumer.
//!
//! A consumer waits for a while, gives up or is given something, and is away for a while: so
//! every property is also about waits that are dropped, and about a consumer that is late.

mod interval;
mod laws;

use std::collections::VecDeque;
use std::fmt::Debug;
use std::future::Future;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use futures::StreamExt;
use futures_core::FusedStream;
use proptest::prelude::*;
use surefoot::deadline::timeout;
use tokio::time::Instant;

use super::holds;
use crate::arrivals::Arrivals;

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// Runs on a paused clock, with more budget than any case needs: what a budget does is not
/// asked here.
fn run<T>(future: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build();
    let runtime = runtime.expect("a runtime without input is built");
    runtime.block_on(tokio::task::coop::unconstrained(future))
}

/// What is there at which moment, and when there is no more.
#[derive(Clone, Debug)]
struct Waiting {
    items: VecDeque<(u64, u32)>,
    ends_at: u64,
}

impl Waiting {
    fn take(&mut self, now: u64) -> Poll<Option<u32>> {
        match self.items.front() {
            Some((at, _)) if *at > now => Poll::Pending,
            None if self.ends_at > now => Poll::Pending,
            _ => Poll::Ready(self.items.pop_front().map(|(_, item)| item)),
        }
    }

    fn stream(&self) -> Arrivals<u32> {
        Arrivals::new(self.items.clone(), self.ends_at)
    }
}

/// Items that come alone or together, and an end.
fn waiting() -> impl Strategy<Value = Waiting> {
    let gap = prop_oneof![1 => Just(0), 3 => 0..12_u64, 1 => 0..40_u64];
    (prop::collection::vec(gap.clone(), 0..24), gap).prop_map(|(gaps, last)| {
        let moments = gaps.into_iter().scan(0, |now, gap| {
            *now += gap;
            Some(*now)
        });
        let items: VecDeque<_> = moments.zip(0..).collect();
        let ends_at = items.back().map_or(0, |(at, _)| *at) + last;
        Waiting { items, ends_at }
    })
}

/// One visit of a consumer: for so long it waits at most, and for so long it is away
/// afterwards.
type Visit = (u64, u64);

/// What it does over and over again, which takes time.
fn consumer() -> impl Strategy<Value = Vec<Visit>> {
    let waits = prop_oneof![3 => Just(10_000), 2 => 0..20_u64];
    let away = prop_oneof![2 => Just(0), 2 => 0..30_u64];
    prop::collection::vec((waits, away), 1..5).prop_map(|mut visits| {
        visits[0].0 = visits[0].0.max(1);
        visits
    })
}

/// What a stream is to do when it is polled, at a moment.
trait Law {
    type Given: Debug + PartialEq;

    fn poll(&mut self, now: u64, waiting: &mut Waiting) -> Poll<Option<Self::Given>>;
}

/// What is given, and when; the last is the end.
type Log<T> = Vec<(u64, Option<T>)>;

/// More than any endless stream is asked for.
const MOST: usize = 60;

/// What the consumer is given by the law, polled at each tick while it waits.
fn by_law<L: Law>(law: &mut L, mut waiting: Waiting, visits: &[Visit]) -> Log<L::Given> {
    let (mut now, mut log) = (0, Vec::new());
    for (waits, away) in visits.iter().cycle() {
        let given = (now..=now + waits).find_map(|tick| match law.poll(tick, &mut waiting) {
            Poll::Ready(given) => Some((tick, given)),
            Poll::Pending => None,
        });
        now = given.as_ref().map_or(now + waits, |(tick, _)| *tick);
        let is_over = matches!(given, Some((_, None)));
        log.extend(given);
        if is_over || log.len() == MOST {
            break;
        }
        now += away;
    }
    log
}

/// What it is given in fact. Sees to what every stream promises: its size hints are true, and
/// once it has ended it stays so, and says so.
async fn in_fact<S: FusedStream>(stream: S, visits: &[Visit]) -> Log<S::Item> {
    let (mut stream, start, mut log) = (pin!(stream), Instant::now(), Vec::new());
    // How many were given before, and what it said then of how many were to come.
    let mut hints = Vec::new();
    for (waits, away) in visits.iter().cycle() {
        hints.push((log.len(), stream.size_hint(), stream.is_terminated()));
        let given = timeout(ms(*waits), stream.next()).await;
        hints.push((log.len() + usize::from(given.is_ok()), stream.size_hint(), false));
        if let Ok(given) = given {
            let is_over = given.is_none();
            log.push((start.elapsed().as_millis() as u64, given));
            if is_over || log.len() == MOST {
                break;
            }
        }
        tokio::time::sleep(ms(*away)).await;
    }
    if let Some((_, None)) = log.last() {
        let total = log.len() - 1;
        for (before, (least, most), was_over) in hints {
            let came = total.saturating_sub(before);
            let is_true = least <= came && most.is_none_or(|most| came <= most);
            assert!(is_true, "({least}, {most:?}) after {before}, and {came} came");
            assert!(!was_over || came == 0, "it had ended after {before}, and {came} came");
        }
        assert!(stream.is_terminated() && stream.next().await.is_none());
        assert_eq!(stream.size_hint(), (0, Some(0)));
    }
    log
}
