//! The maps whose items run in tasks: what items do, how the consumer and the source take
//! their time, and the order of all tasks are drawn and shrunk together.
//!
//! 1. Ordered outputs come in the order of the items, unordered ones as they end; each
//!    once, all of them, and a panic in its place (STREAM1, STREAM2).
//! 2. At most `limit` are begun and not given (STREAM2).
//! 3. After the first error, and after a drop, nothing is begun or polled, and all that
//!    was in flight is dropped (STREAM2, STREAM3).
//! 4. The contract of streams, at each poll (`contract.rs`).

#![expect(clippy::disallowed_types, reason = "results are gathered outside of any model")]

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};

use futures::StreamExt;
use futures_core::{FusedStream, Stream};
use proptest::prelude::*;
use surefoot::error::TaskError;
use surefoot::sim::scripts;
use surefoot::spawn::FlatError;
use surefoot::stream::StreamPatterns;
use tokio::task::yield_now;

use super::contract::Watched;
use super::holds;
use crate::scenes::{Crowd, run};

/// What comes of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Value,
    Error,
    Panic,
    /// The source has an error in its place.
    Bad,
}

#[derive(Clone, Copy, Debug)]
struct Job {
    /// How often the source is pending before it gives it.
    comes_after: u32,
    yields: u32,
    fate: Fate,
}

#[derive(Clone, Debug)]
struct Plan {
    limit: usize,
    ordered: bool,
    tries: bool,
    jobs: Vec<Job>,
    /// How often the consumer yields before each item, over and over again.
    rests: Vec<u32>,
    /// After so many items it leaves.
    leaves_after: Option<usize>,
}

fn plans() -> impl Strategy<Value = Plan> {
    let fate = prop_oneof![
        30 => Just(Fate::Value),
        1 => Just(Fate::Error),
        1 => Just(Fate::Panic),
        1 => Just(Fate::Bad),
    ];
    let comes_after = prop_oneof![6 => Just(0), 1 => 1..4_u32];
    let job = (comes_after, 0..7_u32, fate).prop_map(|(comes_after, yields, fate)| Job {
        comes_after,
        yields,
        fate,
    });
    let jobs = prop::collection::vec(job, 0..=12);
    let rests = prop::collection::vec(0..5_u32, 1..=3);
    let leaves_after = prop::option::weighted(0.2, 0..6_usize);
    let shape = (1..=6_usize, any::<bool>(), any::<bool>());
    (shape, jobs, rests, leaves_after).prop_map(
        |((limit, ordered, tries), mut jobs, rests, leaves_after)| {
            if !tries {
                // There, an error is a value like another.
                jobs.iter_mut()
                    .filter(|job| job.fate == Fate::Bad)
                    .for_each(|job| job.fate = Fate::Error);
            }
            Plan { limit, ordered, tries, jobs, rests, leaves_after }
        },
    )
}

/// What has happened.
#[derive(Debug, Default)]
struct Book {
    begun: usize,
    /// In the order in which they ended.
    ended: Vec<usize>,
    given: usize,
    alive: usize,
    /// Polls after the end: a panic in a task would be its item.
    late: usize,
    /// The stream has ended, or is gone.
    is_over: bool,
}

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Book>>);

impl Shared {
    fn open(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap()
    }
}

struct Source {
    jobs: std::vec::IntoIter<Job>,
    at: usize,
    waited: u32,
    book: Shared,
}

impl Stream for Source {
    type Item = Result<usize, usize>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        assert!(!self.book.open().is_over, "the source is polled after the end");
        let Some(next) = self.jobs.as_slice().first() else { return Poll::Ready(None) };
        if self.waited < next.comes_after {
            self.waited += 1;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        (self.at, self.waited) = (self.at + 1, 0);
        let at = self.at - 1;
        let job = self.jobs.next();
        Poll::Ready(job.map(|job| if job.fate == Fate::Bad { Err(at) } else { Ok(at) }))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.jobs.size_hint()
    }
}

/// An item that is in flight.
struct Alive(Shared);

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.open().alive -= 1;
    }
}

/// What runs in a task.
async fn work(alive: Alive, at: usize, job: Job, crowd: Crowd) -> Result<usize, usize> {
    let book = alive.0.clone();
    let steps = async {
        for _ in 0..job.yields {
            yield_now().await;
            let mut book = book.open();
            book.late += usize::from(book.is_over);
        }
    };
    crowd.with(steps).await;
    book.open().ended.push(at);
    match job.fate {
        Fate::Value => Ok(at),
        Fate::Error => Err(at),
        Fate::Panic => std::panic::resume_unwind(Box::new(at.to_string())),
        Fate::Bad => unreachable!("the source has not given it"),
    }
}

/// Of an item that was given: which it is, and what came of it.
trait Told {
    fn told(self) -> (usize, Fate);
}

fn panicked(error: &TaskError) -> (usize, Fate) {
    let TaskError::Panicked(panic) = error else { panic!("{error}") };
    (panic.message().parse().expect("it says its number"), Fate::Panic)
}

