//! The operators stand beside those of both `StreamExt`s: one file may import all three
//! traits, and no call is ambiguous.

use std::cell::Cell;

// As a file does that needs operators of each.
use futures::StreamExt as _;
use surefoot::stream::{Interval, StreamPatterns as _, prioritized};
use tokio_stream::StreamExt as _;

use crate::support::*;

/// Each operator is called by name, and nothing else says whose it is.
#[tokio::test(start_paused = true)]
async fn no_name_is_that_of_another_trait() {
    let items = || futures::stream::iter(0..4_u64);
    let fallible = || futures::stream::iter((0..4_u64).map(Ok::<_, ()>));
    let (double, try_double) = (async |n| 2 * n, async |n| Ok::<_, ()>(2 * n));
    let given = Cell::new(0);
    macro_rules! sums {
        ($($stream:expr, $item:ident => $value:expr;)+) => {$(
            let mut stream = std::pin::pin!($stream);
            let mut sum = 0;
            while let Some($item) = futures::StreamExt::next(&mut stream).await {
                sum += $value;
            }
            assert_eq!(sum, 12, "{}", stringify!($stream));
            given.set(given.get() + 1);
        )+};
    }
    sums! {
        items().map_ordered(2, double), n => n;
        items().map_unordered(2, double), n => n;
        items().spawn_ordered(2, |n| async move { 2 * n }), n => n.unwrap();
        items().spawn_unordered(2, |n| async move { 2 * n }), n => n.unwrap();
        fallible().try_map_ordered(2, try_double), n => n.unwrap();
        fallible().try_map_unordered(2, try_double), n => n.unwrap();
        fallible().try_spawn_ordered(2, |n| async move { Ok::<_, ()>(2 * n) }), n => n.unwrap();
        fallible().try_spawn_unordered(2, |n| async move { Ok::<_, ()>(2 * n) }), n => n.unwrap();
        items().batch(3, ms(10)), batch => 2 * batch.iter().sum::<u64>();
        items().throttle_time(ms(10)), n => 12 + n;
        items().debounce_time(ms(10), ms(100)), n => 4 * n;
        items().item_timeout(ms(10)), n => 2 * n.unwrap();
        items().until(std::future::pending::<()>()), n => 2 * n;
        // And with theirs between.
        items().enumerate().map_while(Some).until(std::future::pending::<()>()), pair => 2 * pair.1;
    }
    assert_eq!(given.get(), 14, "every operator of the trait");
}

/// Each stream says what it is.
#[tokio::test(start_paused = true)]
async fn every_stream_has_a_text() {
    let items = || futures::stream::iter(0..4_u64);
    let texts = [
        (format!("{:?}", items().map_ordered(2, async |n| n)), "Map { limit: 2, "),
        (format!("{:?}", items().batch(3, ms(10))), "Batch { "),
        (format!("{:?}", items().throttle_time(ms(10))), "ThrottleTime { "),
        (format!("{:?}", items().debounce_time(ms(10), ms(100))), "DebounceTime { "),
        (format!("{:?}", items().item_timeout(ms(10))), "ItemTimeout { "),
        (format!("{:?}", items().until(std::future::pending::<()>())), "Until { "),
        (format!("{:?}", prioritized([items()])), "Prioritized { "),
        (format!("{:?}", Interval::every(ms(10))), "Interval { period: 10ms, "),
    ];
    for (text, beginning) in texts {
        assert!(text.starts_with(beginning), "{text}");
    }
}
