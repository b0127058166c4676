//! From a connection that was idle to one that can be handed out.

use std::future::{Future, poll_fn};
use std::panic::Location;
use std::pin::pin;
use std::task::Poll;

use super::core::{Core, Reason};
use super::shared::{Entry, Record, Shared};
use super::{Info, Manage, Pooled, closing};
use crate::deadline::{Bound, Deadline, Limit, Timer};
use crate::error::{Caught, catch, catch_future};
use crate::rt;
use crate::waiters::Arrival;

/// Where a connection was asked for.
pub(super) type Place = &'static Location<'static>;

/// What a check says.
pub(super) enum Checked<M: Manage> {
    Healthy(Pooled<M>),
    /// Given up; the caller asks for another.
    Unfit,
    /// Given up, and the caller's time is over.
    OutOfTime(Deadline),
    /// Given up.
    Panicked(Box<Caught>),
}

/// Checks a connection within the caller's limit, and the check's own.
///
/// `came` is when the caller came; a check that takes time notes it, so that
/// nobody who comes meanwhile is served before this caller.
///
/// Dropped half-way, it gives the connection up: who knows what a half-finished
/// check left on the wire.
pub(super) async fn check<M: Manage>(
    shared: &Shared<M>,
    entry: Entry<M>,
    limit: &mut Limit,
    came: &mut Option<Arrival>,
    place: Place,
) -> Checked<M> {
    let Some(mut unchecked) = Unchecked::unless_broken(shared, entry) else {
        return Checked::Unfit;
    };
    let record = unchecked.entry.as_mut().expect("it is taken at the end only");
    let Record { info, dates, .. } = &mut **record;
    if !shared.config.wants_check(info, dates) {
        return Checked::Healthy(unchecked.pass(place));
    }
    let outcome = {
        let conn = &mut unchecked.entry.as_mut().expect("it is taken at the end only").conn;
        let mut check = pin!(catch_future(async { shared.manager.check(conn).await }));
        let mut timer = pin!(Timer::default());
        // Counted and timed only once it is pending: most checks take no time, and
        // a lock is half the price of an acquire.
        let mut slow = None;
        poll_fn(|cx| {
            if let Poll::Ready(outcome) = check.as_mut().poll(cx) {
                return Poll::Ready(Ok(outcome));
            }
            let (_counted, limit) = slow.get_or_insert_with(|| {
                let own = Limit::optional(shared.config.check_timeout).begin();
                (Counted::new(shared, came), Limit::At(limit.begin().min(own)))
            });
            timer.as_mut().poll_elapsed(limit, cx).map(Err)
        })
        .await
    };
    match outcome {
        Ok(Ok(Ok(()))) => Checked::Healthy(unchecked.pass(place)),
        Ok(Ok(Err(_unhealthy))) => Checked::Unfit,
        Ok(Err(caught)) => Checked::Panicked(caught),
        Err(_elapsed) => {
            let deadline = limit.begin();
            if deadline.is_past() { Checked::OutOfTime(deadline) } else { Checked::Unfit }
        }
    }
}

/// Hands out a connection without asking the other side.
pub(super) fn unless_broken<M: Manage>(
    shared: &Shared<M>,
    entry: Entry<M>,
    place: Place,
) -> Option<Pooled<M>> {
    let mut unchecked = Unchecked::unless_broken(shared, entry)?;
    let record = unchecked.entry.as_mut().expect("it is taken at the end only");
    let Record { info, dates, .. } = &mut **record;
    // It is not, but it notes for how long it was idle.
    shared.config.wants_check(info, dates);
    Some(unchecked.pass(place))
}

/// One that can't even be asked is taken for broken.
pub(super) fn is_broken<M: Manage>(shared: &Shared<M>, entry: &Entry<M>) -> bool {
    catch(|| shared.manager.is_broken(&entry.conn)).unwrap_or(true)
}

/// A connection whose state is not known. Dropped, it is given up.
struct Unchecked<'a, M: Manage> {
    shared: &'a Shared<M>,
    entry: Option<Entry<M>>,
}

impl<'a, M: Manage> Unchecked<'a, M> {
    fn unless_broken(shared: &'a Shared<M>, entry: Entry<M>) -> Option<Self> {
        if is_broken(shared, &entry) {
            shared.reject(entry, Reason::Broken);
            return None;
        }
        Some(Self { shared, entry: Some(entry) })
    }

    fn pass(mut self, place: Place) -> Pooled<M> {
        let entry = self.entry.take().expect("it is taken here only, and in drop");
        Pooled::new(self.shared.clone(), entry, place)
    }
}

impl<M: Manage> Drop for Unchecked<'_, M> {
    fn drop(&mut self) {
        if let Some(entry) = self.entry.take() {
            self.shared.reject(entry, Reason::Check);
        }
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
    pub(super) fn new(shared: &Shared<M>, mut entry: Entry<M>) -> Self {
        entry.is_new = false;
        Self { shared: shared.clone(), entry: Some(entry), reason: Reason::Check }
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
