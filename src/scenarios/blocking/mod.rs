//! The claims of blocking.
//!
//! Here a closure is one step: that closures overlap, and what one sees of its
//! caller while it runs, is for real threads (`tests/it/blocking`).

mod bodies;
mod subject;
mod twins;

use self::subject::Production;
use self::twins::{Permits, Textbook, Wakers};
use super::{Claim, claim};

/// The claims of blocking.
pub static CLAIMS: &[Claim] = &[
    claim!(
        "blocking",
        "BLOCK1",
        no_more_run_than_may,
        Permits: "the caller holds the permit, and takes it along when it leaves",
        "Broken": "at most 1 closure has a thread"
    ),
    claim!(
        "blocking",
        "BLOCK1",
        no_more_wait_than_may,
        Textbook: "every call is queued, however many there are",
        "Broken": "at most 1 closure is to begin"
    ),
    claim!(
        "blocking",
        "BLOCK1",
        a_closure_whose_caller_left_never_begins,
        Textbook: "a closure is queued by itself, without its caller",
        "Panic": "a closure began for nobody"
    ),
    claim!(
        "blocking",
        "BLOCK1",
        nobody_overtakes_a_waiter,
        Wakers: "a thread that comes free is left to whoever is faster",
        "Panic": "the hog overtook a waiter"
    ),
    claim!(
        "blocking",
        "X1",
        a_caller_that_left_frees_its_place,
        Wakers: "a caller is counted off when it is served, and only then",
        "Panic": "refused although nobody waits"
    ),
    claim!(
        "blocking",
        "X2",
        a_caller_behind_one_that_left_is_woken,
        Wakers: "the waker of a caller that left stays in the queue and takes the wake-up",
        "LostWakeup": "nobody woke it"
    ),
];
