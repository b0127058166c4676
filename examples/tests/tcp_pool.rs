//! `tcp_pool`, as a test.

use std::sync::LazyLock;

use surefoot_examples::audit::{Books, Change, assert_that_each_breaks};
use surefoot_examples::draw::any_seed;
use surefoot_examples::tcp::{Report, Settings, run};

/// One run for all tests.
static RAN: LazyLock<Report> = LazyLock::new(|| {
    let settings = Settings::seeded(any_seed());
    run(&settings).unwrap_or_else(|error| panic!("seed {}: {error}", settings.seed))
});

/// pool/POOL1, pool/POOL8, pool/POOL12: against a server that drops connections
/// at random, the server never has more than `max_size` open, no connection that
/// it had dropped is handed out, and its count of connections is the pool's.
#[test]
fn the_books_of_the_tasks_the_pool_and_the_server_agree() {
    let report = &*RAN;
    assert!(report.breaches().is_empty(), "{report}{:#?}", report.breaches());
    assert_eq!(report.work.answered, 64 * 200);
}

/// The audit itself: change any number of a run's books, and it objects.
#[test]
fn no_number_can_be_changed_without_a_breach() {
    let honest = &*RAN;
    let changes: [Change<Report>; 23] = [
        ("every request was answered", |r| r.work.answered -= 1),
        ("no answer was another's", |r| r.work.wrong += 1),
        ("each checkout ended", |r| r.work.handed_out += 1),
        ("each checkout ended", |r| r.work.request_errors.clear()),
        ("the pool counted each checkout", |r| r.at_rest.acquired -= 1),
        ("each answer that was sent arrived", |r| r.server.echoed += 1),
        ("only a drop under a request", |r| r.server.dropped_on_echo -= 1),
        ("of connects that failed", |r| {
            let more = r.connects_failed + 1;
            r.work.acquire_errors.insert("more".to_owned(), more);
        }),
        ("failed in silence", |r| {
            r.connects_failed += 2;
            r.work.acquire_errors.clear();
        }),
        ("open at once, on the server", |r| r.server.peak = 9),
        ("connections were open at all", |r| r.server.peak = 0),
        ("the server's end of each accept", |r| r.server.accepted += 1),
        ("nothing is open after the close", |r| r.server.open = 1),
        ("nothing is in the pool", |r| r.closed.size = 1),
        ("no connect was refused but by", |r| r.connects_failed += 1),
        ("the pool counted each connection", |r| r.closed.created += 1),
        ("each was closed for a reason", |r| r.closed.closed_by.closed -= 1),
        ("each was closed in good manner", |r| r.closed.dropped_unclosed = 1),
        ("given up without a cause", |r| r.closed.closed_by.broken += r.server.accepted),
        ("open at rest, unknown to the pool", |r| r.open_at_rest = 9),
        ("the server dropped some", |r| r.server.dropped_on_echo = 0),
        ("some were seen to be broken", |r| r.closed.closed_by.broken = 0),
        ("some failed their check", |r| r.closed.closed_by.check = 0),
    ];
    assert_that_each_breaks(honest, &changes);
}
