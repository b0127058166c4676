use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{Manager, Metrics, Pool, RecycleResult};

use super::{Contender, Times};

/// deadpool's managed pool.
#[derive(Clone)]
pub struct Deadpool(Pool<Counters>);

struct Counters;

impl Manager for Counters {
    type Type = u64;
    type Error = Infallible;

    async fn create(&self) -> Result<u64, Infallible> {
        Ok(0)
    }

    async fn recycle(&self, _: &mut u64, _: &Metrics) -> RecycleResult<Infallible> {
        Ok(())
    }
}

impl Contender for Deadpool {
    const NAME: &'static str = "deadpool";

    async fn new(size: usize, times: Times) -> Self {
        let builder = Pool::builder(Counters).max_size(size);
        let builder = match times {
            Times::Unset => builder,
            Times::Set => {
                builder.runtime(Runtime::Tokio1).wait_timeout(Some(Duration::from_secs(30)))
            }
        };
        Self(builder.build().expect("a runtime is given where one is needed"))
    }

    async fn hold<F>(&self, held: impl FnOnce() -> F + Send)
    where
        F: Future<Output = ()> + Send,
    {
        let mut counter = self.0.get().await.expect("connecting does not fail");
        *counter += 1;
        held().await;
    }
}

impl fmt::Debug for Deadpool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Deadpool").field(&self.0.status()).finish()
    }
}
