//! Who has which connection, where somebody wants to know.

use std::collections::BTreeMap;

/// A connection on loan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Loan<T, P> {
    pub(crate) since: T,
    /// When it is held for too long, until that was reported.
    pub(crate) overdue_at: Option<T>,
    /// Where it was asked for.
    pub(crate) place: P,
}

/// The loans, by connection.
#[derive(Debug)]
pub(crate) struct Loans<T, P> {
    open: BTreeMap<u64, Loan<T, P>>,
    /// How many were held for too long so far.
    overdue: u64,
}

impl<T: Copy + Ord, P: Copy> Loans<T, P> {
    pub(crate) fn new() -> Self {
        Self { open: BTreeMap::new(), overdue: 0 }
    }

    pub(crate) fn begin(&mut self, connection: u64, loan: Loan<T, P>) {
        self.open.insert(connection, loan);
    }

    pub(crate) fn end(&mut self, connection: u64) {
        self.open.remove(&connection);
    }

    pub(crate) fn overdue(&self) -> u64 {
        self.overdue
    }

    pub(crate) fn list(&self) -> Vec<(u64, Loan<T, P>)> {
        self.open.iter().map(|(connection, loan)| (*connection, *loan)).collect()
    }

    /// Those that became overdue by `now`, each once.
    pub(crate) fn take_overdue(&mut self, now: T) -> Vec<(u64, Loan<T, P>)> {
        let mut late = Vec::new();
        for (&connection, loan) in &mut self.open {
            if loan.overdue_at.is_some_and(|at| at <= now) {
                loan.overdue_at = None;
                late.push((connection, *loan));
            }
        }
        self.overdue += late.len() as u64;
        late
    }

    pub(crate) fn next_due(&self) -> Option<T> {
        self.open.values().filter_map(|loan| loan.overdue_at).min()
    }
}
