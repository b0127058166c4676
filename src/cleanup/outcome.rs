/// How the body of a [bracket](super::Reaper::bracket) ended, for its cleanup.
///
/// There is no fifth way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It returned `Ok`.
    Success,
    /// It returned an error.
    Error,
    /// It panicked. Whatever it was about to do to the resource is half done.
    Panicked,
    /// It was dropped before its end, or before its beginning.
    Cancelled,
}

impl Outcome {
    /// Whether the body did all that it was to do.
    #[must_use]
    pub fn is_success(self) -> bool {
        self == Self::Success
    }
}
