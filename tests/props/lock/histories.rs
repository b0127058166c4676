//! Histories of `Keyed` and `Snapshot` are linearizable: the calls of several tasks
//! have the answers that they would have had one after the other.

use std::collections::BTreeSet;

use proptest::prelude::*;
use surefoot::lock::{Keyed, Snapshot, Watcher};
use surefoot::sim::scripts;
use surefoot::spawn::spawn;
use tokio::task::yield_now;

use super::contention::{contended, for_turns, under};
use crate::linearize::{Model, Op, Recorder, linearize, overlap};

/// The keys that are locked.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Locked(BTreeSet<u8>);

#[derive(Clone, Copy, Debug)]
enum KeyCall {
    Lock(u8),
    Try(u8),
    Unlock(u8),
    Len,
}

impl Model for Locked {
    type Call = KeyCall;
    /// 1 for a key that was got, 0 for one that was not, or how many there are.
    type Answer = usize;

    fn step(&self, call: &KeyCall, answer: Option<&usize>) -> Option<Self> {
        let mut after = self.clone();
        let gives = match call {
            // Waits while it is locked.
            KeyCall::Lock(key) => usize::from(after.0.insert(*key).then_some(true)?),
            KeyCall::Try(key) => usize::from(after.0.insert(*key)),
            KeyCall::Unlock(key) => usize::from(after.0.remove(key)),
            KeyCall::Len => after.0.len(),
        };
        answer.is_none_or(|answer| *answer == gives).then_some(after)
    }
}

#[derive(Clone, Copy, Debug)]
struct KeyStep {
    call: KeyCall,
    holds: u8,
}

fn key_step() -> impl Strategy<Value = KeyStep> {
    let call = prop_oneof![
        4 => (0..2_u8).prop_map(KeyCall::Lock),
        2 => (0..2_u8).prop_map(KeyCall::Try),
        1 => Just(KeyCall::Len),
    ];
    (call, 0..3_u8).prop_map(|(call, holds)| KeyStep { call, holds })
}

type KeyRecorder = Recorder<KeyCall, usize>;

async fn use_keys(keys: Keyed<u8>, recorder: KeyRecorder, steps: Vec<KeyStep>) {
    for KeyStep { call, holds } in steps {
        let op = recorder.call(call);
        let held = match call {
            KeyCall::Lock(key) => Some((key, keys.lock(key).await)),
            KeyCall::Try(key) => keys.try_lock(key).map(|guard| (key, guard)),
            KeyCall::Len => {
                recorder.returned(op, keys.len());
                continue;
            }
            KeyCall::Unlock(_) => unreachable!("none is drawn"),
        };
        recorder.returned(op, usize::from(held.is_some()));
        let Some((key, guard)) = held else { continue };
        for _ in 0..holds {
            yield_now().await;
        }
        let op = recorder.call(KeyCall::Unlock(key));
        drop(guard);
        recorder.returned(op, 1);
    }
}

/// lock/LOCK3: keys are locks.
#[test]
fn histories_of_keys_are_linearizable() {
    let tasks = prop::collection::vec(prop::collection::vec(key_step(), 1..4), 3..6);
    let inputs = scripts::with_script(tasks, 0..=48);
    contended("histories_of_keys_are_linearizable", 20, &inputs, |(tasks, script)| {
        let recorder = KeyRecorder::new();
        let records = recorder.clone();
        under(&script, move || {
            let (tasks, recorder) = (tasks.clone(), records.clone());
            async move {
                let keys = Keyed::new();
                let users: Vec<_> = tasks
                    .into_iter()
                    .map(|steps| spawn(use_keys(keys.clone(), recorder.clone(), steps)))
                    .collect();
                for user in users {
                    user.await.expect("no user panics");
                }
            }
        })?;
        let history = recorder.history();
        linearize(Locked::default(), &history).map_err(TestCaseError::fail)?;
        Ok(overlap(&history))
    });
}

/// A number, how often it was stored, and what each watcher has seen of that.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Number {
    value: u32,
    version: u32,
    seen: Vec<u32>,
}

impl Number {
    fn watched_by(watchers: usize) -> Self {
        Self { value: 0, version: 0, seen: vec![0; watchers] }
    }
}

#[derive(Clone, Debug)]
enum Call {
    Load,
    Store(u32),
    /// Adds so much; the calls are made by its closure, once.
    Update(u32, Vec<Call>),
    /// By the watcher of that number, for so many turns.
    Changed(usize, u8),
    Latest(usize),
}

impl Model for Number {
    type Call = Call;
    type Answer = u32;

    fn step(&self, call: &Call, answer: Option<&u32>) -> Option<Self> {
        let mut after = self.clone();
        match call {
            Call::Load => {}
            Call::Store(value) => (after.value, after.version) = (*value, self.version + 1),
            Call::Update(by, _) => {
                (after.value, after.version) = (self.value + by, self.version + 1);
            }
            // Waits while it has seen all.
            Call::Changed(watcher, _) if self.seen[*watcher] == self.version => return None,
            Call::Changed(watcher, _) | Call::Latest(watcher) => {
                after.seen[*watcher] = self.version;
            }
        }
        answer.is_none_or(|answer| *answer == after.value).then_some(after)
    }
}

