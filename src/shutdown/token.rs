use std::borrow::Cow;
use std::fmt;
use std::future::Future;

use super::core::{Event, NodeId, ROOT};
use super::link::Foreign;
use super::run::{Run, Shield};
use super::shared::Tree;
use super::wait::{Accepting, Triggered, TriggeredOwned};

/// Tells work that it is time to end.
///
/// Clones are the same token. A [`child`](Self::child) is triggered with its
/// parent, and can be triggered without it.
///
/// ```
/// use surefoot::shutdown::Shutdown;
///
/// let shutdown = Shutdown::new();
/// let (connection, other) = (shutdown.token().child(), shutdown.token().child());
/// connection.trigger("the client left");
/// assert!(connection.is_triggered() && !other.is_triggered());
/// shutdown.trigger("a new version is deployed");
/// assert!(other.is_triggered());
/// ```
pub struct Token {
    pub(super) source: Source,
}

pub(super) enum Source {
    /// A node of a shutdown's tree.
    Tree { tree: Tree, node: NodeId },
    /// Another kind of token.
    #[allow(dead_code, reason = "a feature makes them")]
    Foreign(Foreign),
}

impl Token {
    pub(super) fn root(tree: Tree) -> Self {
        Self { source: Source::Tree { tree, node: ROOT } }
    }

    /// Whether the token is triggered. One load of an atomic; where a token with
    /// a parent was triggered without it, sometimes a lock.
    #[must_use]
    pub fn is_triggered(&self) -> bool {
        match &self.source {
            Source::Tree { tree, node } => tree.has_happened(Event::Trigger(*node)),
            Source::Foreign(token) => token.is_cancelled(),
        }
    }

    /// Whether new work may be accepted: the shutdown was not triggered, nor was
    /// the token.
    #[must_use]
    pub fn is_accepting(&self) -> bool {
        let has_stopped = match &self.source {
            Source::Tree { tree, .. } => tree.has_happened(Event::Stop),
            Source::Foreign(_) => false,
        };
        !has_stopped && !self.is_triggered()
    }

    /// Why it was triggered, if it was. While acceptors are closing, also why it
    /// is about to be.
    #[must_use]
    pub fn reason(&self) -> Option<Cow<'static, str>> {
        match &self.source {
            Source::Tree { tree, node } => tree.core.with(|core| core.reason(*node)),
            Source::Foreign(token) => token.is_cancelled().then_some("cancelled".into()),
        }
    }

    /// Triggers the token, and those below it. The shutdown's own token triggers the
    /// shutdown. The first reason counts.
    pub fn trigger(&self, reason: impl Into<Cow<'static, str>>) {
        match &self.source {
            Source::Tree { tree, node } => {
                let (now, reason) = (tree.now(), reason.into());
                tree.update(|core| core.trigger_node(*node, reason, now));
            }
            Source::Foreign(token) => token.cancel(),
        }
    }

    /// A token that is triggered with this one, and can be triggered without it.
    #[must_use]
    pub fn child(&self) -> Self {
        let source = match &self.source {
            Source::Tree { tree, node } => {
                let node = tree.edit(|core| core.child(*node));
                Source::Tree { tree: tree.clone(), node }
            }
            Source::Foreign(token) => Source::Foreign(token.child()),
        };
        Self { source }
    }

    /// Ready once the token is triggered.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing is lost.
    pub fn triggered(&self) -> Triggered<'_> {
        Triggered::new(self)
    }

    /// The same, without a borrow: what servers take as their signal.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing is lost.
    pub fn triggered_owned(self) -> TriggeredOwned {
        TriggeredOwned::new(self)
    }

    /// Ready once nothing new is to be accepted: for who accepts connections or
    /// takes jobs.
    ///
    /// While such a future exists that was made before the trigger, somebody
    /// accepts, and no other token is triggered yet, for the accept limit at most.
    /// So keep one until what was accepted is handed over, and drop it then.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use surefoot::shutdown::Shutdown;
    ///
    /// let shutdown = Shutdown::new();
    /// let token = shutdown.token();
    /// let mut accepting = token.accepting();
    /// shutdown.trigger("a new version is deployed");
    /// (&mut accepting).await;
    /// // Workers go on: what was accepted last is on its way to them.
    /// assert!(!token.is_triggered());
    /// drop(accepting);
    /// assert!(token.is_triggered());
    /// # }
    /// ```
    ///
    /// # Cancel safety
    ///
    /// Cancel safe, but dropping it says that its owner accepts no more.
    pub fn accepting(&self) -> Accepting {
        Accepting::new(self)
    }

    /// Runs `future` until the token is triggered: `None` if it was cut.
    ///
    /// It is cut at its next await. While a [`shield`](Self::shield) runs inside,
    /// of whichever token, only when that has ended, or when what is left is
    /// aborted. A future that is ready in the poll that sees the trigger is cut, too,
    /// unless a shield has just ended in it.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use surefoot::shutdown::Shutdown;
    ///
    /// let shutdown = Shutdown::new();
    /// let token = shutdown.token();
    /// assert_eq!(token.run(async { 7 }).await, Some(7));
    /// shutdown.trigger("done");
    /// assert_eq!(token.run(async { 7 }).await, None);
    /// # }
    /// ```
    ///
    /// # Cancel safety
    ///
    /// As cancel safe as `future`.
    pub fn run<F: Future>(&self, future: F) -> Run<'_, F> {
        Run::new(self, future)
    }

    /// Runs `future`, a unit of work that is not to be left half done: it ends
    /// before a [`run`](Self::run) around it is cut, and a drain waits for it.
    ///
    /// It runs in place, as part of the task that awaits it. When what is left is
    /// aborted, a `run` around it is cut, and a task of the shutdown's is dropped,
    /// with the shield.
    ///
    /// # Cancel safety
    ///
    /// As cancel safe as `future`. A shield does not protect from a `select!` that
    /// drops it.
    #[track_caller]
    pub fn shield<F: Future>(&self, future: F) -> Shield<'_, F> {
        Shield::new(self, future)
    }
}

impl Clone for Token {
    fn clone(&self) -> Self {
        let source = match &self.source {
            Source::Tree { tree, node } => {
                if *node != ROOT {
                    tree.core.with(|core| core.retain(*node));
                }
                Source::Tree { tree: tree.clone(), node: *node }
            }
            Source::Foreign(token) => Source::Foreign(token.clone()),
        };
        Self { source }
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        if let Source::Tree { tree, node } = &self.source
            && *node != ROOT
        {
            let _link = tree.edit(|core| core.release(*node));
        }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("is_triggered", &self.is_triggered()).finish_non_exhaustive()
    }
}
