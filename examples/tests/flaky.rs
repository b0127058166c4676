//! `join`, `race`, `retry` and `streams`, as tests: against a server that is busy, hangs and
//! hangs up, the books of both sides agree.

use std::sync::LazyLock;

use surefoot_examples::audit::{Books, Change, assert_that_each_breaks, print};
use surefoot_examples::draw::any_seed;
use surefoot_examples::flaky::{Sides, join, race, retry, stream};
use surefoot_examples::run::Error;

/// One run for all tests of a program.
fn ran<R>(run: fn(u64) -> Result<R, Error>) -> R {
    let seed = any_seed();
    run(seed).unwrap_or_else(|error| panic!("seed {seed}: {error}"))
}

static JOINED: LazyLock<join::Report> = LazyLock::new(|| ran(join::run));
static RACED: LazyLock<race::Report> = LazyLock::new(|| ran(race::run));
static RETRIED: LazyLock<retry::Report> = LazyLock::new(|| ran(retry::run));
static STREAMED: LazyLock<stream::Report> = LazyLock::new(|| ran(stream::run));

#[track_caller]
fn assert_adds_up(report: &impl Books) {
    print(report);
    assert!(report.breaches().is_empty(), "{report}{:#?}", report.breaches());
}

/// join/JOIN2, join/JOIN3, join/JOIN4: outputs are at their places, a limit holds by the
/// server's count, the first error ends a join, and a deadline keeps what has come.
#[test]
fn a_join_keeps_its_limit_and_what_came_before_its_deadline() {
    assert_adds_up(&*JOINED);
}

/// race/RACE1, race/RACE2, race/RACE3: no error wins over a success, spares are limited,
/// and nobody is left behind, by the server's count.
#[test]
fn a_race_is_won_by_a_success_and_leaves_nobody_behind() {
    assert_adds_up(&*RACED);
}

/// retry/RETRY1, retry/RETRY4, retry/RETRY5, retry/RETRY6: as many requests as attempts,
/// none before the server wants one, none that can't help, none beyond the budget.
#[test]
fn a_retry_asks_no_more_than_it_may_and_not_before_it_may() {
    assert_adds_up(&*RETRIED);
}

/// stream/STREAM1, stream/STREAM2, stream/STREAM3, stream/STREAM4, stream/STREAM5,
/// stream/STREAM6: no page before its turn, no more at a time than may be, by the server's
/// count; a panic is an item, pages come while the consumer is busy, and none is begun after
/// the stop; the chapters of a book come in their order, and end with the first error.
#[test]
fn a_stream_keeps_its_rate_and_its_limit_and_ends_when_it_is_told() {
    assert_adds_up(&*STREAMED);
}

