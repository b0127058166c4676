//! A balance that many tasks earn to and spend from at a time.

mod core;

pub(crate) use self::core::Terms;

use self::core::Ledger;
use crate::sync::{AtomicU64, Ordering};

/// One word, so that to look and to take is one step.
#[derive(Debug)]
pub(crate) struct Account {
    terms: Terms,
    ledger: AtomicU64,
}

impl Account {
    pub(crate) fn new(terms: Terms) -> Self {
        Self { terms, ledger: AtomicU64::new(Ledger::EMPTY) }
    }

    pub(crate) fn terms(&self) -> &Terms {
        &self.terms
    }

    /// A call is made. `window` says which window it is now.
    pub(crate) fn earn(&self, window: impl Fn() -> u64) {
        self.change(|ledger| Some(ledger.earn(&self.terms, window())));
    }

    /// Whether a retry may be made. It is counted as made.
    pub(crate) fn spend(&self, window: impl Fn() -> u64) -> bool {
        self.change(|ledger| ledger.spend(&self.terms, window()))
    }

    /// The clock is asked after the word was read, each time anew: the window is
    /// never earlier than the word's. So that this holds for what other threads
    /// wrote, the read acquires what the write releases.
    fn change(&self, step: impl Fn(Ledger) -> Option<Ledger>) -> bool {
        let change = |word| step(Ledger::unpack(word)).map(Ledger::pack);
        self.ledger.fetch_update(Ordering::AcqRel, Ordering::Acquire, change).is_ok()
    }
}
