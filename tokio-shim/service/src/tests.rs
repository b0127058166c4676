//! The server under every schedule: here `tokio` is the shim.

use surefoot::sim::{Explorer, Failure, Stats, Strategy, TaskPanics, Verdict};
use tokio::task::yield_now;
use tokio_util::task::TaskTracker;

use crate::{Intake, Report, SubmitError, start};

fn exhaustive(deviations: u32) -> Explorer {
    let strategy = Strategy::Exhaustive { deviations: Some(deviations) };
    Explorer::new().strategy(strategy).schedules(200_000)
}

/// One worker, and two clients, the second of which thinks first.
async fn two_clients(intake: Intake) {
    let (client, server) = start(intake, 1);
    let other = client.clone();
    let quick = tokio::spawn(async move { client.square(3).await });
    let slow = tokio::spawn(async move {
        yield_now().await;
        other.square(4).await
    });
    let (quick, slow) = tokio::join!(quick, slow);
    assert_eq!((quick.unwrap(), slow.unwrap()), (Ok(9), Ok(16)));
    assert_eq!(server.await.unwrap(), Report { done: 2, panicked: vec![] });
}

fn explored(intake: Intake) -> Result<Stats, Box<Failure>> {
    exhaustive(2).run(move || two_clients(intake))
}

#[test]
fn a_job_is_lost_when_the_select_cuts_its_intake() {
    let failure = explored(Intake::JobThenWorker).expect_err("a job is lost");
    let Verdict::Panic { panicked, .. } = &failure.verdict else { panic!("{failure}") };
    assert!(panicked.message().contains("Err(Lost)"), "{failure}");
    assert_eq!(failure.stats.unexplored_tasks, 0);
    // A task is called by the line that spawned it.
    assert!(failure.to_string().contains("dispatch.rs:"), "{failure}");
}

#[test]
fn no_job_is_lost_when_the_worker_comes_first() {
    let stats = explored(Intake::WorkerThenJob).unwrap_or_else(|failure| panic!("{failure}"));
    assert!(stats.exhausted && stats.distinct > 50, "{stats:?}");
    assert_eq!(stats.unexplored_tasks, 0);
}

#[tokio::test]
async fn the_order_that_tokio_takes_shows_neither() {
    two_clients(Intake::JobThenWorker).await;
    two_clients(Intake::WorkerThenJob).await;
}

#[test]
fn a_panic_of_a_worker_is_reported_under_every_schedule() {
    let stats = exhaustive(2)
        .task_panics(TaskPanics::Deliver)
        .run(|| async {
            let (client, server) = start(Intake::WorkerThenJob, 2);
            let (small, huge) = tokio::join!(client.square(3), client.square(u64::MAX));
            assert_eq!((small, huge), (Ok(9), Err(SubmitError::Lost)));
            drop(client);
            let said = format!("the square of {} is too large", u64::MAX);
            assert_eq!(server.await.unwrap(), Report { done: 1, panicked: vec![said] });
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
    assert!(stats.exhausted);
    assert_eq!(stats.unexplored_tasks, 0);
}

/// A library resolves the real Tokio, and so does a runtime's handle.
#[test]
fn tasks_that_escape_are_counted() {
    let by_a_library = || async {
        let (client, _server) = start(Intake::WorkerThenJob, 1);
        let tracker = TaskTracker::new();
        let squares = tracker.spawn(async move { client.square(3).await });
        assert_eq!(squares.await.unwrap(), Ok(9));
    };
    let by_a_handle = || async {
        let handle = tokio::runtime::Handle::current();
        let (one, other) = (handle.spawn(yield_now()), handle.spawn(yield_now()));
        one.await.unwrap();
        other.await.unwrap();
    };
    assert_eq!(exhaustive(1).run(by_a_library).unwrap().unexplored_tasks, 1);
    assert_eq!(exhaustive(1).run(by_a_handle).unwrap().unexplored_tasks, 2);
}
