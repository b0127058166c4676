//! Broken retries.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::subject::{BASE, Budgeted, CAP, Plan, Refusal, Subject};
use crate::deadline::timeout;
use crate::probe::elapsed;

async fn sleep(delay: Duration) {
    let never_ends = std::future::pending::<()>();
    let _ = timeout(delay, never_ends).await;
}

/// The loop of the guides, with the cap and the time limit that users add to it.
pub(super) struct Textbook;

impl Textbook {
    pub(super) const NAME: &str = "textbook";
}

impl Subject for Textbook {
    async fn call<F, Fut>(plan: Plan, mut op: F) -> Option<Result<(), Refusal>>
    where
        F: FnMut() -> Fut + Send,
        Fut: Future<Output = Result<(), Refusal>> + Send,
    {
        let begun = elapsed();
        let mut delay = BASE;
        for _ in 1..plan.max_attempts {
            if op().await.is_ok() {
                return Some(Ok(()));
            }
            if elapsed() - begun > plan.deadline {
                return None;
            }
            sleep(delay.min(CAP)).await;
            delay *= 2;
        }
        Some(op().await)
    }
}

/// A counter that is looked at first.
#[derive(Clone)]
pub(super) struct LookedAt(Arc<AtomicU32>);

impl LookedAt {
    pub(super) const NAME: &str = "looked_at";
}

impl Budgeted for LookedAt {
    fn of(retries: u32) -> Self {
        Self(Arc::new(AtomicU32::new(retries)))
    }

    async fn call<F, Fut>(&self, mut op: F) -> Result<(), Refusal>
    where
        F: FnMut() -> Fut + Send,
        Fut: Future<Output = Result<(), Refusal>> + Send,
    {
        let first = op().await;
        if first.is_ok() || self.0.load(Ordering::Relaxed) == 0 {
            return first;
        }
        sleep(BASE).await;
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1));
        op().await
    }
}

/// A counter that is charged first, and paid back by who needs no retry.
#[derive(Clone)]
pub(super) struct PutAside(Arc<AtomicU32>);

impl PutAside {
    pub(super) const NAME: &str = "put_aside";
}

impl Budgeted for PutAside {
    fn of(retries: u32) -> Self {
        Self(Arc::new(AtomicU32::new(retries)))
    }

    async fn call<F, Fut>(&self, mut op: F) -> Result<(), Refusal>
    where
        F: FnMut() -> Fut + Send,
        Fut: Future<Output = Result<(), Refusal>> + Send,
    {
        let charge = |n: u32| n.checked_sub(1);
        let may_retry = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, charge).is_ok();
        let first = op().await;
        if !may_retry {
            return first;
        }
        if first.is_ok() {
            self.0.fetch_add(1, Ordering::Relaxed);
            return first;
        }
        sleep(BASE).await;
        op().await
    }
}
