use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::ScopeError;
use super::shared::Seat;
use super::task::Outlet;
use super::turn::Turn;
use crate::error::{CatchPanic, Caught, Panicked, catch, catch_future};

pin_project! {
    /// What a child's task runs.
    pub(super) struct Child<F, T, E> {
        // Dropped first: a child has not ended while anything of it is left.
        #[pin]
        future: CatchPanic<F, Box<Caught>>,
        post: Post<T, E>,
    }
}

/// A child's duties towards the others. In the order in which they are done, by
/// dropping them: a panic in one, by a waker, keeps none of the others from it.
struct Post<T, E> {
    outlet: Outlet<T>,
    turn: Option<Turn>,
    seat: Seat<E>,
    spawned_at: &'static Location<'static>,
    /// It returned, panicked, or was never started.
    has_ended: bool,
}

impl<F, T, E> Child<F, T, E> {
    pub(super) fn new(
        future: F,
        outlet: Outlet<T>,
        turn: Option<Turn>,
        seat: Seat<E>,
        spawned_at: &'static Location<'static>,
    ) -> Self
    where
        F: Future<Output = Result<T, E>>,
    {
        let post = Post { outlet, turn, seat, spawned_at, has_ended: false };
        Self { future: catch_future(future), post }
    }

    /// It could not be started, and that is no failure of the scope's.
    pub(super) fn call_off(mut self) {
        self.post.has_ended = true;
    }
}

impl<F: Future<Output = Result<T, E>>, T, E> Future for Child<F, T, E> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        if let Some(turn) = &mut this.post.turn {
            ready!(turn.poll_held(cx));
        }
        let ended = ready!(this.future.poll(cx));
        this.post.end(ended);
        Poll::Ready(())
    }
}

impl<T, E> Post<T, E> {
    fn end(&mut self, ended: Result<Result<T, E>, Box<Caught>>) {
        self.has_ended = true;
        let ended = ended.and_then(|returned| match returned {
            Ok(value) => {
                // What nobody takes is dropped before the scope can end.
                let unused = self.outlet.send(value);
                catch(|| drop(unused)).map(Ok)
            }
            Err(error) => Ok(Err(error)),
        });
        // Told before the outlet says that there is no value: whoever waits for
        // that fails because of this, and after it.
        match ended {
            Ok(Ok(())) => {}
            Ok(Err(error)) => self.fail(ScopeError::Failed(error)),
            Err(caught) => {
                self.fail(ScopeError::Panicked(Panicked::new(caught, self.spawned_at)));
            }
        }
    }

    fn fail(&self, failure: ScopeError<E>) {
        self.seat.shared.fail(failure);
    }
}

impl<T, E> Drop for Post<T, E> {
    fn drop(&mut self) {
        if !self.has_ended {
            // By the scope, which fails already, or by the end of its runtime.
            self.fail(ScopeError::Cancelled);
        }
    }
}
