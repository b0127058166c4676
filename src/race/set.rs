use super::field::Field;

/// What can race: an [`IntoIterator`] of futures, or a tuple of up to eight
/// different ones with one output type. `M` says which of the two; it is always
/// inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't race",
    label = "neither an iterator of futures nor a tuple of up to eight",
    note = "all futures of a tuple need the same output type"
)]
pub trait Futures<M> {
    /// What each of the futures gives.
    type Output;

    #[doc(hidden)]
    type Field: Field<Output = Self::Output>;

    #[doc(hidden)]
    fn start(self) -> Self::Field;
}

/// Marks an iterator of futures.
#[derive(Debug)]
pub struct Each(());

/// Marks a tuple of futures.
#[derive(Debug)]
pub struct Tuple(());
