//! The first of several futures wins.

#[expect(missing_debug_implementations, reason = "sealed: nobody can name them")]
mod each;
mod error;
mod field;
mod future;
mod hedge;
#[expect(missing_debug_implementations, reason = "sealed: nobody can name them")]
mod kind;
mod tuple;

pub use self::error::{AllFailed, FirstError, FirstOkError};
pub use self::field::{Each, Futures, Tuple};
pub use self::future::{Race, first, first_ok};
pub use self::hedge::{Hedge, hedge};
pub use self::kind::{First, FirstOk, Within};
