use std::fmt;
use std::future::{Future, Pending, pending};
use std::time::Duration;

use pin_project_lite::pin_project;

use super::core::Core;
use super::run::State;
use super::{Attempt, Budget};
use crate::backoff::{Backoff, Delays, Jitter, Rng};

/// Runs `op` until it succeeds, at most three times unless told otherwise.
///
/// `op` is handed the number of the attempt, from 1. The attempts begin with the
/// first poll; what is set here applies from then on. Without a
/// [`backoff`](Retry::backoff), the delays double from 100 ms up to 30 s with full
/// jitter.
///
/// Nothing of it allocates. A value that is there at once costs neither a timer nor a
/// clock read, unless a [budget](Retry::budget) counts the call. Each attempt spends a
/// unit of the task's cooperation budget, so that a loop over calls that are ready at once
/// lets the task's neighbours run.
///
/// # Errors
///
/// [`RetryError`](super::RetryError), which says how often it was tried, for how
/// long, why no more, and how the last attempt failed.
///
/// # Panics
///
/// When it is polled outside a Tokio runtime and has to sleep, or to keep a time
/// limit.
///
/// # Cancel safety
///
/// Dropping it drops the attempt that runs, so it is as cancel safe as `op`'s
/// future. A retry that was granted by a budget is spent.
pub fn retry<F, Fut, T, E>(op: F) -> Retry<F, Fut, E>
where
    F: FnMut(u32) -> Fut,
    Fut: Future<Output = Result<T, E>>,
{
    Retry {
        op,
        hooks: Hooks { when: |_| true, retry_after: |_| None, notify: |_| () },
        stop_on: pending(),
        settings: Settings::default(),
        state: State::new(Core::new(3)),
    }
}

pin_project! {
    /// The future of [`retry`](super::retry()).
    ///
    /// Its closures are called outside of all locks; one that panics ends this call
    /// alone.
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct Retry<
        F,
        Fut,
        E,
        W = fn(&E) -> bool,
        A = fn(&E) -> Option<Duration>,
        N = fn(&Attempt<'_, E>),
        S = Pending<()>,
    > {
        pub(super) op: F,
        pub(super) hooks: Hooks<W, A, N>,
        #[pin]
        pub(super) stop_on: S,
        pub(super) settings: Settings,
        #[pin]
        pub(super) state: State<Fut, E>,
    }
}

/// What is asked, and told, when an attempt has failed.
pub(super) struct Hooks<W, A, N> {
    pub(super) when: W,
    pub(super) retry_after: A,
    pub(super) notify: N,
}

pub(super) struct Settings {
    backoff: Backoff,
    seed: Option<u64>,
    pub(super) attempt_timeout: Option<Duration>,
    pub(super) deadline: Option<Duration>,
    pub(super) budget: Option<Budget>,
}

impl Settings {
    pub(super) fn delays(&self) -> Delays {
        self.backoff.delays(self.seed.map_or_else(Rng::from_entropy, Rng::seeded))
    }

    /// Whether the budget has room for a retry, which is then counted as made.
    pub(super) fn may_retry(&self) -> bool {
        self.budget.as_ref().is_none_or(Budget::try_retry)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            backoff: Backoff::exponential(Duration::from_millis(100))
                .max_delay(Duration::from_secs(30))
                .jitter(Jitter::Full),
            seed: None,
            attempt_timeout: None,
            deadline: None,
            budget: None,
        }
    }
}

impl<F, Fut, E, W, A, N, S> Retry<F, Fut, E, W, A, N, S> {
    /// How long to sleep between attempts. The policy is taken as it is: for many
    /// callers of one service, give it [jitter](Jitter).
    pub fn backoff(mut self, policy: Backoff) -> Self {
        self.settings.backoff = policy;
        self
    }

    /// How many attempts are made at most, the first one included. Default: 3.
    ///
    /// # Panics
    ///
    /// If it is 0.
    #[track_caller]
    pub fn max_attempts(mut self, most: u32) -> Self {
        assert!(most > 0, "max_attempts(0): the first attempt is one");
        self.state.core = Core::new(most);
        self
    }

