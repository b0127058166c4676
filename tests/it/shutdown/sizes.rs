//! Limits of every size.

use std::time::Duration;

use surefoot::shutdown::Shutdown;

use super::support::{add_slow, drained};
use crate::support::{edge_of_the_clock, ms};

/// shutdown/X6: the builder names the field that can't work.
#[test]
fn build_names_the_bad_field() {
    let zero = Duration::ZERO;
    let builder = Shutdown::builder().accept_limit(zero).drain_limit(zero);
    assert!(builder.clone().build().is_ok());
    let error = builder.abort_limit(zero).build().unwrap_err();
    assert_eq!(error.fields().collect::<Vec<_>>(), ["abort_limit"]);
    assert!(error.to_string().starts_with("`abort_limit` must be more than zero"), "{error}");
}

/// shutdown/X6: no time at all is as much as is asked for.
#[tokio::test(start_paused = true)]
async fn limits_of_zero_are_over_at_once() {
    let built = Shutdown::builder().accept_limit(ms(0)).drain_limit(ms(0)).build();
    let shutdown = built.unwrap();
    let accepting = shutdown.token().accepting();
    add_slow(&shutdown, "slow", 1);
    let (report, took) = drained(&shutdown).await;
    assert_eq!((report.aborted.len(), took), (1, 0));
    drop(accepting);
}

/// shutdown/X6: a limit beyond the end of the clock is none.
#[tokio::test(start_paused = true)]
async fn limits_of_any_size_overflow_nothing() {
    for limit in [Duration::MAX, edge_of_the_clock(), edge_of_the_clock() - ms(1)] {
        let builder = Shutdown::builder().accept_limit(limit).drain_limit(limit);
        let shutdown = builder.abort_limit(limit).build().unwrap();
        add_slow(&shutdown, "slow", 10);
        let (report, took) = drained(&shutdown).await;
        assert_eq!((report.finished, took), (1, 10));
    }
}
