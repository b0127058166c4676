//! `channels`, as a test.

use std::sync::LazyLock;

use surefoot_examples::audit::Books;
use surefoot_examples::draw::any_seed;
use surefoot_examples::logs::{Report, Settings, run};

/// One run for all tests.
static RAN: LazyLock<Report> = LazyLock::new(|| {
    let settings = Settings::seeded(any_seed());
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let ran = run(&settings, &folder.path().join("lines.log"));
    ran.unwrap_or_else(|error| panic!("seed {}: {error}", settings.seed))
});

/// channel/CHAN1, channel/CHAN2, channel/CHAN3, channel/CHAN4, channel/CHAN5: on four
/// threads, with sources that panic, every line that was sent is in the file once, and
/// every listener and reader was told the truth.
#[test]
fn the_books_of_the_stages_and_the_file_agree() {
    let report = &*RAN;
    assert!(report.breaches().is_empty(), "{report}{:#?}", report.breaches());
    assert!(report.written > 14 * 2_000, "{report}");
}

/// A law, and how to break it.
type Change = (&'static str, fn(&mut Report));

/// The audit itself: change anything in a run's books, and it objects.
#[test]
fn no_number_can_be_changed_without_a_breach() {
    let honest = &*RAN;
    let changes: [Change; 18] = [
        ("every line of the file is one", |r| r.in_file[7] = None),
        ("the file has every line", |r| r.in_file.truncate(9)),
        ("the writer counted each", |r| r.written += 1),
        ("no source misses a line", |r| {
            let again = r.in_file[0].clone();
            r.in_file[1] = again;
        }),
        ("no source misses a line", |r| r.sent[0].lines += 1),
        ("no line overtook another", |r| r.in_file.reverse()),
        ("each panic came as an item", |r| r.panics -= 1),
        ("those that were to panic did", |r| r.sent[7].panics = 0),
        ("the ledger lost nothing", |r| r.ledger.lost = 1),
        ("the ledger got every line", |r| r.ledger.lines.truncate(9)),
        ("the ledger is the file", |r| r.ledger.lines.swap(0, 9)),
        ("what the screen got and lost", |r| r.screen.lost += 1),
        ("the screen lost where it says", |r| r.screen.places[3] += 1),
        ("the screen was too slow", |r| r.screen.lost = 0),
        ("each question but the last", |r| r.asked += 1),
        ("questions were answered", |r| r.answers.clear()),
        ("lines that a reader heard of", |r| r.answers[0].push(u64::MAX)),
        ("no reader saw the count go back", |r| r.answers[0].extend([1, 0])),
    ];
    let breaks = |report: &Report, law| report.breaches().iter().any(|says| says.contains(law));
    for (law, change) in changes {
        assert!(!breaks(honest, law), "{law}: {honest}");
        let mut report = honest.clone();
        change(&mut report);
        assert!(breaks(&report, law), "{law}: {report}{:#?}", report.breaches());
    }
}
