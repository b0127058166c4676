//! The first of several futures wins.

#[expect(missing_debug_implementations, reason = "sealed: nobody can name them")]
mod each;
#[expect(missing_debug_implementations, reason = "sealed: nobody can name them")]
mod end;
mod error;
mod field;
mod future;
mod hedge;
mod kind;
mod set;
mod tuple;

pub use self::error::{AllFailed, FirstError, FirstOkError};
pub use self::future::{Race, first, first_ok};
pub use self::hedge::{Hedge, hedge};
pub use self::kind::{First, FirstOk, Within};
pub use self::set::{Each, Futures, Tuple};
