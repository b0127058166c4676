//! The pure machine: who was passed over how often.
//!
//! # Invariants
//!
//! 1. `passed` of a level counts the services of more urgent levels while it wanted one,
//!    since it was served itself, or was seen to want nothing.
//! 2. Bit `l` of `overdue` says whether `passed` of level `l` has come to `fairness`.
//!    While there is such a level that wants to be served, the least urgent of them is, so
//!    no level that says truly what it wants is passed over more often.

/// Levels, the most urgent first, by number. A set of them is a number, a bit for each.
#[derive(Debug)]
pub(crate) struct Urgency {
    passed: Vec<usize>,
    overdue: u64,
    fairness: Option<usize>,
}

/// As many levels as a set has bits.
pub(crate) const MAX_LEVELS: usize = u64::BITS as usize;

impl Urgency {
    /// Without fairness: the most urgent goes first, always.
    pub(crate) fn new(levels: usize) -> Self {
        Self { passed: vec![0; levels], overdue: 0, fairness: None }
    }

    /// A level that wants to be served is passed over at most `n` times.
    pub(crate) fn set_fairness(&mut self, n: usize) {
        self.fairness = Some(n);
    }

    /// The level that is served next, of those in `wanting`.
    #[inline]
    pub(crate) fn next(&self, wanting: u64) -> Option<usize> {
        let due = self.overdue & wanting;
        if due != 0 {
            return Some(due.ilog2() as usize);
        }
        (wanting != 0).then(|| wanting.trailing_zeros() as usize)
    }

    /// Level `served` was, and those in `wanting` still want to be.
    #[inline]
    pub(crate) fn served(&mut self, served: usize, wanting: u64) {
        let Some(most) = self.fairness else { return };
        self.wants_nothing(served);
        let mut passed = wanting & (!1 << served);
        while passed != 0 {
            let at = passed.trailing_zeros() as usize;
            passed &= passed - 1;
            self.passed[at] = self.passed[at].saturating_add(1);
            if self.passed[at] >= most {
                self.overdue |= 1 << at;
            }
        }
    }

    /// A level was asked, and nothing waits there.
    pub(crate) fn wants_nothing(&mut self, at: usize) {
        self.passed[at] = 0;
        self.overdue &= !(1 << at);
    }
}
