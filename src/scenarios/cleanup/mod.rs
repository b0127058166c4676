//! The claims of cleanup.

mod bodies;
mod resource;
mod subject;
mod twins;

use self::subject::Production;
use self::twins::{Detached, Disarmed, Textbook};
use super::{Claim, claim};

/// The claims of cleanup.
pub static CLAIMS: &[Claim] = &[
    claim!(
        "cleanup",
        "CLEAN1",
        a_cancelled_body_is_cleaned_up,
        Textbook: "the cleanup is the next statement, which a cancelled caller never gets to",
        "Panic": "released 0 times"
    ),
    claim!(
        "cleanup",
        "CLEAN1",
        a_panicking_body_is_cleaned_up,
        Textbook: "the cleanup is the next statement, which a panic never gets to",
        "Panic": "released 0 times"
    ),
    claim!(
        "cleanup",
        "CLEAN1",
        a_cleanup_that_began_ends,
        Disarmed: "the guard is disarmed before the cleanup is awaited",
        "Panic": "a release was cut in half"
    ),
    claim!(
        "cleanup",
        "CLEAN2",
        the_last_cleanup_runs_first,
        Detached: "each resource spawns its own cleanup when it is dropped",
        "Panic": "the folder was removed before the file in it"
    ),
    claim!(
        "cleanup",
        "CLEAN3",
        a_wait_outlasts_every_cleanup,
        Detached: "`Drop` spawns the cleanup, and the end waits for what is long enough, mostly",
        "Panic": "released 0 times"
    ),
];
