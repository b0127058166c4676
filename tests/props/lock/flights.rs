//! `SingleFlight` under drawn schedules.
//!
//! 1. One load at a time for each key.
//! 2. It is led by the one that came first of those that wait, not counting who left.
//! 3. All that wait at its end get its outcome, and nothing else.
//! 4. In the end no load is under way.

use std::collections::BTreeMap;

use proptest::prelude::*;
use surefoot::lock::{FlightError, SingleFlight};
use surefoot::sim::scripts;
use tokio::task::yield_now;

use super::contention::{Crowd, Notes, contended, for_turns, visits};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Gives,
    Fails,
    Panics,
}

/// What a task asks for, how long it waits, and what its own load would do.
#[derive(Clone, Copy, Debug)]
struct Step {
    key: usize,
    waits: Option<u8>,
    takes: u8,
    end: End,
}

fn step() -> impl Strategy<Value = Step> {
    let key = prop_oneof![3 => Just(0_usize), 1 => Just(1)];
    let waits = prop_oneof![2 => Just(None), 1 => (0..5_u8).prop_map(Some)];
    let end = prop_oneof![3 => Just(End::Gives), 1 => Just(End::Fails), 1 => Just(End::Panics)];
    (key, waits, 0..5_u8, end).prop_map(|(key, waits, takes, end)| Step { key, waits, takes, end })
}

#[derive(Default)]
struct Key {
    /// Whose load runs.
    loads: Option<u32>,
    crowd: Crowd,
}

#[derive(Default)]
struct Seen {
    keys: [Key; 2],
    callers: u32,
    /// Whose load's outcome each is to get.
    due: BTreeMap<u32, (u32, End)>,
}

/// A load under way. Dropped half-way, it is one no more.
struct Loads {
    seen: Notes<Seen>,
    key: usize,
}

impl Drop for Loads {
    fn drop(&mut self) {
        self.seen.with(|seen| seen.keys[self.key].loads = None);
    }
}

async fn load(seen: Notes<Seen>, me: u32, step: Step) -> Result<u32, u32> {
    let Step { key, takes, end, .. } = step;
    seen.with(|seen| {
        let Key { loads, crowd } = &mut seen.keys[key];
        assert_eq!(loads.replace(me), None, "two loads at a time");
        assert_eq!(crowd.first(), Some(me), "another came first");
    });
    let _loads = Loads { seen: seen.clone(), key };
    for _ in 0..takes {
        yield_now().await;
    }
    seen.with(|seen| {
        let all = seen.keys[key].crowd.all_leave();
        seen.due.extend(all.into_iter().map(|who| (who, (me, end))));
    });
    match end {
        End::Gives => Ok(me),
        End::Fails => Err(me),
        End::Panics => panic!("{me}"),
    }
}

async fn visit(flights: SingleFlight<usize, u32, u32>, seen: Notes<Seen>, steps: Vec<Step>) {
    for step in steps {
        // Nothing comes between this and its place in the queue.
        let me = seen.with(|seen| {
            seen.callers += 1;
            seen.keys[step.key].crowd.comes(seen.callers);
            seen.callers
        });
        let got = flights.get(step.key, || load(seen.clone(), me, step));
        let got = for_turns(step.waits, got).await;
        let due = seen.with(|seen| {
            seen.keys[step.key].crowd.leaves(me);
            seen.due.remove(&me)
        });
        let Some(got) = got else { continue };
        let got = match got {
            Ok(whose) => (whose, End::Gives),
            Err(FlightError::Failed(whose)) => (*whose, End::Fails),
            Err(FlightError::Panicked(panicked)) => {
                (panicked.message().parse().expect("a load says whose it is"), End::Panics)
            }
            Err(other) => panic!("{other:?}"),
        };
        assert_eq!(Some(got), due, "{me} got another's outcome");
        yield_now().await;
    }
}

/// lock/LOCK4, lock/X1, lock/X2, lock/X3, lock/X8: whatever the loads do, in whatever
/// order the callers run and give up.
#[test]
fn a_load_serves_all_that_wait_at_its_end() {
    let tasks = prop::collection::vec(prop::collection::vec(step(), 1..4), 3..7);
    let inputs = scripts::with_script(tasks, 0..=64);
    contended("a_load_serves_all_that_wait_at_its_end", 50, &inputs, |(tasks, script)| {
        let seen = visits(&tasks, &script, visit, SingleFlight::is_empty)?;
        Ok(seen.with(|seen| seen.keys.iter().map(|key| key.crowd.most()).max().unwrap_or(0)))
    });
}
