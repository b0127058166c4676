//! The maps and `prioritized`, driven by hand, against what is to be said of them at any
//! moment.
//!
//! 1. Ordered outputs come in the order of the items, unordered ones as they end; each
//!    once, and all of them (STREAM1).
//! 2. At most `limit` are begun and not given, and when a map is pending, it is for want of
//!    items, or of room (STREAM1, STREAM2).
//! 3. After the first error nothing is taken or polled, and nothing is in flight (STREAM3).
//! 4. A stream that has an item is served after at most `n` more urgent ones (RACE5).
//! 5. The contract of streams, at each poll (`contract.rs`).

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use futures_core::{FusedStream, Stream};
use proptest::prelude::*;
use surefoot::stream::{StreamPatterns, prioritized};

use super::contract::Watched;
use super::holds;

#[derive(Clone, Debug)]
enum Action {
    /// The source has one more, whose future is ready at once, fails, or waits.
    Come {
        ready: bool,
        fails: bool,
    },
    /// One of those that wait may end.
    Open(usize),
    /// One of those that wait is woken for nothing.
    Wake(usize),
    Poll,
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        6 => (prop::bool::weighted(0.2), prop::bool::weighted(0.06))
            .prop_map(|(ready, fails)| Action::Come { ready, fails }),
        5 => (0..16_usize).prop_map(Action::Open),
        1 => (0..16_usize).prop_map(Action::Wake),
        6 => Just(Action::Poll),
    ]
}

/// The source and the futures, and what they have seen.
#[derive(Default)]
struct Hall {
    coming: VecDeque<usize>,
    source: Option<Waker>,
    is_over: bool,
    source_gone: bool,
    jobs: Vec<Job>,
    /// In the order in which they ended.
    ended: Vec<usize>,
    /// Taken from the source.
    begun: usize,
}

#[derive(Default)]
struct Job {
    is_open: bool,
    fails: bool,
    waker: Option<Waker>,
    is_alive: bool,
}

type Shared = Rc<RefCell<Hall>>;

struct Source(Shared);

impl Stream for Source {
    type Item = Result<usize, usize>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut hall = self.0.borrow_mut();
        let next = hall.coming.pop_front();
        if next.is_none() && !hall.is_over {
            hall.source = Some(cx.waker().clone());
            return Poll::Pending;
        }
        hall.begun += usize::from(next.is_some());
        Poll::Ready(next.map(Ok))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let hall = self.0.borrow();
        (hall.coming.len(), hall.is_over.then_some(hall.coming.len()))
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        self.0.borrow_mut().source_gone = true;
    }
}

struct Running(Shared, usize);

impl Running {
    fn new(hall: &Shared, at: usize) -> Self {
        hall.borrow_mut().jobs[at].is_alive = true;
        Self(hall.clone(), at)
    }
}

impl Future for Running {
    type Output = Result<usize, usize>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let (mut hall, at) = (self.0.borrow_mut(), self.1);
        let job = &mut hall.jobs[at];
        if !job.is_open {
            job.waker = Some(cx.waker().clone());
            return Poll::Pending;
        }
        let output = if job.fails { Err(at) } else { Ok(at) };
        hall.ended.push(at);
        Poll::Ready(output)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.borrow_mut().jobs[self.1].is_alive = false;
    }
}

