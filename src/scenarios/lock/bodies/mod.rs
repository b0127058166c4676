//! The bodies of the claims.

mod keys;
mod loads;
mod values;

pub(super) use self::keys::{a_key_that_nobody_uses_is_gone, two_never_hold_the_same_key};
pub(super) use self::loads::{
    Origin, a_cancelled_leader_hands_over, a_leader_that_panics_answers_its_followers,
    one_load_serves_all_that_ask_meanwhile,
};
pub(super) use self::values::{
    a_cancelled_change_is_not_half_made, a_reader_does_not_wait_for_a_computation,
    no_store_is_missed, no_update_is_lost,
};

use std::future::Future;

use tokio::task::yield_now;

use super::subject::Subject;
use crate::sim::{Failure, Stats};
use crate::spawn::{Spawner, Task};

type Outcome = Result<Stats, Box<Failure>>;

/// Starts a task of that name that begins after so many turns, with a handle of its
/// own.
fn after<S, F, Fut>(turns: usize, name: &'static str, subject: &S, work: F) -> Task<()>
where
    S: Subject,
    F: FnOnce(S) -> Fut,
    Fut: Future<Output = ()> + Send + 'static,
{
    let work = work(subject.clone());
    Spawner::new().name(name).spawn(async move {
        for _ in 0..turns {
            yield_now().await;
        }
        work.await;
    })
}

/// Waits for all of them; none may have panicked.
async fn all_end(tasks: impl IntoIterator<Item = Task<()>>) {
    for task in tasks {
        task.await.expect("no task of the scenario is cancelled or panics");
    }
}
