use std::future::Future;
use std::pin::Pin;

use crate::join;

pub(super) type Job = Pin<Box<dyn Future<Output = Result<u32, Failed>> + Send>>;

#[derive(Debug)]
pub(super) struct Failed;

/// A way to wait for many.
pub(super) trait Subject: 'static {
    /// Waits for all to succeed, at most `limit` at a time.
    fn try_all(
        jobs: Vec<Job>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<u32>, Failed>> + Send;
}

pub(super) struct Production;

impl Subject for Production {
    async fn try_all(jobs: Vec<Job>, limit: usize) -> Result<Vec<u32>, Failed> {
        join::try_all(jobs).limit(limit).await
    }
}
