//! The bodies of the claims, each for any stream of its kind.

mod time;
mod work;

pub(super) use self::time::{
    a_cancelled_wait_for_a_batch_loses_no_item, a_stream_ends_while_it_waits,
    another_branch_does_not_put_off_an_item_s_limit, ticks_do_not_burst,
};
pub(super) use self::work::{
    an_item_goes_on_while_the_loop_s_body_runs, endless_items_end_with_their_stream,
    nothing_goes_on_after_the_first_error, the_loop_s_body_gets_what_the_items_pass_on,
    what_is_not_taken_counts_as_in_flight,
};
// The same claim, whether the levels are a channel's or streams.
pub(super) use crate::scenarios::channel::a_lower_level_is_served_within_its_fairness;

use std::time::Duration;

use crate::rt;
use crate::sim::{Failure, Stats};

type Outcome = Result<Stats, Box<Failure>>;

async fn pause(seconds: u64) {
    rt::sleep_until(rt::now() + Duration::from_secs(seconds)).await;
}
