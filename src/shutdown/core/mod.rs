//! The pure machine: which phase it is, who is triggered, and what is left.
//!
//! No clock: moments are handed in, as the time since the shutdown was made. No
//! runtime: a task is a switch to abort it, and nothing is woken, aborted or
//! cancelled in here. What is to be comes back as [`Effects`], to be settled
//! after unlocking.
//!
//! # Invariants
//!
//! 1. The phase only moves on: `Running`, `Stopping`, `Draining`, `Aborting`,
//!    `Done`. It moves in `enter` only, which tells everybody whom that
//!    concerns.
//! 2. `Stopping` lasts while there are acceptors, and an acceptor registers while
//!    `Running` only. So a phase without acceptors is passed through at once.
//! 3. Tasks and guards register while `Running` only; shields at any time.
//! 4. Nobody waits for what has happened: the event disbands its queue, and
//!    whoever looks afterwards, under the same lock, is not parked. A ticket of
//!    a disbanded queue is void.
//! 5. A node that was triggered on its own, or below one that was, has a reason
//!    of its own, and so do all nodes below it.
//! 6. Once what was left was aborted, no piece has a switch that was not thrown.
//! 7. A node exists while it has handles. The root, node 0, always does.

mod machine;
mod nodes;
mod pieces;
mod slab;
mod vocabulary;

pub(crate) use self::machine::Core;
pub(crate) use self::nodes::{NodeId, ROOT};
pub(crate) use self::pieces::{Ending, Kind, PieceKey};
pub use self::vocabulary::Phase;
pub(crate) use self::vocabulary::{Census, Effects, Event, Left, Limits, Signals, Waited};
