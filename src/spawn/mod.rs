//! Tasks with an owner.
//!
//! `tokio::spawn` hands back a handle that most code drops, and with it the
//! task's error and its panic; the task itself runs on, owned by nobody. Here
//! a dropped [`Task`] is an aborted task, unless it was [detached](Task::detach)
//! in so many words, and a panic comes back as a value that says what, where
//! and who.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! use surefoot::spawn::{Spawner, spawn};
//!
//! let sum = spawn(async { 2 + 2 });
//! assert_eq!(sum.await, Ok(4));
//!
//! let named = Spawner::new().name("greeter").spawn(async { "hello" });
//! assert_eq!(named.await, Ok("hello"));
//!
//! // A task that may fail: one error type, one `?`.
//! let parsed = spawn(async { "7".parse::<u8>() }).flatten().await;
//! assert_eq!(parsed, Ok(7));
//! # }
//! ```
//!
//! A task that is to go on although it fails, now and then, is
//! [supervised](supervise()).
//!
//! # The textbook version
//!
//! The handle is awaited, its errors are printed, and `Ok(())` is returned. Or it
//! is dropped. `cargo board --pattern spawn` shows what comes of it:
//!
//! | defect | what happens | scenario |
//! |---|---|---|
//! | the handle is dropped, and the task runs on | it works for a caller that is gone | `a_dropped_task_ends` |
//! | a panic is a line on stderr | the caller goes on as if all were well | `a_panic_is_no_success` |
//! | so is an error | the same | `an_error_is_no_success` |
//! | a loop starts again what failed, at once and for ever | what is down for good is called without a pause | `restarts_come_to_an_end` |
//!
//! # Guarantees
//!
//! - SPAWN1 A dropped [`Task`] is aborted, a detached one is not.
//! - SPAWN2 A panic comes back as a value, with its message, the place where the
//!   task was spawned, and the place of the panic once
//!   [`install_panic_hook`](crate::error::install_panic_hook) was called.
//! - SPAWN3 [`Task::flatten`] tells that a task has no output from an error that
//!   it returned.
//! - SPAWN4 [`supervise`](supervise()) restarts with the stated backoff, exactly
//!   on Tokio's millisecond tick, and gives up at the failure that has the stated
//!   number of restarts within the window before it.
//!
//! # In a simulation
//!
//! Inside [`sim`](crate::sim) these tasks run under the simulator, which
//! chooses the order of their polls.
//!
//! # When not to use it
//!
//! To wait for several futures without parallelism, no task is needed: join
//! them. For many children that must end together, use a
//! scope. A process that is to be started again when it dies is
//! the service manager's.

mod core;
mod error;
mod spawner;
mod supervise;
mod task;

pub use self::spawner::{Spawner, spawn};
pub use self::task::{AbortHandle, Task};

pub use self::error::{FlatError, GaveUp};
pub use self::supervise::{Restart, supervise};
pub use crate::rt::Id;
