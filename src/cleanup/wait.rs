use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::core::Asked;
use super::job::Job;
use super::shared::Shared;
use crate::error::Held;
use crate::rt;
use crate::waiters::Ticket;

/// Ready when nothing is open. Meanwhile runs what has nowhere else to run; what
/// has not ended when this is dropped goes back.
pub(super) struct Wait<'a> {
    shared: &'a Shared,
    ticket: Option<Ticket>,
    jobs: Vec<Job>,
}

impl<'a> Wait<'a> {
    pub(super) fn new(shared: &'a Shared) -> Self {
        Self { shared, ticket: None, jobs: Vec::new() }
    }

    /// Whether nothing is open; if something is, what was queued is taken over.
    fn is_done(&mut self, cx: &Context<'_>) -> bool {
        let (ticket, waker) = (self.ticket.take(), cx.waker().clone());
        match self.shared.core.with(|core| core.ask(ticket, waker)) {
            Asked::Done { spare } => {
                drop(spare);
                true
            }
            Asked::Parked { ticket, queued, replaced } => {
                self.ticket = Some(ticket);
                self.jobs.extend(queued.into_iter().map(|work| Job::new(self.shared, work)));
                drop(replaced);
                false
            }
        }
    }

    /// Polls all of them, since nobody knows which was woken. Says whether one
    /// ended.
    fn poll_jobs(&mut self, cx: &mut Context<'_>) -> bool {
        let before = self.jobs.len();
        self.jobs.retain_mut(|job| match job.poll_end(cx) {
            Poll::Pending => true,
            Poll::Ready(ended) => {
                // Counted, and no fault of who waits here.
                drop(ended.map_err(Held::into_caught));
                false
            }
        });
        self.jobs.len() < before
    }
}

impl Future for Wait<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let coop = ready!(rt::poll_budget(cx));
        while !self.is_done(cx) {
            if !self.poll_jobs(cx) {
                return Poll::Pending;
            }
        }
        coop.made_progress();
        Poll::Ready(())
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            // Before the jobs go back, so that another is woken for them.
            let (next, spare) = self.shared.core.with(|core| core.withdraw(ticket));
            drop(spare);
            if let Some(next) = next {
                next.wake();
            }
        }
    }
}
