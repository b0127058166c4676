use std::any::Any;
use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::panic::{self, AssertUnwindSafe, Location, PanicHookInfo};
use std::pin::Pin;
use std::sync::Once;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

/// A panic that was caught at the border of a task or of a caller's closure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panicked {
    caught: Box<Caught>,
    spawned_at: &'static Location<'static>,
}

impl Panicked {
    pub(crate) fn new(caught: Box<Caught>, spawned_at: &'static Location<'static>) -> Self {
        Self { caught, spawned_at }
    }

    /// What the panic said.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.caught.message
    }

    /// What the panic said, as a payload of its own, for
    /// [`resume_unwind`](std::panic::resume_unwind): a `&'static str` if the
    /// original was one, else a `String`.
    #[must_use]
    pub fn to_payload(&self) -> Box<dyn Any + Send> {
        match &self.caught.message {
            Cow::Borrowed(literal) => Box::new(*literal),
            Cow::Owned(text) => Box::new(text.clone()),
        }
    }

    /// Where it panicked, as `file:line:column`. Known once
    /// [`install_panic_hook`] was called, and from the first simulation on.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        self.caught.location.as_deref()
    }

    /// Where the task was spawned, or the closure handed in.
    #[must_use]
    pub fn spawned_at(&self) -> &'static Location<'static> {
        self.spawned_at
    }
}

impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.message())?;
        if let Some(location) = self.location() {
            write!(f, " at {location}")?;
        }
        write!(f, " (spawned at {})", self.spawned_at)
    }
}

impl std::error::Error for Panicked {}

/// Lets [`Panicked::location`] say where a panic happened.
///
/// A panic's payload has no location; only the panic hook sees it. This chains
/// a hook that notes the location and then calls the one that was there. Calling
/// it again does nothing.
///
/// Call it at the start of `main`: `std` has no way to chain hooks in one step, so
/// of two threads that do so at the same moment one loses its hook.
pub fn install_panic_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            note_panic(info);
            previous(info);
        }));
    });
}

thread_local! {
    /// Where this thread panicked last: written by a hook, taken by `catch`.
    static LAST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Notes where a panic happened, for the `catch` that it unwinds into.
pub(crate) fn note_panic(info: &PanicHookInfo<'_>) {
    let location = info.location().map(ToString::to_string);
    LAST.with(|last| *last.borrow_mut() = location);
}

/// What `catch` caught. In a box: as a part of a `Result` it is moved on where
/// nothing panicked, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caught {
    /// Borrowed if the payload was a literal.
    pub(crate) message: Cow<'static, str>,
    pub(crate) location: Option<String>,
    /// It was asked for by `probe::panic_point`.
    pub(crate) injected: bool,
}

/// The payload of a panic that a schedule asked for.
struct Injected(&'static str);

/// Panics on behalf of `probe::panic_point`.
#[track_caller]
pub(crate) fn raise_injected(label: &'static str) -> ! {
    panic::panic_any(Injected(label))
}

/// A panic that was stopped on its way, to go on later.
pub(crate) struct Held {
    payload: Box<dyn Any + Send>,
    location: Option<String>,
}

impl Held {
    /// Lets the panic go on, as if nobody had stopped it.
    pub(crate) fn resume(self) -> ! {
        LAST.with(|last| *last.borrow_mut() = self.location);
        panic::resume_unwind(self.payload)
    }

    /// Ends the panic here. The payload is dropped with care: its own `Drop` may
    /// panic.
    pub(crate) fn into_caught(self) -> Box<Caught> {
        let (message, injected) = describe(&*self.payload);
        if let Err(second) = panic::catch_unwind(AssertUnwindSafe(|| drop(self.payload))) {
            // A payload whose drop panics with the like would go on for ever.
            std::mem::forget(second);
        }
        Box::new(Caught { message, location: self.location, injected })
    }
}

/// Runs code of the caller's, and stops a panic.
pub(crate) fn hold<R>(f: impl FnOnce() -> R) -> Result<R, Held> {
    panic::catch_unwind(AssertUnwindSafe(f)).map_err(|payload| {
        let location = LAST.with(|last| last.borrow_mut().take());
        Held { payload, location }
    })
}

/// Runs code of the caller's, and turns a panic into a value.
pub(crate) fn catch<R>(f: impl FnOnce() -> R) -> Result<R, Box<Caught>> {
    hold(f).map_err(Held::into_caught)
}

/// Polls `future`, and drops it at its end, inside [`catch`], so that a panic of
/// either is an output.
pub(crate) fn catch_future<F: Future>(future: F) -> CatchPanic<F, Box<Caught>> {
    CatchPanic { future: Some(future), into_error: Held::into_caught }
}

/// The same, inside [`hold`].
pub(crate) fn hold_future<F: Future>(future: F) -> CatchPanic<F, Held> {
    CatchPanic { future: Some(future), into_error: std::convert::identity }
}

pin_project! {
    /// The future of [`catch_future`] and [`hold_future`]. It must not be polled
    /// after its end.
    pub(crate) struct CatchPanic<F, E> {
        #[pin]
        future: Option<F>,
        into_error: fn(Held) -> E,
    }
}

impl<F: Future, E> Future for CatchPanic<F, E> {
    type Output = Result<F::Output, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let polled = hold(|| {
            let future = this.future.as_mut().as_pin_mut();
            let poll = future.expect("a future is not polled after its end").poll(cx);
            if poll.is_ready() {
                this.future.set(None);
            }
            poll
        });
        match polled {
            Ok(poll) => poll.map(Ok),
            Err(held) => {
                // A second panic, while the first one's wreck is cleared away,
                // adds nothing.
                let _ = catch(|| this.future.set(None));
                Poll::Ready(Err((this.into_error)(held)))
            }
        }
    }
}

fn describe(payload: &(dyn Any + Send)) -> (Cow<'static, str>, bool) {
    if let Some(Injected(label)) = payload.downcast_ref() {
        (format!("injected by panic_point(\"{label}\")").into(), true)
    } else if let Some(text) = payload.downcast_ref::<&'static str>() {
        ((*text).into(), false)
    } else if let Some(text) = payload.downcast_ref::<String>() {
        (text.clone().into(), false)
    } else {
        (String::from("a payload that is no text").into(), false)
    }
}
