//! A bracket whose every step is on record.

use std::future::{Future, pending};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[expect(
    clippy::disallowed_types,
    reason = "the record is the test's own, out of loom's reach"
)]
use std::sync::Mutex;
use surefoot::cleanup::{Outcome, Reaper};

use crate::support::*;

/// What happened, in that order.
#[derive(Clone, Default)]
#[expect(clippy::disallowed_types, reason = "the record is the test's own")]
pub(super) struct Record(Arc<Mutex<Vec<String>>>);

impl Record {
    pub(super) fn note(&self, what: impl Into<String>) {
        self.0.lock().unwrap().push(what.into());
    }

    /// What was noted since it was last asked.
    pub(super) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// What a body does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Does {
    Returns,
    Fails,
    Panics,
    Hangs,
}

/// Lends a record to a body that takes 10 ms, and to a cleanup that takes 20.
pub(super) fn lend(
    reaper: &Reaper,
    record: &Record,
    does: Does,
) -> impl Future<Output = Result<u8, &'static str>> + Send + use<> {
    let body = async move |record: &mut Record| {
        record.note("begun");
        wait(10).await;
        match does {
            Does::Returns => Ok(7),
            Does::Fails => Err("refused"),
            Does::Panics => panic!("boom"),
            Does::Hangs => pending().await,
        }
    };
    reaper.bracket(record.clone(), body, clean)
}

/// A cleanup of 20 ms.
pub(super) async fn clean(record: Record, outcome: Outcome) {
    record.note(format!("{outcome:?}"));
    wait(20).await;
    record.note("cleaned");
}

/// Counts its drops and its polls.
#[derive(Clone, Default)]
pub(super) struct Count(Arc<AtomicUsize>);

impl Count {
    pub(super) fn add(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    pub(super) fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}
