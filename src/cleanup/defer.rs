use std::fmt;
use std::thread;

use crate::error::catch;

/// Runs `f` when the guard is dropped: at the end of the scope, on an early
/// return, on a panic, or when the future that holds it is cancelled.
///
/// ```
/// use std::cell::Cell;
/// use surefoot::cleanup::defer;
///
/// let open = Cell::new(true);
/// {
///     let _close = defer(|| open.set(false));
///     assert!(open.get());
/// }
/// assert!(!open.get());
/// ```
pub fn defer<F: FnOnce()>(f: F) -> Defer<F> {
    Defer { f: Some(f) }
}

/// The guard of [`defer`].
///
/// If the closure panics, so does the drop; while another panic unwinds, which
/// would abort the process, the closure's is swallowed.
#[must_use = "dropped at once, it runs at once: bind it to a name"]
pub struct Defer<F: FnOnce()> {
    f: Option<F>,
}

impl<F: FnOnce()> Defer<F> {
    /// Drops the closure without running it: what it was to undo stays.
    pub fn commit(mut self) {
        self.f = None;
    }

    /// Runs the closure here and now.
    pub fn run_now(self) {
        // Its drop does, which is now.
    }
}

impl<F: FnOnce()> Drop for Defer<F> {
    fn drop(&mut self) {
        let Some(f) = self.f.take() else {
            return;
        };
        if thread::panicking() {
            let _ = catch(f);
        } else {
            f();
        }
    }
}

impl<F: FnOnce()> fmt::Debug for Defer<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Defer").finish_non_exhaustive()
    }
}