    /// How long one attempt may take. One that takes longer is dropped and counts as
    /// failed, with [`AttemptError::TimedOut`](super::AttemptError::TimedOut); it is
    /// tried again, whatever [`when`](Self::when) says of errors. Default: no limit.
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.settings.attempt_timeout = Some(limit);
        self
    }

    /// How long all of it may take, sleeps included. The limit begins when the first
    /// attempt is found pending, or has failed: the time that it takes inside its first
    /// poll is not counted. At the deadline the attempt that runs is dropped, and
    /// [`cut`](super::RetryError::cut) says so. A sleep that would not end before it
    /// is not begun. Default: no limit.
    ///
    /// The deadline of the
    /// [scope](crate::deadline::Deadline::scope), if it is nearer, is kept in the
    /// same way.
    pub fn deadline(mut self, limit: Duration) -> Self {
        self.settings.deadline = Some(limit);
        self
    }

    /// Counts this call, and asks before each attempt after the first. Default: none.
    ///
    /// With a budget, each call reads the clock once.
    pub fn budget(mut self, budget: &Budget) -> Self {
        self.settings.budget = Some(budget.clone());
        self
    }

    /// Draws the same delays for the same `seed`: for tests. Default: other delays
    /// for every call.
    pub fn seed(mut self, seed: u64) -> Self {
        self.settings.seed = Some(seed);
        self
    }

    /// Says of an error whether another attempt can help. Default: yes. For errors
    /// that know it themselves,
    /// [`Transient::is_transient`](crate::error::Transient::is_transient).
    pub fn when<W2>(self, when: W2) -> Retry<F, Fut, E, W2, A, N, S>
    where
        W2: FnMut(&E) -> bool,
    {
        let Hooks { retry_after, notify, .. } = self.hooks;
        let hooks = Hooks { when, retry_after, notify };
        let Self { op, stop_on, settings, state, .. } = self;
        Retry { op, hooks, stop_on, settings, state }
    }

    /// Reads from an error how long the other side wants to be left alone, such as
    /// from the header `Retry-After`. The sleep is not shorter than that, and jitter
    /// comes on top:
    /// [`next_delay_from`](crate::backoff::Delays::next_delay_from). Default: none.
    pub fn retry_after<A2>(self, retry_after: A2) -> Retry<F, Fut, E, W, A2, N, S>
    where
        A2: FnMut(&E) -> Option<Duration>,
    {
        let Hooks { when, notify, .. } = self.hooks;
        let hooks = Hooks { when, retry_after, notify };
        let Self { op, stop_on, settings, state, .. } = self;
        Retry { op, hooks, stop_on, settings, state }
    }

    /// Is told of each failed attempt that will be followed by another, and how long
    /// the sleep until then is. How the last one failed, the
    /// [error](super::RetryError) says.
    pub fn notify<N2>(self, notify: N2) -> Retry<F, Fut, E, W, A, N2, S>
    where
        N2: FnMut(&Attempt<'_, E>),
    {
        let Hooks { when, retry_after, .. } = self.hooks;
        let hooks = Hooks { when, retry_after, notify };
        let Self { op, stop_on, settings, state, .. } = self;
        Retry { op, hooks, stop_on, settings, state }
    }

    /// Gives up as soon as `stop` ends, such as a shutdown's token: no attempt begins
    /// after that, a sleep ends, and an attempt that is not ready is dropped
    /// ([`cut`](super::RetryError::cut)). Default: never.
    pub fn stop_on<S2: Future>(self, stop: S2) -> Retry<F, Fut, E, W, A, N, S2> {
        let Self { op, hooks, settings, state, .. } = self;
        Retry { op, hooks, stop_on: stop, settings, state }
    }
}

impl<F, Fut, E, W, A, N, S> fmt::Debug for Retry<F, Fut, E, W, A, N, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Settings { backoff, seed, attempt_timeout, deadline, budget } = &self.settings;
        f.debug_struct("Retry")
            .field("backoff", backoff)
            .field("seed", seed)
            .field("attempts", &self.state.core)
            .field("attempt_timeout", attempt_timeout)
            .field("deadline", deadline)
            .field("budget", budget)
            .finish_non_exhaustive()
    }
}
