//! The claims of the retry.

mod bodies;
mod subject;
mod twins;

use self::subject::Production;
use self::twins::{LookedAt, PutAside, Textbook};
use super::{Claim, claim};

/// The claims of the retry.
pub static CLAIMS: &[Claim] = &[
    claim!(
        "retry",
        "RETRY2",
        a_long_outage_does_not_end_the_retries,
        Textbook: "the sleep has a cap, the delay that is doubled has none",
        "Panic": "overflow when multiplying duration by scalar"
    ),
    claim!(
        "retry",
        "RETRY3",
        a_retry_ends_by_its_deadline,
        Textbook: "the time limit is looked at between attempts",
        "Deadlock": "nothing is ready"
    ),
    claim!(
        "retry",
        "RETRY5",
        a_permanent_error_is_not_tried_again,
        Textbook: "every error is tried again",
        "Panic": "asked again after it was denied"
    ),
    claim!(
        "retry",
        "RETRY6",
        a_budget_is_kept_by_all_together,
        LookedAt: "the budget is looked at before the sleep, and charged after it",
        "Panic": "more retries than the budget had"
    ),
    claim!(
        "retry",
        "RETRY7",
        clients_that_failed_together_come_back_apart,
        Textbook: "without jitter, those who failed together come back together",
        "Panic": "came back together until it gave up"
    ),
    claim!(
        "retry",
        "X1",
        a_dropped_retry_leaves_the_budget_to_others,
        PutAside: "what was put aside for a retry is lost with the call that is dropped",
        "Panic": "the budget was lost with a call that made no retry"
    ),
];
