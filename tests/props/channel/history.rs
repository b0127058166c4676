//! Histories of the priority channel, in any order of polls, against the same calls one
//! at a time.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use surefoot::channel::priority::{self, Receiver, Sender, TryRecvError, TrySendError};
use surefoot::probe::cancellable;
use surefoot::sim::{Explorer, scripts};
use surefoot::spawn::Spawner;

use super::holds;
use crate::linearize::{Model, Op, Recorder, linearize, overlap};

#[derive(Clone, Copy, Debug)]
enum Call {
    Send(usize, u32),
    TrySend(usize, u32),
    Reserve(usize),
    /// Uses a permit.
    Fill(usize, u32),
    Recv,
    TryRecv,
    Close,
    /// A sender goes.
    Go,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Done,
    Full,
    Closed,
    Item(usize, u32),
    Empty,
    /// It was cancelled, and is to have changed nothing.
    Cancelled,
}

/// The channel of those who never overlap.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Sequential {
    levels: Vec<VecDeque<u32>>,
    reserved: Vec<usize>,
    passed: Vec<usize>,
    senders: usize,
    is_closed: bool,
    capacity: usize,
    fairness: usize,
}

impl Sequential {
    fn new(senders: usize, capacity: usize, fairness: usize) -> Self {
        let levels = LEVELS;
        Self {
            senders,
            levels: vec![VecDeque::new(); levels],
            reserved: vec![0; levels],
            passed: vec![0; levels],
            is_closed: false,
            capacity,
            fairness,
        }
    }

    fn has_room(&self, level: usize) -> bool {
        self.levels[level].len() + self.reserved[level] < self.capacity
    }

    /// What a receive gets; it may have to wait.
    fn take(&mut self) -> Answer {
        let filled: Vec<usize> =
            (0..self.levels.len()).filter(|at| !self.levels[*at].is_empty()).collect();
        let overdue = filled.iter().rfind(|at| self.passed[**at] >= self.fairness);
        let Some(&level) = overdue.or(filled.first()) else {
            let is_over = self.is_closed && self.reserved.iter().all(|n| *n == 0);
            return if is_over { Answer::Closed } else { Answer::Empty };
        };
        self.passed[level] = 0;
        filled.iter().filter(|at| **at > level).for_each(|at| self.passed[*at] += 1);
        Answer::Item(level, self.levels[level].pop_front().expect("it is filled"))
    }
}

impl Model for Sequential {
    type Call = Call;
    type Answer = Answer;

    fn step(&self, call: &Call, answer: Option<&Answer>) -> Option<Self> {
        let mut next = self.clone();
        if answer == Some(&Answer::Cancelled) {
            return Some(next);
        }
        let found = match *call {
            Call::Send(..) | Call::TrySend(..) | Call::Reserve(_) if self.is_closed => {
                Answer::Closed
            }
            Call::Send(level, value) | Call::TrySend(level, value) if self.has_room(level) => {
                next.levels[level].push_back(value);
                Answer::Done
            }
            Call::Reserve(level) if self.has_room(level) => {
                next.reserved[level] += 1;
                Answer::Done
            }
            Call::TrySend(..) => Answer::Full,
            // They wait.
            Call::Send(..) | Call::Reserve(_) => return None,
            Call::Fill(level, value) => {
                next.reserved[level] -= 1;
                next.levels[level].push_back(value);
                Answer::Done
            }
            Call::Recv => match next.take() {
                Answer::Empty => return None,
                found => found,
            },
            Call::TryRecv => next.take(),
            Call::Close => {
                next.is_closed = true;
                Answer::Done
            }
            Call::Go => {
                next.senders -= 1;
                next.is_closed |= next.senders == 0;
                Answer::Done
            }
        };
        answer.is_none_or(|answer| *answer == found).then_some(next)
    }
}

#[derive(Clone, Copy, Debug)]
enum Sends {
    Patiently,
    AtOnce,
    ByPermit,
}

