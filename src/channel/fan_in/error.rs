use std::fmt;

use crate::error::Transient;

/// The stream is gone, or has ended. The value comes back.
#[derive(Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stream takes no more")]
pub struct SendError<T>(pub T);

/// Whatever the value is, so that results of `send` can be unwrapped.
impl<T> fmt::Debug for SendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SendError(..)")
    }
}

impl<T> Transient for SendError<T> {
    fn is_transient(&self) -> bool {
        false
    }
}
