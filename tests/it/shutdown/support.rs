//! What makes the tests of this folder short.

use std::convert::Infallible;
use std::future::{Future, pending};

use surefoot::shutdown::{DrainReport, Shutdown, Token};
use tokio::time::Instant;

use crate::support::{ms, wait};

/// With limits of so many milliseconds.
pub(super) fn shutdown(accept: u64, drain: u64, abort: u64) -> Shutdown {
    let builder = Shutdown::builder();
    let built = builder.accept_limit(ms(accept)).drain_limit(ms(drain)).abort_limit(ms(abort));
    built.build().expect("the test's limits are good")
}

/// Adds a task that cannot fail.
#[track_caller]
pub(super) fn add<F, Fut>(shutdown: &Shutdown, name: &'static str, work: F)
where
    F: FnOnce(Token) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let work = |token| async {
        work(token).await;
        Ok::<_, Infallible>(())
    };
    drop(shutdown.spawn(name, work).expect("it is not triggered yet"));
}

/// Adds a task that goes on for so many milliseconds after the trigger.
#[track_caller]
pub(super) fn add_slow(shutdown: &Shutdown, name: &'static str, for_ms: u64) {
    add(shutdown, name, move |token| async move {
        token.triggered().await;
        wait(for_ms).await;
    });
}

/// Adds a task that does not end by itself.
#[track_caller]
pub(super) fn add_endless(shutdown: &Shutdown, name: &'static str) {
    add(shutdown, name, |_| pending());
}

/// The report, and how many milliseconds it took.
pub(super) async fn drained(shutdown: &Shutdown) -> (DrainReport, u128) {
    let begun = Instant::now();
    let report = shutdown.drain().await;
    (report, begun.elapsed().as_millis())
}
