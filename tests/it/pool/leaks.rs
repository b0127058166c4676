//! Connections that do not come back.

use crate::support::*;

/// pool/POOL9: a loan is counted once, exactly when it has lasted for so long,
/// and each loan anew.
#[tokio::test(start_paused = true)]
async fn a_long_loan_is_counted_once_at_the_limit() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(3).leak_after(ms(100)));
    let first = holder(&pool).await;
    until(&server, 50).await;
    let second = holder(&pool).await;
    for (at, count) in [(99, 0), (100, 1), (149, 1), (150, 2), (10_000, 2)] {
        until(&server, at).await;
        assert_eq!(pool.status().held_too_long, count, "at {at}");
    }
    drop(first);
    let again = pool.try_acquire().expect("it is idle");
    until(&server, 10_099).await;
    assert_eq!((again.id, pool.status().held_too_long), (1, 2));
    until(&server, 10_100).await;
    assert_eq!(pool.status().held_too_long, 3);
    drop((again, second));
}

/// pool/POOL9: what came back in time, by whichever way, is not counted.
#[tokio::test(start_paused = true)]
async fn what_ends_in_time_is_not_counted() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(4).leak_after(ms(100)));
    let all = [holder(&pool).await, holder(&pool).await, holder(&pool).await, holder(&pool).await];
    let [returned, discarded, detached, mut broken] = all;
    until(&server, 99).await;
    broken.is_broken = true;
    drop((returned, broken));
    discarded.discard();
    let own = detached.detach();
    until(&server, 10_000).await;
    assert_eq!(pool.status().held_too_long, 0);
    let report = pool.close_within(ms(10)).await;
    assert!(report.is_complete() && report.holders.is_empty(), "{report:?}");
    drop(own);
}

/// pool/POOL10: with a limit, a close ends at the limit and says who holds what,
/// since when and from where; or at the last return, if that is earlier.
#[tokio::test(start_paused = true)]
async fn a_close_with_a_limit_says_who_holds_what() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(4).leak_after(ms(1_000)));
    let first_line = line!() + 1;
    let first = pool.acquire().await.expect("the server is well");
    wait(30).await;
    let second_line = line!() + 1;
    let second = pool.acquire_within(surefoot::deadline::Deadline::never()).await.expect("it is");
    drop(holder(&pool).await);
    let third_line = line!() + 1;
    let third = pool.try_acquire().expect("one is idle");
    server.usual_close(well().after(10));
    let report = pool.close_within(ms(200)).await;
    assert_eq!((server.clock(), report.is_complete(), report.left.in_use), (230, false, 3));
    assert_eq!((report.left.size, report.left), (3, pool.status()));
    let holders: Vec<_> = report
        .holders
        .iter()
        .map(|h| (h.id, h.acquired_at.file(), h.acquired_at.line(), h.held_for))
        .collect();
    let held = [(1, first_line, 230), (2, second_line, 200), (3, third_line, 200)];
    assert_eq!(holders, held.map(|(id, line, for_ms)| (id, file!(), line, ms(for_ms))));
    drop((first, second));
    let report = pool.close_within(ms(0)).await;
    assert_eq!((report.left.closing, report.left.in_use, report.holders.len()), (2, 1, 1));
    drop(third);
    let report = pool.close_within(ms(200)).await;
    assert_eq!((server.clock(), report.is_complete(), report.holders.len()), (240, true, 0));
}

/// pool/POOL10: without leak detection, the report counts and names nobody; the
/// pool is closed all the same.
#[tokio::test(start_paused = true)]
async fn without_leak_detection_nobody_is_named() {
    let pool = Server::new().pool(|p| p);
    let _held = holder(&pool).await;
    let report = pool.close_within(ms(10)).await;
    assert_eq!((report.left.in_use, report.holders.len(), report.is_complete()), (1, 0, false));
    assert_eq!((pool.is_closed(), outcome(&pool.acquire().await).as_str()), (true, "closed"));
    assert_eq!(pool.status().held_too_long, 0);
}

/// pool/POOL9: a loan that lasts too long is told as an event, once, with the
/// place that it was acquired at.
#[tokio::test(start_paused = true)]
async fn a_long_loan_is_an_event_that_names_its_place() {
    let events = Events::default();
    let _listens = tracing::subscriber::set_default(events.clone());
    let server = Server::new();
    let pool = server.pool(|p| p.leak_after(ms(100)));
    let line = line!() + 1;
    let _held = pool.acquire().await.expect("the server is well");
    until(&server, 99).await;
    assert_eq!(events.take(), [""; 0]);
    until(&server, 10_000).await;
    let events = events.take();
    assert_eq!(events.len(), 1, "{events:?}");
    let place = format!("acquired_at={}:{line}:", file!());
    for part in ["WARN ", "connection=1 ", &place, "held_for=100ms ", "is held for long"] {
        assert!(events[0].contains(part), "{part} in {events:?}");
    }
}