fn call() -> impl Strategy<Value = Call> {
    let simple = || {
        prop_oneof![
            1 => Just(Call::Load),
            2 => (1..100_u32).prop_map(Call::Store),
            1 => (1..5_u32).prop_map(|by| Call::Update(by, Vec::new())),
        ]
    };
    let inside = prop::collection::vec(simple(), 0..3);
    prop_oneof![
        3 => simple(),
        2 => (1..5_u32, inside).prop_map(|(by, inside)| Call::Update(by, inside)),
        // Of the task's own watcher: numbered when it is known whose it is.
        3 => (0..6_u8).prop_map(|turns| Call::Changed(0, turns)),
        1 => Just(Call::Latest(0)),
    ]
}

type NumberRecorder = Recorder<Call, u32>;

/// A call that does not wait.
fn at_once(number: &Snapshot<u32>, recorder: &NumberRecorder, call: &Call) {
    let op = recorder.call(call.clone());
    let answer = match call {
        Call::Load => *number.load(),
        Call::Store(value) => {
            number.store(*value);
            *value
        }
        Call::Update(by, inside) => {
            let mut inside = inside.iter();
            *number.update(|value| {
                inside.by_ref().for_each(|call| at_once(number, recorder, call));
                value + by
            })
        }
        Call::Changed(..) | Call::Latest(_) => unreachable!("a watcher's"),
    };
    recorder.returned(op, answer);
}

async fn use_number(
    number: std::sync::Arc<Snapshot<u32>>,
    mut watcher: Watcher<u32>,
    recorder: NumberRecorder,
    calls: Vec<Call>,
) {
    for call in calls {
        match call {
            Call::Changed(_, turns) => {
                let op = recorder.call(call);
                match for_turns(Some(turns), watcher.changed()).await {
                    Some(seen) => recorder.returned(op, *seen.expect("the snapshot is there")),
                    None => recorder.gave_up(op),
                }
            }
            Call::Latest(_) => {
                let op = recorder.call(call);
                recorder.returned(op, *watcher.latest());
            }
            _ => at_once(&number, &recorder, &call),
        }
        yield_now().await;
    }
}

/// lock/LOCK2: a snapshot is a number that is stored, and its watchers see every
/// store, or a later one.
#[test]
fn histories_of_snapshots_are_linearizable() {
    let tasks = prop::collection::vec(prop::collection::vec(call(), 1..4), 3..6);
    let inputs = scripts::with_script(tasks, 0..=48);
    contended("histories_of_snapshots_are_linearizable", 15, &inputs, |(mut tasks, script)| {
        for (task, calls) in tasks.iter_mut().enumerate() {
            for call in calls {
                if let Call::Changed(watcher, _) | Call::Latest(watcher) = call {
                    *watcher = task;
                }
            }
        }
        let model = Number::watched_by(tasks.len());
        let recorder = NumberRecorder::new();
        let records = recorder.clone();
        under(&script, move || {
            let (tasks, recorder) = (tasks.clone(), records.clone());
            async move {
                let number = std::sync::Arc::new(Snapshot::new(0));
                let start = |calls| {
                    let (number, watcher) = (number.clone(), number.subscribe());
                    spawn(use_number(number, watcher, recorder.clone(), calls))
                };
                let users: Vec<_> = tasks.into_iter().map(start).collect();
                for user in users {
                    user.await.expect("no user panics");
                }
            }
        })?;
        let history = recorder.history();
        linearize(model, &history).map_err(TestCaseError::fail)?;
        Ok(overlap(&history))
    });
}

/// Calls one after the other, with their answers.
fn in_turn<C: Clone, A: Copy>(calls: &[(C, A)]) -> Vec<Op<C, A>> {
    let recorder = Recorder::new();
    for (call, answer) in calls {
        let op = recorder.call(call.clone());
        recorder.returned(op, *answer);
    }
    recorder.history()
}

/// lock/LOCK3, lock/LOCK2: what these histories are checked by rejects what is
/// wrong.
#[test]
fn bad_histories_are_rejected() {
    let good = [(KeyCall::Lock(1), 1), (KeyCall::Unlock(1), 1), (KeyCall::Lock(1), 1)];
    assert!(linearize(Locked::default(), &in_turn(&good)).is_ok());
    for bad in [
        // Two have it; it is free, and is not got; it is known, though nobody has it.
        vec![(KeyCall::Lock(1), 1), (KeyCall::Lock(1), 1)],
        vec![(KeyCall::Lock(1), 1), (KeyCall::Unlock(1), 1), (KeyCall::Try(1), 0)],
        vec![(KeyCall::Lock(1), 1), (KeyCall::Unlock(1), 1), (KeyCall::Len, 1)],
    ] {
        assert!(linearize(Locked::default(), &in_turn(&bad)).is_err(), "{bad:?}");
    }
    let update = |by| Call::Update(by, Vec::new());
    let good = [(Call::Store(5), 5), (update(1), 6), (Call::Changed(0, 9), 6), (Call::Load, 6)];
    assert!(linearize(Number::watched_by(1), &in_turn(&good)).is_ok());
    for bad in [
        // An older value after a newer one; a lost update; news that is none; and
        // what was stored before.
        vec![(Call::Store(5), 5), (Call::Store(6), 6), (Call::Load, 5)],
        vec![(update(1), 1), (update(1), 1)],
        vec![(Call::Store(5), 5), (Call::Latest(0), 5), (Call::Changed(0, 9), 5)],
        vec![(Call::Store(5), 5), (Call::Store(6), 6), (Call::Changed(0, 9), 5)],
    ] {
        assert!(linearize(Number::watched_by(1), &in_turn(&bad)).is_err(), "{bad:?}");
    }
}
