use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;

use super::resource::Resource;
use crate::cleanup::Reaper;
use crate::sync::Mutex;

/// What sees to cleanups, as the bodies of the claims see it.
pub(super) trait Subject: Clone + Send + Sync + 'static {
    fn new() -> Self;
    /// Works with the resource, and releases it: from the call on, whether it is
    /// polled or not.
    fn work_with(self, resource: Resource) -> impl Future<Output = ()> + Send + 'static;
    /// Waits for what is left to be cleaned up.
    fn wait(&self) -> impl Future<Output = ()> + Send;
}

/// One that sees to cleanups that depend on each other.
pub(super) trait Ordered: Subject {
    /// Makes a folder, then a file in it, and works; the log says what was removed.
    fn work_in_folder(&self, log: Log) -> impl Future<Output = ()> + Send;
}

/// What was removed, in that order.
pub(super) type Log = Arc<Mutex<Vec<&'static str>>>;

/// Removes what takes its time.
pub(super) async fn remove(what: &'static str, log: Log) {
    tokio::task::yield_now().await;
    log.with(|log| log.push(what));
}

/// The production version.
#[derive(Clone)]
pub(super) struct Production(Reaper);

impl Subject for Production {
    fn new() -> Self {
        Self(Reaper::new())
    }

    fn work_with(self, resource: Resource) -> impl Future<Output = ()> + Send + 'static {
        let body = async |resource: &mut Resource| {
            resource.work().await;
            Ok::<_, Infallible>(())
        };
        let work = self.0.bracket(resource, body, |resource, _| resource.release());
        async move {
            let Ok(()) = work.await;
        }
    }

    async fn wait(&self) {
        self.0.wait().await;
    }
}

impl Ordered for Production {
    async fn work_in_folder(&self, log: Log) {
        let mut stack = self.0.stack();
        for what in ["folder", "file"] {
            let log = log.clone();
            stack.push(move || remove(what, log));
        }
        tokio::task::yield_now().await;
    }
}
