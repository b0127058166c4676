use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use super::core::{Asked, Core, Grant, Offer, Refused};
use super::{Receiver, ReserveError, SendError, TrySendError};
use crate::rt;
use crate::sync::{Arc, Mutex};
use crate::waiters::Ticket;

/// What both sides of a channel hold.
pub(super) type Shared<T> = Arc<Mutex<Core<T>>>;

/// The side of a channel that values go into. Clones send into the same channel.
///
/// When the last one is dropped, the receiver gets what is left, and then `None`.
pub struct Sender<T> {
    shared: Shared<T>,
}

impl<T> Sender<T> {
    pub(super) fn new(shared: Shared<T>) -> Self {
        Self { shared }
    }

    /// Sends `value` at a level, 0 being the most urgent. Waits for room there, in
    /// order of arrival.
    ///
    /// # Errors
    ///
    /// [`SendError`], with the value.
    ///
    /// # Cancel safety
    ///
    /// Dropped, it has sent the value or it has not; which of them, only the receiver
    /// knows. To keep the value until there is room for it, use
    /// [`reserve`](Self::reserve). The place in the queue is lost.
    ///
    /// A `send` that is kept but not polled keeps no slot from anybody: its value
    /// waits in the channel's queue, and is sent when its turn comes.
    pub async fn send(&self, level: usize, value: T) -> Result<(), SendError<T>> {
        match rt::in_turn(Offering::new(&self.shared, level, Offer::Value(value))).await {
            Ok(()) => Ok(()),
            Err(Refused::Closed(Offer::Value(value))) => Err(SendError::Closed(value)),
            Err(Refused::Level(Offer::Value(value))) => Err(SendError::Level(value)),
            Err(_) => unreachable!("a value was offered, and waits where there is no room"),
        }
    }

    /// Sends `value` at a level if there is room now.
    ///
    /// # Errors
    ///
    /// [`TrySendError`], with the value.
    pub fn try_send(&self, level: usize, value: T) -> Result<(), TrySendError<T>> {
        match self.shared.with(|core| core.offer(level, Offer::Value(value))) {
            Ok(receiver) => {
                wake(receiver);
                Ok(())
            }
            Err(Refused::Full(Offer::Value(value))) => Err(TrySendError::Full(value)),
            Err(Refused::Closed(Offer::Value(value))) => Err(TrySendError::Closed(value)),
            Err(Refused::Level(Offer::Value(value))) => Err(TrySendError::Level(value)),
            Err(_) => unreachable!("a value was offered"),
        }
    }

    /// Waits for room at a level, in order of arrival, and keeps it for the caller.
    ///
    /// # Errors
    ///
    /// [`ReserveError`].
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing is sent, and a slot that was granted goes to the next.
    /// The place in the queue is lost.
    ///
    /// Keep polling it: one that was granted a slot and is not polled keeps the slot
    /// from everybody, as a [`Permit`] does.
    pub async fn reserve(&self, level: usize) -> Result<Permit<'_, T>, ReserveError> {
        // A slot is a permit at once: one that is not told yet is not lost.
        rt::in_turn(async move {
            match Offering::new(&self.shared, level, Offer::Reserve).await {
                Ok(()) => Ok(Permit { shared: &self.shared, level, is_spent: false }),
                Err(Refused::Level(_)) => Err(ReserveError::Level),
                Err(_) => Err(ReserveError::Closed),
            }
        })
        .await
    }

    /// Whether the receiver is closed or gone.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.shared.with(|core| core.is_closed())
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        self.shared.with(Core::add_sender);
        Self { shared: self.shared.clone() }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.shared.with(Core::remove_sender).wake();
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").field("is_closed", &self.is_closed()).finish_non_exhaustive()
    }
}

/// A slot of a channel, kept for one value. Dropped, it goes to who waits longest.
///
/// Its value will be received even if the channel is [closed](Receiver::close)
/// meanwhile: the receiver waits for it.
#[must_use = "a permit keeps a slot from others until it is used or dropped"]
pub struct Permit<'a, T> {
    shared: &'a Shared<T>,
    level: usize,
    is_spent: bool,
}

impl<T> Permit<'_, T> {
    /// Sends `value`, at once. If the receiver was dropped meanwhile, so is the
    /// value.
    pub fn send(mut self, value: T) {
        self.is_spent = true;
        match self.shared.with(|core| core.fulfil(self.level, value)) {
            Ok(receiver) => wake(receiver),
            Err(value) => drop(value),
        }
    }

    /// The level that the slot is at.
    #[must_use]
    pub fn level(&self) -> usize {
        self.level
    }
}

