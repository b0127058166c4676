//! Who has which connection, against a list.

use proptest::prelude::*;
use proptest::sample::select;

use crate::pool_core::{Loan, Loans};

type Place = &'static str;

#[derive(Clone, Debug)]
enum Action {
    Begin { connection: u64, since: u64, leak_after: Option<u64>, place: Place },
    End(u64),
    TakeOverdue(u64),
}

fn action() -> impl Strategy<Value = Action> {
    let connection = || 0..8_u64;
    let leak_after = prop::option::weighted(0.9, 0..6_u64);
    prop_oneof![
        4 => (connection(), 0..20_u64, leak_after, select(&["here", "there"][..])).prop_map(
            |(connection, since, leak_after, place)| {
                Action::Begin { connection, since, leak_after, place }
            }
        ),
        2 => connection().prop_map(Action::End),
        2 => (0..26_u64).prop_map(Action::TakeOverdue),
    ]
}

/// What is lent, and whether it was reported.
#[derive(Default)]
struct List {
    loans: Vec<(u64, Loan<u64, Place>)>,
    overdue: u64,
}

impl List {
    fn end(&mut self, connection: u64) {
        self.loans.retain(|(at, _)| *at != connection);
    }

    fn take_overdue(&mut self, now: u64) -> Vec<(u64, Loan<u64, Place>)> {
        let is_late = |(_, loan): &&mut (u64, Loan<u64, Place>)| {
            loan.overdue_at.is_some_and(|overdue_at| overdue_at <= now)
        };
        let late = self.loans.iter_mut().filter(is_late).map(|entry| {
            entry.1.overdue_at = None;
            *entry
        });
        let late: Vec<_> = late.collect();
        self.overdue += late.len() as u64;
        late
    }
}

proptest! {
    #![proptest_config(super::config())]

    /// pool/POOL12, pool/X11: each loan that is late is taken once, and counted;
    /// what came back is never late.
    #[test]
    fn loans_are_a_list_by_connection(actions in prop::collection::vec(action(), 0..80)) {
        let (mut loans, mut list) = (Loans::new(), List::default());
        for action in actions {
            match action {
                Action::Begin { connection, since, leak_after, place } => {
                    let overdue_at = leak_after.map(|after| since + after);
                    let loan = Loan { since, overdue_at, place };
                    loans.begin(connection, loan);
                    list.end(connection);
                    list.loans.push((connection, loan));
                    list.loans.sort_by_key(|(connection, _)| *connection);
                }
                Action::End(connection) => {
                    loans.end(connection);
                    list.end(connection);
                }
                Action::TakeOverdue(now) => {
                    prop_assert_eq!(loans.take_overdue(now), list.take_overdue(now));
                    prop_assert_eq!(loans.take_overdue(now), []);
                }
            }
            prop_assert_eq!(loans.list(), list.loans.clone());
            prop_assert_eq!(loans.overdue(), list.overdue);
            let next = list.loans.iter().filter_map(|(_, loan)| loan.overdue_at).min();
            prop_assert_eq!(loans.next_due(), next);
        }
    }
}
