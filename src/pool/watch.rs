//! Waiting for something to happen to the pool as a whole.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::Manage;
use super::core::{Awaited, Event};
use super::shared::Shared;
use crate::rt;
use crate::waiters::Ticket;

/// Ready once `event` has happened.
pub(super) struct Watch<'a, M: Manage> {
    shared: &'a Shared<M>,
    event: Event,
    ticket: Option<Ticket>,
}

impl<'a, M: Manage> Watch<'a, M> {
    pub(super) fn new(shared: &'a Shared<M>, event: Event) -> Self {
        Self { shared, event, ticket: None }
    }
}

impl<M: Manage> Future for Watch<'_, M> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let coop = ready!(rt::poll_budget(cx));
        let (waker, event, ticket) = (cx.waker().clone(), self.event, self.ticket.take());
        match self.shared.core.with(|core| core.watch(event, ticket, waker)) {
            Awaited::Happened { spare } => {
                coop.made_progress();
                drop(spare);
                Poll::Ready(())
            }
            Awaited::Parked { ticket, replaced } => {
                self.ticket = Some(ticket);
                drop(replaced);
                Poll::Pending
            }
        }
    }
}

impl<M: Manage> Drop for Watch<'_, M> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            drop(self.shared.core.with(|core| core.unwatch(self.event, ticket)));
        }
    }
}