/// Plays the actions, then lets all end. Says whether three or more ran at the same time.
fn play<S>(
    hall: &Shared,
    stream: S,
    actions: &[Action],
    limit: usize,
    ordered: bool,
) -> Result<bool, TestCaseError>
where
    S: FusedStream<Item = Result<usize, usize>>,
{
    let (mut stream, mut given, mut most) = (Watched::new(stream), Vec::new(), 0);
    let wake = |waker: Option<Waker>| waker.into_iter().for_each(Waker::wake);
    let open = |at: usize| {
        let waker = {
            let mut hall = hall.borrow_mut();
            hall.jobs[at].is_open = true;
            hall.jobs[at].waker.take()
        };
        wake(waker);
    };
    let mut is_settled = false;
    let last = [Action::Poll];
    let mut rest = actions.iter();
    loop {
        let action = match rest.next() {
            Some(action) => action,
            // At last everything ends.
            None if is_settled => &last[0],
            None => {
                is_settled = true;
                let count = hall.borrow().jobs.len();
                (0..count).for_each(open);
                let source = {
                    let mut hall = hall.borrow_mut();
                    hall.is_over = true;
                    hall.source.take()
                };
                wake(source);
                continue;
            }
        };
        match action {
            Action::Come { ready, fails } => {
                let source = {
                    let mut hall = hall.borrow_mut();
                    let at = hall.jobs.len();
                    hall.jobs.push(Job { is_open: *ready, fails: *fails, ..Job::default() });
                    hall.coming.push_back(at);
                    hall.source.take()
                };
                wake(source);
            }
            Action::Open(at) | Action::Wake(at) => {
                let waiting: Vec<usize> = {
                    let hall = hall.borrow();
                    let jobs = hall.jobs.iter().enumerate();
                    jobs.filter(|(_, job)| job.is_alive && !job.is_open).map(|(at, _)| at).collect()
                };
                if waiting.is_empty() {
                    continue;
                }
                let at = waiting[at % waiting.len()];
                if let Action::Open(_) = action {
                    open(at);
                } else {
                    let waker = hall.borrow().jobs[at].waker.clone();
                    wake(waker);
                }
            }
            Action::Poll => {
                let polled = stream.poll()?;
                let hall = hall.borrow();
                let running = hall.jobs.iter().filter(|job| job.is_alive).count();
                most = most.max(running);
                let failed = hall.ended.iter().any(|at| hall.jobs[*at].fails);
                if failed {
                    prop_assert!(running == 0 && hall.source_gone, "it goes on after an error");
                }
                let out = hall.begun - given.len();
                match polled {
                    Poll::Ready(Some(item)) => given.push(item),
                    Poll::Ready(None) => break,
                    Poll::Pending => {
                        prop_assert!(
                            out == limit || hall.coming.is_empty(),
                            "pending with room and items"
                        );
                        prop_assert!(!is_settled, "pending, and nothing to wait for");
                    }
                }
                prop_assert!(failed || out <= limit, "{out} are begun and not given");
            }
        }
    }
    let hall = hall.borrow();
    let at = |item: &Result<usize, usize>| *item.as_ref().unwrap_or_else(|at| at);
    let came: Vec<usize> = given.iter().map(at).collect();
    let error = given.iter().position(Result::is_err);
    if let Some(error) = error {
        prop_assert_eq!(error + 1, given.len(), "an error is the last");
        let values = &came[..error];
        if ordered {
            prop_assert_eq!(values, &(0..error).collect::<Vec<_>>());
        } else {
            prop_assert_eq!(&came, &hall.ended);
        }
    } else if ordered {
        prop_assert_eq!(came, (0..hall.jobs.len()).collect::<Vec<_>>());
    } else {
        prop_assert_eq!(&came, &hall.ended);
        prop_assert_eq!(came.len(), hall.jobs.len());
    }
    Ok(most >= 3)
}

fn inputs() -> impl Strategy<Value = (usize, Vec<Action>, bool)> {
    let limit = prop_oneof![4 => 1..6_usize, 1 => Just(usize::MAX)];
    (limit, prop::collection::vec(action(), 0..60), any::<bool>())
}

/// stream/STREAM1, stream/X8, stream/X13: whatever comes and ends in whichever order.
#[test]
fn a_map_gives_each_output_once_and_in_order() {
    holds("maps", 2_000, 30, inputs(), |(limit, actions, ordered)| {
        let hall = Shared::default();
        let job = |item: Result<usize, usize>| Running::new(&hall, item.unwrap_or_else(|at| at));
        if ordered {
            let map = Source(hall.clone()).map_ordered(limit, job);
            play(&hall, map, &without_errors(&actions), limit, true)
        } else {
            let map = Source(hall.clone()).map_unordered(limit, job);
            play(&hall, map, &without_errors(&actions), limit, false)
        }
    });
}

