//! `lifetimes`, as a test.

use std::sync::LazyLock;

use surefoot_examples::audit::{Books, Change, assert_that_each_breaks, print};
use surefoot_examples::jobs::{Report, run};

/// One run for all tests.
static RAN: LazyLock<Report> = LazyLock::new(|| run().unwrap_or_else(|error| panic!("{error}")));

/// spawn/SPAWN4, scope/SCOPE2, cleanup/CLEAN1, cleanup/CLEAN3, blocking/BLOCK1: every
/// job is cleaned up after, exactly once, whether it succeeds, fails, panics or is
/// cancelled by a sibling or from outside; a failure starts the runner again.
#[test]
fn every_job_is_cleaned_up_after_however_it_ends() {
    let report = &*RAN;
    print(report);
    assert!(report.breaches().is_empty(), "{report}{:#?}", report.breaches());
}

/// The audit itself: change any number of a run's books, and it objects.
#[test]
fn no_number_can_be_changed_without_a_breach() {
    let changes: [Change<Report>; 18] = [
        ("jobs taken", |r| r.taken += 6),
        ("each job was cleaned up after", |r| r.found.jobs.clear()),
        ("and that once", |r| *r.found.outcomes.entry("Success".to_owned()).or_default() += 1),
        ("no cleanup panicked", |r| r.cleanups_panicked = 1),
        ("jobs that failed", |r| *r.found.outcomes.entry("Error".to_owned()).or_default() -= 1),
        ("jobs that panicked", |r| r.found.outcomes.retain(|outcome, _| outcome != "Panicked")),
        ("jobs that were cancelled", |r| r.found.outcomes.clear()),
        ("started again", |r| r.restarts += 1),
        ("left behind", |r| r.found.drafts = 1),
        ("half written", |r| r.found.broken = 1),
        ("files of jobs that worked", |r| r.found.whole -= 1),
        ("there are some", |r| r.found.whole = 0),
        ("closures that blocked", |r| r.blocking.started += r.blocking.abandoned + 1),
        ("closures that blocked", |r| r.blocking.started = 0),
        ("none is left", |r| r.blocking.running = 1),
        ("callers that left one", |r| r.blocking.abandoned = 100),
        ("the runner was stopped", |r| r.was_stopped = false),
        ("and that in time", |r| r.drained = false),
    ];
    assert_that_each_breaks(&*RAN, &changes);
}
