//! Visitors of a pool, and what became of them in one line each.

use surefoot::pool::{AcquireError, Pool, Pooled};
use surefoot::spawn::{Task, spawn};

use super::{Server, ServerError, wait};

pub(crate) type TestPool = Pool<Server>;

/// A task that comes at `came`, asks for a connection, and keeps it for `stays`
/// milliseconds. Its output says when it had its answer, and which.
pub(crate) fn visit(server: &Server, pool: &TestPool, came: u64, stays: u64) -> Task<String> {
    let (server, pool) = (server.clone(), pool.clone());
    spawn(async move {
        if came > 0 {
            wait(came).await;
        }
        let answer = pool.acquire().await;
        let line = format!("{}: {}", server.clock(), outcome(&answer));
        if answer.is_ok() && stays > 0 {
            wait(stays).await;
        }
        line
    })
}

/// What became of each, in the order that they are given in.
pub(crate) async fn ends<const N: usize>(visits: [Task<String>; N]) -> Vec<String> {
    let mut lines = Vec::new();
    for visit in visits {
        lines.push(visit.await.expect("a visitor does not panic"));
    }
    lines
}

pub(crate) fn outcome(answer: &Result<Pooled<Server>, AcquireError<ServerError>>) -> String {
    match answer {
        Ok(conn) => format!("connection {}", conn.id),
        Err(AcquireError::Timeout { phase, after, last_error: None, .. }) => {
            format!("out of time in {phase} after {after:?}")
        }
        Err(AcquireError::Timeout { phase, after, last_error: Some(last), .. }) => {
            format!("out of time in {phase} after {after:?}, last {last}")
        }
        Err(AcquireError::Connect(error)) => format!("not connected: {error}"),
        Err(AcquireError::Panicked(panicked)) => format!("panicked: {}", panicked.message()),
        Err(AcquireError::Closed) => "closed".to_owned(),
        Err(AcquireError::TooManyWaiters) => "too many".to_owned(),
        Err(other) => panic!("no test expects {other}"),
    }
}

/// A connection in use.
pub(crate) async fn holder(pool: &TestPool) -> Pooled<Server> {
    pool.acquire().await.expect("the pool has one to give")
}
