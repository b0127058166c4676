//! Waiting for a connection.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::core::{Asked, Grant};
use super::error::{AcquireError, Failure, Phase};
use super::shared::{Entry, Shared};
use super::{Manage, Pooled};
use crate::deadline::{Limit, Timer};
use crate::rt;
use crate::waiters::{Arrival, Ticket};

pin_project! {
    /// A connection, or why there is none. Dropped, it leaves the queue, and
    /// what it was granted goes to the next.
    pub(super) struct Wait<'a, M: Manage> {
        shared: &'a Shared<M>,
        // When the caller came. Given, if it has waited before.
        arrival: Option<Arrival>,
        ticket: Option<Ticket>,
        has_parked: bool,
        // The caller's, over all phases.
        limit: &'a mut Limit,
        #[pin]
        timer: Timer,
    }

    impl<M: Manage> PinnedDrop for Wait<'_, M> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if let Some(ticket) = this.ticket.take() {
                let left = this.shared.core.with(|core| core.withdraw(ticket));
                this.shared.settle_withdrawn(left);
            }
        }
    }
}

impl<'a, M: Manage> Wait<'a, M> {
    pub(super) fn new(
        shared: &'a Shared<M>,
        limit: &'a mut Limit,
        arrival: Option<Arrival>,
    ) -> Self {
        Self { shared, arrival, ticket: None, has_parked: false, limit, timer: Timer::default() }
    }
}

/// An idle connection, at the price of one unit of budget: what most calls come
/// to, without the state that a wait needs.
pub(super) fn idle<M: Manage>(shared: &Shared<M>, cx: &mut Context<'_>) -> Option<Entry<M>> {
    // Whose budget is spent takes a place in the queue, as who waits does.
    let Poll::Ready(coop) = rt::poll_budget(cx) else { return None };
    let idle = shared.take_idle()?;
    coop.made_progress();
    Some(idle)
}

/// What becomes of an acquire.
pub(super) type Acquired<M> = Result<Pooled<M>, AcquireError<<M as Manage>::Error>>;

/// What a caller gets.
pub(super) struct Waited<M: Manage> {
    pub(super) entry: Entry<M>,
    /// When the caller came, if it had to wait.
    pub(super) arrival: Option<Arrival>,
    /// It was not idle since it was made: there is nothing to check.
    pub(super) is_new: bool,
}

impl<M: Manage> Future for Wait<'_, M> {
    type Output = Result<Waited<M>, AcquireError<M::Error>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let budget = rt::poll_budget(cx);
        let this = self.project();
        if budget.is_pending() && this.ticket.is_some() {
            return Poll::Pending;
        }
        let came = *this.arrival;
        let waker = cx.waker().clone();
        let (asked, aside) = match this.ticket.take() {
            Some(ticket) => this.shared.core.with(|core| core.ask_again(ticket, waker)),
            None => {
                let (asked, arrival, aside) = this.shared.core.with(|core| {
                    let arrival = came.unwrap_or_else(|| core.arrive());
                    let (asked, aside) = core.ask(arrival, came.is_some(), waker);
                    (asked, arrival, aside)
                });
                *this.arrival = Some(arrival);
                (asked, aside)
            }
        };
        let granted = match asked {
            Asked::Granted(grant) => {
                aside.settle();
                grant
            }
            Asked::TooManyWaiters => {
                aside.settle();
                // Whose budget is spent is not refused for now, and comes again.
                *this.arrival = came;
                ready!(budget).made_progress();
                return Poll::Ready(Err(AcquireError::TooManyWaiters));
            }
            Asked::Parked { ticket, connects } => {
                (*this.ticket, *this.has_parked) = (Some(ticket), true);
                this.shared.begin_connects(connects);
                // Should its earlier waker panic at its end, the ticket is there for `drop`.
                aside.settle();
                let coop = ready!(budget);
                let elapsed = ready!(this.timer.poll_elapsed(this.limit, cx));
                // Whoever came first counts: what was granted meanwhile, on
                // another thread, goes to the next in `drop`.
                let (phase, last_error) = this.shared.core.with(|core| {
                    let ticket = this.ticket.as_ref().expect("it parked above");
                    let is_served = core.is_being_served(ticket);
                    (if is_served { Phase::Connect } else { Phase::Wait }, core.timed_out())
                });
                let last_error = last_error.and_then(Failure::into_inner);
                coop.made_progress();
                let after = elapsed.after;
                return Poll::Ready(Err(AcquireError::Timeout { phase, after, last_error }));
            }
        };
        let Poll::Ready(coop) = budget else {
            *this.ticket = Some(this.shared.core.with(|core| core.set_aside(granted)));
            return Poll::Pending;
        };
        coop.made_progress();
        Poll::Ready(match granted {
            Grant::Connection(entry) => {
                let is_new = *this.has_parked && entry.is_new && entry.info.uses == 0;
                Ok(Waited { entry, arrival: *this.arrival, is_new })
            }
            Grant::Failed(failure) => Err(failure.into_error()),
            Grant::Closed => Err(AcquireError::Closed),
        })
    }
}
