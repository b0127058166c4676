//! Waits for many futures inside one task.

#[expect(missing_debug_implementations, reason = "sealed: nobody can name them")]
mod each;
mod error;
#[expect(missing_debug_implementations, reason = "sealed: nobody can name them")]
mod few;
mod future;
mod kind;
mod set;
mod tuple;

pub use self::error::{TryError, Unsettled};
pub use self::future::{Join, all, settle, try_all};
pub use self::kind::{All, Settle, TryAll, Within};
pub use self::set::{Each, Futures, Tuple};
