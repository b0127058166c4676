//! The claims of the streams.

mod bodies;
mod subject;
mod twins;

use self::subject::Production;
use self::twins::{Between, Burst, Collected, Detached, Local, Polled, Restarted};
use super::channel::Biased;
use super::{Claim, claim};

/// The claims of the streams.
pub static CLAIMS: &[Claim] = &[
    claim!(
        "stream",
        "STREAM2",
        an_item_goes_on_while_the_loop_s_body_runs,
        Polled: "what is in flight is polled while the next item is awaited, and not else",
        "Panic": "timed out while the body ran"
    ),
    claim!(
        "stream",
        "STREAM2",
        the_loop_s_body_gets_what_the_items_pass_on,
        Polled: "an item that was granted its turn is not polled, and keeps it",
        "Deadlock": "nothing is ready"
    ),
    claim!(
        "stream",
        "STREAM2",
        endless_items_end_with_their_stream,
        Detached: "the items' tasks belong to nobody, and run on",
        "Panic": "works for a stream that is gone"
    ),
    claim!(
        "stream",
        "STREAM2",
        what_is_not_taken_counts_as_in_flight,
        Detached: "the permit of an item goes back when its task ends, taken or not",
        "Panic": "more is in flight than the limit allows"
    ),
    claim!(
        "stream",
        "STREAM3",
        nothing_goes_on_after_the_first_error,
        Collected: "all results are collected, and then looked through",
        "Panic": "goes on after an error"
    ),
    claim!(
        "stream",
        "STREAM4",
        a_cancelled_wait_for_a_batch_loses_no_item,
        Local: "the batch is in the future that is dropped",
        "Panic": "an item is lost"
    ),
    claim!(
        "stream",
        "STREAM5",
        ticks_do_not_burst,
        Burst: "each tick comes when it was due first: those that were missed come at once",
        "Panic": "two ticks in a period"
    ),
    claim!(
        "stream",
        "STREAM6",
        another_branch_does_not_put_off_an_item_s_limit,
        Restarted: "the limit begins anew with each call",
        "Panic": "the limit is put off"
    ),
    claim!(
        "stream",
        "STREAM6",
        a_stream_ends_while_it_waits,
        Between: "the stop is looked for when an item comes",
        "Deadlock": "nothing is ready"
    ),
    claim!(
        "stream",
        "RACE5",
        a_lower_level_is_served_within_its_fairness,
        Biased: "the branch of the urgent stream comes first always",
        "Panic": "the lower level starves"
    ),
];
