//! What has to be done although nobody asks for it: one task, asleep until the
//! next moment at which something is due.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;

use super::check;
use super::core::{Reason, Round, Slept};
use super::shared::Shared;
use super::{Manage, closing};
use crate::backoff::{Delays, Rng};
use crate::deadline::{Deadline, Limit, Timer};
use crate::rt::{self, Instant};
use crate::spawn::{Spawner, Task};
use crate::sync::Ordering;

/// Starts upkeep, if there is any to do and it does not run. Outside a runtime it
/// is left to the next who comes.
pub(super) fn ensure<M: Manage>(shared: &Shared<M>) {
    // Relaxed: the flag guards no data, and a swap alone decides who starts it.
    if !shared.config.needs_upkeep
        || shared.upkeep_runs.load(Ordering::Relaxed)
        || shared.upkeep_runs.swap(true, Ordering::Relaxed)
    {
        return;
    }
    let running = Running(shared.clone());
    let spawner = Spawner::new().name("pool upkeep").daemon(true).deadline(Deadline::never());
    drop(spawner.try_spawn(run(running)).map(Task::detach));
}

/// Lets upkeep know of something that is due at `moment`.
pub(super) fn note<M: Manage>(shared: &Shared<M>, moment: Option<Instant>) {
    if let Some(waker) = shared.core.with(|core| core.wake_upkeep_by(moment)) {
        waker.wake();
    }
}

/// Upkeep that runs. Dropped, with its runtime say, it can be started again.
struct Running<M: Manage>(Shared<M>);

impl<M: Manage> Drop for Running<M> {
    fn drop(&mut self) {
        self.0.upkeep_runs.store(false, Ordering::Relaxed);
    }
}

async fn run<M: Manage>(running: Running<M>) {
    let shared = &running.0;
    let mut patience = Patience::new(shared);
    while !shared.core.with(|core| core.is_closed()) {
        let now = rt::now();
        let may_connect = patience.may_connect(shared, now);
        let Round { close, keep_alive, connects, spare } =
            shared.core.with(|core| core.upkeep(now, may_connect));
        drop(spare);
        for entry in close {
            closing::close(shared, entry);
        }
        for entry in keep_alive {
            let review = check::Review::new(shared, entry, Reason::Check);
            drop(
                Spawner::new().name("pool keep-alive").try_spawn(review.check()).map(Task::detach),
            );
        }
        shared.begin_connects(connects);
        report_overdue(shared, now);
        let (retry, timer) = (patience.retry, Timer::default());
        Pause { shared, retry, was_parked: false, timer }.await;
    }
}

/// When to connect again, after connects failed that nobody waited for.
struct Patience {
    delays: Delays,
    failures: u32,
    retry: Retry,
}

#[derive(Clone, Copy)]
enum Retry {
    Now,
    At(Instant),
    /// The delay is beyond the clock's range: when a caller's connect did well.
    Never,
}

impl Retry {
    fn after(delay: Duration, now: Instant) -> Self {
        now.checked_add(delay).map_or(Self::Never, Self::At)
    }
}

impl Patience {
    fn new<M: Manage>(shared: &Shared<M>) -> Self {
        let delays = shared.config.upkeep_backoff.delays(Rng::from_entropy());
        Self { delays, failures: 0, retry: Retry::Now }
    }

    fn may_connect<M: Manage>(&mut self, shared: &Shared<M>, now: Instant) -> bool {
        let failures = shared.core.with(|core| core.failures());
        if failures == 0 {
            *self = Self::new(shared);
        } else if failures != self.failures {
            self.failures = failures;
            self.retry = Retry::after(self.delays.next_delay(), now);
        } else if let Retry::At(at) = self.retry
            && at <= now
        {
            self.retry = Retry::Now;
        }
        matches!(self.retry, Retry::Now)
    }
}

/// Counts and reports what was held for too long.
fn report_overdue<M: Manage>(shared: &Shared<M>, now: Instant) {
    let Some(loans) = &shared.loans else {
        return;
    };
    for (id, loan) in loans.with(|loans| loans.take_overdue(now)) {
        #[cfg(feature = "tracing")]
        tracing::warn!(
            connection = id,
            acquired_at = %loan.place,
            held_for = ?now.saturating_duration_since(loan.since),
            "a pooled connection is held for long: is it leaked?"
        );
        let _ = (id, loan);
    }
}

pin_project! {
    /// Asleep, until something is due or somebody makes something due.
    struct Pause<'a, M: Manage> {
        shared: &'a Shared<M>,
        retry: Retry,
        was_parked: bool,
        #[pin]
        timer: Timer,
    }
}

impl<M: Manage> Future for Pause<'_, M> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        if std::mem::replace(this.was_parked, true) {
            return Poll::Ready(());
        }
        let (waker, now) = (cx.waker().clone(), rt::now());
        let next_overdue =
            || this.shared.loans.as_ref().and_then(|loans| loans.with(|l| l.next_due()));
        let retry_at = match this.retry {
            Retry::At(at) => Some(*at),
            Retry::Now | Retry::Never => None,
        };
        let until = [retry_at, next_overdue()].into_iter().flatten().min();
        let heeds_shortage = matches!(this.retry, Retry::Now);
        let parked =
            this.shared.core.with(|core| core.park_upkeep(now, until, heeds_shortage, waker));
        let Ok(Slept { until, replaced }) = parked else {
            return Poll::Ready(());
        };
        drop(replaced);
        // A loan that began since it was looked at found nobody to wake.
        if next_overdue().is_some_and(|at| until.is_none_or(|until| at < until)) {
            return Poll::Ready(());
        }
        let deadline = until.map_or(Deadline::never(), Deadline::at);
        this.timer.poll_elapsed(&mut Limit::At(deadline), cx).map(drop)
    }
}
