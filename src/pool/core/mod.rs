//! The pure machine: who gets which connection, and when one is made or closed.
//!
//! No clock and no chance: moments are handed in, of whatever type can be
//! compared.
//!
//! # Invariants
//!
//! 1. `size`, which is `idle + in_use + connecting + checking + closing`, never
//!    grows beyond `max_size`: a connect begins only in `begin_connects`,
//!    which looks.
//! 2. Who waits and what is idle exclude each other: a connection that comes
//!    free goes to the waiter of the earliest arrival, or to the idle list if
//!    there is none.
//! 3. While connects are wanted, the first waiter was woken and
//!    not polled since: its poll begins them. So whatever may make one wanted, or
//!    another waiter the first, ends with `nudge`: also a grant, since
//!    the poll of a waiter that was granted something begins nothing.
//! 4. A grant in the queue counts as `in_use` if it is a connection: it is
//!    nobody else's any more.
//! 5. Once `closed`, nobody waits, nothing is idle, and no connect begins.
//! 6. While upkeep is parked, nothing is due before the moment that it parked
//!    until: whatever becomes due earlier wakes it. And if it heeds a shortage,
//!    there is none: whatever makes one ends with `wake_upkeep_if_short`.

mod close;
mod idle;
mod loans;
mod machine;
mod upkeep;
mod vocabulary;

pub use self::idle::Order;
pub(crate) use self::idle::{Dated, Dates};
pub(crate) use self::loans::{Loan, Loans};
pub(crate) use self::machine::Core;
pub(crate) use self::upkeep::Slept;
pub(crate) use self::vocabulary::{
    Asked, Awaited, Census, Connected, Counters, Event, Grant, Limits, Reason, Returned, Round,
    Withdrawn,
};