/// The audits themselves: change any number of a run's books, and they object.
#[test]
fn no_number_can_be_changed_without_a_breach() {
    assert_that_each_breaks::<join::Report>(
        &JOINED,
        &[
            ("front pages", |r| r.fronts = 2),
            ("at its place", |r| r.misplaced = 1),
            ("each page has an outcome", |r| r.fetched += 1),
            ("pages fetched at a time", |r| r.sides.server.peak = 9),
            ("not asked for", |r| r.not_started += 1),
            ("asked for what failed", |r| r.failed += 1),
            ("pages that came, were kept", |r| r.fetched -= 1),
            ("the rest was cut", |r| r.cut += 1),
            ("some were cut", |r| r.cut = 0),
            ("kept back by the limit", |r| r.not_started = 0),
        ],
    );
    assert_that_each_breaks::<race::Report>(
        &RACED,
        &[
            ("by the mirror that has the page", |r| r.won_by.clear()),
            ("races, by their ends", |r| r.lost += 1),
            ("races, by their ends", |r| r.mixed_up += 1),
            ("requests of the races", |r| r.asked_by_races = 201),
            ("losers were cut", |r| r.sides.client.cut = 0),
            ("hedges, by their ends", |r| r.failed += 1),
            ("hedges, by their ends", |r| r.timed_out += 1),
            ("gave up early", |r| r.gave_up_early = 1),
            ("attempts of the hedges", |r| r.sides.client.asked += 800),
            ("spares were started", |r| r.sides.client.asked = r.asked_by_races + 200),
            ("pages that came, won", |r| r.fetched -= 1),
        ],
    );
    assert_that_each_breaks::<retry::Report>(
        &RETRIED,
        &[
            ("each call ended", |r| r.flaky.fetched += 1),
            ("each attempt is one request", |r| r.flaky.retried += 1),
            ("took too long was cut", |r| r.flaky.timed_out += 1),
            ("took too long was cut", |r| r.down.cut += 1),
            ("left alone as it asked", |r| r.sides.server.early = 1),
            ("no sleep was too short", |r| r.flaky.too_short = 1),
            ("before a call gave up", |r| {
                r.flaky.gave_up.insert("on a whim".to_owned(), 1);
            }),
            ("retries of the calls", |r| r.flaky.retried = 801),
            ("some were tried again", |r| r.flaky.retried = 0),
            ("not there is not tried again", |r| r.gone.retried += r.gone.timed_out + 1),
            ("and that is why", |r| r.gone.gave_up.clear()),
            ("the retries of the budget", |r| r.down.retried = 11),
            ("and no more", |r| r.down.gave_up.clear()),
        ],
    );
    assert_that_each_breaks::<stream::Report>(
        &STREAMED,
        &[
            ("before its turn", |r| r.crawled.early = 1),
            ("has an outcome", |r| r.crawled.begun += 1),
            ("no page came twice", |r| r.crawled.twice = 1),
            ("each panic came", |r| {
                r.crawled.ended.remove("panicked");
            }),
            ("was asked for", |r| r.asked_by_crawl += 1),
            ("no task was cancelled", |r| {
                r.crawled.ended.insert("cancelled".to_owned(), 1);
            }),
            ("the largest batch", |r| r.crawled.largest = 7),
            ("batches of several", |r| r.crawled.largest = 1),
            ("while batches were worked on", |r| r.crawled.meanwhile = 0),
            ("it is enough", |r| r.crawled.ended.clear()),
            ("told to stop", |r| r.crawled.is_stopped = false),
            ("begun after that", |r| r.crawled.after_stop = 1),
            ("chapters that came", |r| r.chapters = 26),
            ("in its turn", |r| r.misplaced = 1),
            ("not there ended it", |r| r.book_errors = 2),
            ("nothing came after", |r| r.after_error = 1),
            ("chapters asked for", |r| r.sides.client.asked = r.asked_by_crawl + 34),
            ("pages fetched at a time", |r| r.sides.server.peak = 9),
            ("pages that came", |r| r.chapters += r.sides.client.good),
        ],
    );
}

/// The same of what all have in common.
#[test]
fn no_request_can_be_added_to_one_side_alone() {
    let changes: [Change<Sides>; 13] = [
        ("another's", |r| r.client.wrong = 1),
        ("ended, by the client", |r| r.client.asked += 1),
        ("ended, by the server", |r| r.server.asked += 1),
        ("left a request behind", |r| r.server.in_flight = 1),
        ("stopped in time", |r| r.drained = false),
        ("arrived", |r| r.server.asked = 0),
        ("arrived", |r| r.server.asked += r.client.cut + 1),
        ("pages", |r| r.server.good -= r.client.cut + 1),
        ("busy", |r| r.server.busy += r.client.cut + 1),
        ("gone", |r| r.client.gone += r.client.cut + 1),
        ("dead", |r| r.client.dead += 1_000),
        ("dead", |r| r.server.dead += 1_000),
        ("who left was cut", |r| r.server.left += r.client.cut + 1),
    ];
    assert_that_each_breaks(&RETRIED.sides, &changes);
}
