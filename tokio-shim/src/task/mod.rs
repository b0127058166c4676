//! [`tokio::task`], with tasks that a simulation explores.

mod error;
mod handle;
mod id;
mod join_set;
mod spawn;

pub use tokio::task::*;

pub use self::error::JoinError;
pub use self::handle::{AbortHandle, JoinHandle};
pub use self::id::{Id, id, try_id};
pub use self::join_set::JoinSet;
pub use self::spawn::{spawn, spawn_blocking};
