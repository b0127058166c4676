//! A pool of connections.
mod builder;
mod check;
mod closing;
mod connect;
mod core;
mod error;
mod handle;
mod manage;
mod pooled;
mod shared;
mod status;
mod wait;
mod watch;

pub use self::builder::Builder;
pub use self::error::{AcquireError, Phase};
pub use self::handle::Pool;
pub use self::manage::{Manage, ManageFn, manage_fn};
pub use self::pooled::{Info, Pooled};
pub use self::status::{ClosedBy, Status};
