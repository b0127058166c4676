//! Waiting for what happens to a token.

use std::borrow::Borrow;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::Token;
use super::core::{Event, ROOT, Waited};
use super::link::ForeignWait;
use super::shared::{CoreOf, Tree};
use super::token::Source;
use crate::rt;
use crate::waiters::Ticket;

/// What of a token is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Stop,
    Trigger,
    Abort,
    Rest,
}

/// Ready once it has happened. Dropped, it leaves nothing behind.
pub(super) struct Wait<T: Borrow<Token>> {
    token: T,
    what: What,
    parked: Parked,
}

enum Parked {
    No,
    /// Void once the event has happened.
    Here(Ticket),
    There(ForeignWait),
}

impl Parked {
    fn take_ticket(&mut self) -> Option<Ticket> {
        match std::mem::replace(self, Self::No) {
            Self::Here(ticket) => Some(ticket),
            Self::There(_) | Self::No => None,
        }
    }
}

/// What is waited for, unless it is another kind of token's.
fn event(token: &Token, what: What) -> Option<(&Tree, Event)> {
    let Source::Tree { tree, node } = &token.source else {
        return None;
    };
    let event = match what {
        What::Stop => Event::Stop,
        What::Trigger => Event::Trigger(*node),
        What::Abort => Event::Abort,
        What::Rest => Event::Rest,
    };
    Some((tree, event))
}

impl<T: Borrow<Token>> Wait<T> {
    pub(super) fn new(token: T, what: What) -> Self {
        Self { token, what, parked: Parked::No }
    }

    /// Polls, without a look at the budget.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some((tree, event)) = event(self.token.borrow(), self.what) else {
            return self.poll_foreign(cx);
        };
        if tree.signals().tell(event) == Some(true) {
            return Poll::Ready(());
        }
        let waker = cx.waker().clone();
        let ticket = self.parked.take_ticket();
        match tree.core.with(|core| core.wait(event, ticket, waker)) {
            Waited::Happened { spare } => {
                drop(spare);
                Poll::Ready(())
            }
            Waited::Parked { ticket, replaced } => {
                self.parked = Parked::Here(ticket);
                drop(replaced);
                Poll::Pending
            }
        }
    }

    fn poll_foreign(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Source::Foreign(token) = &self.token.borrow().source else {
            unreachable!("its events are the tree's");
        };
        if matches!(self.what, What::Abort | What::Rest) {
            return Poll::Pending;
        }
        if let Parked::There(wait) = &mut self.parked {
            return wait.poll(cx);
        }
        let mut wait = token.wait();
        let poll = wait.poll(cx);
        if poll.is_pending() {
            self.parked = Parked::There(wait);
        }
        poll
    }
}

impl<T: Borrow<Token>> Drop for Wait<T> {
    fn drop(&mut self) {
        let Some(ticket) = self.parked.take_ticket() else {
            return;
        };
        if let Some((tree, event)) = event(self.token.borrow(), self.what)
            && tree.signals().tell(event) != Some(true)
        {
            drop(tree.core.with(|core| core.leave(event, ticket)));
        }
    }
}

/// The future of [`Token::triggered`].
#[must_use = "futures do nothing unless they are awaited"]
pub struct Triggered<'a>(Wait<&'a Token>);

impl<'a> Triggered<'a> {
    pub(super) fn new(token: &'a Token) -> Self {
        Self(Wait::new(token, What::Trigger))
    }
}

/// The future of [`Token::triggered_owned`].
#[must_use = "futures do nothing unless they are awaited"]
pub struct TriggeredOwned(Wait<Token>);

impl TriggeredOwned {
    pub(super) fn new(token: Token) -> Self {
        Self(Wait::new(token, What::Trigger))
    }
}

/// The future of [`Token::accepting`].
#[must_use = "dropping it says that nothing is accepted any more"]
pub struct Accepting {
    stop: Wait<Token>,
    /// Of a token that can be triggered without the shutdown.
    own: Option<Wait<Token>>,
    /// Of what it counts as an acceptor.
    counted: Option<Tree>,
}

impl Accepting {
    pub(super) fn new(token: &Token) -> Self {
        let (has_own, counted) = match &token.source {
            Source::Tree { tree, node } => {
                let counts = tree.core.with(CoreOf::add_acceptor);
                (*node != ROOT, counts.then(|| tree.clone()))
            }
            Source::Foreign(_) => (false, None),
        };
        Self {
            stop: Wait::new(token.clone(), What::Stop),
            own: has_own.then(|| Wait::new(token.clone(), What::Trigger)),
            counted,
        }
    }
}

impl Drop for Accepting {
    fn drop(&mut self) {
        if let Some(tree) = self.counted.take() {
            tree.update(CoreOf::remove_acceptor);
        }
    }
}

impl Future for Triggered<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        poll_within_budget(cx, |cx| self.0.poll(cx))
    }
}

impl Future for TriggeredOwned {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        poll_within_budget(cx, |cx| self.0.poll(cx))
    }
}

impl Future for Accepting {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        poll_within_budget(cx, |cx| {
            let own = self.own.as_mut().map_or(Poll::Pending, |own| own.poll(cx));
            if own.is_ready() { own } else { self.stop.poll(cx) }
        })
    }
}

fn poll_within_budget(
    cx: &mut Context<'_>,
    poll: impl FnOnce(&mut Context<'_>) -> Poll<()>,
) -> Poll<()> {
    let coop = ready!(rt::poll_budget(cx));
    ready!(poll(cx));
    coop.made_progress();
    Poll::Ready(())
}

// All that could keep it from moving is in a box.
impl<T: Borrow<Token>> Unpin for Wait<T> {}

impl fmt::Debug for Triggered<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Triggered").field(&self.0.token).finish()
    }
}

impl fmt::Debug for TriggeredOwned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TriggeredOwned").field(&self.0.token).finish()
    }
}

impl fmt::Debug for Accepting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Accepting").field(&self.stop.token).finish()
    }
}
