//! Joins, races, retries and streams against an HTTP server on loopback that is busy, hangs
//! and hangs up.
//!
//! [`join`], [`race`], [`retry`] and [`stream`] are the parts to copy. The client counts what it
//! asks for and what becomes of it, the server what arrives and how it answers; when
//! everything has ended, the two have to agree to the last request. The server drops
//! its answer to a client that is gone, so a request that somebody has left behind
//! shows in its books.

mod books;
pub mod join;
pub mod race;
pub mod retry;
mod server;
pub mod stream;
mod web;

pub use self::books::Sides;
pub use self::server::{Server, Tally};
pub use self::web::{FetchError, Seen, Web};

use std::time::Duration;

use crate::draw::Draw;
use crate::run::{Error, on_runtime};

/// When a run is given up.
const LIMIT: Duration = Duration::from_secs(60);

/// Runs `clients` against a server that it starts, until both have ended.
///
/// # Errors
///
/// If the run could not be made, or did not end in time. Books that do not agree are
/// no error.
fn against_server<T>(seed: u64, clients: impl AsyncFnOnce(&Web) -> T) -> Result<(T, Sides), Error> {
    let main = async {
        let server = Server::start(Draw::seeded(seed)).await?;
        let web = Web::new(server.addr())?;
        let did = clients(&web).await;
        let client = web.seen();
        // Its idle connections are closed with it.
        drop(web);
        let (server, drained) = server.stop().await;
        Ok((did, Sides { client, server, drained }))
    };
    on_runtime(LIMIT, main, || "the clients do not end".to_owned())
}
