//! The server from outside: on plain Tokio, and with the feature `sim` on the shim,
//! which is Tokio outside a simulation.
#![allow(clippy::disallowed_methods, reason = "written as services are, with Tokio's own names")]

#[cfg(feature = "sim")]
extern crate surefoot_tokio as tokio;

use std::time::Duration;

use surefoot_tokio_service::{Intake, Report, SubmitError, start};

#[tokio::test(start_paused = true)]
async fn jobs_are_done_on_plain_tokio() {
    for intake in [Intake::WorkerThenJob, Intake::JobThenWorker] {
        let (client, server) = start(intake, 2);
        for number in 0..10 {
            assert_eq!(client.square(number).await, Ok(number * number));
        }
        assert_eq!(client.square(u64::MAX).await, Err(SubmitError::Lost));
        tokio::time::sleep(Duration::from_secs(1)).await;
        drop(client);
        let said = format!("the square of {} is too large", u64::MAX);
        assert_eq!(server.await.unwrap(), Report { done: 10, panicked: vec![said] });
    }
}

#[cfg(not(feature = "sim"))]
#[tokio::test]
async fn without_the_feature_the_types_are_tokios() {
    let (_client, server) = start(Intake::WorkerThenJob, 1);
    let server: tokio::task::JoinHandle<Report> = server;
    server.abort();
    assert!(server.await.is_err_and(|error: tokio::task::JoinError| error.is_cancelled()));
}

#[cfg(feature = "sim")]
#[test]
fn with_the_feature_it_is_explored_from_outside() {
    use surefoot::sim::{Explorer, Strategy};

    let explorer = Explorer::new().strategy(Strategy::Exhaustive { deviations: Some(2) });
    let stats = explorer
        .schedules(100_000)
        .run(|| async {
            let (client, server) = start(Intake::WorkerThenJob, 1);
            assert_eq!(client.square(3).await, Ok(9));
            drop(client);
            assert_eq!(server.await.unwrap().done, 1);
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
    assert!(stats.exhausted && stats.distinct > 1, "{stats:?}");
    assert_eq!(stats.unexplored_tasks, 0);
}
