//! The claims of the shutdown.

mod bodies;
mod desk;
mod subject;
mod twins;

use self::subject::Production;
use self::twins::{Flag, Textbook};
use super::{Claim, claim};

/// The claims of the shutdown.
pub static CLAIMS: &[Claim] = &[
    claim!(
        "shutdown",
        "STOP1",
        a_trigger_reaches_who_begins_to_wait,
        Flag: "looks at the flag, and waits to be notified, but not at once",
        "Deadlock": "nothing is ready"
    ),
    claim!(
        "shutdown",
        "STOP3",
        a_straggler_does_not_hold_up_the_end,
        Textbook: "the drain has no time limit",
        "Deadlock": "nothing is ready"
    ),
    claim!(
        "shutdown",
        "STOP4",
        no_unit_is_left_half_done,
        Textbook: "the worker selects, and drops the unit that it is in",
        "Panic": "left half done"
    ),
    claim!(
        "shutdown",
        "STOP5",
        a_panicking_worker_keeps_nobody_from_draining,
        Textbook: "the drain unwraps each worker's end, and panics with the first",
        "Panic": "Panicked"
    ),
    claim!(
        "shutdown",
        "STOP6",
        nothing_runs_after_the_drain,
        Textbook: "the drain waits for the workers of its first moment",
        "Panic": "after the drain"
    ),
    claim!(
        "shutdown",
        "STOP7",
        a_lost_controller_ends_the_work,
        Textbook: "a dropped sender is an answer at once, again and again, and no signal",
        "Livelock": "100 steps, and no end"
    ),
];
