//! A closure on its way to a thread and back.

use std::borrow::Cow;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::BlockingError;
use crate::rt;

/// A closure that was handed to the runtime; its output. Dropped, the closure is
/// not run, unless it has begun.
pub(super) struct Work<T>(rt::Handle<T>);

impl<T: Send + 'static> Work<T> {
    /// # Panics
    ///
    /// Outside a runtime.
    pub(super) fn begin(
        name: Cow<'static, str>,
        at: &'static Location<'static>,
        f: impl FnOnce() -> T + Send + 'static,
    ) -> Self {
        let meta = rt::Meta { name, cancellable: false, daemon: false, spawned_at: at };
        match rt::try_run_blocking(meta, f) {
            Ok(handle) => Self(handle),
            Err(f) => {
                // What it holds is the caller's: a second panic would abort.
                drop(f);
                panic!("a closure that blocks runs inside a Tokio runtime only")
            }
        }
    }
}

impl<T> Future for Work<T> {
    type Output = Result<T, BlockingError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.poll(cx).map_err(BlockingError::from)
    }
}

// The handle owns no `T` in place, only a way to one.
impl<T> Unpin for Work<T> {}

impl<T> Drop for Work<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
