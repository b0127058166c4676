use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::Token;
use super::core::{Ending, Kind};
use super::piece::Piece;
use super::scope::{self, Scope, Shielding};
use super::token::Source;
use super::wait::{Wait, What};
use crate::rt;

pin_project! {
    /// The future of [`Token::run`].
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct Run<'a, F> {
        #[pin]
        future: Option<F>,
        token: &'a Token,
        trigger: Wait<&'a Token>,
        abort: Wait<&'a Token>,
        scope: Option<Scope>,
    }
}

impl<'a, F: Future> Run<'a, F> {
    pub(super) fn new(token: &'a Token, future: F) -> Self {
        Self {
            future: Some(future),
            token,
            trigger: Wait::new(token, What::Trigger),
            abort: Wait::new(token, What::Abort),
            scope: None,
        }
    }
}

impl<F: Future> Future for Run<'_, F> {
    type Output = Option<F::Output>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let coop = ready!(rt::poll_budget(cx));
        let mut this = self.project();
        // Before `future` is polled: work that is always ready is cut, too.
        let is_shielded = this.scope.as_ref().is_some_and(Scope::is_shielded);
        let mut is_cut = !is_shielded && this.token.is_triggered();
        if !is_cut {
            let future = this.future.as_mut().as_pin_mut();
            let future = future.expect("a future is not polled after its end");
            if let Poll::Ready(output) = scope::inside(this.scope, || future.poll(cx)) {
                this.future.set(None);
                coop.made_progress();
                return Poll::Ready(Some(output));
            }
            // The shields of this poll have ended, or are to be waited for.
            ready!(this.trigger.poll(cx));
            let scope = this.scope.as_ref();
            is_cut = scope.is_none_or(|scope| scope.is_bare_or_waits(cx.waker()));
            if !is_cut {
                ready!(this.abort.poll(cx));
            }
        }
        // Dropped before the caller learns of it, so that what it held is free.
        this.future.set(None);
        coop.made_progress();
        Poll::Ready(None)
    }
}

impl<F> fmt::Debug for Run<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run").field("token", &self.token).finish_non_exhaustive()
    }
}

pin_project! {
    /// The future of [`Token::shield`].
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct Shield<'a, F> {
        #[pin]
        future: Option<F>,
        token: &'a Token,
        at: &'static Location<'static>,
        // Once it has begun. After the future: it is dropped before they know.
        running: Option<(Shielding, Option<Piece>)>,
    }
}

impl<'a, F: Future> Shield<'a, F> {
    #[track_caller]
    pub(super) fn new(token: &'a Token, future: F) -> Self {
        Self { future: Some(future), token, at: Location::caller(), running: None }
    }
}

impl<F: Future> Future for Shield<'_, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let coop = ready!(rt::poll_budget(cx));
        let mut this = self.project();
        if this.running.is_none() {
            let piece = match &this.token.source {
                Source::Tree { tree, .. } => Piece::register(tree, Kind::Shield(this.at)).ok(),
                Source::Foreign(_) => None,
            };
            *this.running = Some((Shielding::begin(), piece));
        }
        let future = this.future.as_mut().as_pin_mut();
        let output = ready!(future.expect("a future is not polled after its end").poll(cx));
        this.future.set(None);
        if let Some((_shielding, Some(piece))) = this.running.take() {
            piece.end(Ending::Well);
        }
        coop.made_progress();
        Poll::Ready(output)
    }
}

impl<F> fmt::Debug for Shield<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shield").field("at", &self.at).finish_non_exhaustive()
    }
}
