use std::fmt;

use crate::error::Transient;

/// Why a value was not sent. It comes back.
#[derive(Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SendError<T> {
    /// The receiver is closed or gone.
    #[error("the channel is closed")]
    Closed(T),
    /// There is no such level.
    #[error("the channel has no such level")]
    Level(T),
}

impl<T> SendError<T> {
    /// The value that was not sent.
    pub fn into_value(self) -> T {
        match self {
            Self::Closed(value) | Self::Level(value) => value,
        }
    }
}

/// Whatever the value is, so that results of `send` can be unwrapped.
impl<T> fmt::Debug for SendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Closed(_) => "Closed(..)",
            Self::Level(_) => "Level(..)",
        })
    }
}

impl<T> Transient for SendError<T> {
    fn is_transient(&self) -> bool {
        false
    }
}

/// Why a value was not sent at once. It comes back.
#[derive(Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrySendError<T> {
    /// The level is full now.
    #[error("the channel is full at this level")]
    Full(T),
    /// The receiver is closed or gone.
    #[error("the channel is closed")]
    Closed(T),
    /// There is no such level.
    #[error("the channel has no such level")]
    Level(T),
}

impl<T> TrySendError<T> {
    /// The value that was not sent.
    pub fn into_value(self) -> T {
        match self {
            Self::Full(value) | Self::Closed(value) | Self::Level(value) => value,
        }
    }
}

/// Whatever the value is, so that results of `try_send` can be unwrapped.
impl<T> fmt::Debug for TrySendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => "Full(..)",
            Self::Closed(_) => "Closed(..)",
            Self::Level(_) => "Level(..)",
        })
    }
}

impl<T> Transient for TrySendError<T> {
    /// A full level passes.
    fn is_transient(&self) -> bool {
        matches!(self, Self::Full(_))
    }
}

/// Why no slot was reserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReserveError {
    /// The receiver is closed or gone.
    #[error("the channel is closed")]
    Closed,
    /// There is no such level.
    #[error("the channel has no such level")]
    Level,
}

impl Transient for ReserveError {
    fn is_transient(&self) -> bool {
        false
    }
}

/// Why nothing was received at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TryRecvError {
    /// Nothing is there yet.
    #[error("nothing is there yet")]
    Empty,
    /// Nothing is there, and nothing will come.
    #[error("the channel is closed and empty")]
    Closed,
}

impl Transient for TryRecvError {
    /// An empty channel passes.
    fn is_transient(&self) -> bool {
        matches!(self, Self::Empty)
    }
}
