//! The bodies of the claims, each for any channel of its kind.

mod asking;
mod levels;
mod many;

pub(in crate::scenarios) use self::levels::a_lower_level_is_served_within_its_fairness;

pub(super) use self::asking::{
    a_request_that_nobody_saw_comes_back, a_server_sees_an_abandoned_caller,
};
pub(super) use self::levels::{
    a_cancelled_recv_loses_nothing, a_sender_that_leaves_passes_its_slot_on,
    what_was_accepted_is_received_after_the_close,
};
pub(super) use self::many::{
    a_cancelled_publish_reached_all_or_none, a_lag_ends_no_stream, a_producer_s_panic_is_an_item,
    nobody_holds_more_than_its_capacity, nobody_listening_is_no_error,
    the_stream_ends_with_its_producers,
};

use std::future::Future;

use crate::sim::{Failure, Stats};
use crate::spawn::{Spawner, Task};

type Outcome = Result<Stats, Box<Failure>>;

/// Starts a task of that name.
fn task<T: Send + 'static>(
    name: &'static str,
    work: impl Future<Output = T> + Send + 'static,
) -> Task<T> {
    Spawner::new().name(name).spawn(work)
}

/// The task's output; no task of a scenario is cancelled or panics.
async fn output<T>(task: Task<T>) -> T {
    task.await.expect("no task of the scenario is cancelled or panics")
}
