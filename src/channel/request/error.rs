use std::fmt;

use crate::error::Transient;

/// Why a call has no response.
#[derive(Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallError<Req> {
    /// The server is gone, and has not seen the request, which comes back.
    #[error("the server is gone and has not seen the request")]
    Closed(Req),
    /// The server dropped the request's [`Reply`](super::Reply) without using it, as
    /// it does when it panics or is aborted under way.
    #[error("the server dropped the request without a response")]
    Dropped,
    /// The time limit passed first. With the request, if it was still waiting for
    /// room; otherwise the server has it, and sees that the caller is gone.
    #[error("the time limit of the call passed")]
    TimedOut(Option<Req>),
}

/// Whatever the request is, so that results of `call` can be unwrapped.
impl<Req> fmt::Debug for CallError<Req> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Closed(_) => "Closed(..)",
            Self::Dropped => "Dropped",
            Self::TimedOut(Some(_)) => "TimedOut(Some(..))",
            Self::TimedOut(None) => "TimedOut(None)",
        })
    }
}

impl<Req> Transient for CallError<Req> {
    /// A time-out passes. A server that is gone does not come back.
    fn is_transient(&self) -> bool {
        matches!(self, Self::TimedOut(_))
    }
}
