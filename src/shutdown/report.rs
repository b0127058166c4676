use std::borrow::Cow;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use super::core::{Census, Phase};
use crate::error::Panicked;

/// What became of all that a [`Shutdown`](super::Shutdown) waited for.
///
/// Of the failures, and of the names of what was aborted, the last thousand are
/// kept.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DrainReport {
    /// How many tasks and guards ended well, over the whole life of the shutdown.
    pub finished: usize,
    /// Tasks that returned an error, and which.
    pub failed: Vec<(Cow<'static, str>, Arc<dyn Error + Send + Sync>)>,
    /// Tasks that panicked.
    pub panicked: Vec<(Cow<'static, str>, Panicked)>,
    /// Tasks that were aborted, and shields that were cut.
    pub aborted: Vec<Cow<'static, str>>,
    /// What could not be ended: guards that are still held, and tasks that did
    /// not come to an await within the abort limit.
    pub stuck: Vec<Cow<'static, str>>,
    /// How many of the failed, panicked and aborted are not listed any more.
    pub omitted: usize,
    /// The time from the trigger to the end of the drain.
    pub elapsed: Duration,
    /// Why it was triggered.
    pub reason: Cow<'static, str>,
}

impl DrainReport {
    pub(super) fn new(census: Census<Failure>) -> Self {
        let Census { finished, failures, aborted, left, omitted, reason, elapsed } = census;
        let (mut failed, mut panicked) = (Vec::new(), Vec::new());
        for (name, failure) in failures {
            match failure {
                Failure::Error(error) => failed.push((name, error)),
                Failure::Panicked(panic) => panicked.push((name, panic)),
            }
        }
        Self { finished, failed, panicked, aborted, stuck: left, omitted, elapsed, reason }
    }

    /// Whether everything ended well.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        let Self { failed, panicked, aborted, stuck, omitted, .. } = self;
        failed.is_empty()
            && panicked.is_empty()
            && aborted.is_empty()
            && stuck.is_empty()
            && *omitted == 0
    }
}

/// What a [`Shutdown`](super::Shutdown) has at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// How far it is.
    pub phase: Phase,
    /// The names of what a drain waits for, or would.
    pub left: Vec<Cow<'static, str>>,
    /// How many child tokens there are. Clones are the same token.
    pub children: usize,
}

/// What a task that failed leaves. Shared: every drain reports it.
#[derive(Clone, Debug)]
pub(super) enum Failure {
    Error(Arc<dyn Error + Send + Sync>),
    Panicked(Panicked),
}

impl Failure {
    pub(super) fn error(error: Box<dyn Error + Send + Sync>) -> Self {
        Self::Error(error.into())
    }
}
