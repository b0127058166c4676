//! A connect: a task of the pool's, which outlives the caller that began it.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use super::core::{Core, Event};
use super::error::Failure;
use super::shared::{Record, Shared};
use super::watch::Watch;
use super::{Info, Manage};
use crate::deadline::{Bound, Deadline, Limit};
use crate::error::{Panicked, catch_future};
use crate::rt;
use crate::spawn::{Spawner, Task};

/// A slot that a connection is being made in. Dropped, it is free again.
pub(super) struct Slot<M: Manage> {
    shared: Shared<M>,
    is_taken: bool,
}

impl<M: Manage> Slot<M> {
    /// For a slot that the core has counted as `connecting`.
    pub(super) fn new(shared: &Shared<M>) -> Self {
        Self { shared: shared.clone(), is_taken: true }
    }
}

impl<M: Manage> Drop for Slot<M> {
    /// The task was dropped half-way, with its runtime or by the simulator: the
    /// next waiter begins a connect of its own.
    fn drop(&mut self) {
        if self.is_taken {
            self.shared.core.with(Core::connect_abandoned).wake();
        }
    }
}

/// # Panics
///
/// Outside a runtime. The slot is free again by then.
pub(super) fn begin<M: Manage>(slot: Slot<M>) {
    let spawner = Spawner::new().name("pool connect").deadline(Deadline::never());
    let spawned = spawner.try_spawn(run(slot)).map(Task::detach);
    assert!(spawned.is_ok(), "a pool connects inside a Tokio runtime only");
}

/// Connects until no more connects are wanted.
async fn run<M: Manage>(mut slot: Slot<M>) {
    loop {
        let Some(outcome) = attempt(&slot.shared).await else {
            // The pool was closed; the slot's drop says so.
            return;
        };
        let shared = &slot.shared;
        let ended = match outcome {
            Ok(conn) => {
                let made = rt::now();
                let dates = shared.config.dates_of_new(made);
                shared.core.with(|core| {
                    let info = Info::new(core.number_new(), made);
                    core.connected(Box::new(Record { conn, info, is_new: true, dates }))
                })
            }
            Err(failure) => shared.core.with(|core| core.connect_failed(failure)),
        };
        // The slot of this connect, or of the next.
        slot.is_taken = ended.again;
        if !slot.shared.settle_connected(ended) {
            return;
        }
    }
}

/// One connect, within its time limit; `None` if the pool was closed first.
async fn attempt<M: Manage>(shared: &Shared<M>) -> Option<Result<M::Conn, Failure<M::Error>>> {
    let limit = Limit::optional(shared.config.connect_timeout);
    // The closure's own code runs inside, so that its panic is caught too.
    let connect = catch_future(async { shared.manager.connect().await });
    let mut connect = pin!(Bound::new(limit, connect));
    let mut close = pin!(Watch::new(shared, Event::Closed));
    let outcome = poll_fn(|cx| {
        if let Poll::Ready(outcome) = connect.as_mut().poll(cx) {
            return Poll::Ready(Some(outcome));
        }
        close.as_mut().poll(cx).map(|()| None)
    })
    .await?;
    Some(match outcome {
        Ok(Ok(connected)) => connected.map_err(Failure::Error),
        Ok(Err(caught)) => Err(Failure::Panicked(Panicked::new(caught, shared.config.built_at))),
        Err(elapsed) => Err(Failure::TimedOut(elapsed.after)),
    })
}
