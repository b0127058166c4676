//! The claims of the joins.

mod bodies;
mod subject;
mod twins;

use self::subject::Production;
use self::twins::{Batches, Detached, Gathered, Textbook};
use super::{Claim, claim};

/// The claims of the joins.
pub static CLAIMS: &[Claim] = &[
    claim!(
        "join",
        "JOIN2",
        outputs_are_in_the_order_of_the_futures,
        Gathered: "outputs are gathered as they come",
        "Panic": "out of order"
    ),
    claim!(
        "join",
        "JOIN3",
        a_place_that_is_free_is_taken,
        Batches: "the next batch begins when the last of this one has ended",
        "Deadlock": "nothing is ready"
    ),
    claim!(
        "join",
        "JOIN4",
        an_error_does_not_wait_for_the_rest,
        Textbook: "all are waited for, and then one looks who has failed",
        "Deadlock": "nothing is ready"
    ),
    claim!(
        "join",
        "JOIN4",
        nothing_runs_after_the_error,
        Detached: "the first error is returned, and the other tasks run on",
        "Panic": "runs after the error"
    ),
];
