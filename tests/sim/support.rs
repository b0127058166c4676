//! What the patterns' schedules have in common.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use surefoot::probe::{cancellable, sometimes};
use surefoot::sim::{Explorer, Stats, Strategy};

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

/// Drops the future of `operation` at every of its polls, in every order of its tasks
/// with up to two deviations. Whatever it starts holds the token that it is given, and
/// has to end with it.
pub(crate) fn at_every_poll<F, Fut>(name: &str, operation: F)
where
    F: Fn(Arc<()>) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = ()> + 'static,
{
    let scenario = move || {
        let operation = operation.clone();
        async move {
            let token = Arc::new(());
            let ended = cancellable(operation(token.clone())).await;
            sometimes("it was dropped", ended.is_none());
            until_all_have_ended(&token).await;
        }
    };
    let strategy = Strategy::Exhaustive { deviations: Some(2) };
    let explorer = Explorer::new().strategy(strategy).schedules(60_000).cancellations(1);
    let stats = explorer.run(scenario).unwrap_or_else(|failure| panic!("{name}: {failure}"));
    every_poll_was_struck(name, &stats);
}

/// Lets those end that were told to, which they are ready for; the others, which wait
/// for longer, have not ended then.
pub(crate) async fn until_all_have_ended(token: &Arc<()>) {
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(Arc::strong_count(token), 1, "somebody is left");
}
