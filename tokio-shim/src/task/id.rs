use std::fmt;

/// [`tokio::task::Id`], or that of a simulated task.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Id(IdOf);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum IdOf {
    Tokio(tokio::task::Id),
    Simulated(surefoot::spawn::Id),
}

impl Id {
    pub(super) fn tokio(id: tokio::task::Id) -> Self {
        Self(IdOf::Tokio(id))
    }

    pub(super) fn simulated(id: surefoot::spawn::Id) -> Self {
        Self(IdOf::Simulated(id))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IdOf::Tokio(id) => id.fmt(f),
            IdOf::Simulated(id) => id.fmt(f),
        }
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({self})")
    }
}

/// [`tokio::task::id`].
///
/// # Panics
///
/// Outside a task of Tokio's, such as in a simulated one.
#[track_caller]
#[must_use]
pub fn id() -> Id {
    Id::tokio(tokio::task::id())
}

/// [`tokio::task::try_id`]; `None` in a simulated task.
#[must_use]
pub fn try_id() -> Option<Id> {
    tokio::task::try_id().map(Id::tokio)
}
