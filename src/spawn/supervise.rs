use std::borrow::Cow;
use std::future::{Future, pending};
use std::panic::Location;
use std::time::Duration;

use super::core::{Verdict, Window};
use super::{FlatError, GaveUp, Spawner, Task};
use crate::backoff::{Backoff, Delays, Jitter, Rng};
use crate::error::{Panicked, TaskError, catch_future};
use crate::rt;

/// Runs a task, and starts it again when it fails.
///
/// `make` is called for every run, with the number of restarts so far: 0 at
/// first. A run fails if it, or `make`, returns an error or panics; a value ends
/// it all. Between a failure and the next run lies a delay.
///
/// The runs and the delays are one task, so that what aborts the [`Task`] drops
/// the run that is under way with it, and nothing outlives it.
///
/// ```
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// use surefoot::spawn::{Restart, supervise};
///
/// let worker = supervise(Restart::new().name("worker"), |restarts| async move {
///     match restarts {
///         0 => Err("the line is busy"),
///         1 => panic!("out of paper"),
///         _ => Ok("done"),
///     }
/// });
/// assert_eq!(worker.await, Ok(Ok("done")));
/// # }
/// ```
///
/// # Errors
///
/// The task's output is [`GaveUp`] once it failed with as many restarts behind it
/// as it may have within the window.
///
/// # Panics
///
/// Outside a runtime.
///
/// # Cancel safety
///
/// As [`Task`]: dropping it aborts the run that is under way, and no other
/// follows.
#[track_caller]
pub fn supervise<F, Fut, T, E>(restart: Restart, make: F) -> Task<Result<T, GaveUp<E>>>
where
    F: FnMut(u32) -> Fut + Send + 'static,
    Fut: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: Send + 'static,
{
    let spawner = Spawner::new().name(restart.name.clone()).daemon(restart.daemon);
    spawner.spawn(run(restart, make, Location::caller()))
}

async fn run<F, Fut, T, E>(
    restart: Restart,
    mut make: F,
    spawned_at: &'static Location<'static>,
) -> Result<T, GaveUp<E>>
where
    F: FnMut(u32) -> Fut,
    Fut: Future<Output = Result<T, E>>,
{
    let begun = rt::now();
    let mut window = Window::new(restart.most, restart.window);
    let mut pace = Pace::new(&restart);
    let mut restarts = 0_u32;
    loop {
        let make = &mut make;
        let last = match catch_future(async move { make(restarts).await }).await {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) => FlatError::Inner(error),
            Err(caught) => FlatError::Task(TaskError::Panicked(Panicked::new(caught, spawned_at))),
        };
        let elapsed = rt::now().saturating_duration_since(begun);
        let delay = match window.failed(elapsed) {
            Verdict::GiveUp => return Err(GaveUp { restarts, elapsed, last }),
            Verdict::Restart { afresh } => pace.next(afresh),
        };
        drop(last);
        sleep(delay).await;
        restarts = restarts.saturating_add(1);
    }
}

/// With the task's budget, unlike a time limit: one that fails at once, and is
/// started again at once, lets its neighbours run.
async fn sleep(delay: Duration) {
    match rt::now().checked_add(delay) {
        Some(at) => rt::sleep_until(at).await,
        None => pending().await,
    }
}

/// The delays, which begin anew after a run that went well for long.
struct Pace<'a> {
    backoff: &'a Backoff,
    /// Of the next series: jitter does not repeat itself with the delays.
    seed: u64,
    delays: Option<Delays>,
}

impl<'a> Pace<'a> {
    fn new(restart: &'a Restart) -> Self {
        let seed = restart.seed.unwrap_or_else(rt::entropy);
        Self { backoff: &restart.backoff, seed, delays: None }
    }

    fn next(&mut self, afresh: bool) -> Duration {
        if afresh {
            self.delays = None;
        }
        let begin = || {
            let rng = Rng::seeded(self.seed);
            self.seed = self.seed.wrapping_add(1);
            self.backoff.delays(rng)
        };
        self.delays.get_or_insert_with(begin).next_delay()
    }
}

/// When a [supervised](supervise()) task is started again, and when no more.
///
/// | option | default |
/// |---|---|
/// | [`at_most`](Self::at_most) | 5 restarts within 60 s |
/// | [`backoff`](Self::backoff) | 100 ms, then twice the last, up to 10 s; [`Jitter::Equal`] |
/// | [`seed`](Self::seed) | none: other delays on each call and in each process |
/// | [`name`](Self::name) | `supervised` |
/// | [`daemon`](Self::daemon) | `false` |
#[derive(Clone, Debug)]
#[must_use = "it does nothing until it is handed to `supervise`"]
pub struct Restart {
    backoff: Backoff,
    most: u32,
    window: Duration,
    seed: Option<u64>,
    name: Cow<'static, str>,
    daemon: bool,
}

impl Restart {
    /// The defaults.
    pub fn new() -> Self {
        Self {
            backoff: Backoff::exponential(Duration::from_millis(100))
                .max_delay(Duration::from_secs(10))
                .jitter(Jitter::Equal),
            most: 5,
            window: Duration::from_secs(60),
            seed: None,
            name: Cow::Borrowed("supervised"),
            daemon: false,
        }
    }

    /// How long to wait before each restart. The delays begin anew with a failure
    /// that has no restart within the window before it.
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// Gives up at a failure that has `restarts` restarts within the window before
    /// it, each counted from the failure that it answered. With 0, the first
    /// failure is the last. A moment is kept for each restart in the window.
    ///
    /// # Panics
    ///
    /// If `window` is zero: no restart is ever within it.
    #[track_caller]
    pub fn at_most(mut self, restarts: u32, window: Duration) -> Self {
        assert!(!window.is_zero(), "no restart is ever within a window of zero");
        self.most = restarts;
        self.window = window;
        self
    }

    /// Draws the jitter of the delays from `seed`, the same on every machine.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// What reports call the task.
    pub fn name(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = name.into();
        self
    }

    /// Whether the task serves others for ever; see [`Spawner::daemon`].
    pub fn daemon(mut self, daemon: bool) -> Self {
        self.daemon = daemon;
        self
    }
}

impl Default for Restart {
    fn default() -> Self {
        Self::new()
    }
}
