use std::sync::Arc;

use crate::error::{Panicked, Transient};

/// Why [`SingleFlight::get`](super::SingleFlight::get) gave no value. All callers of
/// a flight get the same.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FlightError<E> {
    /// The load failed.
    #[error("the shared load failed")]
    Failed(#[source] Arc<E>),
    /// The load panicked.
    #[error("the shared load panicked")]
    Panicked(#[source] Panicked),
}

impl<E> Clone for FlightError<E> {
    fn clone(&self) -> Self {
        match self {
            Self::Failed(error) => Self::Failed(error.clone()),
            Self::Panicked(panicked) => Self::Panicked(panicked.clone()),
        }
    }
}

impl<E: Transient> Transient for FlightError<E> {
    /// As the load's error; a panic does not pass.
    fn is_transient(&self) -> bool {
        match self {
            Self::Failed(error) => error.is_transient(),
            Self::Panicked(_) => false,
        }
    }
}
