use std::task::{Context, Poll, ready};

use crate::rt;

/// What a set of futures is owed when its limit has passed: that each was asked once with
/// the task's budget, which others may have spent before its turn.
#[derive(Debug, Default)]
pub(crate) struct LastCall {
    /// How many may not have been asked; `None` before the limit passed.
    left: Option<usize>,
}

impl LastCall {
    /// Whether the limit has passed: nobody is to be begun any more.
    pub(crate) fn has_begun(&self) -> bool {
        self.left.is_some()
    }

    /// After a poll of the set, where so many have turns: ready when it is too late for all
    /// of them. So it is after that many polls, in each of which another one is asked
    /// first: with the budget outside the task's, one that is always busy would never
    /// end its turn.
    pub(crate) fn poll(&mut self, turns: usize, cx: &mut Context<'_>) -> Poll<()> {
        let left = self.left.get_or_insert(turns);
        if *left > 0 {
            *left -= 1;
            ready!(rt::poll_has_budget(cx));
        }
        Poll::Ready(())
    }
}
