use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use super::core::{Asked, Core};
use super::{Full, Policy, Subscriber};
use crate::rt;
use crate::sync::{Arc, Mutex};
use crate::waiters::Ticket;

/// What publishers and subscribers hold.
pub(super) type Shared<T> = Arc<Mutex<Core<T>>>;

/// The side of a channel that values go into. Clones publish to the same
/// subscribers.
///
/// When the last one is dropped, each subscriber gets what it has left, and then
/// `None`.
pub struct Publisher<T> {
    shared: Shared<T>,
}

/// A channel in which each subscriber has room for exactly `capacity` values. It
/// begins without any.
///
/// # Panics
///
/// If `capacity` is 0.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use surefoot::channel::publish::{self, Policy};
///
/// let publisher = publish::channel(16);
/// assert_eq!(publisher.publish("nobody hears this").await, 0);
/// let mut subscriber = publisher.subscribe(Policy::Block);
/// assert_eq!(publisher.publish("hello").await, 1);
/// assert_eq!(subscriber.next().await, Some(Ok("hello")));
/// # }
/// ```
#[must_use]
#[track_caller]
pub fn channel<T>(capacity: usize) -> Publisher<T> {
    assert!(capacity > 0, "a subscriber has a capacity of at least 1");
    Publisher { shared: Arc::new(Mutex::new(Core::new(capacity))) }
}

impl<T> Publisher<T> {
    /// Hands `value` to every subscriber, and says to how many it went. That there
    /// is none is no error.
    ///
    /// Waits, in order of arrival, while a subscriber under [`Policy::Block`] is
    /// full. Not counted are subscribers that lost the value: under
    /// [`Policy::DropNewest`], and those that it disconnected.
    ///
    /// # Cancel safety
    ///
    /// Dropped, it has reached all subscribers or none. The place in the queue is
    /// lost.
    ///
    /// A `publish` that is kept but not polled is delivered when its turn comes, all
    /// the same.
    pub async fn publish(&self, value: T) -> usize {
        rt::in_turn(Publishing { shared: &self.shared, state: State::New(value) }).await
    }

    /// As [`publish`](Self::publish), if nobody has to be waited for.
    ///
    /// # Errors
    ///
    /// [`Full`], with the value.
    pub fn try_publish(&self, value: T) -> Result<usize, Full<T>> {
        let (reached, aside) = self.shared.with(|core| core.publish(value)).map_err(Full)?;
        aside.settle();
        Ok(reached)
    }

    /// A subscriber to what is published from now on.
    #[must_use = "a subscriber that is dropped has unsubscribed"]
    pub fn subscribe(&self, policy: Policy) -> Subscriber<T> {
        let number = self.shared.with(|core| core.subscribe(policy));
        Subscriber::new(self.shared.clone(), number)
    }

    /// How many subscribers there are, without those that were disconnected.
    #[must_use]
    pub fn subscribers(&self) -> usize {
        self.shared.with(|core| core.subscribers())
    }
}

impl<T> Clone for Publisher<T> {
    fn clone(&self) -> Self {
        self.shared.with(Core::add_publisher);
        Self { shared: self.shared.clone() }
    }
}

impl<T> Drop for Publisher<T> {
    fn drop(&mut self) {
        self.shared.with(Core::remove_publisher).wake();
    }
}

impl<T> fmt::Debug for Publisher<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Publisher")
            .field("subscribers", &self.subscribers())
            .finish_non_exhaustive()
    }
}

/// A value on its way. Dropped, it leaves the queue.
struct Publishing<'a, T> {
    shared: &'a Shared<T>,
    state: State<T>,
}

enum State<T> {
    New(T),
    Parked(Ticket),
    Ended,
}

// The value is moved in and out, and never pinned.
impl<T> Unpin for Publishing<'_, T> {}

impl<T> Publishing<'_, T> {
    /// Delivers it, or parks it if somebody has to be waited for.
    fn publish(&mut self, cx: &mut Context<'_>) -> Poll<usize> {
        let State::New(value) = std::mem::replace(&mut self.state, State::Ended) else {
            panic!("a future is not polled after its end");
        };
        let value = match self.shared.with(|core| core.publish(value)) {
            Ok((reached, aside)) => {
                aside.settle();
                return Poll::Ready(reached);
            }
            Err(value) => value,
        };
        // Cloned for those only that have to wait, and outside the lock; so room may
        // have come meanwhile.
        let waker = cx.waker().clone();
        let (published, _unneeded) = self.shared.with(|core| match core.publish(value) {
            Ok(delivered) => (Ok(delivered), Some(waker)),
            Err(value) => (Err(core.park(value, waker)), None),
        });
        match published {
            Ok((reached, aside)) => {
                aside.settle();
                Poll::Ready(reached)
            }
            Err(ticket) => {
                self.state = State::Parked(ticket);
                Poll::Pending
            }
        }
    }

    /// Looks whether it was delivered. The waker is a clone that was made before: if
    /// that panics, the ticket is still here for `drop`.
    fn ask_again(&mut self, waker: Waker) -> Poll<usize> {
        let State::Parked(ticket) = std::mem::replace(&mut self.state, State::Ended) else {
            unreachable!("who asks again is parked");
        };
        let (asked, _unneeded) = self.shared.with(|core| core.ask_again(ticket, waker));
        match asked {
            Asked::Delivered(reached) => Poll::Ready(reached),
            Asked::Parked(ticket) => {
                self.state = State::Parked(ticket);
                Poll::Pending
            }
        }
    }
}

impl<T> Future for Publishing<'_, T> {
    type Output = usize;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<usize> {
        match self.state {
            State::Parked(_) => self.ask_again(cx.waker().clone()),
            State::New(_) | State::Ended => self.publish(cx),
        }
    }
}

impl<T> Drop for Publishing<'_, T> {
    fn drop(&mut self) {
        if let State::Parked(ticket) = std::mem::replace(&mut self.state, State::Ended) {
            drop(self.shared.with(|core| core.withdraw(ticket)));
        }
    }
}