impl<T> Drop for Permit<'_, T> {
    fn drop(&mut self) {
        if !self.is_spent {
            self.shared.with(|core| core.release(self.level)).wake();
        }
    }
}

impl<T> fmt::Debug for Permit<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").field("level", &self.level).finish_non_exhaustive()
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

/// An offer on its way. Dropped, it leaves the queue.
struct Offering<'a, T> {
    shared: &'a Shared<T>,
    level: usize,
    reserves: bool,
    state: State<T>,
}

enum State<T> {
    New(Offer<T>),
    Parked(Ticket),
    Ended,
}

// The offer is moved in and out, and never pinned.
impl<T> Unpin for Offering<'_, T> {}

impl<'a, T> Offering<'a, T> {
    fn new(shared: &'a Shared<T>, level: usize, offer: Offer<T>) -> Self {
        let reserves = matches!(offer, Offer::Reserve);
        Self { shared, level, reserves, state: State::New(offer) }
    }

    /// Offers it, and parks it if there is no room.
    fn offer(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Refused<T>>> {
        let State::New(offer) = std::mem::replace(&mut self.state, State::Ended) else {
            panic!("a future is not polled after its end");
        };
        let level = self.level;
        let offer = match self.shared.with(|core| core.offer(level, offer)) {
            Err(Refused::Full(offer)) => offer,
            decided => return Poll::Ready(decided.map(wake)),
        };
        // Cloned for those only that have to wait, and outside the lock; so room may
        // have come meanwhile.
        let waker = cx.waker().clone();
        let (decided, _unneeded) = self.shared.with(|core| match core.offer(level, offer) {
            Err(Refused::Full(offer)) => (Err(core.park(level, offer, waker)), None),
            decided => (Ok(decided), Some(waker)),
        });
        match decided {
            Ok(decided) => Poll::Ready(decided.map(wake)),
            Err(ticket) => {
                self.state = State::Parked(ticket);
                Poll::Pending
            }
        }
    }

    /// Looks whether it was accepted. The waker is a clone that was made before: if
    /// that panics, the ticket is still here for `drop`.
    fn ask_again(&mut self, waker: Waker) -> Poll<Result<(), Refused<T>>> {
        let State::Parked(ticket) = std::mem::replace(&mut self.state, State::Ended) else {
            unreachable!("who asks again is parked");
        };
        let (asked, _unneeded) = self.shared.with(|core| core.ask_again(self.level, ticket, waker));
        match asked {
            Asked::Granted(Grant::Accepted) => Poll::Ready(Ok(())),
            Asked::Granted(Grant::Closed(offer)) => Poll::Ready(Err(Refused::Closed(offer))),
            Asked::Parked(ticket) => {
                self.state = State::Parked(ticket);
                Poll::Pending
            }
        }
    }
}

impl<T> Future for Offering<'_, T> {
    type Output = Result<(), Refused<T>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.state {
            State::Parked(_) => self.ask_again(cx.waker().clone()),
            State::New(_) | State::Ended => self.offer(cx),
        }
    }
}

impl<T> Drop for Offering<'_, T> {
    fn drop(&mut self) {
        if let State::Parked(ticket) = std::mem::replace(&mut self.state, State::Ended) {
            let (level, reserves) = (self.level, self.reserves);
            let (wakers, offer, waker) =
                self.shared.with(|core| core.withdraw(level, ticket, reserves));
            wakers.wake();
            drop((offer, waker));
        }
    }
}

/// A channel of `levels` levels, each with room for `capacity_per_level` values.
/// Level 0 is the most urgent.
///
/// # Panics
///
/// If `levels` is 0 or above 64, or `capacity_per_level` is 0.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use surefoot::channel::priority;
///
/// let (sender, mut receiver) = priority::channel(2, 16);
/// sender.send(1, "report").await.unwrap();
/// sender.send(0, "alarm").await.unwrap();
/// drop(sender);
/// assert_eq!(receiver.recv().await, Some((0, "alarm")));
/// assert_eq!(receiver.recv().await, Some((1, "report")));
/// assert_eq!(receiver.recv().await, None);
/// # }
/// ```
#[must_use]
#[track_caller]
pub fn channel<T>(levels: usize, capacity_per_level: usize) -> (Sender<T>, Receiver<T>) {
    assert!(
        (1..=crate::urgency::MAX_LEVELS).contains(&levels),
        "a priority channel has from 1 to 64 levels, not {levels}"
    );
    assert!(capacity_per_level > 0, "a priority channel has a capacity of at least 1 per level");
    let shared = Arc::new(Mutex::new(Core::new(levels, capacity_per_level)));
    (Sender::new(shared.clone()), Receiver::new(shared))
}
