//! From a connection that was idle to one that can be handed out.

use std::future::{Future, poll_fn};
use std::panic::Location;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use super::core::{Core, Reason};
use super::shared::{Entry, Record, Shared};
use super::{Info, Manage, Pooled, closing};
use crate::deadline::{Bound, Limit, Timer};
use crate::error::{Caught, catch, catch_future};
use crate::rt;
use crate::waiters::Arrival;

/// Where a connection was asked for.
pub(super) type Place = &'static Location<'static>;

/// What a check says.
pub(super) enum Checked {
    Healthy,
    /// To be given up; the caller asks for another.
    Unfit,
    /// To be given up, and the caller's time is over.
    OutOfTime,
    /// To be given up.
    Panicked(Box<Caught>),
}

/// What the first poll of a check says: for most, that is all.
pub(super) enum First {
    Ended(Checked),
    Pending,
}

/// Hands out a connection without asking the other side.
pub(super) fn unless_broken<M: Manage>(
    shared: &Shared<M>,
    mut entry: Entry<M>,
    place: Place,
) -> Option<Pooled<M>> {
    if is_broken(shared, &entry) {
        shared.reject(entry, Reason::Broken);
        return None;
    }
    let Record { info, dates, .. } = &mut *entry;
    // It is not checked, but it notes for how long it was idle.
    shared.config.wants_check(info, dates);
    Some(Pooled::new(shared.clone(), entry, place))
}

/// One that can't even be asked is taken for broken.
pub(super) fn is_broken<M: Manage>(shared: &Shared<M>, entry: &Entry<M>) -> bool {
    catch(|| shared.manager.is_broken(&entry.conn)).unwrap_or(true)
}

/// A connection whose state is not known. Dropped, it is given up: who knows what
/// a half-finished check left on the wire.
pub(super) struct Unchecked<'a, M: Manage> {
    shared: &'a Shared<M>,
    entry: Option<Entry<M>>,
    /// What it would be given up for.
    reason: Reason,
}

impl<'a, M: Manage> Unchecked<'a, M> {
    pub(super) fn new(shared: &'a Shared<M>, entry: Entry<M>) -> Self {
        Self { shared, entry: Some(entry), reason: Reason::Broken }
    }

    /// Lends the connection for its check.
    pub(super) fn question(&mut self) -> Question<'_, M> {
        Question { shared: self.shared, entry: self.entry.as_mut(), reason: &mut self.reason }
    }

    pub(super) fn pass(mut self, place: Place) -> Pooled<M> {
        let entry = self.entry.take().expect("it is taken here only, and in drop");
        Pooled::new(self.shared.clone(), entry, place)
    }
}

impl<M: Manage> Drop for Unchecked<'_, M> {
    #[inline]
    fn drop(&mut self) {
        if let Some(entry) = self.entry.take() {
            self.shared.reject(entry, self.reason);
        }
    }
}

/// What the first poll of a check needs.
///
/// The check's future lies in a slot of the caller's, and is polled from here: a
/// future around it would cost each acquire more than most checks do.
pub(super) struct Question<'c, M: Manage> {
    shared: &'c Shared<M>,
    entry: Option<&'c mut Entry<M>>,
    reason: &'c mut Reason,
}

impl<'c, M: Manage> Question<'c, M> {
    /// Begins the check in `slot`, if it takes one, and polls it.
    pub(super) fn ask<F>(
        &mut self,
        mut slot: Pin<&mut Option<F>>,
        check: impl FnOnce(&'c M, &'c mut M::Conn) -> F,
        cx: &mut Context<'_>,
    ) -> First
    where
        F: Future<Output = Result<(), M::Error>>,
    {
        // One catch for all that may panic.
        let caught = catch(|| {
            let entry = self.entry.take().expect("this is asked once");
            let Record { conn, info, dates, .. } = &mut **entry;
            if self.shared.manager.is_broken(conn) {
                return First::Ended(Checked::Unfit);
            }
            *self.reason = Reason::Check;
            if !self.shared.config.wants_check(info, dates) {
                return First::Ended(Checked::Healthy);
            }
            slot.set(Some(check(&self.shared.manager, conn)));
            match poll_in(slot.as_mut(), cx) {
                Poll::Ready(Ok(())) => First::Ended(Checked::Healthy),
                Poll::Ready(Err(_unhealthy)) => First::Ended(Checked::Unfit),
                Poll::Pending => First::Pending,
            }
        });
        let caught = match caught {
            Ok(first) => return first,
            Err(caught) => caught,
        };
        clear(slot);
        // One that can't even be asked is taken for broken.
        let was_asked = *self.reason == Reason::Check;
        First::Ended(if was_asked { Checked::Panicked(caught) } else { Checked::Unfit })
    }
}

/// Polls what is in the slot, and drops it at its end.
fn poll_in<F: Future>(mut slot: Pin<&mut Option<F>>, cx: &mut Context<'_>) -> Poll<F::Output> {
    let future = slot.as_mut().as_pin_mut().expect("it is not polled after its end");
    let polled = future.poll(cx);
    if polled.is_ready() {
        slot.set(None);
    }
    polled
}