impl Told for Result<Result<usize, usize>, TaskError> {
    fn told(self) -> (usize, Fate) {
        match self {
            Ok(Ok(at)) => (at, Fate::Value),
            Ok(Err(at)) => (at, Fate::Error),
            Err(error) => panicked(&error),
        }
    }
}

impl Told for Result<usize, FlatError<usize>> {
    fn told(self) -> (usize, Fate) {
        match self {
            Ok(at) => (at, Fate::Value),
            Err(FlatError::Inner(at)) => (at, Fate::Error),
            Err(FlatError::Task(error)) => panicked(&error),
            Err(error) => panic!("{error}"),
        }
    }
}

/// Takes what the stream gives.
async fn consume<S>(stream: S, plan: &Plan, book: &Shared) -> Vec<(usize, Fate)>
where
    S: FusedStream<Item: Told>,
{
    let (mut stream, mut given) = (Watched::new(stream), Vec::new());
    let mut rests = plan.rests.iter().copied().cycle();
    while plan.leaves_after.is_none_or(|most| given.len() < most) {
        for _ in 0..rests.next().expect("it is endless") {
            yield_now().await;
        }
        let next = poll_fn(|cx| {
            let polled = stream.poll_with(cx).unwrap_or_else(|why| panic!("{why}"));
            if let Poll::Ready(item) = &polled {
                let mut book = book.open();
                book.given += usize::from(item.is_some());
                book.is_over |= item.is_none();
            }
            polled
        });
        let Some(item) = next.await else { break };
        let (at, fate) = item.told();
        given.push((at, fate));
        if plan.tries && fate != Fate::Value {
            // Before anything else runs.
            book.open().is_over = true;
        }
    }
    book.open().is_over = true;
    drop(stream);
    given
}

async fn scenario(plan: Plan, crowd: Crowd) {
    let (book, jobs) = (Shared::default(), plan.jobs.clone());
    let source = Source { jobs: jobs.clone().into_iter(), at: 0, waited: 0, book: book.clone() };
    let begin = {
        let (book, limit) = (book.clone(), plan.limit);
        move |at: usize| {
            let mut open = book.open();
            assert!(!open.is_over, "an item is begun after the end");
            assert!(open.begun - open.given < limit, "{open:?}, of at most {limit}");
            open.begun += 1;
            open.alive += 1;
            work(Alive(book.clone()), at, jobs[at], crowd.clone())
        }
    };
    let plain = |item: Result<usize, usize>| item.expect("no source has an error here");
    let given = match (plan.tries, plan.ordered) {
        (false, true) => {
            consume(source.map(plain).spawn_ordered(plan.limit, begin), &plan, &book).await
        }
        (false, false) => {
            consume(source.map(plain).spawn_unordered(plan.limit, begin), &plan, &book).await
        }
        (true, true) => consume(source.try_spawn_ordered(plan.limit, begin), &plan, &book).await,
        (true, false) => consume(source.try_spawn_unordered(plan.limit, begin), &plan, &book).await,
    };
    check(&plan, &book.open(), &given);
    // What is aborted is dropped by the runtime.
    for _ in 0..20 {
        yield_now().await;
    }
    let book = book.open();
    assert_eq!((book.alive, book.late), (0, 0), "in flight, and polled, after the end");
}

fn check(plan: &Plan, book: &Book, given: &[(usize, Fate)]) {
    let fails = |at: usize| plan.jobs[at].fate != Fate::Value;
    let error = given.iter().position(|(_, fate)| plan.tries && *fate != Fate::Value);
    let (values, error) = given.split_at(error.unwrap_or(given.len()));
    let came: Vec<usize> = values.iter().map(|(at, _)| *at).collect();
    if plan.ordered {
        assert_eq!(came, (0..came.len()).collect::<Vec<_>>(), "in order, and once");
    } else {
        assert_eq!(came, book.ended[..came.len()], "as they end, and once");
    }
    for (at, fate) in given {
        let wanted = match plan.jobs[*at].fate {
            Fate::Bad => Fate::Error,
            fate => fate,
        };
        assert_eq!(*fate, wanted, "of item {at}");
    }
    match error {
        [] if plan.leaves_after.is_some_and(|most| given.len() >= most) => {}
        [] => {
            assert_eq!(came.len(), plan.jobs.len(), "all came");
            assert!(!plan.tries || !(0..came.len()).any(fails), "an error is an item");
        }
        [(at, _)] if plan.jobs[*at].fate == Fate::Bad => {}
        [(at, _)] => {
            let first = book.ended.iter().copied().find(|at| fails(*at));
            assert_eq!(Some(*at), first, "the first error is the one that is given");
        }
        more => panic!("more than one error: {more:?}"),
    }
}

/// stream/STREAM1, stream/STREAM2, stream/STREAM3, stream/X7: whatever the items do, in whatever
/// order they, the source and the consumer run, and wherever it leaves.
#[test]
fn a_spawned_map_gives_each_output_once_and_in_order() {
    let inputs = scripts::with_script(plans(), 0..=64);
    holds("spawned maps", 2_000, 30, inputs, |(plan, script)| {
        let most = run(script, 0, move |crowd| scenario(plan.clone(), crowd))?;
        Ok(most >= 3)
    });
}
