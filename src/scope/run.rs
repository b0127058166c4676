use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::core::Rest;
use super::shared::{Owner, Shared};
use super::{Scope, ScopeError};
use crate::deadline::{Deadline, Limit, Timer};
use crate::error::{CatchPanic, Caught, Elapsed, Panicked, catch, catch_future};
use crate::rt;

/// Runs `body`, and returns when it and every child that was spawned in the scope
/// have ended.
///
/// The first error or panic, of the body's or a child's, fails the scope: the body
/// is dropped, all children are aborted and waited for, and that error is
/// returned.
///
/// The body runs in place, like any future that is awaited: it may borrow, and
/// need not be `Send`. Its children are tasks.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use surefoot::scope::{Scope, ScopeError, scope};
///
/// let result = scope(|s: Scope<&str>| async move {
///     let left = s.spawn(async { Ok(20) }).map_err(|_| "too late")?;
///     let right = s.spawn(async { Ok(22) }).map_err(|_| "too late")?;
///     let (left, right) = (left.await, right.await);
///     Ok(left.map_err(|_| "no left")? + right.map_err(|_| "no right")?)
/// });
/// assert_eq!(result.await, Ok(42));
///
/// let result = scope(|s| async move {
///     let _ = s.spawn(async { Err::<(), _>("out of paper") });
///     std::future::pending::<Result<(), _>>().await // cancelled
/// });
/// assert_eq!(result.await, Err(ScopeError::Failed("out of paper")));
/// # }
/// ```
///
/// # Errors
///
/// [`ScopeError`]: the first that went wrong.
///
/// # Panics
///
/// With a [deadline](Scope::deadline), outside a runtime that has timers.
///
/// # Cancel safety
///
/// Dropping the future drops the body and aborts all children, and cannot wait
/// for them: they end at their next await, soon after. If they have to have ended,
/// do not drop it: use [`Scope::deadline`], or let a child or the body return an
/// error.
#[track_caller]
pub fn scope<T, E, F, Fut>(body: F) -> impl Future<Output = Result<T, ScopeError<E>>>
where
    F: FnOnce(Scope<E>) -> Fut,
    Fut: Future<Output = Result<T, E>>,
    E: Send + 'static,
{
    run(body, Location::caller(), Clock::new())
}

/// [`scope`], on behalf of a caller further up.
pub(super) fn run<T, E, F, Fut>(
    body: F,
    made_at: &'static Location<'static>,
    clock: Clock,
) -> impl Future<Output = Result<T, ScopeError<E>>>
where
    F: FnOnce(Scope<E>) -> Fut,
    Fut: Future<Output = Result<T, E>>,
{
    let shared = Shared::new();
    let handle = Scope::new(shared.clone());
    Running {
        body: Some(catch_future(async move { body(handle).await })),
        value: None,
        clock,
        owner: Owner(shared),
        made_at,
    }
}

pin_project! {
    struct Running<B, T, E> {
        #[pin]
        body: Option<CatchPanic<B, Box<Caught>>>,
        // What the body returned, until the last child has ended.
        value: Option<T>,
        #[pin]
        clock: Clock,
        owner: Owner<E>,
        made_at: &'static Location<'static>,
    }
}

impl<B: Future<Output = Result<T, E>>, T, E> Future for Running<B, T, E> {
    type Output = Result<T, ScopeError<E>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let shared = &*this.owner.0;
        if let Some(body) = this.body.as_mut().as_pin_mut() {
            if shared.attend(cx.waker().clone()) {
                match body.poll(cx) {
                    Poll::Ready(Ok(Ok(value))) => *this.value = Some(value),
                    Poll::Ready(Ok(Err(error))) => shared.fail(ScopeError::Failed(error)),
                    Poll::Ready(Err(caught)) => {
                        let panicked = Panicked::new(caught, this.made_at);
                        shared.fail(ScopeError::Panicked(panicked));
                    }
                    Poll::Pending => {
                        let clock = this.clock.as_mut();
                        let elapsed = ready!(clock.poll_elapsed(shared.deadline(), cx));
                        shared.fail(ScopeError::Elapsed(elapsed));
                    }
                }
            }
            // Cut if it has not ended. A panic in its drop comes after a failure,
            // and adds nothing.
            let _ = catch(|| this.body.set(None));
        }
        let coop = ready!(rt::poll_budget(cx));
        match shared.rest(cx.waker().clone()) {
            Rest::Over(failure) => {
                coop.made_progress();
                Poll::Ready(match failure {
                    Some(failure) => Err(failure),
                    None => Ok(this.value.take().expect("a body that did not fail returned")),
                })
            }
            Rest::Waits { is_open } => {
                if is_open {
                    let elapsed = ready!(this.clock.poll_elapsed(shared.deadline(), cx));
                    // This wakes the scope, which then waits for the children's end.
                    shared.fail(ScopeError::Elapsed(elapsed));
                }
                Poll::Pending
            }
        }
    }
}

pin_project! {
    /// A timer for a deadline that may be brought forward.
    pub(super) struct Clock {
        // It fails nobody, whose errors have no place for that.
        is_stopped: bool,
        deadline: Deadline,
        #[pin]
        timer: Timer,
    }
}

impl Clock {
    pub(super) fn new() -> Self {
        Self { is_stopped: false, deadline: Deadline::never(), timer: Timer::default() }
    }

    /// One that the deadline of the scope that it is in does not reach either.
    pub(super) fn stopped() -> Self {
        Self { is_stopped: true, ..Self::new() }
    }

    fn poll_elapsed(
        self: Pin<&mut Self>,
        deadline: Deadline,
        cx: &mut Context<'_>,
    ) -> Poll<Elapsed> {
        let mut this = self.project();
        if *this.is_stopped {
            return Poll::Pending;
        }
        if *this.deadline != deadline {
            *this.deadline = deadline;
            this.timer.set(Timer::default());
        }
        this.timer.poll_elapsed(&mut Limit::At(deadline), cx)
    }
}
