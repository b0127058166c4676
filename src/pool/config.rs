use std::panic::Location;
use std::time::Duration;

use super::core::Dates;
use super::pooled::Info;
use crate::backoff::{Backoff, Rng};
use crate::error::BadField;
use crate::rt::{self, Instant};

/// What the builder was told, but for what the core needs to know.
#[derive(Clone, Debug)]
pub(super) struct Config {
    pub(super) acquire_timeout: Option<Duration>,
    pub(super) connect_timeout: Option<Duration>,
    pub(super) check_timeout: Option<Duration>,
    pub(super) close_timeout: Option<Duration>,
    pub(super) check_after: Duration,
    pub(super) idle_timeout: Option<Duration>,
    pub(super) max_lifetime: Option<Duration>,
    pub(super) lifetime_jitter: Duration,
    pub(super) keep_alive: Option<Duration>,
    pub(super) leak_after: Option<Duration>,
    pub(super) upkeep_backoff: Backoff,
    pub(super) min_idle: usize,
    /// Of the above, once they are settled: asked on every acquire.
    pub(super) needs_upkeep: bool,
    /// Whether a return has to look at the clock: the price of the time options.
    pub(super) dates_returns: bool,
    /// Where the pool was set up, for the report of a panic.
    pub(super) built_at: &'static Location<'static>,
}

impl Config {
    /// Works out what the options ask for.
    pub(super) fn settle(&mut self) {
        let dated = [self.idle_timeout, self.max_lifetime, self.keep_alive];
        let is_dated = dated.iter().any(Option::is_some);
        self.needs_upkeep = self.min_idle > 0 || self.leak_after.is_some() || is_dated;
        self.dates_returns = is_dated || !self.check_after.is_zero();
    }

    /// When a connection that was just made is due for what.
    pub(super) fn dates_of_new(&self, made: Instant) -> Dates<Instant> {
        let expires = self.max_lifetime.and_then(|most| {
            // Shorter, never longer: the limit is a limit.
            let jitter = Rng::from_entropy().duration_up_to(self.lifetime_jitter);
            made.checked_add(most.saturating_sub(jitter))
        });
        self.dates_at(made, Dates { expires, ..Dates::default() })
    }

    /// When a connection that is returned now is due for what.
    pub(super) fn dates_of_returned(&self, dates: Dates<Instant>) -> Dates<Instant> {
        self.dates_at(rt::now(), dates)
    }

    fn dates_at(&self, now: Instant, dates: Dates<Instant>) -> Dates<Instant> {
        if !self.dates_returns {
            return dates;
        }
        Dates {
            idle_since: Some(now),
            idle_until: self.idle_timeout.and_then(|limit| now.checked_add(limit)),
            keep_alive: self.next_keep_alive(now),
            expires: dates.expires,
        }
    }

    pub(super) fn next_keep_alive(&self, now: Instant) -> Option<Instant> {
        self.keep_alive.and_then(|period| now.checked_add(period))
    }

    /// Notes for how long a connection was idle that is to be handed out, where
    /// `check_after` asks for it. Says whether it has to be checked.
    pub(super) fn wants_check(&self, info: &mut Info, dates: &Dates<Instant>) -> bool {
        let since = dates.idle_since.filter(|_| !self.check_after.is_zero());
        info.idle_for = since.map(|since| rt::now().saturating_duration_since(since));
        info.idle_for.is_none_or(|idle_for| idle_for > self.check_after)
    }

    /// Adds the fields that can't work.
    pub(super) fn validate(&self, max_size: usize, bad: &mut Vec<BadField>) {
        if self.min_idle > max_size {
            let why = format!("must be at most max_size, {max_size}, and is {}", self.min_idle);
            bad.push(BadField::new("min_idle", why));
        }
        if self.min_idle > 0 && self.max_lifetime.is_some_and(|most| most.is_zero()) {
            // Each would be closed as soon as it is there, and made anew.
            let why = "must be longer than zero with a min_idle";
            bad.push(BadField::new("max_lifetime", why));
        }
        match self.max_lifetime {
            Some(most) if self.lifetime_jitter > most => {
                let why = format!("must be at most max_lifetime, {most:?}");
                bad.push(BadField::new("lifetime_jitter", why));
            }
            None if !self.lifetime_jitter.is_zero() => {
                bad.push(BadField::new("lifetime_jitter", "needs a max_lifetime"));
            }
            _ => {}
        }
        for (field, period) in [("keep_alive", self.keep_alive), ("leak_after", self.leak_after)] {
            if period.is_some_and(|period| period.is_zero()) {
                bad.push(BadField::new(field, "must be longer than zero"));
            }
        }
    }
}
