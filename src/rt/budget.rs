//! The task's cooperation budget: how Tokio keeps a task that is always ready from keeping
//! its neighbours from running.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tokio::task::coop;

/// Spends one unit of the task's cooperation budget, before any state is
/// touched: a loop over an operation that is always ready lets its neighbours
/// run. The unit is given back unless `made_progress` is called.
pub(crate) fn poll_budget(cx: &mut Context<'_>) -> Poll<coop::RestoreOnPending> {
    coop::poll_proceed(cx)
}

/// Ready while a unit of that budget is left, and spends none.
pub(crate) fn poll_has_budget(cx: &mut Context<'_>) -> Poll<()> {
    if coop::has_budget_remaining() {
        return Poll::Ready(());
    }
    coop::poll_proceed(cx).map(drop)
}

pin_project! {
    /// What waits in a queue, and where its answer waits for budget: a spent budget puts
    /// the answer off, and costs nobody its place.
    ///
    /// A turn that an answer stands for must be a guard: it goes to the next if this is
    /// dropped with it.
    pub(crate) struct InTurn<F: Future> {
        #[pin]
        future: F,
        answer: Option<F::Output>,
    }
}

/// Polls `future`, which asks for no budget itself, at the price of one unit. It takes its
/// place in the queue although the budget is spent.
pub(crate) fn in_turn<F: Future>(future: F) -> InTurn<F> {
    InTurn { future, answer: None }
}

impl<F: Future> Future for InTurn<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let budget = poll_budget(cx);
        let answer = match this.answer.take() {
            Some(answer) => answer,
            None => ready!(this.future.poll(cx)),
        };
        match budget {
            Poll::Ready(unit) => {
                unit.made_progress();
                Poll::Ready(answer)
            }
            Poll::Pending => {
                *this.answer = Some(answer);
                Poll::Pending
            }
        }
    }
}

/// The same for a future of Tokio's, which asks for budget itself, and before it has a
/// place.
pub(crate) fn in_turn_at_tokio<F: Future>(future: F) -> InTurn<coop::Unconstrained<F>> {
    in_turn(coop::unconstrained(future))
}
