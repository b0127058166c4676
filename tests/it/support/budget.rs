//! The task's cooperation budget.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::task::coop;
use tokio::time::timeout;
use tokio_test::task::Spawn;

use super::settle;

/// Spends what is left of the budget. Says how much that was.
pub(crate) fn spend_budget(cx: &mut Context<'_>) -> u32 {
    spend(u32::MAX, cx)
}

fn spend(most: u32, cx: &mut Context<'_>) -> u32 {
    let mut spent = 0;
    while spent < most && coop::has_budget_remaining() {
        let Poll::Ready(unit) = coop::poll_proceed(cx) else { break };
        unit.made_progress();
        spent += 1;
    }
    spent
}

/// In a poll of its own, leaves so many units of the budget.
pub(crate) async fn leave(units: u32) {
    // Each poll of the task has as many.
    tokio::task::yield_now().await;
    let all = poll_fn(|cx| Poll::Ready(spend_budget(cx))).await;
    tokio::task::yield_now().await;
    poll_fn(|cx| Poll::Ready(spend(all - units, cx))).await;
}

/// Lets `first` come with its budget spent, and then `second` with a budget of its own: it
/// is not to be served before. Gives what both come to.
pub(crate) async fn one_that_is_spent_and<A, B>(
    first: impl Future<Output = A>,
    second: impl Future<Output = B>,
) -> (A, B) {
    let both = async {
        let (mut first, mut second) = (pin!(first), pin!(coop::unconstrained(second)));
        let mut has_begun = false;
        let first = poll_fn(|cx| {
            if has_begun {
                return first.as_mut().poll(cx);
            }
            has_begun = true;
            spend_budget(cx);
            assert!(first.as_mut().poll(cx).is_pending(), "its budget is spent");
            assert!(second.as_mut().poll(cx).is_pending(), "it overtook who came before");
            Poll::Pending
        });
        (first.await, second.await)
    };
    // On the paused clock, a minute is over once nobody has anything to do.
    timeout(Duration::from_secs(60), both).await.expect("who has lost its place waits for ever")
}

/// Lets `spent` come with its budget spent, and leave before it is told: `next`, which came
/// later, waits until then, and is woken for what `spent` was granted.
pub(crate) async fn one_that_is_spent_leaves<A, B>(
    spent: impl Future<Output = A>,
    next: &mut Spawn<impl Future<Output = B>>,
) {
    let mut spent = Box::pin(spent);
    poll_fn(|cx| {
        spend_budget(cx);
        assert!(spent.as_mut().poll(cx).is_pending(), "its budget is spent");
        assert!(next.poll().is_pending(), "it overtook who came before");
        Poll::Ready(())
    })
    .await;
    drop(spent);
    assert!(next.is_woken(), "what was granted is lost");
    // With a budget again.
    settle().await;
}

/// Is always busy, and spends all the budget there is: it ends its turn because that is
/// spent, and not else.
pub(crate) async fn greedy<T>() -> T {
    loop {
        tokio::task::consume_budget().await;
    }
}
