//! `Keyed` under drawn schedules.
//!
//! 1. One at a time has a key.
//! 2. It is the one that came first of those that wait, not counting who left.
//! 3. Who only tries gets a key if nobody has it or waits for it, and only then.
//! 4. In the end no key is left.

use proptest::prelude::*;
use surefoot::lock::Keyed;
use surefoot::sim::scripts;
use tokio::task::yield_now;

use super::contention::{Crowd, Notes, contended, for_turns, visits};

#[derive(Clone, Copy, Debug)]
enum Action {
    Try,
    Lock,
    /// Waits for so many turns.
    LockFor(u8),
}

/// What a task does with a key, and for how many turns it has it then.
#[derive(Clone, Copy, Debug)]
struct Step {
    key: usize,
    action: Action,
    holds: u8,
}

fn step() -> impl Strategy<Value = Step> {
    let action = prop_oneof![
        1 => Just(Action::Try),
        4 => Just(Action::Lock),
        2 => (0..4_u8).prop_map(Action::LockFor),
    ];
    let key = prop_oneof![3 => Just(0_usize), 1 => Just(1)];
    (key, action, 0..3_u8).prop_map(|(key, action, holds)| Step { key, action, holds })
}

#[derive(Default)]
struct Key {
    is_held: bool,
    crowd: Crowd,
}

#[derive(Default)]
struct Seen {
    keys: [Key; 2],
    callers: u32,
}

async fn visit(keys: Keyed<usize>, seen: Notes<Seen>, steps: Vec<Step>) {
    for Step { key, action, holds } in steps {
        let guard = match action {
            Action::Try => seen.with(|seen| {
                let Key { is_held, crowd } = &seen.keys[key];
                let guard = keys.try_lock(key);
                let is_free = !is_held && crowd.first().is_none();
                assert_eq!(guard.is_some(), is_free, "whether the key could be had");
                guard
            }),
            Action::Lock | Action::LockFor(_) => {
                let turns = if let Action::LockFor(turns) = action { Some(turns) } else { None };
                // Nothing comes between this and its place in the queue.
                let me = seen.with(|seen| {
                    seen.callers += 1;
                    seen.keys[key].crowd.comes(seen.callers);
                    seen.callers
                });
                let guard = for_turns(turns, keys.lock(key)).await;
                seen.with(|seen| {
                    let crowd = &mut seen.keys[key].crowd;
                    let is_first = crowd.first() == Some(me);
                    assert!(guard.is_none() || is_first, "{me} overtook somebody");
                    crowd.leaves(me);
                });
                guard
            }
        };
        let Some(guard) = guard else { continue };
        let was_held = seen.with(|seen| std::mem::replace(&mut seen.keys[key].is_held, true));
        assert!(!was_held, "two have the key");
        for _ in 0..holds {
            yield_now().await;
        }
        seen.with(|seen| seen.keys[key].is_held = false);
        drop(guard);
    }
}

/// lock/LOCK3, lock/X8, lock/X1, lock/X2: whatever the tasks do with two keys, in
/// whatever order they run and give up.
#[test]
fn keys_go_to_who_came_first() {
    let tasks = prop::collection::vec(prop::collection::vec(step(), 1..4), 3..7);
    let inputs = scripts::with_script(tasks, 0..=64);
    contended("keys_go_to_who_came_first", 30, &inputs, |(tasks, script)| {
        let seen = visits(&tasks, &script, visit, Keyed::is_empty)?;
        Ok(seen.with(|seen| seen.keys.iter().map(|key| key.crowd.most()).max().unwrap_or(0)))
    });
}
