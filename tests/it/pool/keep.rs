//! Idle connections that are checked so that nobody forgets them.

use crate::support::*;

/// pool/POOL9: an idle connection is checked after each period, exactly, and is
/// there all the while.
#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_checked_in_every_period() {
    let server = Server::new();
    let pool = server.pool(|p| p.keep_alive(ms(100)));
    ends([visit(&server, &pool, 0, 30)]).await;
    until(&server, 629).await;
    assert_eq!(server.asked("check"), [130, 230, 330, 430, 530].map(|at| (at, 1)));
    assert_eq!((pool.status().idle, server.calls()), (1, [1, 5, 0]));
}

/// pool/POOL9: the period begins with the return and with the end of a check; a
/// checkout in between puts it off.
#[tokio::test(start_paused = true)]
async fn the_period_begins_anew_with_each_use() {
    let server = Server::new();
    let pool = server.pool(|p| p.keep_alive(ms(100)).check_after(ms(1_000)));
    server.checks([well().after(7)]);
    ends([visit(&server, &pool, 0, 0)]).await;
    until(&server, 103).await;
    assert_eq!((pool.status().checking, pool.status().idle), (1, 0));
    until(&server, 250).await;
    assert_eq!(server.asked("check"), [(100, 1), (207, 1)]);
    ends([visit(&server, &pool, 0, 20)]).await;
    until(&server, 400).await;
    assert_eq!(server.take_log()[1..], [(100, "check", 1), (207, "check", 1), (370, "check", 1)]);
}

/// pool/POOL9, pool/POOL8: a connection that fails the check is closed, and
/// replaced if it is one of those to be kept.
#[tokio::test(start_paused = true)]
async fn a_failed_keep_alive_replaces_the_connection() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(2).min_idle(1).keep_alive(ms(100)));
    pool.warm_up(1).await.expect("the server is well");
    server.checks([well(), fails("hung up").after(5), panics("boom")]);
    until(&server, 350).await;
    assert_eq!(server.asked("check"), [(100, 1), (200, 1), (305, 2)]);
    assert_eq!(server.asked("close"), [(205, 1), (305, 2)]);
    assert_eq!(server.asked("connect"), [(0, 1), (205, 2), (305, 3)]);
    let status = pool.status();
    assert_eq!((status.closed_by.check, status.idle, status.checking), (2, 1, 0));
}

/// pool/POOL9, pool/POOL8: one that broke and passes its check is not kept.
#[tokio::test(start_paused = true)]
async fn a_broken_connection_is_found_by_keep_alive() {
    let server = Server::new();
    let pool = server.pool(|p| p.keep_alive(ms(100)));
    drop(holder(&pool).await);
    server.break_all();
    until(&server, 150).await;
    assert_eq!((server.asked("close"), pool.status().size), (vec![(100, 1)], 0));
}

/// pool/POOL9: a check that hangs ends by its own limit, and holds up nothing:
/// the others are checked, and closed, in time.
#[tokio::test(start_paused = true)]
async fn a_keep_alive_that_hangs_delays_nobody() {
    let server = Server::new();
    let pool = server
        .pool(|p| p.max_size(2).keep_alive(ms(100)).check_timeout(ms(60)).idle_timeout(ms(130)));
    let (first, second) = (holder(&pool).await, holder(&pool).await);
    server.checks([hangs()]);
    drop(first);
    until(&server, 5).await;
    drop(second);
    until(&server, 1_000).await;
    assert_eq!(server.asked("check"), [(100, 1), (105, 2)]);
    assert_eq!(server.asked("close"), [(135, 2), (160, 1)]);
    let closed_by = pool.status().closed_by;
    assert_eq!((closed_by.check, closed_by.idle, pool.status().size), (1, 1, 0));
}

/// pool/POOL9: connections that are checked are not missing: none is made in
/// their place, however slow the check.
#[tokio::test(start_paused = true)]
async fn keep_alive_makes_no_connections() {
    for slow in [0, 10] {
        let server = Server::new();
        server.usual_check(well().after(slow));
        let pool = server.pool(|p| p.min_idle(2).keep_alive(ms(100)));
        pool.warm_up(2).await.expect("the server is well");
        until(&server, 100_000).await;
        assert_eq!((pool.status().size, server.calls()[0]), (2, 2), "a check takes {slow} ms");
        assert!(server.calls()[1] > 1_800);
    }
}

/// pool/POOL9, pool/POOL2: a caller that finds all connections under check waits
/// for the first that passes, and gets it at that instant.
#[tokio::test(start_paused = true)]
async fn a_caller_waits_for_a_keep_alive_under_way() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1).keep_alive(ms(100)).check_after(ms(1_000)));
    drop(holder(&pool).await);
    server.checks([well().after(20), fails("hung up").after(20)]);
    assert_eq!(ends([visit(&server, &pool, 105, 0)]).await, ["120: connection 1"]);
    assert_eq!(ends([visit(&server, &pool, 105, 0)]).await, ["240: connection 2"]);
}

/// pool/POOL9: one that gets too old while it is checked is not handed out.
#[tokio::test(start_paused = true)]
async fn a_connection_that_gets_too_old_under_check_is_closed() {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1).keep_alive(ms(100)).max_lifetime(ms(110)));
    drop(holder(&pool).await);
    server.checks([well().after(20)]);
    assert_eq!(ends([visit(&server, &pool, 105, 0)]).await, ["120: connection 2"]);
    assert_eq!(pool.status().closed_by.lifetime, 1);
}
