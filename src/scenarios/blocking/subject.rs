use std::future::Future;

use crate::blocking::{Blocking, BlockingError};

/// What runs closures that block, as the bodies of the claims see it.
pub(super) trait Subject: Clone + Send + Sync + 'static {
    /// With one thread, for which so many may wait.
    fn new(queue: usize) -> Self;
    /// Whether it ran, or was refused.
    fn run(&self, f: impl FnOnce() + Send + 'static) -> impl Future<Output = bool> + Send;
    /// How many closures have a thread.
    fn running(&self) -> usize;
}

/// The production version.
#[derive(Clone)]
pub(super) struct Production(Blocking);

impl Subject for Production {
    fn new(queue: usize) -> Self {
        let blocking = Blocking::builder().threads(1).queue(queue).build();
        Self(blocking.expect("the claims ask for nothing impossible"))
    }

    async fn run(&self, f: impl FnOnce() + Send + 'static) -> bool {
        match self.0.run(|_stop| f()).await {
            Ok(()) => true,
            Err(BlockingError::Full) => false,
            Err(error) => panic!("{error}"),
        }
    }

    fn running(&self) -> usize {
        self.0.status().running
    }
}