/// Drops what panicked. A second panic, of its drop, adds nothing.
fn clear<F>(mut slot: Pin<&mut Option<F>>) {
    let _ = catch(|| slot.set(None));
}

/// The rest of a check that takes time, within the caller's limit and its own. It
/// was polled just now.
///
/// `came` is when the caller came; it is noted, so that nobody who comes meanwhile
/// is served before this caller.
pub(super) async fn check<M: Manage>(
    shared: &Shared<M>,
    mut slot: Pin<&mut Option<impl Future<Output = Result<(), M::Error>> + Send>>,
    limit: &mut Limit,
    came: &mut Option<Arrival>,
) -> Checked {
    // Counted and timed only here: most checks take no time, and a lock is half the
    // price of an acquire.
    let _counted = Counted::new(shared, came);
    let own = Limit::optional(shared.config.check_timeout).begin();
    let mut nearer = Limit::At(limit.begin().min(own));
    let mut timer = pin!(Timer::default());
    let mut was_polled = true;
    let outcome = poll_fn(|cx| {
        if !std::mem::take(&mut was_polled) {
            match catch(|| poll_in(slot.as_mut(), cx)) {
                Ok(Poll::Pending) => {}
                Ok(Poll::Ready(outcome)) => return Poll::Ready(Ok(Ok(outcome))),
                Err(caught) => return Poll::Ready(Ok(Err(caught))),
            }
        }
        timer.as_mut().poll_elapsed(&mut nearer, cx).map(Err)
    });
    match outcome.await {
        Ok(Ok(Ok(()))) => Checked::Healthy,
        Ok(Ok(Err(_unhealthy))) => Checked::Unfit,
        Ok(Err(caught)) => {
            clear(slot);
            Checked::Panicked(caught)
        }
        Err(_elapsed) if limit.begin().is_past() => Checked::OutOfTime,
        Err(_elapsed) => Checked::Unfit,
    }
}

/// Counts a connection as `checking`.
struct Counted<'a, M: Manage>(&'a Shared<M>);

impl<'a, M: Manage> Counted<'a, M> {
    fn new(shared: &'a Shared<M>, came: &mut Option<Arrival>) -> Self {
        shared.core.with(|core| {
            core.check_began();
            came.get_or_insert_with(|| core.arrive());
        });
        Self(shared)
    }
}

impl<M: Manage> Drop for Counted<'_, M> {
    fn drop(&mut self) {
        self.0.core.with(Core::check_ended);
    }
}

/// A connection that was idle and is looked at where it is: it counts as
/// `checking`, and goes back to where it was. Dropped, it is given up.
pub(super) struct Review<M: Manage> {
    shared: Shared<M>,
    entry: Option<Entry<M>>,
    reason: Reason,
}

impl<M: Manage> Review<M> {
    /// `reason` is what it is given up for if nothing else is said.
    pub(super) fn new(shared: &Shared<M>, mut entry: Entry<M>, reason: Reason) -> Self {
        entry.is_new = false;
        Self { shared: shared.clone(), entry: Some(entry), reason }
    }

    fn entry(&mut self) -> &mut Entry<M> {
        self.entry.as_mut().expect("it is taken at the end only")
    }

    /// What a caller's code may look at.
    pub(super) fn look(&mut self) -> (&M::Conn, Info) {
        let entry = self.entry();
        let since = entry.dates.idle_since;
        let idle_for = since.map(|since| rt::now().saturating_duration_since(since));
        (&entry.conn, Info { idle_for, ..entry.info })
    }

    /// Gives it up, for that reason.
    pub(super) fn give_up(mut self, reason: Reason) {
        self.reason = reason;
    }

    /// Puts it back as it was.
    pub(super) fn keep(mut self) {
        if let Some(entry) = self.entry.take() {
            let (returned, wakers) = self.shared.core.with(|core| core.reviewed(entry));
            self.shared.settle_returned(returned, wakers);
        }
    }

    /// Keeps it alive: checks it, and puts it back or gives it up.
    pub(super) async fn check(mut self) {
        let shared = self.shared.clone();
        let limit = Limit::optional(shared.config.check_timeout);
        let entry = self.entry();
        let check = catch_future(async { shared.manager.check(&mut entry.conn).await });
        if matches!(Bound::new(limit, check).await, Ok(Ok(Ok(())))) {
            let (entry, now) = (self.entry(), rt::now());
            entry.dates.keep_alive = shared.config.next_keep_alive(now);
            if is_broken(&shared, entry) {
                self.give_up(Reason::Broken);
            } else if entry.dates.expires.is_some_and(|at| at <= now) {
                // Somebody may be waiting for it.
                self.give_up(Reason::Lifetime);
            } else {
                self.keep();
            }
        }
    }
}

impl<M: Manage> Drop for Review<M> {
    fn drop(&mut self) {
        if let Some(entry) = self.entry.take() {
            let reason = self.reason;
            let waker = self.shared.core.with(|core| core.rejected(reason));
            closing::close(&self.shared, entry);
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }
}
