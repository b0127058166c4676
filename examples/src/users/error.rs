//! What goes wrong in the service.

use std::error::Error;
use std::iter::successors;

use surefoot::error::{Elapsed, Transient};

/// Why a user can't be had.
///
/// Each source is kept, and none is repeated in the text: who wants to know all of it
/// goes along the [`chain`].
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The web server can't be reached, or does not give the page.
    #[error("the user's page can't be fetched")]
    Network(#[from] reqwest::Error),
    /// The database can't be reached, or does not give the user.
    #[error("the user can't be read from the database")]
    Database(#[from] sqlx::Error),
    /// One of them took too long.
    #[error("the user takes too long")]
    TimedOut(#[from] Elapsed),
}

impl Transient for ServiceError {
    fn is_transient(&self) -> bool {
        match self {
            Self::Network(error) if error.is_builder() => false,
            // Without a status, there was no answer.
            Self::Network(error) => error.status().is_none_or(|status| status.is_server_error()),
            Self::Database(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut) => true,
            Self::Database(sqlx::Error::Database(error)) => {
                error.code().is_some_and(|code| passes(&code))
            }
            Self::Database(_) => false,
            Self::TimedOut(elapsed) => elapsed.is_transient(),
        }
    }
}

/// Whether what a database reports with this code may be gone the next time.
fn passes(code: &str) -> bool {
    // PostgreSQL: lost connections, transactions to be tried again, lack of resources,
    // intervention of an operator.
    let classes = ["08", "40", "53", "57"];
    // SQLite: busy and locked, and their kinds.
    let codes = ["5", "6", "261", "262", "517", "518", "773"];
    code.len() == 5 && classes.contains(&&code[..2]) || codes.contains(&code)
}

/// The error, its source, the source of that, and so on.
pub fn chain<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    successors(Some(error), |&error| error.source())
}

/// The first in the chain that is an `E`.
pub fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    chain(error).find_map(|error| error.downcast_ref())
}

#[cfg(test)]
mod tests {
    use super::passes;

    #[test]
    fn a_lock_and_a_lost_connection_pass_and_a_missing_table_does_not() {
        for code in ["5", "517", "08006", "40001", "40P01", "53300", "57P01"] {
            assert!(passes(code), "{code}");
        }
        for code in ["1", "19", "2067", "42P01", "23505", "", "é"] {
            assert!(!passes(code), "{code}");
        }
    }
}
