//! A service of users that stand in a database and whose pages are on a web server:
//! errors that keep their sources, through a time limit and through retries.
//!
//! [`ServiceError`] and [`Users::user`] are the parts to copy. The database is a file
//! of SQLite's, or any PostgreSQL by its URL; the pages are on a server that is busy,
//! hangs and hangs up ([`flaky`](crate::flaky)). Some users can't be had, each for
//! another reason, and every error says why: what reqwest or sqlx said is the source
//! of what the service says, and whoever logs it prints the whole chain.
//!
//! The database counts the visits to each user, the web server the requests; both have
//! to agree with the service's own book.

mod database;
mod error;
mod report;
mod service;

pub use self::database::{Database, PATIENCE};
pub use self::error::{ServiceError, chain, find};
pub use self::report::{Failure, Origin, Report};
pub use self::service::{User, Users};

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use surefoot::join;
use surefoot::retry::RetryError;
use tokio::time::sleep;

use crate::draw::Draw;
use crate::flaky::Server;
use crate::run::{Error, on_runtime};

/// Users whose pages come in the end, but for some.
const FLAKY: i64 = 60;

/// Runs it all, on the database at `url`; on one of SQLite's in a temporary directory
/// if there is none.
///
/// # Errors
///
/// If the run could not be made, or did not end in time.
pub fn run(seed: u64, url: Option<&str>) -> Result<Report, Error> {
    let dir = tempfile::tempdir()?;
    let file = format!("sqlite://{}?mode=rwc", dir.path().join("users.db").display());
    let main = visits(seed, url.unwrap_or(&file));
    on_runtime(Duration::from_secs(60), main, || "the users do not come".to_owned())
}

async fn visits(seed: u64, url: &str) -> Result<Report, Error> {
    let server = Server::start(Draw::seeded(seed)).await?;
    let database = Database::connect(url).await?;
    let flaky = (1..=FLAKY).map(|id| (id, "flaky"));
    let others = [(61, "dead"), (62, "busy"), (63, "gone"), (64, "hang"), (65, "good")];
    database.fill(flaky.chain(others)).await?;
    let users = Users::new(database.clone(), server.addr())?;

    let mut report = Report::default();
    for user in join::all((1..=FLAKY).map(|id| users.user(id))).limit(8).await {
        match user {
            Ok(_) => report.fetched += 1,
            Err(_) => report.gave_up += 1,
        }
    }

    let mut failures = Vec::new();
    let mut fails = |what, origin, user: Result<User, RetryError<ServiceError>>| {
        if let Err(error) = user {
            failures.push(Failure { what, origin, error: Arc::new(error) });
        }
    };
    fails("the server hangs up", Origin::Network { passes: true }, users.user(61).await);
    fails("the server is busy", Origin::Network { passes: true }, users.user(62).await);
    fails("the page is gone", Origin::Network { passes: false }, users.user(63).await);
    fails("the server hangs", Origin::Time, users.user(64).await);
    fails("there is no such user", Origin::Database { passes: false }, users.user(66).await);

    let held = database.hold_all().await?;
    fails("no connection is free", Origin::Database { passes: true }, users.user(65).await);
    // The same, but that they come back while it is tried again.
    let back = async {
        sleep(PATIENCE + Duration::from_millis(50)).await;
        drop(held);
    };
    let (user, ()) = join::all((users.user(65), back)).await;
    report.fetched_late = u64::from(user.is_ok());

    report.visits = database.visits().await?;
    database.clear().await?;
    fails("there is no table", Origin::Database { passes: false }, users.user(1).await);

    report.failures = failures;
    report.tries = users.tries.load(SeqCst);
    report.asked = users.asked.load(SeqCst);
    report.timed_out = users.timed_out.load(SeqCst);
    drop(users);
    (report.server, report.drained) = server.stop().await;
    Ok(report)
}