#[derive(Clone, Copy, Debug)]
enum Receives {
    Patiently,
    AtOnce,
    /// And closes.
    TheEnd,
}

#[derive(Clone, Debug)]
struct Plan {
    capacity: usize,
    fairness: usize,
    senders: Vec<Vec<(Sends, usize)>>,
    receiver: Vec<Receives>,
}

const LEVELS: usize = 2;

fn plan() -> impl Strategy<Value = Plan> {
    let sends = prop_oneof![
        4 => Just(Sends::Patiently),
        1 => Just(Sends::AtOnce),
        1 => Just(Sends::ByPermit),
    ];
    let receives = prop_oneof![
        6 => Just(Receives::Patiently),
        2 => Just(Receives::AtOnce),
        1 => Just(Receives::TheEnd),
    ];
    let senders = prop::collection::vec(prop::collection::vec((sends, 0..LEVELS), 1..=3), 3..=5);
    let receiver = prop::collection::vec(receives, 1..=5);
    (1..=2_usize, 1..=3_usize, senders, receiver).prop_map(
        |(capacity, fairness, senders, receiver)| Plan { capacity, fairness, senders, receiver },
    )
}

type Record = Recorder<Call, Answer>;

async fn send(record: Record, sender: Sender<u32>, calls: Vec<(Sends, usize)>, first: u32) {
    for (value, (how, level)) in (first..).zip(calls) {
        match how {
            Sends::Patiently => {
                let op = record.call(Call::Send(level, value));
                match cancellable(sender.send(level, value)).await {
                    Some(Ok(())) => record.returned(op, Answer::Done),
                    Some(Err(_)) => record.returned(op, Answer::Closed),
                    // Sent or not: nobody knows.
                    None => record.gave_up(op),
                }
            }
            Sends::AtOnce => {
                let op = record.call(Call::TrySend(level, value));
                let answer = match sender.try_send(level, value) {
                    Ok(()) => Answer::Done,
                    Err(TrySendError::Full(_)) => Answer::Full,
                    Err(_) => Answer::Closed,
                };
                record.returned(op, answer);
            }
            Sends::ByPermit => {
                let op = record.call(Call::Reserve(level));
                let Ok(permit) = sender.reserve(level).await else {
                    record.returned(op, Answer::Closed);
                    continue;
                };
                record.returned(op, Answer::Done);
                let op = record.call(Call::Fill(level, value));
                permit.send(value);
                record.returned(op, Answer::Done);
            }
        }
    }
    go(&record, sender);
}

fn go(record: &Record, sender: Sender<u32>) {
    let op = record.call(Call::Go);
    drop(sender);
    record.returned(op, Answer::Done);
}

async fn receive(record: &Record, receiver: &mut Receiver<u32>, how: Receives) {
    let item = |item: Option<(usize, u32)>| match item {
        Some((level, value)) => Answer::Item(level, value),
        None => Answer::Closed,
    };
    match how {
        Receives::Patiently => {
            let op = record.call(Call::Recv);
            let answer = cancellable(receiver.recv()).await;
            record.returned(op, answer.map_or(Answer::Cancelled, item));
        }
        Receives::AtOnce => {
            let op = record.call(Call::TryRecv);
            let answer = match receiver.try_recv() {
                Ok(received) => item(Some(received)),
                Err(TryRecvError::Empty) => Answer::Empty,
                Err(_) => Answer::Closed,
            };
            record.returned(op, answer);
        }
        Receives::TheEnd => {
            let op = record.call(Call::Close);
            receiver.close();
            record.returned(op, Answer::Done);
        }
    }
}

