//! A bounded set of connections, handed out in order of arrival.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::io;
//! use surefoot::pool::{Manage, Pool};
//!
//! struct Cache;
//!
//! impl Manage for Cache {
//!     type Conn = Vec<u8>;
//!     type Error = io::Error;
//!
//!     async fn connect(&self) -> io::Result<Vec<u8>> {
//!         Ok(Vec::new())
//!     }
//! }
//!
//! let pool = Pool::builder(Cache).max_size(8).build()?;
//! let mut conn = pool.acquire().await?;
//! conn.push(7);
//! drop(conn); // back in the pool: synchronously, inside a runtime or not
//! assert_eq!(*pool.acquire().await?, [7]);
//! # Ok(()) }
//! ```
//!
//! # The textbook version
//!
//! A semaphore, and a list behind an async mutex. Since a lock that is taken by
//! awaiting can't be taken in `Drop`, the return is spawned. It breaks, each time
//! under a schedule with one deviation, which `cargo board --pattern pool` shows:
//!
//! | defect | what happens | scenario |
//! |---|---|---|
//! | the permit is a field, released before the connection is back | more connections than allowed are open | `never_more_than_max_size_open` |
//! | the return is a task | the next caller connects although a connection is free | `a_returned_connection_is_used_again` |
//! | the connect is part of the caller's future | a caller that gives up throws a connect away | `a_cancelled_acquire_loses_no_connect` |
//! | nothing has a time limit | one connect that hangs, or one lost guard, hangs everybody | `a_connect_that_hangs_frees_its_slot`, `an_acquire_ends_by_its_deadline` |
//! | nobody looks at a connection | closed ones are handed out | `a_broken_connection_is_not_handed_out` |
//! | a caller that found a slot waits for its own connect only | it waits beside a free connection | `a_waiter_takes_what_comes_first` |
//! | no connection is ever too old | one that the other side has forgotten is handed out | `an_old_connection_is_not_handed_out` |
//! | the close knows of idle connections only | some stay open | `nothing_is_open_after_the_close` |
//!
//! The board also runs small models of what was seen in published pools: a hog
//! that overtakes waiters, a wake-up that goes to a waiter that has left, permits
//! that a shrink forgets, a predicate that poisons a lock.
//!
//! # How it decides
//!
//! - `size = idle + in_use + connecting + checking + closing`, and never exceeds
//!   `max_size`. A slot is free when its connection's `close` has ended.
//! - A connection that comes free goes straight to the caller that waits longest.
//! - A caller that finds nothing idle waits for whichever comes first, a return
//!   or a new connection. Connects are tasks of the pool's, at most
//!   `max_connecting` at a time, and before each the demand is looked at again.
//!   So one that is not needed any more is not begun, and one whose caller left
//!   serves the next.
//! - A connect that fails goes to the first caller at once, as its error; the
//!   others get a new connect.
//!
//! # Guarantees
//!
//! - POOL1 Connections of the pool's ≤ `max_size` at every instant, through
//!   errors, panics and cancellations.
//! - POOL2 First come, first served: who asks again never overtakes who waits.
//! - POOL3 A cancelled acquire loses no slot and no wake-up of another's; while
//!   it waits or connects, no connection either. Cut in the middle of a check, it
//!   costs that connection.
//! - POOL4 A caller takes whichever comes first, a returned connection or a new
//!   one.
//! - POOL5 Returning is synchronous, needs no runtime, and is seen by the next
//!   acquire.
//! - POOL6 A connect that fails, panics or hangs frees its slot within
//!   `connect_timeout`.
//! - POOL7 One deadline over waiting, connecting and checking; the error names the
//!   phase. A failed connect reaches exactly the first waiter.
//! - POOL8 A broken connection, or one that failed its check, is never handed
//!   out. It is replaced, and counted.
//! - POOL9 `max_lifetime` (with jitter), `idle_timeout` (never below `min_idle`)
//!   and `keep_alive` are exact on Tokio's clock.
//! - POOL10 A close answers who waits at once, and ends with the last return.
//! - POOL11 After a shrink, the size converges as connections return, and never
//!   grows until it is below; a growth serves who waits at once.
//! - POOL12 The status adds up at every instant.
//! - POOL13 A panic in the manager's code, or in `retain`'s predicate, poisons
//!   nothing.
//! - POOL14 Against a real PostgreSQL, with backends terminated at random and a
//!   restart: no leak, no hang, every error surfaced. The example
//!   `postgres_pool`.
//!
//! And those of every pattern, X1 to X13.
//!
//! # Keep polling
//!
//! A caller in the queue may be granted a connection at any time. A future that
//! is kept but not polled then keeps the connection from everybody: in
//! `select!`, don't hold on to an `acquire` across another branch's awaits.
//! [`sim`](crate::sim) names such a task in its deadlock report.
//!
//! # Coming from another pool
//!
//! | | deadpool | bb8 | sqlx | here |
//! |---|---|---|---|---|
//! | the manager | `Manager::{create, recycle}` | `ManageConnection::{connect, is_valid, has_broken}` | built in | [`Manage`]: `connect`, `check`, `is_broken`, `close` |
//! | from a closure | – | – | – | [`manage_fn`] |
//! | get one | `get`, `timeout_get` | `get` | `acquire` | [`acquire`](Pool::acquire), [`acquire_within`](Pool::acquire_within), [`try_acquire`](Pool::try_acquire) |
//! | give it up | `Object::take` | – | `detach`, `close` | [`detach`](Pooled::detach), [`discard`](Pooled::discard) |
//! | waits by default | for ever | 30 s | 30 s | 30 s, over all phases |
//! | order of waiters | FIFO | who is faster | FIFO | FIFO |
//! | a returned connection serves who waits for a connect | no | yes | no | yes |
//! | a connect survives a caller that leaves | no | yes | no | yes |
//! | checks on checkout | always | by default | by default | by default; [`check_after`](Builder::check_after) |
//! | lifetime, its jitter | by `retain` | yes, no | yes, no | [`max_lifetime`](Builder::max_lifetime), [`lifetime_jitter`](Builder::lifetime_jitter) |
//! | idle timeout | by `retain` | also below `min_idle` | yes | [`idle_timeout`](Builder::idle_timeout), never below [`min_idle`](Builder::min_idle) |
//! | keep-alive, leak detection | no | no | no | [`keep_alive`](Builder::keep_alive), [`leak_after`](Builder::leak_after) |
//! | resize | leaves permits behind | no | no | [`resize`](Pool::resize) |
//! | close, and wait for returns | no | no | yes | [`close`](Pool::close), [`close_within`](Pool::close_within) |
//! | drop outside a runtime | works | panics | panics | works |
//! | time in tests | real | Tokio's | real | Tokio's: pause it |
//!
//! From deadpool: `recycle` becomes `check`, and what it reset on a connection
//! that is healthy belongs there too; set an
//! [`acquire_timeout`](Builder::acquire_timeout) of `None` to wait for ever. From
//! bb8: `is_valid` becomes `check`, `has_broken` becomes `is_broken`;
//! `connection_timeout` becomes `acquire_timeout`, and `connect_timeout` limits one
//! connect; `build` connects nothing, so call [`warm_up`](Pool::warm_up) to fail
//! early. From sqlx: `before_acquire` becomes `check`, `after_connect` the end of
//! `connect`, `after_release` has no counterpart: reset in `check`.
//!
//! # When not to use it
//!
//! - One connection that pipelines (HTTP/2, Redis) is shared by cloning its
//!   handle, not pooled.
//! - For a limit without a resource behind it, use `tokio::sync::Semaphore`.
//! - For blocking connections on threads, use `r2d2`.

mod builder;
mod check;
mod closing;
mod config;
mod connect;
mod core;
mod error;
mod handle;
mod manage;
mod pooled;
mod report;
mod shared;
mod status;
mod upkeep;
mod wait;
mod watch;

pub use self::builder::Builder;
pub use self::core::Order;
pub use self::handle::Pool;
pub use self::manage::{Manage, ManageFn, manage_fn};

pub use self::pooled::{Info, Pooled};
pub use self::report::{CloseReport, Holder};
pub use self::status::{ClosedBy, Status};

pub use self::error::{AcquireError, Phase};
