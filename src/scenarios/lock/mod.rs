//! The claims of the locks.

mod bodies;
mod subject;
mod twins;

use self::subject::Production;
use self::twins::{
    HeldGuard, HeldWrite, Herd, LeftKey, LeftMark, LookThenWait, ReadThenWrite, RemovedKey,
};
use super::{Claim, claim};

/// The claims of the locks.
pub static CLAIMS: &[Claim] = &[
    claim!(
        "lock",
        "LOCK1",
        a_cancelled_change_is_not_half_made,
        HeldGuard: "the guard lives across an await, at which the change is dropped",
        "Panic": "a change is half made"
    ),
    claim!(
        "lock",
        "LOCK2",
        a_reader_does_not_wait_for_a_computation,
        HeldWrite: "the guard of the write lives across what takes long",
        "Panic": "a reader waited for a computation"
    ),
    claim!(
        "lock",
        "LOCK2",
        no_update_is_lost,
        ReadThenWrite: "what is written was made of what was read before an await",
        "Panic": "an update is lost"
    ),
    claim!(
        "lock",
        "LOCK2",
        no_store_is_missed,
        LookThenWait: "a store between the look and the wait notifies nobody",
        "Deadlock": "nothing is ready"
    ),
    claim!(
        "lock",
        "LOCK3",
        two_never_hold_the_same_key,
        RemovedKey: "the key's mutex is removed when it is unlocked, though somebody waits for it",
        "Broken": "one at a time has the key"
    ),
    claim!(
        "lock",
        "LOCK3",
        a_key_that_nobody_uses_is_gone,
        LeftKey: "who is cancelled at the lock never comes to where its key is removed",
        "Panic": "a key is left"
    ),
    claim!(
        "lock",
        "LOCK4",
        one_load_serves_all_that_ask_meanwhile,
        Herd: "between the look into the cache and the end of the load, others look, too",
        "Broken": "one load at a time"
    ),
    claim!(
        "lock",
        "LOCK4",
        a_cancelled_leader_hands_over,
        LeftMark: "the mark of the load under way is not taken down when the load is dropped",
        "Deadlock": "nothing is ready"
    ),
    claim!(
        "lock",
        "LOCK4",
        a_leader_that_panics_answers_its_followers,
        LeftMark: "nor when it panics",
        "Deadlock": "nothing is ready"
    ),
];
