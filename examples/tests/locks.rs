//! `locks`, as a test.

use std::sync::LazyLock;

use surefoot_examples::audit::Books;
use surefoot_examples::cache::{Report, Settings, run};
use surefoot_examples::draw::any_seed;

/// One run for all tests.
static RAN: LazyLock<Report> = LazyLock::new(|| {
    let settings = Settings::seeded(any_seed());
    run(&settings).unwrap_or_else(|error| panic!("seed {}: {error}", settings.seed))
});

/// lock/LOCK1, lock/LOCK2, lock/LOCK3, lock/LOCK4: with loads that fail and panic, and
/// readers that give up, at random and on four threads: one load and one rewrite of a
/// document at a time, no rewrite is lost, nothing stale is cached, and watchers see
/// what there is to see.
#[test]
fn the_books_of_the_tasks_the_origin_and_the_files_agree() {
    let report = &*RAN;
    assert!(report.breaches().is_empty(), "{report}{:#?}", report.breaches());
}

/// A law, and how to break it.
type Change = (&'static str, fn(&mut Report));

/// The audit itself: change any number of a run's books, and it objects.
#[test]
fn no_number_can_be_changed_without_a_breach() {
    let honest = &*RAN;
    let changes: [Change; 24] = [
        ("every read ended", |r| r.work.hits -= 1),
        ("every read ended", |r| r.work.loaded += 1),
        ("every read ended", |r| r.work.errors.clear()),
        ("no answer was another's", |r| r.work.wrong = 1),
        ("every write ended", |r| r.work.not_written -= 1),
        ("one load of a document", |r| r.origin.peak_loads = 2),
        ("one rewrite of a document", |r| r.origin.peak_writes = 2),
        ("the origin saw each write", |r| r.origin.rewritten -= 1),
        ("no rewrite is lost", |r| r.in_files -= 1),
        ("what is cached", |r| r.stale = 1),
        ("no load and no lock is left", |r| r.left = 1),
        ("no update of the count is lost", |r| r.last -= 1),
        ("each watcher has its books", |r| r.seen.truncate(1)),
        ("a watcher sees the last value", |r| r.seen[0].last -= 1),
        ("a watcher sees values in order", |r| r.seen[0].out_of_order = 1),
        ("a watcher sees no value twice", |r| r.seen[0].values = r.last + 1),
        ("a watcher sees values at all", |r| r.seen[0].values = 0),
        ("loads that served more than one", |r| {
            r.origin.loaded = r.work.loaded + r.work.errors.values().sum::<u64>() + 1;
        }),
        ("some loads were dropped", |r| r.origin.begun = r.origin.loaded),
        ("some loads failed", |r| r.origin.failed = 0),
        ("some loads panicked", |r| r.origin.panicked = 0),
        ("some reads were given up", |r| r.work.given_up = 0),
        ("some reads found", |r| r.work.hits = 0),
        ("some writes were given up", |r| r.work.not_written = 0),
    ];
    let breaks = |report: &Report, law| report.breaches().iter().any(|says| says.contains(law));
    for (law, change) in changes {
        assert!(!breaks(honest, law), "{law}: {honest}");
        let mut report = honest.clone();
        change(&mut report);
        assert!(breaks(&report, law), "{law}: {report}{:#?}", report.breaches());
    }
}
