use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::task::coop;

use super::Limit;
use crate::error::Elapsed;
use crate::rt::{self, Instant, Sleep};

/// Tokio's.
const TICK: Duration = Duration::from_millis(1);

pin_project! {
    /// The alarm of a [`Limit`], armed when it is first asked: most operations
    /// are ready before they come to that.
    #[derive(Default)]
    pub(crate) struct Timer {
        #[pin]
        sleep: Option<Sleep>,
    }
}

impl Timer {
    /// Ready when the limit, which begins with the first call, has passed.
    pub(crate) fn poll_elapsed(
        self: Pin<&mut Self>,
        limit: &mut Limit,
        cx: &mut Context<'_>,
    ) -> Poll<Elapsed> {
        let deadline = limit.begin();
        ready!(self.poll_at(deadline.instant(), cx));
        Poll::Ready(Elapsed::new(deadline.limit()))
    }

    /// Ready at the moment of the first call's `at`; `None` is never.
    pub(crate) fn poll_at(
        self: Pin<&mut Self>,
        at: Option<Instant>,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        // Tokio rounds up to its tick, and overflows where that is beyond the clock.
        let Some(at) = at.filter(|at| at.checked_add(TICK).is_some()) else {
            return Poll::Pending;
        };
        let mut this = self.project();
        if this.sleep.is_none() {
            this.sleep.set(Some(rt::sleep_until(at)));
        }
        let sleep = this.sleep.as_pin_mut().expect("it was armed above");
        // Outside the budget, which the operation may have spent: one that is
        // always busy must not outlive its limit.
        Pin::new(&mut coop::unconstrained(sleep)).poll(cx)
    }
}
