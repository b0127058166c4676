//! The kernel of every pattern that parks: a FIFO queue of waiting futures that
//! can be *granted* a value. What a future offers in turn, a value to be sent say,
//! may wait in the queue with it.
//!
//! The queue is plain data inside a pattern's locked state. It wakes nobody:
//! wakers come back to the caller, who wakes or drops them after unlocking.
//!
//! # Invariants
//!
//! 1. An entry is *parked* (linked, in the queue) or *granted* (unlinked, with
//!    a value), and leaves by [`Queue::take`] or [`Queue::withdraw`], or with all
//!    others by [`Queue::disband`].
//! 2. The linked entries are in order of arrival, oldest first.
//! 3. Exactly one [`Ticket`] exists per entry. Tickets are not cloned, and both
//!    ways out consume theirs; so no ticket names an entry that is gone, unless
//!    the queue was disbanded.
//! 4. A granted value is in the queue until its ticket takes it or withdraws:
//!    none is lost with a future that is dropped. So is an offer until it is
//!    granted something for it, or withdraws.
//! 5. An entry's waker is there while the entry's future must still be woken.
//!    Without one, the future was woken and not polled since.

mod queue;
mod slab;
mod wakers;

pub(crate) use self::queue::{Arrival, Queue, Taken, Ticket};
pub(crate) use self::wakers::Wakers;
