//! `errors`, as a test, on SQLite and on PostgreSQL. Where that is not installed, it
//! says so in one line.

use std::error::Error;
use std::sync::LazyLock;

use surefoot::error::Elapsed;
use surefoot_examples::audit::{Books, Change, assert_that_each_breaks, print};
use surefoot_examples::draw::any_seed;
use surefoot_examples::postgres::{Programs, Server};
use surefoot_examples::users::{Failure, Origin, Report, chain, find, run};

fn ran(url: Option<&str>) -> Report {
    let seed = any_seed();
    run(seed, url).unwrap_or_else(|error| panic!("seed {seed}: {error}"))
}

/// One run on SQLite for all tests.
static RAN: LazyLock<Report> = LazyLock::new(|| ran(None));

/// The last error of the chain.
fn innermost(failure: &Failure) -> &(dyn Error + 'static) {
    chain(&*failure.error).last().expect("it begins with itself")
}

fn assert_keeps_its_sources(report: &Report) {
    print(report);
    assert!(report.breaches().is_empty(), "{report}{:#?}", report.breaches());
    for failure in &report.failures {
        let texts: Vec<_> = chain(&*failure.error).map(ToString::to_string).collect();
        let repeats = texts.windows(2).any(|texts| texts[0].contains(&texts[1]));
        // What a database reports, sqlx repeats itself.
        assert!(!repeats || failure.what == "there is no table", "{texts:?}");
    }
    let failure = |what| {
        let is_it = |failure: &&Failure| failure.what == what;
        report.failures.iter().find(is_it).unwrap_or_else(|| panic!("not {what}: {report}"))
    };
    // The library's own error is the last of the chain, or the first of the library's.
    for (what, status) in [("the server is busy", 503), ("the page is gone", 404)] {
        let error = innermost(failure(what)).downcast_ref::<reqwest::Error>();
        let says = error.and_then(reqwest::Error::status).map(|status| status.as_u16());
        assert_eq!(says, Some(status), "{what}: {error:?}");
    }
    let hung_up = find::<reqwest::Error>(&*failure("the server hangs up").error).unwrap();
    assert!(hung_up.is_request() && hung_up.source().is_some(), "{hung_up:?}");
    assert!(innermost(failure("the server hangs")).is::<Elapsed>(), "{report}");

    let database = |what| innermost(failure(what)).downcast_ref::<sqlx::Error>();
    let none = database("there is no such user");
    assert!(matches!(none, Some(sqlx::Error::RowNotFound)), "{none:?}");
    let busy = database("no connection is free");
    assert!(matches!(busy, Some(sqlx::Error::PoolTimedOut)), "{busy:?}");
    let no_table = find::<sqlx::Error>(&*failure("there is no table").error);
    assert!(matches!(no_table, Some(sqlx::Error::Database(_))), "{no_table:?}");
}

/// error/ERR1: what reqwest and sqlx said is in the chain after a time limit and
/// retries; what passes is tried again, and nothing else.
#[test]
fn every_error_keeps_its_sources_on_sqlite() {
    assert_keeps_its_sources(&RAN);
}

/// error/ERR1: the same on PostgreSQL.
#[test]
fn every_error_keeps_its_sources_on_postgresql() {
    let Some(programs) = Programs::installed() else {
        print("errors: PostgreSQL is not installed, so it ran on SQLite alone");
        return;
    };
    let server = Server::start(programs).unwrap_or_else(|error| panic!("{error}"));
    assert_keeps_its_sources(&ran(Some(&server.url())));
}

/// The audit itself: change any number of a run's books, and it objects.
#[test]
fn no_number_can_be_changed_without_a_breach() {
    let changes: [Change<Report>; 18] = [
        ("by what became of them", |r| r.gave_up += 1),
        ("some were had", |r| r.fetched = 0),
        ("as soon as it could be", |r| r.fetched_late = 0),
        ("errors that were to be had", |r| r.failures.truncate(6)),
        ("the server hangs up: its source", |r| {
            r.failures[0].origin = Origin::Database { passes: true };
        }),
        ("there is no table: its source", |r| {
            r.failures[6].origin = Origin::Network { passes: false };
        }),
        ("the page is gone: tries", |r| r.failures[2].origin = Origin::Network { passes: true }),
        ("the server is busy: and why", |r| {
            r.failures[1].origin = Origin::Network { passes: false };
        }),
        ("no such user: its source", |r| r.failures[4].error = r.failures[3].error.clone()),
        ("tries, by what they ask", |r| r.tries = 0),
        ("one visit", |r| r.visits += 1),
        ("requests that arrived", |r| r.server.asked += r.timed_out + 1),
        ("requests that arrived", |r| r.server.asked = 0),
        ("pages that were served", |r| r.server.good += r.timed_out + 1),
        ("pages that were served", |r| r.server.good = 0),
        ("who left", |r| r.server.left = r.timed_out + 1),
        ("left a request behind", |r| r.server.in_flight = 1),
        ("stopped in time", |r| r.drained = false),
    ];
    assert_that_each_breaks(&*RAN, &changes);
}