fn without_errors(actions: &[Action]) -> Vec<Action> {
    let without = |action: &Action| match action {
        Action::Come { ready, .. } => Action::Come { ready: *ready, fails: false },
        other => other.clone(),
    };
    actions.iter().map(without).collect()
}

/// stream/STREAM3, stream/STREAM1: the same, to the first error.
#[test]
fn a_try_map_ends_with_its_first_error() {
    holds("try maps", 2_000, 25, inputs(), |(limit, actions, ordered)| {
        let hall = Shared::default();
        let job = |at: usize| Running::new(&hall, at);
        if ordered {
            let map = Source(hall.clone()).try_map_ordered(limit, job);
            play(&hall, map, &actions, limit, true)
        } else {
            let map = Source(hall.clone()).try_map_unordered(limit, job);
            play(&hall, map, &actions, limit, false)
        }
    });
}

/// A stream of a list that grows.
struct Lane(Rc<RefCell<Vec<VecDeque<u32>>>>, usize, Rc<RefCell<bool>>);

impl Stream for Lane {
    type Item = u32;

    fn poll_next(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<u32>> {
        match self.0.borrow_mut()[self.1].pop_front() {
            None if !*self.2.borrow() => Poll::Pending,
            next => Poll::Ready(next),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let len = self.0.borrow()[self.1].len();
        (len, self.2.borrow().then_some(len))
    }
}

/// stream/RACE5, stream/X11: `None` takes, `Some` comes.
#[test]
fn a_stream_that_has_an_item_is_served_within_its_fairness() {
    let step = prop_oneof![3 => (0..4_usize).prop_map(Some), 3 => Just(None)];
    let inputs = (prop::option::of(1..4_usize), prop::collection::vec(step, 0..120));
    holds("prioritized", 2_000, 30, inputs, |(fairness, steps)| {
        let lanes = Rc::new(RefCell::new(vec![VecDeque::new(); 4]));
        let over = Rc::new(RefCell::new(false));
        let mut streams = prioritized((0..4).map(|at| Lane(lanes.clone(), at, over.clone())));
        if let Some(n) = fairness {
            streams = streams.fairness(n);
        }
        let mut streams = Watched::new(streams);
        // How many more urgent ones each was passed over for, while it had an item.
        let (mut passed, mut next, mut crowded) = ([0_usize; 4], 0_u32, false);
        let ends = std::iter::repeat_n(None, steps.len() + 1);
        for (number, step) in steps.iter().copied().chain(ends).enumerate() {
            if number == steps.len() {
                *over.borrow_mut() = true;
            }
            if let Some(lane) = step {
                next += 1;
                lanes.borrow_mut()[lane].push_back(next);
                continue;
            }
            let before = lanes.borrow().clone();
            let filled = before.iter().filter(|lane| !lane.is_empty()).count();
            crowded |= filled >= 3;
            match streams.poll()? {
                Poll::Ready(Some((lane, item))) => {
                    prop_assert_eq!(Some(&item), before[lane].front(), "the oldest of its lane");
                    for lower in lane + 1..4 {
                        passed[lower] += usize::from(!before[lower].is_empty());
                        if let Some(n) = fairness {
                            prop_assert!(passed[lower] <= n, "{lower} was passed over");
                        }
                    }
                    passed[lane] = 0;
                    if fairness.is_none() {
                        prop_assert!(before[..lane].iter().all(VecDeque::is_empty));
                    }
                }
                Poll::Ready(None) => prop_assert_eq!(filled, 0),
                Poll::Pending => prop_assert_eq!(filled, 0, "pending with an item there"),
            }
        }
        Ok(crowded)
    });
}
