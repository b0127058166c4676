use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::time::Duration;

use mobc::{Manager, Pool, async_trait};

use super::{Contender, Times};

/// mobc's.
#[derive(Clone)]
pub struct Mobc(Pool<Counters>);

struct Counters;

#[async_trait]
impl Manager for Counters {
    type Connection = u64;
    type Error = Infallible;

    async fn connect(&self) -> Result<u64, Infallible> {
        Ok(0)
    }

    async fn check(&self, counter: u64) -> Result<u64, Infallible> {
        Ok(counter)
    }
}

impl Contender for Mobc {
    const NAME: &'static str = "mobc";

    async fn new(size: usize, times: Times) -> Self {
        let size = size as u64;
        let limit = match times {
            Times::Unset => None,
            Times::Set => Some(Duration::from_secs(30)),
        };
        // It keeps no more than two otherwise.
        Self(Pool::builder().max_open(size).max_idle(size).get_timeout(limit).build(Counters))
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

impl fmt::Debug for Mobc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mobc").finish_non_exhaustive()
    }
}
