//! `postgres_pool` in its short form, as a test. Where PostgreSQL is not
//! installed, it says so in one line.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;
use std::time::Duration;

use surefoot_examples::audit::{Books, Change, assert_that_each_breaks, print};
use surefoot_examples::draw::any_seed;
use surefoot_examples::postgres::wire::Wire;
use surefoot_examples::postgres::{Programs, Report, Server, Settings, run};
use surefoot_examples::run::{Error, on_runtime};

fn installed() -> Option<Programs> {
    let programs = Programs::installed();
    if programs.is_none() {
        print(Programs::NOT_INSTALLED);
    }
    programs
}

/// One run for all tests.
static RAN: LazyLock<Option<Report>> = LazyLock::new(|| {
    let settings = Settings::seeded(any_seed(), 50_000);
    let report = run(installed()?, &settings);
    Some(report.unwrap_or_else(|error| panic!("seed {}: {error}", settings.seed)))
});

/// pool/POOL14: 50,000 checkouts from 64 tasks, with backends terminated at random
/// and one restart, leak nothing, hang nowhere and hide no error, by the books of
/// the tasks, the pool and the server.
#[test]
fn the_books_of_the_tasks_the_pool_and_the_server_agree() {
    let Some(report) = &*RAN else { return };
    assert!(report.breaches().is_empty(), "{report}{:#?}", report.breaches());
    assert_eq!(report.work.answered, 50_000);
}

/// The audit itself: change any number of a run's books, and it objects.
#[test]
fn no_number_can_be_changed_without_a_breach() {
    let Some(honest) = &*RAN else { return };
    let changes: [Change<Report>; 32] = [
        ("every query was answered", |r| r.work.answered -= 1),
        ("no answer was another's", |r| r.work.wrong += 1),
        ("what became of each checkout", |r| r.work.handed_out += 1),
        ("what became of each checkout", |r| r.work.detached += 1),
        ("what became of each checkout", |r| r.work.query_errors.clear()),
        ("the pool counted each checkout", |r| r.closed.status.acquired -= 1),
        ("the pool counted who ran out", |r| r.closed.status.timed_out += 1),
        ("lost without a cause", |r| r.closed.status.closed_by.broken += 100_000),
        ("terminated and not noticed", |r| r.seen.terminated += 100_000),
        ("of connects that failed", |r| {
            let more = r.connects.begun + 1;
            r.work.acquire_errors.insert("more".to_owned(), more);
        }),
        ("failed in silence", |r| r.work.acquire_errors.clear()),
        ("queries failed, of backends felled", |r| {
            r.work.query_errors.insert("more".to_owned(), 100_000);
        }),
        ("the server was restarted", |r| r.seen.restarts = 0),
        ("backends were terminated", |r| r.seen.terminated = 0),
        ("queries failed by that", |r| r.work.query_errors.clear()),
        ("some were seen to be broken", |r| r.closed.status.closed_by.broken = 0),
        ("some failed their check", |r| r.connects.checks_failed = 0),
        ("backends alive at once", |r| r.seen.peak = 17),
        ("backends were seen alive", |r| r.seen.peak = 0),
        ("statuses that contradict", |r| r.seen.odd_statuses = 1),
        ("on loan, by the pool", |r| r.in_use.status.in_use = 15),
        ("on loan, by the server", |r| r.in_use.listed = 17),
        ("at rest, by the pool", |r| r.at_rest.status.size = 15),
        ("at rest, by the server", |r| r.at_rest.listed = 17),
        ("after the close, by the pool", |r| r.closed.status.size = 1),
        ("after the close, by the server", |r| r.closed.listed = 1),
        ("each has ended, or is there", |r| r.at_rest.status.created += 1),
        ("each was closed in good manner", |r| r.closed.status.dropped_unclosed = 1),
        ("closes, by the manager", |r| r.connects.closed -= 1),
        ("unfit by their check", |r| r.connects.checks_cut += 1),
        ("connections, by the manager", |r| r.connects.connected += 1),
        ("no connect was cut", |r| r.connects.begun += 1),
    ];
    assert_that_each_breaks(honest, &changes);
}

/// A run that fails leaves neither a process nor a file behind.
#[test]
fn a_panic_stops_the_server_and_removes_its_directory() {
    let Some(programs) = installed() else { return };
    let server = Server::start(programs).unwrap();
    let socket = server.socket();
    let ended = on_runtime(
        Duration::from_secs(60),
        async move {
            let (wire, exit) = Wire::connect(&socket).await?;
            let panicked = catch_unwind(AssertUnwindSafe(move || {
                let _server = server;
                panic!("the run fails");
            }));
            assert!(panicked.is_err());
            assert!(!socket.parent().unwrap().exists(), "the directory is still there");
            // Until the server's end of it is closed.
            exit.wait().await;
            drop(wire);
            Ok::<_, Error>(())
        },
        || "the server goes on".to_owned(),
    );
    ended.unwrap();
}
