//! `http_shutdown`, as a test.

use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use surefoot_examples::audit::{Books, Change, assert_that_each_breaks, print};
use surefoot_examples::draw::any_seed;
use surefoot_examples::http::{Ended, Report, Settings, run};

fn ran(mode: &str) -> Report {
    let settings = Settings::seeded(any_seed());
    let program = Path::new(env!("CARGO_BIN_EXE_http_shutdown"));
    run(program, mode, &settings).unwrap_or_else(|error| panic!("seed {}: {error}", settings.seed))
}

/// One run for all tests.
static RAN: LazyLock<Report> = LazyLock::new(|| ran("service"));

/// app/STOP10: 200 connections under load, more that are idle or stall, and
/// SIGTERM in the middle: no request that was accepted is lost, none is accepted
/// after, and the process ends well and in time.
#[test]
fn sigterm_loses_no_request_that_was_accepted() {
    let report = &*RAN;
    print(report);
    assert!(report.breaches().is_empty(), "{report}{:#?}", report.breaches());
}

/// app/STOP10: the same service under axum's own graceful shutdown alone has
/// books that do not add up: a client that stalls keeps it from ending at all.
#[test]
fn the_server_s_own_graceful_shutdown_fails_the_same_audit() {
    let report = ran("alone");
    print(format_args!("{report}{:#?}", report.breaches()));
    assert_eq!(report.ended, Ended::Killed, "{report}");
    let breaks = |law| report.breaches().iter().any(|says| says.contains(law));
    for law in ["the service says that all went well", "milliseconds to the end"] {
        assert!(breaks(law), "{law}: {report}");
    }
}

/// The audit itself: change any number of a run's books, and it objects.
#[test]
fn no_number_can_be_changed_without_a_breach() {
    let honest = &*RAN;
    let changes: [Change<Report>; 17] = [
        ("in flight at the signal", |r| r.in_flight = 0),
        ("idle and stalled connections", |r| r.idle_at_signal -= 1),
        ("waited to be accepted", |r| r.queued.made -= 1),
        ("each of them was served", |r| r.queued.answered -= 1),
        ("answered before it", |r| r.load.answered = 0),
        ("told to go", |r| r.load.goodbyes = 0),
        ("answered or lost", |r| r.load.asked += 1),
        ("no answer was another's", |r| r.load.wrong = 1),
        ("begun was answered", |r| r.load.answered -= 1),
        ("begun was answered", |r| r.told = None),
        ("not accepted", |r| r.load.connected += 1),
        ("not accepted", |r| *r.load.lost.entry("end".to_owned()).or_default() += 1),
        ("of those that were made", |r| r.load.connected = 0),
        ("each client was turned away", |r| r.load.turned_away.clear()),
        ("each late connect", |r| r.late.refused -= 1),
        ("all went well", |r| r.ended = Ended::Code(124)),
        ("milliseconds to the end", |r| {
            r.ended_after = r.settings.exit_limit + Duration::from_millis(1);
        }),
    ];
    assert_that_each_breaks(honest, &changes);
}
