//! The end of a connection.

use super::Manage;
use super::shared::{Entry, Shared};
use crate::deadline::{Bound, Deadline, Limit};
use crate::error::{catch, catch_future};
use crate::spawn::{Spawner, Task};

/// Closes a connection that the core counts as `closing`: as a task, or where no
/// runtime is, by dropping it.
pub(super) fn close<M: Manage>(shared: &Shared<M>, entry: Entry<M>) {
    let closing = Closing { shared: shared.clone(), entry: Some(entry), ended_well: false };
    // A task that is not spawned is dropped, which is the other way.
    let spawner = Spawner::new().name("pool close").deadline(Deadline::never());
    drop(spawner.try_spawn(run(closing)).map(Task::detach));
}

/// A connection that is being closed. Dropped, its slot is free.
struct Closing<M: Manage> {
    shared: Shared<M>,
    entry: Option<Entry<M>>,
    ended_well: bool,
}

impl<M: Manage> Drop for Closing<M> {
    fn drop(&mut self) {
        let entry = self.entry.take();
        // Should its own drop panic, it is gone all the same.
        let _ = catch(|| drop(entry));
        let was_dropped = !self.ended_well;
        self.shared.core.with(|core| core.closed_one(was_dropped)).wake();
    }
}

async fn run<M: Manage>(mut closing: Closing<M>) {
    let Some(entry) = closing.entry.take() else {
        return;
    };
    let limit = Limit::optional(closing.shared.config.close_timeout);
    // The method's own code runs inside, so that its panic is caught too.
    let close = catch_future(async { closing.shared.manager.close(entry.conn).await });
    closing.ended_well = matches!(Bound::new(limit, close).await, Ok(Ok(())));
}
