//! The claims of tasks with an owner.

mod bodies;
mod subject;
mod textbook;

use self::subject::Production;
use self::textbook::Textbook;
use super::{Claim, claim};

/// The claims of tasks with an owner.
pub static CLAIMS: &[Claim] = &[
    claim!(
        "spawn",
        "SPAWN1",
        a_dropped_task_ends,
        Textbook: "a handle that is dropped leaves its task running",
        "Panic": "works for a caller that is gone"
    ),
    claim!(
        "spawn",
        "SPAWN2",
        a_panic_is_no_success,
        Textbook: "a panic is a line on stderr",
        "Panic": "called a success"
    ),
    claim!(
        "spawn",
        "SPAWN3",
        an_error_is_no_success,
        Textbook: "an error is a line on stderr",
        "Panic": "called a success"
    ),
    claim!(
        "spawn",
        "SPAWN4",
        restarts_come_to_an_end,
        Textbook: "what fails is started again, at once and for ever",
        "Livelock": "steps"
    ),
    claim!(
        "spawn",
        "SPAWN4",
        a_panic_is_started_again,
        Textbook: "a panic ends the loop that starts again what fails",
        "Panic": "nobody started it again"
    ),
];
