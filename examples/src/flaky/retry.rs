//! Pages that come at the second try, or the third; and when not to try again.

use std::cell::RefCell;
use std::fmt;
use std::time::Duration;

use surefoot::backoff::{Backoff, Jitter};
use surefoot::error::Transient;
use surefoot::join;
use surefoot::retry::{Attempt, AttemptError, Budget, RetryError, Stop, retry};

use super::{FetchError, Sides, Web, against_server};
use crate::audit::{Audit, Books, Kinds, count, line, lines, total};
use crate::run::Error;

/// How many calls run at a time.
const AT_ONCE: usize = 16;
/// Calls for pages of a server that is well one time in two.
const FLAKY: u64 = 200;
/// Calls for pages that are not there.
const GONE: u64 = 10;
/// Calls to a server that is down, whose retries are on a budget.
const DOWN: u64 = 40;
/// Retries that the budget has for a call.
const RATIO: f64 = 0.25;
/// Attempts of a call at most.
const ATTEMPTS: u32 = 5;

/// Fetches the page, and tries again what may succeed the next time. `notify` is told
/// of each attempt that is followed by another.
///
/// # Errors
///
/// How the last attempt failed, and why there was no other.
pub async fn fetch(
    web: &Web,
    path: &str,
    budget: &Budget,
    notify: impl FnMut(&Attempt<'_, FetchError>),
) -> Result<String, RetryError<FetchError>> {
    let backoff = Backoff::exponential(Duration::from_millis(1))
        .max_delay(Duration::from_millis(20))
        .jitter(Jitter::Full);
    retry(|_| web.page(path))
        .backoff(backoff)
        .max_attempts(ATTEMPTS)
        .attempt_timeout(Duration::from_millis(200))
        .deadline(Duration::from_secs(10))
        .budget(budget)
        .when(FetchError::is_transient)
        .retry_after(FetchError::retry_after)
        .notify(notify)
        .await
}

/// Runs it all.
///
/// # Errors
///
/// If the run could not be made, or did not end in time.
pub fn run(seed: u64) -> Result<Report, Error> {
    let (mut report, sides) = against_server(seed, async |web| {
        let plenty = || Budget::new(1.0, 1_000, Duration::from_secs(60));
        let scarce = || Budget::new(RATIO, 0, Duration::from_secs(60));
        Report {
            flaky: calls(web, "flaky", FLAKY, &plenty()).await,
            gone: calls(web, "gone", GONE, &plenty()).await,
            down: calls(web, "dead", DOWN, &scarce()).await,
            sides: Sides::default(),
        }
    })?;
    report.sides = sides;
    Ok(report)
}

async fn calls(web: &Web, mood: &str, n: u64, budget: &Budget) -> Calls {
    // All of them run in this task.
    let calls = RefCell::new(Calls::default());
    let notify = |attempt: &Attempt<'_, FetchError>| calls.borrow_mut().retried(attempt);
    let fetched = join::all((0..n).map(async |n| {
        let ended = fetch(web, &format!("/{mood}/{n}"), budget, notify).await;
        calls.borrow_mut().ended(&ended);
    }));
    fetched.limit(AT_ONCE).await;
    calls.into_inner()
}

/// What became of some calls.
#[derive(Clone, Debug, Default)]
pub struct Calls {
    /// Pages fetched.
    pub fetched: u64,
    /// Calls that gave up, by why.
    pub gave_up: Kinds,
    /// Attempts that were followed by another.
    pub retried: u64,
    /// Attempts that took too long.
    pub timed_out: u64,
    /// Attempts that were cut by the deadline.
    pub cut: u64,
    /// Sleeps that were shorter than the server had asked for.
    pub too_short: u64,
}

impl Calls {
    fn retried(&mut self, attempt: &Attempt<'_, FetchError>) {
        self.retried += 1;
        self.failed(attempt.error);
        if let AttemptError::Error(error) = attempt.error {
            let least = error.retry_after().unwrap_or_default();
            self.too_short += u64::from(attempt.delay < least);
        }
    }

    fn ended(&mut self, ended: &Result<String, RetryError<FetchError>>) {
        match ended {
            Ok(_) => self.fetched += 1,
            Err(error) => {
                count(&mut self.gave_up, error.stop.to_string());
                self.cut += u64::from(error.cut);
                if let (Some(last), false) = (&error.last, error.cut) {
                    self.failed(last);
                }
            }
        }
    }

    fn failed(&mut self, error: &AttemptError<FetchError>) {
        self.timed_out += u64::from(matches!(error, AttemptError::TimedOut(_)));
    }

    fn ended_by(&self, stop: Stop) -> u64 {
        self.gave_up.get(&stop.to_string()).copied().unwrap_or_default()
    }
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Calls to a server that is well one time in two.
    pub flaky: Calls,
    /// Calls for pages that are not there.
    pub gone: Calls,
    /// Calls to a server that is down.
    pub down: Calls,
    /// The requests.
    pub sides: Sides,
}

impl Books for Report {
    fn audit(&self, audit: &mut Audit) {
        let Self { flaky, gone, down, sides } = self;
        let all = [flaky, gone, down];
        let sum = |of: fn(&Calls) -> u64| all.iter().map(|calls| of(calls)).sum::<u64>();

        audit.same("each call ended", sum(|c| c.fetched + total(&c.gave_up)), FLAKY + GONE + DOWN);
        let attempts = FLAKY + GONE + DOWN + sum(|c| c.retried);
        audit.same("each attempt is one request", sides.client.asked, attempts);
        let cut = sum(|c| c.timed_out + c.cut);
        audit.same("what took too long was cut", sides.client.cut, cut);
        audit.same("the server was left alone as it asked", sides.server.early, 0);
        audit.same("no sleep was too short", sum(|c| c.too_short), 0);

        audit.same(
            "the last attempt was tried before a call gave up",
            flaky.ended_by(Stop::Attempts),
            total(&flaky.gave_up),
        );
        let most = FLAKY * u64::from(ATTEMPTS - 1);
        audit.at_most("retries of the calls", flaky.retried, most);
        audit.at_least("some were tried again", flaky.retried, 1);
        // Unless it took too long to say so.
        audit.at_most("what is not there is not tried again", gone.retried, gone.timed_out);
        let permanent = gone.ended_by(Stop::Permanent);
        audit.at_least("and that is why", permanent + gone.timed_out, GONE);
        let most = (RATIO * DOWN as f64) as u64;
        audit.same("a server that is down gets the retries of the budget", down.retried, most);
        audit.same(
            "and no more",
            down.ended_by(Stop::Budget) + down.ended_by(Stop::Attempts),
            DOWN,
        );
        sides.audit(audit);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "retry: at most {ATTEMPTS} attempts, {AT_ONCE} calls at a time")?;
        let parts = [
            ("a flaky server", FLAKY, &self.flaky),
            ("pages that are not there", GONE, &self.gone),
            ("a server that is down, on a budget", DOWN, &self.down),
        ];
        for (what, n, calls) in parts {
            line(f, what, n)?;
            line(f, "  pages fetched", calls.fetched)?;
            line(f, "  retries", calls.retried)?;
            line(f, "  attempts that took too long", calls.timed_out)?;
            lines(f, &calls.gave_up)?;
        }
        write!(f, "{}", self.sides)
    }
}
