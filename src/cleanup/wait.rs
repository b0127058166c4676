use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::core::Asked;
use super::job::Job;
use super::shared::Shared;
use crate::error::Held;
use crate::inflight::Inflight;
use crate::rt;
use crate::waiters::Ticket;

/// Ready when nothing is open. Meanwhile runs what has nowhere else to run; what
/// has not ended when this is dropped goes back.
pub(super) struct Wait<'a> {
    shared: &'a Shared,
    ticket: Option<Ticket>,
    jobs: Inflight<Job>,
}

impl<'a> Wait<'a> {
    pub(super) fn new(shared: &'a Shared) -> Self {
        Self { shared, ticket: None, jobs: Inflight::new(usize::MAX) }
    }

    /// Whether nothing is open; if something is, what was queued is taken over.
    fn is_done(&mut self, cx: &Context<'_>) -> bool {
        let (waker, ticket) = (cx.waker().clone(), self.ticket.take());
        match self.shared.core.with(|core| core.ask(ticket, waker)) {
            Asked::Done { spare } => {
                drop(spare);
                true
            }
            Asked::Parked { ticket, queued, replaced } => {
                self.ticket = Some(ticket);
                for work in queued {
                    self.jobs.push(0, Job::new(self.shared, work));
                }
                drop(replaced);
                false
            }
        }
    }

    /// Polls those that were woken. Ready when one ended, pending if none is there.
    fn poll_jobs(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match ready!(self.jobs.poll_next(cx)) {
            Some((_, ended)) => {
                // Counted, and no fault of who waits here.
                drop(ended.map_err(Held::into_caught));
                Poll::Ready(())
            }
            None => Poll::Pending,
        }
    }
}

impl Future for Wait<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            let coop = ready!(rt::poll_budget(cx));
            if self.is_done(cx) {
                coop.made_progress();
                return Poll::Ready(());
            }
            // Given back before the jobs spend theirs.
            drop(coop);
            ready!(self.poll_jobs(cx));
        }
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            // Before the jobs go back, so that another is woken for them.
            let (next, spare) = self.shared.core.with(|core| core.withdraw(ticket));
            if let Some(next) = next {
                next.wake();
            }
            drop(spare);
        }
    }
}
