use std::convert::Infallible;
use std::future::Future;
use std::time::Duration;

use super::desk::Desk;
use crate::shutdown::{Shutdown, Token};

/// A shutdown, as the bodies of the claims see it.
pub(super) trait Subject: Clone + Send + Sync + 'static {
    type Stop: Send + 'static;

    fn new() -> Self;
    fn stop(&self) -> Self::Stop;
    fn trigger(&self);
    /// Waits for the trigger, as a task that begins with that does.
    fn wait(stop: Self::Stop) -> impl Future<Output = ()> + Send;
}

/// One that knows its workers.
pub(super) trait Draining: Subject {
    /// Starts a worker, unless it is too late.
    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static);
    fn drain(&self) -> impl Future<Output = ()> + Send;
    /// Does jobs until the trigger.
    fn work(stop: Self::Stop, desk: Desk) -> impl Future<Output = ()> + Send + 'static;
}

/// The production version.
#[derive(Clone)]
pub(super) struct Production(Shutdown);

impl Subject for Production {
    type Stop = Token;

    fn new() -> Self {
        let built = Shutdown::builder().drain_limit(Duration::from_secs(1)).build();
        Self(built.expect("the claims ask for nothing impossible"))
    }

    fn stop(&self) -> Token {
        self.0.token()
    }

    fn trigger(&self) {
        self.0.trigger("a claim");
    }

    async fn wait(token: Token) {
        token.triggered().await;
    }
}

impl Draining for Production {
    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let work = |_token| async {
            work.await;
            Ok::<_, Infallible>(())
        };
        // Refused, it is not begun, which is as good.
        drop(self.0.spawn("worker", work));
    }

    async fn drain(&self) {
        drop(self.0.drain().await);
    }

    async fn work(token: Token, desk: Desk) {
        let jobs = async {
            loop {
                desk.next().await;
                token.shield(desk.unit()).await;
            }
        };
        let _: Option<Infallible> = token.run(jobs).await;
    }
}
