//! What a simulation answers on behalf of the runtime and of chance.
//!
//! A thread that runs a simulation installs its [`Hook`]; everything that
//! [`rt`](super) and [`probe`](crate::probe) do on that thread goes there.

use std::cell::RefCell;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use super::{Ended, Meta};

/// A task's future, as the simulator holds it.
pub(crate) type Body = Pin<Box<dyn Future<Output = Ended>>>;

/// Tells a task from outside to end.
pub(crate) trait Control: Send + Sync {
    fn abort(&self);
    fn is_finished(&self) -> bool;
    fn id(&self) -> u32;
}

/// The questions that a simulation answers.
pub(crate) trait Hook {
    fn spawn(&self, meta: Meta, body: Body) -> Arc<dyn Control>;
    /// An option in `0..n`; `n` is at least 1.
    fn choose(&self, n: u64) -> u64;
    /// A number from the schedule's seed.
    fn draw(&self) -> u64;
    fn fault(&self, label: &'static str) -> bool;
    fn always(&self, label: &'static str, holds: Box<dyn Fn() -> bool>);
    fn sometimes(&self, label: &'static str, holds: bool);
    /// `holders` says how many hold the value that is `what`.
    fn track(&self, what: &'static str, holders: Box<dyn Fn() -> usize>);
    /// Marks the step that is under way.
    fn interesting(&self);
    /// Registers a place that can be cancelled until it is closed. It may be
    /// struck at once, before its first poll.
    fn open_place(&self, at: &'static Location<'static>) -> u32;
    /// Whether the schedule cancelled it.
    fn is_struck(&self, place: u32) -> bool;
    /// It was polled, and is pending.
    fn place_is_pending(&self, place: u32, waker: &Waker);
    fn close_place(&self, place: u32);
    fn elapsed(&self) -> Duration;
    /// Notes what the scenario told `tracing`.
    #[cfg(feature = "tracing")]
    fn told(&self, line: String);
}

thread_local! {
    static CURRENT: RefCell<Option<Rc<dyn Hook>>> = const { RefCell::new(None) };
}

/// The simulation that runs on this thread.
pub(crate) fn current() -> Option<Rc<dyn Hook>> {
    CURRENT.try_with(|current| current.borrow().clone()).ok().flatten()
}

/// Puts a hook in place until it is dropped.
pub(crate) struct Installed(());

impl Installed {
    /// # Panics
    ///
    /// If a simulation runs on this thread already.
    pub(crate) fn new(hook: Rc<dyn Hook>) -> Self {
        CURRENT.with(|current| {
            let previous = current.borrow_mut().replace(hook);
            assert!(previous.is_none(), "a simulation can't be run inside a simulation");
        });
        Self(())
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        CURRENT.with(|current| *current.borrow_mut() = None);
    }
}
