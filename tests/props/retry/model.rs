//! A call as a loop over whole milliseconds.

use std::cell::RefCell;
use std::time::Duration;

use proptest::prelude::*;
use surefoot::backoff::Backoff;
use surefoot::deadline::Deadline;
use surefoot::retry::{AttemptError, Budget, RetryError, Stop, retry};
use tokio::time::{Instant, sleep_until};

/// What one attempt does: it takes so long, and ends so.
#[derive(Clone, Copy, Debug)]
struct Step {
    takes: u64,
    end: End,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Good,
    Busy,
    /// Busy, and says for how long.
    Asks(u64),
    Denied,
}

/// A call, in milliseconds.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    script: Vec<Step>,
    base: u64,
    /// The delay is `base`, or `base` more each time.
    grows: bool,
    most: u32,
    attempt: Option<u64>,
    deadline: Option<u64>,
    scope: Option<u64>,
    stop: Option<u64>,
    budget: Option<u32>,
}

/// Everything that can be seen of a call.
#[derive(Debug, PartialEq)]
pub(crate) struct Told {
    /// Number and time of each attempt.
    attempts: Vec<(u32, u64)>,
    /// Number, time and delay that `notify` was told.
    sleeps: Vec<(u32, u64, u64)>,
    ended_at: u64,
    failure: Option<Failure>,
}

/// Attempts, elapsed, why, whether cut, and the last failure: the attempt's number if it
/// was an error of its own.
type Failure = (u32, u64, Stop, bool, Option<Option<u32>>);

pub(crate) fn call() -> impl Strategy<Value = Call> {
    let end = prop_oneof![
        1 => Just(End::Good),
        8 => Just(End::Busy),
        2 => (0..40_u64).prop_map(End::Asks),
        1 => Just(End::Denied),
    ];
    let takes = prop_oneof![3 => Just(0), 2 => 1..15_u64];
    let step = (takes, end).prop_map(|(takes, end)| Step { takes, end });
    let maybe = |range: std::ops::Range<u64>| prop::option::weighted(0.4, range);
    let limits = (maybe(0..12), maybe(0..90), maybe(0..90), maybe(1..90));
    let script = prop::collection::vec(step, 8);
    let budget = prop::option::weighted(0.3, 0..6_u32);
    (script, 0..12_u64, any::<bool>(), 1..9_u32, limits, budget).prop_map(
        |(script, base, grows, most, (attempt, deadline, scope, stop), budget)| Call {
            script,
            base,
            grows,
            most,
            attempt,
            deadline,
            scope,
            stop,
            budget,
        },
    )
}

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

impl Call {
    /// What it does.
    pub(crate) async fn real(&self) -> Told {
        let began = Instant::now();
        let clock = || began.elapsed().as_millis() as u64;
        let wait = |n| sleep_until(began + ms(n));
        let (attempts, sleeps) = (RefCell::new(Vec::new()), RefCell::new(Vec::new()));
        let attempt = |number: u32| {
            attempts.borrow_mut().push((number, clock()));
            let Step { takes, end } = self.script[number as usize - 1];
            let until = clock() + takes;
            async move {
                if takes > 0 {
                    wait(until).await;
                }
                if end == End::Good { Ok(()) } else { Err((number, end)) }
            }
        };
        let backoff = if self.grows { Backoff::linear } else { Backoff::constant };
        let mut call = retry(attempt).backoff(backoff(ms(self.base))).max_attempts(self.most);
        if let Some(limit) = self.attempt {
            call = call.attempt_timeout(ms(limit));
        }
        if let Some(limit) = self.deadline {
            call = call.deadline(ms(limit));
        }
        if let Some(retries) = self.budget {
            let window = Duration::from_secs(retries.max(1).into());
            call = call.budget(&Budget::new(0.0, retries.min(1), window));
        }
        let call = call
            .when(|(_, end)| *end != End::Denied)
            .retry_after(|(_, end)| if let End::Asks(n) = end { Some(ms(*n)) } else { None })
            .notify(|told| {
                let delay = told.delay.as_millis() as u64;
                assert_eq!(told.elapsed, ms(clock()));
                sleeps.borrow_mut().push((told.number, clock(), delay));
            });
        let stop = async {
            match self.stop {
                Some(n) => wait(n).await,
                None => std::future::pending().await,
            }
        };
        let scope = self.scope.map_or(Deadline::never(), |limit| Deadline::after(ms(limit)));
        let ended = scope.scope(call.stop_on(stop)).await;
        let failure = ended.err().map(|error: RetryError<(u32, End)>| {
            let last = error.last.map(|last| match last {
                AttemptError::Error((number, _)) => Some(number),
                AttemptError::TimedOut(elapsed) => {
                    assert_eq!(Some(elapsed.after), self.attempt.map(ms));
                    None
                }
                other => panic!("there is no other kind: {other:?}"),
            });
            let elapsed = error.elapsed.as_millis() as u64;
            (error.attempts, elapsed, error.stop, error.cut, last)
        });
        let ended_at = clock();
        Told { attempts: attempts.into_inner(), sleeps: sleeps.into_inner(), ended_at, failure }
    }

    /// What it is to do.
    pub(crate) fn reference(&self) -> Told {
        const NEVER: u64 = u64::MAX;
        let stop_at = self.stop.unwrap_or(NEVER);
        let deadline = self.deadline.unwrap_or(NEVER).min(self.scope.unwrap_or(NEVER));
        let (mut attempts, mut sleeps) = (Vec::new(), Vec::new());
        let (mut now, mut number, mut last) = (0, 0, None);
        let mut left_in_budget = self.budget.unwrap_or(u32::MAX);
        let mut delay = self.base;
        // Why it stops, and whether an attempt was cut.
        let stop = loop {
            if stop_at <= now {
                break Some((Stop::Stopped, false));
            }
            number += 1;
            attempts.push((number, now));
            let Step { takes, end } = self.script[number as usize - 1];
            let ready_at = now + takes;
            let own = self.attempt.map_or(NEVER, |limit| now + limit);
            let mut own_error = true;
            // What is ready comes first, then the stop, then the deadline.
            if takes > 0 && ready_at > stop_at.min(own).min(deadline) {
                now = now.max(stop_at.min(own).min(deadline));
                if stop_at <= now {
                    break Some((Stop::Stopped, true));
                } else if deadline <= now {
                    break Some((Stop::Deadline, true));
                }
                own_error = false;
            } else {
                now = ready_at;
                if end == End::Good {
                    break None;
                }
            }
            last = Some(own_error.then_some(number));
            let asked = match end {
                End::Denied if own_error => break Some((Stop::Permanent, false)),
                End::Asks(n) if own_error => n,
                _ => 0,
            };
            if number == self.most {
                break Some((Stop::Attempts, false));
            }
            let sleep = delay.max(asked);
            if deadline <= now + sleep {
                break Some((Stop::Deadline, false));
            }
            if stop_at <= now {
                break Some((Stop::Stopped, false));
            }
            if left_in_budget == 0 {
                break Some((Stop::Budget, false));
            }
            left_in_budget -= 1;
            sleeps.push((number, now, sleep));
            if self.grows {
                delay += self.base;
            }
            now = stop_at.min(now + sleep);
        };
        let failure = stop.map(|(stop, cut)| (number, now, stop, cut, last));
        Told { attempts, sleeps, ended_at: now, failure }
    }
}
