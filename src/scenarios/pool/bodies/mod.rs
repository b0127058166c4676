//! The bodies of the claims, each for any pool.

mod failing;
mod serving;
mod sizing;

pub(super) use self::failing::{
    a_broken_connection_is_not_handed_out, a_connect_that_hangs_frees_its_slot,
    a_connect_that_panics_frees_its_slot, a_panicking_predicate_poisons_nothing,
    an_acquire_ends_by_its_deadline,
};
pub(super) use self::serving::{
    a_cancelled_acquire_loses_no_connect, a_dropped_waiter_passes_its_turn_on,
    a_returned_connection_is_used_again, a_waiter_behind_one_that_left_is_woken,
    a_waiter_takes_what_comes_first, a_waiter_that_left_is_not_counted, nobody_overtakes_a_waiter,
};
pub(super) use self::sizing::{
    an_old_connection_is_not_handed_out, never_more_than_max_size_open,
    never_more_than_that_after_a_resize, nothing_is_open_after_the_close,
};

use std::future::Future;

use super::subject::Subject;
use crate::sim::{Failure, Stats};
use crate::spawn::{Spawner, Task};

type Outcome = Result<Stats, Box<Failure>>;

/// Starts `n` tasks of that name, each with a handle of the pool.
fn crew<S, F, Fut>(name: &str, n: usize, pool: &S, work: F) -> Vec<Task<()>>
where
    S: Subject,
    F: Fn(S) -> Fut,
    Fut: Future<Output = ()> + Send + 'static,
{
    (1..=n).map(|i| Spawner::new().name(format!("{name} {i}")).spawn(work(pool.clone()))).collect()
}

/// Waits for all of them; none may have panicked.
async fn all_end(tasks: Vec<Task<()>>) {
    for task in tasks {
        task.await.expect("no task of the scenario is cancelled or panics");
    }
}
