//! A year on the paused clock.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::support::*;

const HOUR: u64 = 3_600_000;
const YEAR: u64 = 365 * 24 * HOUR;

fn hours(n: u32) -> Duration {
    ms(u64::from(n) * HOUR)
}

/// pool/POOL9: a year in which nobody comes: every count is exactly what the
/// options say, so nothing drifts.
///
/// Three connections are made at first: that of the one caller, and the two that
/// are to be idle beside it. One of the three is spare and goes after 3 h. Each of
/// the other two lives for exactly 12 h and is replaced at once: 730 times in
/// 8,760 h. It is checked in each hour but the last, when it is closed.
#[tokio::test(start_paused = true)]
async fn a_quiet_year_has_exact_counts() {
    const LIVES: u64 = YEAR / (12 * HOUR);
    let server = Server::new();
    let pool = server.pool(|p| {
        p.min_idle(2).idle_timeout(hours(3)).max_lifetime(hours(12)).keep_alive(hours(1))
    });
    drop(holder(&pool).await);
    until(&server, YEAR).await;
    let status = pool.status();
    assert_eq!((status.created, status.closed_by.lifetime), (3 + 2 * LIVES, 2 * LIVES));
    assert_eq!((status.closed_by.idle, status.idle, status.size), (1, 2, 2));
    let checks = server.asked("check");
    assert_eq!(checks.len() as u64, 2 + 2 * 11 * LIVES);
    assert!(checks.iter().all(|(at, _)| at % HOUR == 0));
    let ends: Vec<_> = server.asked("close").iter().map(|(at, _)| *at).collect();
    let expected = (1..=LIVES).flat_map(|life| [life * 12 * HOUR; 2]);
    assert_eq!(ends, [3 * HOUR].into_iter().chain(expected).collect::<Vec<_>>());
}

/// What happened to one connection.
#[derive(Debug, Default)]
struct Life {
    began: u64,
    touched: u64,
    longest_pause: u64,
    ended: Option<u64>,
}

/// pool/POOL9: a year of steady work: four callers at once in every eighth hour,
/// for a second each, and one in every hour.
///
/// - No life is longer than 12 h (and the second of its last use), and none that
///   ends for its age is shorter than 8 h.
/// - No connection is left alone for longer than the hour of `keep_alive`, and the
///   seconds in which it is in use.
/// - At least two are alive at any time, for 12 h at most: at least
///   2 · 8,760 / 12 = 1,460 are made.
/// - So many callers as come at once need so many and two that are idle beside
///   them, and two are there before: no more are made than callers come, 12,045,
///   beside those that replace one that is too old. At most six are alive, and one
///   that ends for its age was alive for 8 h: at most 6 · 8,760 / 8 = 6,570 do.
/// - The four quarters of the year are alike, but for chance.
#[tokio::test(start_paused = true)]
async fn a_busy_year_does_not_drift() {
    let server = Server::new();
    let pool = server.pool(|p| {
        p.max_size(10)
            .max_connecting(10)
            .min_idle(2)
            .idle_timeout(hours(3))
            .max_lifetime(hours(12))
            .lifetime_jitter(hours(4))
            .keep_alive(hours(1))
            .leak_after(hours(1))
    });
    server.usual_connect(well().after(150));
    server.usual_check(well().after(2));
    for hour in 0..YEAR / HOUR {
        until(&server, hour * HOUR + 1).await;
        if hour % 8 == 0 {
            ends([(); 4].map(|()| visit(&server, &pool, 0, 1_000))).await;
        } else {
            ends([visit(&server, &pool, 0, 1_000)]).await;
        }
    }
    until(&server, YEAR).await;
    let status = pool.status();
    let closed_by = status.closed_by;
    assert_eq!((status.acquired, status.timed_out, status.held_too_long), (8_760 + 3_285, 0, 0));
    assert_eq!(status.created, closed_by.lifetime + closed_by.idle + status.size as u64);
    assert_eq!(status.size, status.idle + status.checking);
    assert!((1_460..=3 + 12_045 + closed_by.lifetime).contains(&status.created), "{status:?}");
    assert!((1..=6_570).contains(&closed_by.lifetime), "{status:?}");
    assert!((1..=12_045).contains(&closed_by.idle), "{status:?}");
    assert!(server.peak() <= 7 && (2..=6).contains(&status.size), "{status:?}");

    let mut lives = BTreeMap::<usize, Life>::new();
    for (at, what, of) in server.take_log() {
        let life = lives.entry(of).or_insert(Life { began: at, touched: at, ..Life::default() });
        life.longest_pause = life.longest_pause.max(at - life.touched);
        life.touched = at;
        if what == "close" {
            life.ended = Some(at);
        }
    }
    assert_eq!(lives.len() as u64, status.created);
    for quarter in 0..4 {
        let days = quarter * YEAR / 4..(quarter + 1) * YEAR / 4;
        let made = lives.values().filter(|life| days.contains(&life.began)).count() as u64;
        let average = status.created / 4;
        assert!(made.abs_diff(average) < average / 10, "{made} of {status:?}");
    }
    let age = |life: &Life| life.ended.map_or(0, |ended| ended - life.began);
    let in_use = 1_000 + 150 + 2;
    for life in lives.values() {
        assert!(age(life) <= 12 * HOUR + in_use, "{life:?}");
        assert!(life.longest_pause <= HOUR + in_use, "{life:?}");
    }
    let old = lives.values().filter(|life| age(life) >= 8 * HOUR).count() as u64;
    assert!(old >= closed_by.lifetime, "{old} reached the age that {closed_by:?} ended for");
}
