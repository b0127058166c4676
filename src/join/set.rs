use std::pin::Pin;
use std::task::{Context, Poll};

use crate::error::Elapsed;

/// What can be joined: an [`IntoIterator`] of futures, or a tuple of up to eight
/// different ones. `M` says which of the two; it is always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be joined like this",
    label = "neither an iterator of futures nor a tuple of up to eight",
    note = "`try_all` and `settle` want futures that give a `Result`; in `try_all`, all errors have one type"
)]
pub trait Futures<M, K> {
    #[doc(hidden)]
    type Set: Set<K>;

    #[doc(hidden)]
    fn start(self) -> Self::Set;
}

/// Futures that are being joined.
pub trait Set<K> {
    type Outputs;
    type Stop;

    /// Ready when all have ended, or when an output stopped the join. With a
    /// `limit` of 0 it begins none, and need not see that all have ended.
    fn poll(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        limit: usize,
    ) -> Poll<Result<Self::Outputs, Self::Stop>>;

    /// In so many polls each that runs is the first to be asked once.
    fn turns(&self) -> usize;

    /// What there is at the deadline.
    fn expire(self: Pin<&mut Self>, elapsed: Elapsed) -> Result<Self::Outputs, Self::Stop>;
}

/// Marks an iterator of futures.
#[derive(Debug)]
pub struct Each(());

/// Marks a tuple of futures.
#[derive(Debug)]
pub struct Tuple(());
