//! The bodies of the claims, each for anything that sees to cleanups.

use super::resource::{Ledger, Resource};
use super::subject::{Log, Ordered, Subject};
use crate::probe::cancellable;
use crate::sim::{Explorer, Failure, Stats};
use crate::spawn::Spawner;

type Outcome = Result<Stats, Box<Failure>>;

/// A caller that may leave at any moment.
async fn leave_at_some_time<S: Subject>() -> Ledger {
    let (subject, ledger) = (S::new(), Ledger::default());
    let _ = cancellable(subject.clone().work_with(Resource::new(&ledger))).await;
    subject.wait().await;
    ledger
}

/// A caller that may leave at any moment.
pub(super) fn a_cancelled_body_is_cleaned_up<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.cancellations(1).run(|| async {
        let released = leave_at_some_time::<S>().await.released();
        assert_eq!(released, 1, "released {released} times");
    })
}

/// A caller that may leave at any moment, while the cleanup runs say.
pub(super) fn a_cleanup_that_began_ends<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.cancellations(1).run(|| async {
        let half_done = leave_at_some_time::<S>().await.half_done();
        assert_eq!(half_done, 0, "a release was cut in half");
    })
}

/// A caller whose work may panic.
pub(super) fn a_panicking_body_is_cleaned_up<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.faults(1).run(|| async {
        let (subject, ledger) = (S::new(), Ledger::default());
        let work = subject.clone().work_with(Resource::new(&ledger));
        let caller = Spawner::new().name("caller").spawn(work);
        let _ = caller.await;
        subject.wait().await;
        let released = ledger.released();
        assert_eq!(released, 1, "released {released} times");
    })
}

/// A caller whose cleanup may take its time, and one who waits for that.
pub(super) fn a_wait_outlasts_every_cleanup<S: Subject>(explorer: Explorer) -> Outcome {
    explorer.cancellations(1).run(|| async {
        let (subject, ledger) = (S::new(), Ledger::default());
        let work = subject.clone().work_with(Resource::new(&ledger));
        let caller = Spawner::new().name("caller").cancellable(true).spawn(work);
        subject.wait().await;
        let released = ledger.released();
        assert_eq!(released, 1, "released {released} times");
        let _ = caller.await;
    })
}

/// A caller that may leave, and what it made step by step.
pub(super) fn the_last_cleanup_runs_first<S: Ordered>(explorer: Explorer) -> Outcome {
    explorer.cancellations(1).run(|| async {
        let (subject, log) = (S::new(), Log::new(crate::sync::Mutex::new(Vec::new())));
        let _ = cancellable(subject.work_in_folder(log.clone())).await;
        subject.wait().await;
        let removed = log.with(|log| log.clone());
        let in_order = [&[][..], &["file", "folder"]].contains(&&removed[..]);
        assert!(in_order, "the folder was removed before the file in it: {removed:?}");
    })
}
