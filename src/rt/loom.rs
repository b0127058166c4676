//! The runtime of a loom model: a task is a thread that blocks on its future,
//! a timer is pending until the model fires it.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};

use loom::future::block_on;
use loom::thread;

use super::{Id, IdOf, Instant, Meta, slot};
use crate::error::TaskError;
use crate::sync::{Arc, Mutex};

#[expect(clippy::disallowed_methods, reason = "models never compare it")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// A timer that never fires: a model that needs a limit to pass drops the
/// future that waits for it, as a limit would.
pub(crate) struct Sleep(());

pub(crate) fn sleep_until(_at: Instant) -> Sleep {
    Sleep(())
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}

pub(crate) fn try_spawn<F>(meta: Meta, future: F) -> Result<Handle<F::Output>, F>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    let (body, receiver) = slot::pair(future, meta.spawned_at);
    let abort = Arc::new(Mutex::new(Abort { asked: false, waker: None }));
    let seen = abort.clone();
    let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
    let ended = Ended::default();
    let end = ended.clone();
    thread::spawn(move || {
        {
            let mut body = pin!(body);
            block_on(std::future::poll_fn(|cx| {
                let waker = cx.waker().clone();
                let (asked, _replaced) =
                    seen.with(|abort| (abort.asked, abort.waker.replace(waker)));
                if asked {
                    return Poll::Ready(());
                }
                body.as_mut().poll(cx).map(drop)
            }));
        }
        end.store(true, Ordering::Relaxed);
    });
    Ok(Handle { receiver, switch: AbortHandle { abort, ended, id } })
}

pub(crate) fn try_run_blocking<F, T>(meta: Meta, f: F) -> Result<Handle<T>, F>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    Ok(try_spawn(meta, async move { f() }).unwrap_or_else(|_| unreachable!("a model has threads")))
}

/// std's, not loom's: a name is no synchronisation, and costs a model nothing.
/// Relaxed, since nothing is published with it.
static NEXT_ID: AtomicU32 = AtomicU32::new(0);

struct Abort {
    asked: bool,
    waker: Option<Waker>,
}

/// std's, too: a hint that a model builds nothing on.
type Ended = std::sync::Arc<AtomicBool>;

pub(crate) struct Handle<T> {
    receiver: slot::Receiver<T>,
    switch: AbortHandle,
}

impl<T> Handle<T> {
    pub(crate) fn abort(&self) {
        self.switch.abort();
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.receiver.is_finished()
    }

    pub(crate) fn id(&self) -> Id {
        self.switch.id()
    }

    pub(crate) fn abort_handle(&self) -> AbortHandle {
        self.switch.clone()
    }

    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<T, TaskError>> {
        self.receiver.poll(cx)
    }
}

#[derive(Clone)]
pub(crate) struct AbortHandle {
    abort: Arc<Mutex<Abort>>,
    ended: Ended,
    id: u32,
}

impl AbortHandle {
    pub(crate) fn abort(&self) {
        let waker = self.abort.with(|abort| {
            abort.asked = true;
            abort.waker.take()
        });
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }

    pub(crate) fn id(&self) -> Id {
        Id(IdOf::Numbered(self.id))
    }
}
