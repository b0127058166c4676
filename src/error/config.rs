use std::fmt;

/// A builder was given values that it can't work with.
///
/// Reports all of them at once, since they often come from a configuration
/// file.
///
/// ```
/// use std::time::Duration;
/// use surefoot::pool::{Pool, manage_fn};
///
/// let manager = manage_fn(|| async { Ok::<_, std::io::Error>(()) });
/// let error = Pool::builder(manager).max_size(0).max_connecting(0).build().unwrap_err();
/// assert_eq!(error.fields().collect::<Vec<_>>(), ["max_size", "max_connecting"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    bad: Vec<BadField>,
}

/// One field of a [`ConfigError`], and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BadField {
    /// The field's name, as the builder's method spells it.
    pub field: &'static str,
    /// What is wrong with its value.
    pub why: String,
}

impl ConfigError {
    /// `Ok` if nothing was found.
    pub(crate) fn check(bad: Vec<BadField>) -> Result<(), Self> {
        if bad.is_empty() { Ok(()) } else { Err(Self { bad }) }
    }

    /// The bad fields, in the order of the builder's methods.
    #[must_use]
    pub fn bad(&self) -> &[BadField] {
        &self.bad
    }

    /// The names of the bad fields.
    pub fn fields(&self) -> impl Iterator<Item = &'static str> {
        self.bad.iter().map(|bad| bad.field)
    }
}

impl BadField {
    pub(crate) fn new(field: &'static str, why: impl Into<String>) -> Self {
        Self { field, why: why.into() }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, BadField { field, why }) in self.bad.iter().enumerate() {
            let gap = if i == 0 { "" } else { "; " };
            write!(f, "{gap}`{field}` {why}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}
