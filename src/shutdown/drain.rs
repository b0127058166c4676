use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;

use super::core::Left;
use super::report::DrainReport;
use super::shared::{Tree, settle};
use crate::deadline::Timer;
use crate::rt::{self, Instant};
use crate::waiters::Ticket;

pin_project! {
    /// The future of [`Shutdown::drain`](super::Shutdown::drain).
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct Drain<'a> {
        tree: &'a Tree,
        ticket: Option<Ticket>,
        // When the phase that it waits for ends, and the alarm of that moment.
        until: Option<Duration>,
        at: Option<Instant>,
        #[pin]
        timer: Timer,
    }

    impl PinnedDrop for Drain<'_> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if let Some(ticket) = this.ticket.take() {
                drop(this.tree.core.with(|core| core.leave_drain(ticket)));
            }
        }
    }
}

impl<'a> Drain<'a> {
    pub(super) fn new(tree: &'a Tree) -> Self {
        Self { tree, ticket: None, until: None, at: None, timer: Timer::default() }
    }
}

impl Future for Drain<'_> {
    type Output = DrainReport;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<DrainReport> {
        let coop = ready!(rt::poll_budget(cx));
        let mut this = self.project();
        loop {
            let (now, ticket, waker) = (this.tree.now(), this.ticket.take(), cx.waker().clone());
            let (left, effects) =
                this.tree.edit(|core| core.drain(ticket, now, "drained".into(), waker));
            let until = match left {
                Left::Nothing => None,
                // Kept before anybody is woken, whose waker may panic.
                Left::Until { ticket, until } => {
                    *this.ticket = Some(ticket);
                    Some(until)
                }
            };
            settle(effects);
            let Some(until) = until else {
                coop.made_progress();
                let census = this.tree.core.with(|core| core.census(now));
                return Poll::Ready(DrainReport::new(census));
            };
            if this.until.replace(until) != Some(until) {
                *this.at = this.tree.instant(until);
                this.timer.set(Timer::default());
            }
            // No limit of the drain's own, which the scope's could bring forward.
            ready!(this.timer.as_mut().poll_at(*this.at, cx));
        }
    }
}

impl fmt::Debug for Drain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Drain").field("until", &self.until).finish_non_exhaustive()
    }
}
