//! What the closures are asked and told, and what a panic in one does.

use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::task::Poll;

use futures::FutureExt as _;
use surefoot::backoff::{Jitter, Rng};
use surefoot::retry::{Attempt, AttemptError, Budget, Stop, retry};

use super::*;

/// retry/RETRY7: `notify` is told of each attempt that is followed by another, with the
/// delay that is slept, and not of the last.
#[tokio::test(start_paused = true)]
async fn notify_is_told_the_delay_that_is_really_slept() {
    let log = Log::new();
    let mut told = Vec::new();
    let mut next = None;
    let policy = Backoff::exponential(ms(100)).jitter(Jitter::Equal);
    let call = retry(log.fails_after(3)).backoff(policy).max_attempts(5).seed(3);
    call.notify(|attempt: &Attempt<'_, _>| {
        let now = log.clock();
        assert_eq!(attempt.elapsed, ms(now));
        assert_eq!(*attempt.error, AttemptError::Error("busy"));
        next = Some((now, attempt.delay));
        told.push((attempt.number, now, attempt.delay));
    })
    .await
    .unwrap_err();
    assert_eq!(told.iter().map(|(number, ..)| *number).collect::<Vec<_>>(), [1, 2, 3, 4]);
    for ((_, told_at, delay), (_, began)) in told.iter().zip(&log.attempts()[1..]) {
        let slept = delay.as_nanos().div_ceil(1_000_000) as u64;
        assert_eq!(*began, told_at + slept, "the next attempt comes after the delay");
    }
    assert!(told.windows(2).all(|two| two[0].2 != two[1].2), "each draws anew");
}

/// retry/RETRY4: the sleep is not shorter than asked for, and not longer than asked for
/// plus what jitter adds; those who were told the same come back apart.
#[tokio::test(start_paused = true)]
async fn retry_after_is_a_lower_bound_with_jitter_above_it() {
    let slept = |jitter, seed, asked: u64| async move {
        let mut delay = None;
        let policy = Backoff::constant(ms(1000)).max_delay(ms(1000)).jitter(jitter);
        let call = retry(|_| ready(Err::<u8, _>("busy"))).backoff(policy).max_attempts(2);
        let call = call.seed(seed).retry_after(move |_| Some(ms(asked)));
        let began = Instant::now();
        call.notify(|attempt| delay = Some(attempt.delay)).await.unwrap_err();
        let delay = delay.unwrap();
        assert!(began.elapsed() - delay < ms(1), "what is told is slept");
        delay
    };
    // Without jitter, the longer of the two.
    assert_eq!(slept(Jitter::None, 0, 5_000).await, ms(5_000));
    assert_eq!(slept(Jitter::None, 0, 10).await, ms(1_000));
    for (jitter, spread) in [(Jitter::Full, 1_000), (Jitter::Equal, 500)] {
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..200 {
            let delay = slept(jitter, seed, 5_000).await;
            assert!((ms(5_000)..=ms(5_000 + spread)).contains(&delay), "{jitter:?}: {delay:?}");
            seen.insert(delay);
        }
        assert!(seen.len() > 190, "{jitter:?}: all come back at the same time");
        assert!(seen.last() > Some(&ms(5_000 + spread * 9 / 10)), "{jitter:?}");
    }
    // One that is shorter than the range of jitter changes nothing.
    let policy = Backoff::constant(ms(1000)).jitter(Jitter::Equal);
    let delay = policy.delays(Rng::seeded(4)).next_delay();
    assert_eq!(slept(Jitter::Equal, 4, 300).await, delay);
}

/// retry/RETRY4, retry/RETRY3: it may exceed the cap, and the longest does not
/// overflow; a deadline ends the call rather than that the sleep is cut short.
#[tokio::test(start_paused = true)]
async fn retry_after_may_exceed_the_cap_and_never_the_deadline() {
    let policy = Backoff::constant(ms(10)).max_delay(ms(10)).jitter(Jitter::Full);
    let log = Log::new();
    let call = retry(log.fails()).backoff(policy.clone()).max_attempts(2).seed(0);
    call.retry_after(|_| Some(ms(60_000))).await.unwrap_err();
    assert!((60_000..=60_010).contains(&log.times()[1]));
    for asked in [ms(100), Duration::MAX] {
        let log = Log::new();
        let call = retry(log.fails()).backoff(policy.clone()).deadline(ms(100));
        let error = call.retry_after(|_| Some(asked)).await.unwrap_err();
        assert_eq!((error.stop, error.attempts, error.elapsed), (Stop::Deadline, 1, ms(0)));
        assert_eq!(error.last, last("busy"));
    }
}

/// retry/RETRY4: later delays do not depend on what was asked for once.
#[tokio::test(start_paused = true)]
async fn retry_after_does_not_change_later_delays() {
    let log = Log::new();
    let mut asked = [None, Some(ms(500)), None].into_iter();
    let call = retry(log.fails()).backoff(Backoff::exponential(ms(10))).max_attempts(4);
    call.retry_after(|_| asked.next().flatten()).await.unwrap_err();
    assert_eq!(log.times(), [0, 10, 510, 550]);
}

/// retry/X3: a panic in any of the caller's closures ends that call alone: whoever
/// shares its budget goes on.
#[tokio::test(start_paused = true)]
async fn a_panic_in_a_closure_ends_that_call_alone() {
    let budget = Budget::new(0.0, 1, Duration::from_secs(4));
    let fails = || retry(|_| ready(Err::<u8, _>("busy"))).backoff(tens()).budget(&budget);
    let in_op = retry(|number| {
        assert!(number < 2, "in op");
        ready(Err::<u8, &str>("busy"))
    });
    let panics = [
        AssertUnwindSafe(in_op.budget(&budget)).catch_unwind().await.is_err(),
        AssertUnwindSafe(fails().when(|_| panic!("in when"))).catch_unwind().await.is_err(),
        AssertUnwindSafe(fails().retry_after(|_| panic!("in retry_after")))
            .catch_unwind()
            .await
            .is_err(),
        AssertUnwindSafe(fails().notify(|_| panic!("in notify"))).catch_unwind().await.is_err(),
        AssertUnwindSafe(fails().stop_on(async { panic!("in stop_on") }))
            .catch_unwind()
            .await
            .is_err(),
    ];
    assert_eq!(panics, [true; 5]);
    // `op` and `notify` came after a retry was granted; two of the four are left.
    let error = fails().max_attempts(9).await.unwrap_err();
    assert_eq!((error.attempts, error.stop), (3, Stop::Budget));
}

/// retry/X3: what an attempt held is free when a closure is asked about its error, and when
/// one is told that it timed out.
#[tokio::test(start_paused = true)]
async fn an_attempt_is_gone_before_anybody_is_asked() {
    let held = Rc::new(());
    let attempt = |number| {
        let held = held.clone();
        // It holds on after its end, too.
        poll_fn(move |_| {
            let _held = &held;
            if number == 2 { Poll::Pending } else { Poll::Ready(Err::<u8, _>("busy")) }
        })
    };
    let alone = || Rc::strong_count(&held) == 1;
    let mut told = 0;
    let call = retry(attempt).backoff(tens()).attempt_timeout(ms(5)).when(|_| alone());
    let call = call.retry_after(|_| {
        assert!(alone());
        None
    });
    let call = call.notify(|_| {
        assert!(alone());
        told += 1;
    });
    assert_eq!(call.await.unwrap_err().attempts, 3, "`when` saw it gone");
    assert_eq!(told, 2);
}