/// Sends and receives as planned, and then all that is left.
async fn scenario(plan: Plan) -> Vec<Op<Call, Answer>> {
    let record = Record::new();
    let (sender, receiver) = priority::channel(LEVELS, plan.capacity);
    let mut receiver = receiver.fairness(plan.fairness);
    let senders: Vec<_> = (0..)
        .zip(plan.senders)
        .map(|(i, calls)| {
            let sending = send(record.clone(), sender.clone(), calls, 10 * i);
            Spawner::new().name(format!("sender {i}")).spawn(sending)
        })
        .collect();
    go(&record, sender);
    for how in plan.receiver {
        receive(&record, &mut receiver, how).await;
    }
    loop {
        let op = record.call(Call::Recv);
        match receiver.recv().await {
            Some((level, value)) => record.returned(op, Answer::Item(level, value)),
            None => {
                record.returned(op, Answer::Closed);
                break;
            }
        }
    }
    for sender in senders {
        sender.await.expect("no sender panics");
    }
    record.history()
}

/// channel/CHAN4, channel/CHAN5, channel/RACE5, channel/X1, channel/X8: whatever is
/// called in whatever order of polls, and whichever call is cancelled, the answers are
/// those of the same calls one at a time.
#[test]
fn every_history_of_the_priority_channel_is_linearizable() {
    let inputs = scripts::with_script(plan(), 0..=48);
    holds("priority histories", 1_000, 40, inputs, |(plan, script)| {
        let most = Arc::new(AtomicUsize::new(0));
        let seen = most.clone();
        let explorer = Explorer::new().strategy(script).cancellations(2);
        let ran = explorer.run(move || {
            let (plan, seen) = (plan.clone(), seen.clone());
            async move {
                let senders = plan.senders.len() + 1;
                let initial = Sequential::new(senders, plan.capacity, plan.fairness);
                let history = scenario(plan).await;
                seen.fetch_max(overlap(&history), Ordering::Relaxed);
                if let Err(says) = linearize(initial, &history) {
                    panic!("{says}");
                }
            }
        });
        ran.map_err(|failure| TestCaseError::fail(failure.to_string()))?;
        Ok(most.load(Ordering::Relaxed))
    });
}

fn op(call: Call, called_at: u64, returned: Option<(u64, Answer)>) -> Op<Call, Answer> {
    Op { call, called_at, returned, left_at: None }
}

/// The checker itself: hand-made bad histories of this channel are rejected, and each
/// with one change is not.
#[test]
fn a_bad_history_of_the_priority_channel_is_rejected() {
    let check = |history: &[Op<Call, Answer>]| linearize(Sequential::new(1, 1, 9), history);
    let sends = |second: u64| {
        [
            op(Call::Send(1, 10), 1, Some((2, Answer::Done))),
            op(Call::Send(0, 20), second, Some((second + 3, Answer::Done))),
        ]
    };
    let takes = |first, second| {
        [op(Call::Recv, 10, Some((11, first))), op(Call::Recv, 12, Some((13, second)))]
    };
    let (low, high) = (Answer::Item(1, 10), Answer::Item(0, 20));
    // The less urgent first, though both were there.
    assert!(check(&[sends(3), takes(low, high)].concat()).is_err());
    assert!(check(&[sends(3), takes(high, low)].concat()).is_ok());
    // Unless the urgent one was still on its way.
    assert!(check(&[sends(9), takes(low, high)].concat()).is_ok());
    // One value twice; one lost by a receive that was cancelled.
    assert!(check(&[sends(3), takes(high, high)].concat()).is_err());
    assert!(check(&[sends(3), takes(Answer::Cancelled, low)].concat()).is_err());
    assert!(check(&[sends(3), takes(Answer::Cancelled, high)].concat()).is_ok());
    // A second value at a level that has room for one.
    let full = |answer| {
        [
            op(Call::Send(0, 10), 1, Some((2, Answer::Done))),
            op(Call::TrySend(0, 11), 3, Some((4, answer))),
        ]
    };
    assert!(check(&full(Answer::Done)).is_err());
    assert!(check(&full(Answer::Full)).is_ok());
}
