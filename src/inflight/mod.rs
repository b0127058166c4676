//! A bounded set of futures that are polled inside one task, each only when it
//! was woken.
//!
//! The futures may borrow, and need not be `Send`: they never leave the task.
//!
//! # Invariants
//!
//! 1. A place is *taken* (its future is there) or *free* (on the free list).
//! 2. Every future that was pushed and never polled, or was woken since its last poll,
//!    has its place in the queue or among the rung, or its bell is being rung.
//! 3. A place's bell that is up (`Bell::is_rung`) stands in the queue or among
//!    the rung, once unless the set was cleared; its turn answers it, whether a
//!    future is there or not.
//! 4. Whoever adds the first one to the empty rung wakes the task; so a task
//!    that registered its waker, emptied the rung and returns pending is woken
//!    by the next.
//! 5. No code of the caller's (a future's poll or drop, a waker) runs under the
//!    lock, nor while a place is half taken or half free.
//!
//! # Own machinery
//!
//! Decided in November 2026. `futures-buffered` 0.2.14 has the right shape, but
//! brings six crates, which do not build under `--cfg loom`; the
//! `FuturesUnordered` of `futures-util` allocates for each future. This one
//! keeps places, bells and queues for the next future, so that a bounded set
//! allocates nothing once it is warm, and needs no unsafe code for it.

mod bell;
mod desk;
mod places;
mod set;

pub(crate) use self::desk::Desk;
pub(crate) use self::places::Places;
pub(crate) use self::set::Inflight;
