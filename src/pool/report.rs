use std::panic::Location;
use std::time::Duration;

use super::shared::Shared;
use super::{Manage, Status};
use crate::rt;

/// What [`close_within`](super::Pool::close_within) left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CloseReport {
    /// What the closed pool still has.
    pub left: Status,
    /// Who holds connections, by the number of the connection. Known where the
    /// pool was built with [`leak_after`](super::Builder::leak_after).
    pub holders: Vec<Holder>,
}

/// A connection on loan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Holder {
    /// The number of the connection.
    pub id: u64,
    /// Where it was acquired.
    pub acquired_at: &'static Location<'static>,
    /// How long ago.
    pub held_for: Duration,
}

impl CloseReport {
    pub(super) fn new<M: Manage>(shared: &Shared<M>) -> Self {
        let loans = shared.loans.as_ref().map(|loans| loans.with(|loans| loans.list()));
        let now = rt::now();
        let holder = |(id, loan): (u64, super::core::Loan<rt::Instant, _>)| Holder {
            id,
            acquired_at: loan.place,
            held_for: now.saturating_duration_since(loan.since),
        };
        let holders = loans.unwrap_or_default().into_iter().map(holder).collect();
        Self { left: shared.status(), holders }
    }

    /// Whether nothing is left.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.left.size == 0
    }
}
