use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::future::Future;

use super::core::{Event, Limits, ROOT};
use super::drain::Drain;
use super::error::Refused;
use super::piece::{self, Handle, Tracked};
use super::shared::Tree;
use super::{Builder, Status, Token};
use crate::cleanup::Reaper;
use crate::error::catch;
use crate::sync::Arc;

/// The end of a service: triggers it, and waits for what runs.
///
/// Clones are the same shutdown. Dropping the last triggers it.
///
/// ```
/// use surefoot::shutdown::Shutdown;
///
/// let shutdown = Shutdown::new();
/// let token = shutdown.token();
/// drop(shutdown);
/// assert!(token.is_triggered());
/// ```
#[derive(Clone)]
pub struct Shutdown(Arc<Controller>);

/// What is left of the handles when all are gone.
struct Controller {
    tree: Tree,
}

impl Drop for Controller {
    fn drop(&mut self) {
        let now = self.tree.now();
        let reason = "the last `Shutdown` was dropped".into();
        // A waker that panics has no business with whoever drops a handle.
        let _ = catch(|| self.tree.update(|core| core.abandon(reason, now)));
    }
}

impl Shutdown {
    /// A shutdown with the default limits.
    #[must_use]
    pub fn new() -> Self {
        Self::with_limits(Builder::new().limits())
    }

    /// Sets limits.
    ///
    /// ```
    /// use std::time::Duration;
    /// use surefoot::shutdown::Shutdown;
    ///
    /// let built = Shutdown::builder().drain_limit(Duration::from_secs(5)).build();
    /// assert!(built.is_ok());
    /// ```
    pub fn builder() -> Builder {
        Builder::new()
    }

    pub(super) fn with_limits(limits: Limits) -> Self {
        Self(Arc::new(Controller { tree: Tree::new(limits) }))
    }

    fn tree(&self) -> &Tree {
        &self.0.tree
    }

    /// The shutdown's own token.
    #[must_use]
    pub fn token(&self) -> Token {
        Token::root(self.tree().clone())
    }

    /// Begins the end: acceptors stop, and once they have, every token is
    /// triggered. Again, it does nothing: the first reason counts.
    pub fn trigger(&self, reason: impl Into<Cow<'static, str>>) {
        let (now, reason) = (self.tree().now(), reason.into());
        self.tree().update(|core| core.trigger(reason, now));
    }

    /// Ends at once whatever runs: triggers, and aborts what is there, without
    /// the time that it had. A drain goes on to wait, for the abort limit at most,
    /// until what was aborted is gone.
    pub fn abort(&self) {
        let now = self.tree().now();
        self.tree().update(|core| core.abort("aborted".into(), now));
    }

    /// Whether it was triggered.
    #[must_use]
    pub fn is_triggered(&self) -> bool {
        self.tree().has_happened(Event::Stop)
    }

    /// Why it was triggered, if it was.
    #[must_use]
    pub fn reason(&self) -> Option<Cow<'static, str>> {
        self.tree().core.with(|core| core.reason(ROOT))
    }

    /// How far it is, and what there is at this moment.
    #[must_use]
    pub fn status(&self) -> Status {
        self.tree().core.with(|core| Status {
            phase: core.phase(),
            left: core.left(),
            children: core.children(),
        })
    }

    /// Starts a task that a drain waits for. It belongs to the shutdown: dropping
    /// the handle lets it run on.
    ///
    /// What it returns goes into the report, and so does a panic. `work` runs as a
    /// part of the task.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use surefoot::shutdown::Shutdown;
    ///
    /// let shutdown = Shutdown::new();
    /// assert!(shutdown.spawn("probe", |_token| async { Err("no answer") }).is_ok());
    /// let report = shutdown.drain().await;
    /// let (name, error) = &report.failed[0];
    /// assert_eq!((&**name, error.to_string()), ("probe", "no answer".to_owned()));
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Once the shutdown was triggered, `work` comes back.
    ///
    /// # Panics
    ///
    /// Outside a runtime.
    #[track_caller]
    pub fn spawn<F, Fut, E>(
        &self,
        name: impl Into<Cow<'static, str>>,
        work: F,
    ) -> Result<Handle, Refused<F>>
    where
        F: FnOnce(Token) -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        piece::spawn(self.tree(), name.into(), work)
    }

    /// Lets a drain wait for work that runs elsewhere: until the guard is dropped.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use surefoot::shutdown::Shutdown;
    ///
    /// let shutdown = Shutdown::new();
    /// let guard = shutdown.track("hashing").expect("it is not triggered yet");
    /// let hashing = std::thread::spawn(move || drop(guard));
    /// assert_eq!(shutdown.drain().await.finished, 1);
    /// # hashing.join().unwrap();
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Once the shutdown was triggered.
    pub fn track(&self, name: impl Into<Cow<'static, str>>) -> Result<Tracked, Refused<()>> {
        Tracked::register(self.tree(), name.into())
    }

    /// Lets a drain wait for the cleanups of a reaper, too: when nothing else is left
    /// that could begin one, those of aborted tasks included. They have what is left
    /// of the drain limit, and the abort limit. One reaper is one piece: if it still
    /// has something to do then, its name is among what is stuck.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// use std::time::Duration;
    /// use surefoot::{cleanup::Reaper, shutdown::Shutdown};
    ///
    /// let (shutdown, reaper) = (Shutdown::new(), Reaper::new());
    /// shutdown.reaper("cleanups", &reaper).expect("it is not triggered yet");
    /// let mut stack = reaper.stack();
    /// stack.push(|| tokio::time::sleep(Duration::from_secs(1)));
    /// drop(stack); // cut, before it was cleaned up
    /// assert_eq!(shutdown.drain().await.elapsed, Duration::from_secs(1));
    /// assert_eq!(reaper.pending(), 0);
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Once the shutdown was triggered.
    ///
    /// # Panics
    ///
    /// Outside a runtime.
    #[track_caller]
    pub fn reaper(
        &self,
        name: impl Into<Cow<'static, str>>,
        reaper: &Reaper,
    ) -> Result<(), Refused<()>> {
        piece::wait_for(self.tree(), name.into(), reaper.clone())
    }

    /// Triggers, if nobody has, and waits until everything has ended or the
    /// limits are over. It returns by their sum: each begins when the one before is
    /// over. Several may wait at once, and get the same report.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// use std::time::Duration;
    /// use surefoot::shutdown::Shutdown;
    ///
    /// let limit = Duration::from_secs(5);
    /// let shutdown = Shutdown::builder().drain_limit(limit).build().unwrap();
    /// let endless = shutdown.spawn("endless", |_token| std::future::pending::<Result<(), String>>());
    /// assert!(endless.is_ok());
    /// let report = shutdown.drain().await;
    /// assert_eq!((report.elapsed, &*report.aborted[0]), (limit, "endless"));
    /// # }
    /// ```
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: it stays triggered. While nobody drains, no phase ends by its
    /// limit; that of the phase that was waited in goes on to count.
    ///
    /// # Panics
    ///
    /// Where Tokio's time is not enabled.
    pub fn drain(&self) -> Drain<'_> {
        Drain::new(self.tree())
    }
}

impl Default for Shutdown {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Shutdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shutdown").field("reason", &self.reason()).finish_non_exhaustive()
    }
}
