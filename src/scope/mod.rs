//! Tasks that end with the block that started them.

mod child;
mod core;
mod error;
mod gather;
mod handle;
mod run;
mod shared;
mod task;
mod turn;

pub use self::gather::{collect, first_ok, map};
pub use self::handle::Scope;
pub use self::run::scope;
pub use self::task::ScopedTask;

pub use self::error::{Refused, ScopeError};
