//! Tokio itself, and the hook to the simulator where it is compiled in.
#![expect(clippy::disallowed_methods, reason = "this is the place that the bans point to")]

use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tokio::runtime;
use tokio::task::{self, JoinHandle};

use super::{Id, IdOf, Instant, Meta};
#[cfg(feature = "sim")]
use super::{hook, slot};
use crate::error::{CatchPanic, Caught, Panicked, TaskError, catch, catch_future};

pub(crate) use tokio::time::Sleep;

pub(crate) fn now() -> Instant {
    Instant::now()
}

pub(crate) fn sleep_until(at: Instant) -> Sleep {
    tokio::time::sleep_until(at)
}

/// Starts a task, or hands the future back where no runtime is.
pub(crate) fn try_spawn<F>(meta: Meta, future: F) -> Result<Handle<F::Output>, F>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    #[cfg(feature = "sim")]
    if let Some(hook) = hook::current() {
        return Ok(Handle::simulated(&*hook, meta, future));
    }
    let Ok(runtime) = runtime::Handle::try_current() else {
        return Err(future);
    };
    let body = Body { future: catch_future(future), spawned_at: meta.spawned_at };
    Ok(Handle(HandleOf::Tokio(runtime.spawn(body))))
}

pin_project! {
    /// What a task runs. No async block: that would have room for the future twice,
    /// as what it was given and as what it awaits.
    struct Body<F> {
        // Caught on the thread where it happens: only there the panic hook can say
        // where that was.
        #[pin]
        future: CatchPanic<F, Box<Caught>>,
        spawned_at: &'static Location<'static>,
    }
}

impl<F: Future> Future for Body<F> {
    type Output = Result<F::Output, Panicked>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let ended = ready!(this.future.poll(cx));
        Poll::Ready(ended.map_err(|caught| Panicked::new(caught, this.spawned_at)))
    }
}

/// Runs a closure that blocks where it holds nobody up, or hands it back where no
/// runtime is. Aborted before it began, it never runs. In a simulation it is a
/// task whose one poll runs it, so that the schedule says when.
pub(crate) fn try_run_blocking<F, T>(meta: Meta, f: F) -> Result<Handle<T>, F>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    #[cfg(feature = "sim")]
    if let Some(hook) = hook::current() {
        return Ok(Handle::simulated(&*hook, meta, async move { f() }));
    }
    let Ok(runtime) = runtime::Handle::try_current() else {
        return Err(f);
    };
    let body = move || catch(f).map_err(|caught| Panicked::new(caught, meta.spawned_at));
    Ok(Handle(HandleOf::Tokio(runtime.spawn_blocking(body))))
}

/// The other end of a task: its output, its abort switch.
pub(crate) struct Handle<T>(HandleOf<T>);

enum HandleOf<T> {
    Tokio(JoinHandle<Result<T, Panicked>>),
    #[cfg(feature = "sim")]
    Simulated {
        handle: slot::Receiver<T>,
        control: std::sync::Arc<dyn hook::Control>,
    },
}

impl<T> Handle<T> {
    #[cfg(feature = "sim")]
    fn simulated<F>(hook: &dyn hook::Hook, meta: Meta, future: F) -> Self
    where
        F: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        let (body, handle) = slot::pair(future, meta.spawned_at);
        let control = hook.spawn(meta, Box::pin(body));
        Self(HandleOf::Simulated { handle, control })
    }

    pub(crate) fn abort(&self) {
        match &self.0 {
            HandleOf::Tokio(handle) => handle.abort(),
            #[cfg(feature = "sim")]
            HandleOf::Simulated { control, .. } => control.abort(),
        }
    }

    pub(crate) fn is_finished(&self) -> bool {
        match &self.0 {
            HandleOf::Tokio(handle) => handle.is_finished(),
            #[cfg(feature = "sim")]
            HandleOf::Simulated { handle, .. } => handle.is_finished(),
        }
    }

    pub(crate) fn id(&self) -> Id {
        match &self.0 {
            HandleOf::Tokio(handle) => Id(IdOf::Tokio(handle.id())),
            #[cfg(feature = "sim")]
            HandleOf::Simulated { control, .. } => Id(IdOf::Numbered(control.id())),
        }
    }

    pub(crate) fn abort_handle(&self) -> AbortHandle {
        AbortHandle(match &self.0 {
            HandleOf::Tokio(handle) => AbortHandleOf::Tokio(handle.abort_handle()),
            #[cfg(feature = "sim")]
            HandleOf::Simulated { control, .. } => AbortHandleOf::Simulated(control.clone()),
        })
    }

    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<T, TaskError>> {
        match &mut self.0 {
            HandleOf::Tokio(handle) => Poll::Ready(match ready!(Pin::new(handle).poll(cx)) {
                Ok(Ok(output)) => Ok(output),
                Ok(Err(panicked)) => Err(TaskError::Panicked(panicked)),
                // The body catches its own panics; what is left is an abort.
                Err(_) => Err(TaskError::Cancelled),
            }),
            #[cfg(feature = "sim")]
            HandleOf::Simulated { handle, .. } => handle.poll(cx),
        }
    }
}

/// A task's abort switch alone.
#[derive(Clone)]
pub(crate) struct AbortHandle(AbortHandleOf);

#[derive(Clone)]
enum AbortHandleOf {
    Tokio(task::AbortHandle),
    #[cfg(feature = "sim")]
    Simulated(std::sync::Arc<dyn hook::Control>),
}

impl AbortHandle {
    pub(crate) fn abort(&self) {
        match &self.0 {
            AbortHandleOf::Tokio(handle) => handle.abort(),
            #[cfg(feature = "sim")]
            AbortHandleOf::Simulated(control) => control.abort(),
        }
    }

    pub(crate) fn is_finished(&self) -> bool {
        match &self.0 {
            AbortHandleOf::Tokio(handle) => handle.is_finished(),
            #[cfg(feature = "sim")]
            AbortHandleOf::Simulated(control) => control.is_finished(),
        }
    }

    pub(crate) fn id(&self) -> Id {
        match &self.0 {
            AbortHandleOf::Tokio(handle) => Id(IdOf::Tokio(handle.id())),
            #[cfg(feature = "sim")]
            AbortHandleOf::Simulated(control) => Id(IdOf::Numbered(control.id())),
        }
    }
}
