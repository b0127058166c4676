use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::time::Duration;

use surefoot::pool::{Manage, Pool};

use super::{Contender, Times};

/// surefoot's own.
#[derive(Clone)]
pub struct Surefoot(Pool<Counters>);

struct Counters;

impl Manage for Counters {
    type Conn = u64;
    type Error = Infallible;

    async fn connect(&self) -> Result<u64, Infallible> {
        Ok(0)
    }
}

impl Contender for Surefoot {
    const NAME: &'static str = "surefoot";

    async fn new(size: usize, times: Times) -> Self {
        let builder = Pool::builder(Counters).max_size(size).max_connecting(size);
        let builder = match times {
            Times::Unset => builder
                .acquire_timeout(None)
                .connect_timeout(None)
                .check_timeout(None)
                .close_timeout(None),
            // What bb8 has by default.
            Times::Set => builder
                .acquire_timeout(Duration::from_secs(30))
                .idle_timeout(Duration::from_secs(10 * 60))
                .max_lifetime(Duration::from_secs(30 * 60)),
        };
        Self(builder.build().expect("all fields are in range"))
    }

    async fn hold<F>(&self, held: impl FnOnce() -> F + Send)
    where
        F: Future<Output = ()> + Send,
    {
        let mut counter = self.0.acquire().await.expect("connecting does not fail");
        *counter += 1;
        held().await;
    }
}

impl fmt::Debug for Surefoot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
