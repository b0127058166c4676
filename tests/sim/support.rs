//! What the patterns' schedules have in common.

use surefoot::sim::Stats;

/// The one `cancellable` place of a scenario was cancelled at every poll at which
/// it was seen, and was seen more than once. Prints the table.
pub(crate) fn every_poll_was_struck(name: &str, stats: &Stats) {
    for (place, seen, struck) in stats.cancel_points.iter() {
        println!("{name:16} {place}: polls seen {seen}, polls struck {struck}");
        assert_eq!(seen, struck, "{name}: a cancellation struck at every poll");
        assert!(seen > 1, "{name}: it was polled, and pending");
    }
    assert!(stats.cancel_points.is_complete());
    assert_eq!(stats.cancel_points.iter().count(), 1);
}
