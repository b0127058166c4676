//! Connections that are too old, or were idle for too long.

use std::collections::BTreeSet;

use crate::support::*;

/// pool/POOL9: an idle connection goes at the end of its life, to the
/// millisecond, and does not come back.
#[tokio::test(start_paused = true)]
async fn an_idle_connection_lives_exactly_its_lifetime() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_lifetime(ms(100)));
    ends([visit(&server, &pool, 0, 40)]).await;
    until(&server, 99).await;
    assert_eq!((pool.status().idle, server.calls()[2]), (1, 0));
    until(&server, 10_000).await;
    assert_eq!(server.asked("close"), [(100, 1)]);
    let status = pool.status();
    assert_eq!((status.closed_by.lifetime, status.size, status.created), (1, 0, 1));
}

/// pool/POOL9: one that gets too old in use is closed when it comes back, not
/// before, and the next caller gets another.
#[tokio::test(start_paused = true)]
async fn a_connection_in_use_is_closed_on_its_return() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1).max_lifetime(ms(100)));
    let visits = [
        visit(&server, &pool, 0, 99),
        visit(&server, &pool, 1, 31),
        visit(&server, &pool, 2, 0),
        visit(&server, &pool, 131, 0),
    ];
    assert_eq!(
        ends(visits).await,
        ["0: connection 1", "99: connection 1", "130: connection 2", "131: connection 2"]
    );
    until(&server, 1_000).await;
    assert_eq!(server.asked("close"), [(130, 1), (230, 2)]);
    assert_eq!(pool.status().closed_by.lifetime, 2);
}

/// pool/POOL9: returned at the very instant at which it gets too old, it is too
/// old.
#[tokio::test(start_paused = true)]
async fn the_end_of_a_life_is_too_old() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1).max_lifetime(ms(100)));
    ends([visit(&server, &pool, 0, 100)]).await;
    assert_eq!((pool.status().idle, pool.status().closed_by.lifetime), (0, 1));
}

/// pool/POOL9: jitter makes lives shorter, never longer, by no more than itself,
/// and those that begin together do not end together.
#[tokio::test(start_paused = true)]
async fn jitter_spreads_the_ends_of_lives() {
    const N: usize = 40;
    for (jitter, earliest) in [(50_000, 50_000), (100_000, 0)] {
        let server = Server::new();
        let pool = server.pool(|p| {
            p.max_size(N).max_connecting(N).max_lifetime(ms(100_000)).lifetime_jitter(ms(jitter))
        });
        pool.warm_up(N).await.expect("the server is well");
        assert_eq!(pool.status().created, N as u64);
        until(&server, 200_000).await;
        let ends: Vec<_> = server.asked("close").iter().map(|(at, _)| *at).collect();
        assert_eq!(ends.len(), N);
        assert!(ends.iter().all(|at| (earliest..=100_000).contains(at)), "{ends:?}");
        let distinct: BTreeSet<_> = ends.iter().collect();
        assert!(distinct.len() > N - 5, "{ends:?}");
        let middle = 100_000 - jitter / 2;
        assert!(ends[0] < middle && ends[N - 1] > middle, "{ends:?}");
    }
}

/// pool/POOL9: idle connections go exactly after the limit, counted from the last
/// return; those in use stay.
#[tokio::test(start_paused = true)]
async fn an_idle_connection_goes_exactly_at_its_limit() {
    let server = Server::new();
    let pool = server.pool(|p| p.idle_timeout(ms(100)));
    let visits = [
        visit(&server, &pool, 0, 10),
        visit(&server, &pool, 0, 500),
        visit(&server, &pool, 109, 20),
    ];
    ends(visits).await;
    until(&server, 10_000).await;
    assert_eq!(server.asked("close"), [(229, 1), (600, 2)]);
    assert_eq!((pool.status().closed_by.idle, pool.status().size), (2, 0));
}

/// pool/POOL9: as many as are to be kept are kept, however long they are idle, and
/// they are those that were used last. [bb8#123: reaps below `min_idle`]
#[tokio::test(start_paused = true)]
async fn idle_connections_never_go_below_the_minimum() {
    let server = Server::new();
    let pool = server.pool(|p| p.min_idle(2).max_size(5).idle_timeout(ms(100)));
    pool.warm_up(5).await.expect("the server is well");
    let all: Vec<_> = std::iter::from_fn(|| pool.try_acquire()).collect();
    assert_eq!(all.len(), 5);
    let mut kept = BTreeSet::new();
    for (i, held) in all.into_iter().enumerate() {
        until(&server, 10 * i as u64).await;
        if i >= 3 {
            kept.insert(held.id);
        }
        drop(held);
    }
    for at in 40..100 {
        until(&server, at).await;
        assert_eq!(pool.status().idle, 5, "at {at}");
    }
    until(&server, 100_000).await;
    let closed = server.asked("close");
    let times: Vec<_> = closed.iter().map(|(at, _)| *at).collect();
    assert_eq!(times, [100, 110, 120]);
    assert!(closed.iter().all(|(_, id)| !kept.contains(id)), "{closed:?}, {kept:?}");
    let status = pool.status();
    assert_eq!((status.idle, status.created, status.closed_by.idle), (2, 5, 3));
}

/// pool/POOL9: a connection that becomes spare because another came back goes at
/// its own limit, although upkeep sleeps until a later moment.
#[tokio::test(start_paused = true)]
async fn a_connection_that_becomes_spare_goes_at_its_limit() {
    let server = Server::new();
    // Upkeep sleeps until the loan of the second would be overdue.
    let pool = server.pool(|p| p.max_size(2).min_idle(1).idle_timeout(ms(100)).leak_after(ms(105)));
    let (first, second) = (holder(&pool).await, holder(&pool).await);
    drop(first);
    until(&server, 10).await;
    drop(second);
    until(&server, 1_000).await;
    assert_eq!(server.asked("close").iter().map(|(at, _)| *at).collect::<Vec<_>>(), [100]);
    assert_eq!(pool.status().idle, 1);
}

/// pool/POOL9: one that is both too old and idle for too long is closed once, for
/// its age, and is not counted against those that are kept.
#[tokio::test(start_paused = true)]
async fn age_comes_before_idleness() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(2).idle_timeout(ms(50)).max_lifetime(ms(100)));
    let (first, second) = (holder(&pool).await, holder(&pool).await);
    until(&server, 50).await;
    drop(first);
    until(&server, 60).await;
    drop(second);
    until(&server, 1_000).await;
    assert_eq!(server.asked("close"), [(100, 1), (100, 2)]);
    let closed_by = pool.status().closed_by;
    assert_eq!((closed_by.lifetime, closed_by.idle), (2, 0));
}
