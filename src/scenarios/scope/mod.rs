//! The claims of tasks that end with the block that started them.

mod bodies;
mod subject;
mod twins;

use self::subject::Production;
use self::twins::{Detached, InTurn, Permits, Snapshot, Textbook};
use super::{Claim, claim};

/// The claims of tasks that end with the block that started them.
pub static CLAIMS: &[Claim] = &[
    claim!(
        "scope",
        "SCOPE1",
        nothing_runs_after_the_end,
        Textbook: "the first error is returned, and the set is dropped: its tasks are told to end, \
                   and not waited for",
        "Panic": "still runs"
    ),
    claim!(
        "scope",
        "SCOPE2",
        an_error_ends_those_that_wait_for_it,
        InTurn: "the handles are joined one by one: an error is seen when its turn comes",
        "Deadlock": "nothing is ready"
    ),
    claim!(
        "scope",
        "SCOPE2",
        the_first_error_is_the_one_told,
        InTurn: "the handles are joined one by one: the first in that order is told",
        "Panic": "was told instead"
    ),
    claim!(
        "scope",
        "SCOPE2",
        a_panic_is_told,
        Detached: "a task that panicked sends no value, and none is missed",
        "Panic": "nobody was told"
    ),
    claim!(
        "scope",
        "SCOPE3",
        values_come_in_order,
        Textbook: "the values come as the tasks end",
        "Panic": "out of order"
    ),
    claim!(
        "scope",
        "SCOPE4",
        what_is_dropped_ends,
        Detached: "the tasks belong to nobody, and run on",
        "Panic": "runs on"
    ),
    claim!(
        "scope",
        "SCOPE5",
        children_may_spawn_until_the_end,
        Snapshot: "the tasks that were there when the body ended are waited for, and no other",
        "Panic": "was lost"
    ),
    claim!(
        "scope",
        "SCOPE6",
        never_more_than_the_limit_run,
        Permits: "the permit is held while a task is started, and not while it runs",
        "Broken": "at most 1 job runs"
    ),
];
