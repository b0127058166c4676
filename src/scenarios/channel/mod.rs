//! The claims of the channels.

mod bodies;
mod subject;
mod twins;

pub(super) use self::bodies::a_lower_level_is_served_within_its_fairness;
pub(super) use self::subject::{FAIRNESS, Levels};
pub(super) use self::twins::Biased;

use self::subject::Production;
use self::twins::{Handover, OneByOne, Textbook, Unowned};
use super::{Claim, claim};

/// The claims of the channels.
pub static CLAIMS: &[Claim] = &[
    claim!(
        "channel",
        "CHAN1",
        the_stream_ends_with_its_producers,
        Textbook: "the first sender lives on beside its clones",
        "Deadlock": "nothing is ready"
    ),
    claim!(
        "channel",
        "CHAN1",
        a_producer_s_panic_is_an_item,
        Unowned: "nobody looks at the producers' tasks",
        "Panic": "a producer ended without a word"
    ),
    claim!(
        "channel",
        "CHAN2",
        a_request_that_nobody_saw_comes_back,
        Textbook: "requests in the queue of a server that ends are dropped",
        "Panic": "the request is lost, and nobody saw it"
    ),
    claim!(
        "channel",
        "CHAN2",
        a_server_sees_an_abandoned_caller,
        Textbook: "the server does not look whether the caller is there",
        "Panic": "it works for nobody"
    ),
    claim!(
        "channel",
        "CHAN3",
        a_lag_ends_no_stream,
        Textbook: "the loop over the receiver ends at the first error, and a lag is one",
        "Panic": "the loop ended before the stream"
    ),
    claim!(
        "channel",
        "CHAN3",
        nobody_listening_is_no_error,
        Textbook: "the result of a send is unwrapped",
        "Panic": "somebody listens"
    ),
    claim!(
        "channel",
        "CHAN3",
        nobody_holds_more_than_its_capacity,
        Textbook: "the capacity is rounded up to a power of two",
        "Panic": "more values are held than there is room for"
    ),
    claim!(
        "channel",
        "CHAN3",
        a_cancelled_publish_reached_all_or_none,
        OneByOne: "a value is sent to one subscriber after the other",
        "Panic": "it reached one and not the other"
    ),
    claim!(
        "channel",
        "RACE5",
        a_lower_level_is_served_within_its_fairness,
        Biased: "the branch of the urgent level comes first always",
        "Panic": "the lower level starves"
    ),
    claim!(
        "channel",
        "CHAN4",
        a_cancelled_recv_loses_nothing,
        Handover: "a value in the hand of a receive that is dropped is lost",
        "Panic": "a value is lost"
    ),
    claim!(
        "channel",
        "CHAN5",
        what_was_accepted_is_received_after_the_close,
        Biased: "the stop comes before what is in the queue",
        "Panic": "accepted, and not received"
    ),
    claim!(
        "channel",
        "X2",
        a_sender_that_leaves_passes_its_slot_on,
        Handover: "a slot in the hand of a sender that is dropped is lost",
        "Deadlock": "nothing is ready"
    ),
];
