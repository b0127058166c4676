//! What a scenario tells `tracing` stands in the trace of its failure.

use std::fmt;

use surefoot::sim::{Event, Explorer, Failure, Strategy, Verdict, fault};
use surefoot::spawn::Spawner;
use tokio::task::yield_now;

fn failing() -> Box<Failure> {
    let explorer = Explorer::new().strategy(Strategy::Exhaustive { deviations: Some(1) }).faults(1);
    let failure = explorer.run(|| async {
        let task = Spawner::new().name("writer").spawn(async {
            tracing::info!(bytes = 7, peer = ?"a\nb", "sent");
            yield_now().await;
            tracing::warn!("first\nsecond");
            let failed = fault("disk");
            tracing::error_span!("closing").in_scope(|| tracing::debug!(failed));
            failed
        });
        assert!(!task.await.unwrap(), "the disk is full");
    });
    failure.expect_err("a fault fails it")
}

/// Each in its step and its place, on one line; a span is none.
#[test]
fn events_stand_in_the_rows_of_their_steps() {
    let failure = failing();
    let told = |step: usize| {
        let row = &failure.trace.rows()[step - 1];
        (row.task.as_str(), row.events.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    let events = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let first = [r#"INFO sent bytes=7 peer="a\nb""#, "woke `writer#1`", "pending"];
    assert_eq!(told(2), ("writer#1", events(&first)));
    let last =
        [r"WARN first\nsecond", "fault \"disk\"", "DEBUG failed=true", "woke `root`", "returned"];
    assert_eq!(told(3), ("writer#1", events(&last)));
    assert!(failure.to_string().contains("WARN first\\nsecond; fault \"disk\"; DEBUG failed=true"));
    assert!(failure.timeline().to_string().contains("INFO sent bytes=7"));
    assert_eq!(failing().trace, failure.trace, "the same failure has the same trace");
}

/// Who is told outside of a failure's trace is whom the test chose.
#[test]
fn only_a_trace_listens() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static TOLD: AtomicUsize = AtomicUsize::new(0);

    struct Counted;
    impl fmt::Debug for Counted {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            TOLD.fetch_add(1, Ordering::Relaxed);
            f.write_str("counted")
        }
    }
    let passes = || async { tracing::error!(event = ?Counted) };
    Explorer::new().strategy(Strategy::Fair).run(passes).unwrap();
    assert_eq!(TOLD.load(Ordering::Relaxed), 0, "nobody listens to a schedule that passes");
    let fails = || async {
        tracing::error!(event = ?Counted);
        panic!("it fails");
    };
    let failure = Explorer::new().strategy(Strategy::Fair).run(fails).expect_err("it fails");
    assert_eq!(TOLD.load(Ordering::Relaxed), 1, "one run of it is recorded");
    let told = Event::Told("ERROR event=counted".to_owned());
    assert!(failure.trace.rows()[0].events.contains(&told));
}

/// A field whose `Debug` panics changes nothing: it is asked in one run of the schedule only.
#[test]
fn a_field_that_panics_is_not_the_failure() {
    struct Panics;
    impl fmt::Debug for Panics {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("told badly")
        }
    }
    let scenario = || async {
        tracing::error!(event = ?Panics);
        panic!("it fails anyway");
    };
    let failure = Explorer::new().strategy(Strategy::Fair).run(scenario).expect_err("it fails");
    let events = &failure.trace.rows()[0].events;
    let told = Event::Told("ERROR (panicked: told badly)".to_owned());
    assert_eq!(events, &[told, Event::Panicked("it fails anyway".to_owned())]);
    assert!(matches!(&failure.verdict, Verdict::Panic { panicked, .. }
        if panicked.message() == "it fails anyway"));
}
