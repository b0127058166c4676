//! The claims of the pool.

mod bodies;
mod server;
mod subject;
mod twins;

use self::subject::Production;
use self::twins::{Barging, Handover, Permits, Textbook, Wakers};
use super::{Claim, claim};

/// The claims of the pool.
pub static CLAIMS: &[Claim] = &[
    claim!(
        "pool",
        "POOL1",
        never_more_than_max_size_open,
        Textbook: "the permit is released before the connection is back",
        "Broken": "at most 1 connection is open"
    ),
    claim!(
        "pool",
        "POOL2",
        nobody_overtakes_a_waiter,
        Barging: "a return wakes a waiter but leaves the connection to whoever is faster",
        "Panic": "the hog overtook a waiter"
    ),
    claim!(
        "pool",
        "POOL3",
        a_cancelled_acquire_loses_no_connect,
        Textbook: "the connect is part of the caller's future, and is dropped with it",
        "Panic": "connected twice"
    ),
    claim!(
        "pool",
        "POOL4",
        a_waiter_takes_what_comes_first,
        Textbook: "a caller that found a slot waits for its own connect only",
        "Deadlock": "nothing is ready"
    ),
    claim!(
        "pool",
        "POOL5",
        a_returned_connection_is_used_again,
        Textbook: "the return is a task, which runs when it runs",
        "Panic": "on its way back"
    ),
    claim!(
        "pool",
        "POOL6",
        a_connect_that_hangs_frees_its_slot,
        Textbook: "a connect has no time limit, and holds its permit",
        "Deadlock": "nothing is ready"
    ),
    claim!(
        "pool",
        "POOL6",
        a_connect_that_panics_frees_its_slot,
        Permits: "the slot is counted off after the connect, and a panic comes before that",
        "Deadlock": "nothing is ready"
    ),
    claim!(
        "pool",
        "POOL7",
        an_acquire_ends_by_its_deadline,
        Textbook: "waiting has no time limit",
        "Deadlock": "nothing is ready"
    ),
    claim!(
        "pool",
        "POOL8",
        a_broken_connection_is_not_handed_out,
        Textbook: "no connection is looked at before it is handed out",
        "Panic": "that the server had closed"
    ),
    claim!(
        "pool",
        "POOL9",
        an_old_connection_is_not_handed_out,
        Textbook: "no connection is ever too old",
        "Panic": "a connection of"
    ),
    claim!(
        "pool",
        "POOL10",
        nothing_is_open_after_the_close,
        Textbook: "the close does not know of connections on their way back",
        "Panic": "open after the close"
    ),
    claim!(
        "pool",
        "POOL11",
        never_more_than_that_after_a_resize,
        Permits: "a shrink withdraws what is there, and the growth after it adds what is not",
        "Broken": "at most 2 connections are open"
    ),
    claim!(
        "pool",
        "POOL12",
        a_waiter_that_left_is_not_counted,
        Wakers: "a waiter is counted off when it is served, and only then",
        "Panic": "counted as waiting"
    ),
    claim!(
        "pool",
        "POOL13",
        a_panicking_predicate_poisons_nothing,
        Permits: "the predicate runs under the lock",
        "Panic": "PoisonError"
    ),
    claim!(
        "pool",
        "X2",
        a_dropped_waiter_passes_its_turn_on,
        Handover: "a connection in the channel of a dropped waiter is lost with its slot",
        "Deadlock": "nothing is ready"
    ),
    claim!(
        "pool",
        "X2",
        a_waiter_behind_one_that_left_is_woken,
        Wakers: "the waker of a dropped waiter stays in the queue and takes the wake-up",
        "LostWakeup": "nobody woke it"
    ),
];
