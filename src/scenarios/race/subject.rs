use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::race;

pub(super) type Job = Pin<Box<dyn Future<Output = Result<u32, Failed>> + Send>>;

#[derive(Debug)]
pub(super) struct Failed;

/// A way to take the first success.
pub(super) trait FirstOk: 'static {
    fn first_ok(jobs: [Job; 2]) -> impl Future<Output = Result<u32, Failed>> + Send;
}

/// A way to take what comes first.
pub(super) trait First: 'static {
    fn first<A, B>(one: A, other: B) -> impl Future<Output = u32> + Send
    where
        A: Future<Output = u32> + Send,
        B: Future<Output = u32> + Send;
}

/// The time between attempts.
pub(super) const AFTER: Duration = Duration::from_millis(10);

/// A way to try twice at most, with [`AFTER`] between.
pub(super) trait Hedge: 'static {
    fn hedge(
        make: impl FnMut(u32) -> Job + Send,
    ) -> impl Future<Output = Result<u32, Failed>> + Send;
}

pub(super) struct Production;

impl FirstOk for Production {
    async fn first_ok(jobs: [Job; 2]) -> Result<u32, Failed> {
        race::first_ok(jobs).await.map(|(_, value)| value).map_err(|_| Failed)
    }
}

impl First for Production {
    async fn first<A, B>(one: A, other: B) -> u32
    where
        A: Future<Output = u32> + Send,
        B: Future<Output = u32> + Send,
    {
        let (_, value) = race::first((one, other)).await.expect("two run");
        value
    }
}

impl Hedge for Production {
    async fn hedge(make: impl FnMut(u32) -> Job + Send) -> Result<u32, Failed> {
        race::hedge(make).after(AFTER).max(2).await.map_err(|_| Failed)
    }
}
