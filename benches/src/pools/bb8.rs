use std::convert::Infallible;
use std::fmt;
use std::future::Future;

use bb8::{ManageConnection, Pool};

use super::{Contender, Times};

/// bb8's, with its check at checkout (its default) or without.
///
/// Its limit to the wait can't be left out.
#[derive(Clone)]
pub struct Bb8<const CHECKED: bool>(Pool<Counters>);

struct Counters;

impl ManageConnection for Counters {
    type Connection = u64;
    type Error = Infallible;

    async fn connect(&self) -> Result<u64, Infallible> {
        Ok(0)
    }

    async fn is_valid(&self, _: &mut u64) -> Result<(), Infallible> {
        Ok(())
    }

    fn has_broken(&self, _: &mut u64) -> bool {
        false
    }
}

impl<const CHECKED: bool> Contender for Bb8<CHECKED> {
    const NAME: &'static str = if CHECKED { "bb8" } else { "bb8 unchecked" };

    async fn new(size: usize, times: Times) -> Self {
        let size = u32::try_from(size).expect("the races' pools are small");
        let builder = Pool::builder().max_size(size).test_on_check_out(CHECKED);
        let builder = match times {
            Times::Unset => builder.max_lifetime(None).idle_timeout(None),
            // On by default: 30 and 10 minutes.
            Times::Set => builder,
        };
        Self(builder.build(Counters).await.expect("connecting does not fail"))
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

impl<const CHECKED: bool> fmt::Debug for Bb8<CHECKED> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Bb8").field(&self.0.state()).finish()
    }
}
