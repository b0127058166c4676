//! How a call ends, and what it says then.

use surefoot::backoff::Jitter;
use surefoot::error::Transient;
use surefoot::retry::{Stop, retry};

use super::*;

/// retry/RETRY1: a value ends it, on whichever attempt it comes.
#[tokio::test(start_paused = true)]
async fn the_first_value_ends_it() {
    for good in 1..=4 {
        let log = Log::new();
        let attempt = |number| {
            log.note(number);
            ready(if number < good { Err("busy") } else { Ok(number) })
        };
        let value = retry(attempt).backoff(tens()).max_attempts(4).await;
        assert_eq!(value, Ok(good));
        assert_eq!(log.times(), (0..u64::from(good)).map(|n| 10 * n).collect::<Vec<_>>());
    }
}

/// retry/RETRY5: an error that is permanent is returned at once, and says so, on the
/// last attempt too.
#[tokio::test(start_paused = true)]
async fn a_permanent_error_stops_at_once() {
    for (most, number_of_permanent) in [(5, 1), (5, 3), (3, 3)] {
        let log = Log::new();
        let attempt = |number| {
            log.note(number);
            ready(Err::<u8, _>(if number < number_of_permanent { "busy" } else { "denied" }))
        };
        let call = retry(attempt).backoff(tens()).max_attempts(most).when(|why| *why == "busy");
        let error = call.await.unwrap_err();
        let elapsed = ms(10) * (number_of_permanent - 1);
        assert_eq!((error.attempts, error.stop), (number_of_permanent, Stop::Permanent));
        assert_eq!((error.last, error.elapsed, error.cut), (last("denied"), elapsed, false));
        assert_eq!(log.attempts().len() as u32, number_of_permanent);
    }
}

/// retry/RETRY5: errors that know whether another attempt helps decide themselves.
#[tokio::test(start_paused = true)]
async fn transient_errors_say_so_themselves() {
    let calls = |why: &'static str| async move {
        let call = retry(move |_| ready(Err::<u8, _>(ServerError(why))));
        call.backoff(tens()).when(Transient::is_transient).await.unwrap_err()
    };
    assert_eq!((calls("busy").await.attempts, calls("refused").await.attempts), (3, 1));
}

/// retry/RETRY5: each error is asked about once, and a timeout is not.
#[tokio::test(start_paused = true)]
async fn when_is_asked_about_errors_alone() {
    let mut asked = Vec::new();
    let attempt = |number| async move {
        if number == 2 {
            wait(1000).await;
        }
        Err::<u8, _>(number)
    };
    let call = retry(attempt).backoff(tens()).attempt_timeout(ms(5)).max_attempts(4);
    let error = call
        .when(|number| {
            asked.push(*number);
            true
        })
        .await
        .unwrap_err();
    assert_eq!((error.attempts, error.elapsed), (4, ms(35)));
    assert_eq!(asked, [1, 3, 4]);
}

/// retry/RETRY5: the error says it in a line, and keeps the cause below it.
#[tokio::test(start_paused = true)]
async fn the_error_tells_the_story() {
    use std::error::Error;
    let call = retry(|_| ready(Err::<u8, _>(ServerError("refused")))).backoff(tens());
    let error = call.await.unwrap_err();
    assert_eq!(error.to_string(), "gave up after 3 attempt(s) in 20ms: no attempts are left");
    let cause = error.source().unwrap();
    assert_eq!(cause.to_string(), "the attempt failed");
    assert_eq!(cause.source().unwrap().to_string(), "refused");
}

/// retry/RETRY7: a seed replays its delays to the nanosecond; other seeds, and none,
/// give others.
#[tokio::test(start_paused = true)]
async fn a_seed_replays_and_no_two_others_are_in_step() {
    let policy = Backoff::exponential(ms(100)).jitter(Jitter::Full);
    let delays = |seed: Option<u64>| {
        let policy = policy.clone();
        async move {
            let mut delays = Vec::new();
            let call = retry(|_| ready(Err::<u8, _>("busy"))).backoff(policy).max_attempts(5);
            let call = match seed {
                Some(seed) => call.seed(seed),
                None => call,
            };
            call.notify(|attempt| delays.push(attempt.delay)).await.unwrap_err();
            delays
        }
    };
    assert_eq!(delays(Some(7)).await, delays(Some(7)).await);
    let mut all = std::collections::BTreeSet::new();
    for seed in 0..50 {
        assert!(all.insert(delays(Some(seed)).await));
        assert!(all.insert(delays(None).await), "two calls of one policy are in step");
    }
}
