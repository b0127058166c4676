//! Broken versions.

use std::future::Future;
use std::time::Duration;

use super::resource::Resource;
use super::subject::{Log, Ordered, Subject, remove};
use crate::rt;
use crate::spawn::Spawner;

/// The guides' way: the work, and after it the cleanup.
#[derive(Clone)]
pub(super) struct Textbook;

impl Textbook {
    pub(super) const NAME: &str = "textbook";
}

impl Subject for Textbook {
    fn new() -> Self {
        Self
    }

    async fn work_with(self, mut resource: Resource) {
        resource.work().await;
        resource.release().await;
    }

    async fn wait(&self) {}
}

/// Spawns the release when it is dropped.
struct Guard(Option<Resource>);

impl Guard {
    async fn work(&mut self) {
        self.0.as_mut().expect("it is taken at the end").work().await;
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(resource) = self.0.take() {
            Spawner::new().name("release").spawn(resource.release()).detach();
        }
    }
}

/// As long as everything should be over by then.
async fn wait_a_moment() {
    let moment = rt::now() + Duration::from_secs(1);
    rt::sleep_until(moment).await;
}

/// A guard that is disarmed where all went well, to await the release in place.
#[derive(Clone)]
pub(super) struct Disarmed;

impl Disarmed {
    pub(super) const NAME: &str = "disarmed";
}

impl Subject for Disarmed {
    fn new() -> Self {
        Self
    }

    fn work_with(self, resource: Resource) -> impl Future<Output = ()> + Send + 'static {
        let mut guard = Guard(Some(resource));
        async move {
            guard.work().await;
            let resource = guard.0.take().expect("it is taken here");
            resource.release().await;
        }
    }

    async fn wait(&self) {
        // Longer than the slowest release.
        for _ in 0..4 {
            wait_a_moment().await;
        }
    }
}

/// A guard that spawns the release, whatever happens, and an end that gives it a
/// moment.
#[derive(Clone)]
pub(super) struct Detached;

impl Detached {
    pub(super) const NAME: &str = "detached";
}

impl Subject for Detached {
    fn new() -> Self {
        Self
    }

    fn work_with(self, resource: Resource) -> impl Future<Output = ()> + Send + 'static {
        let mut guard = Guard(Some(resource));
        async move { guard.work().await }
    }

    async fn wait(&self) {
        wait_a_moment().await;
    }
}

/// Spawns its removal when it is dropped.
struct Made(&'static str, Log);

impl Drop for Made {
    fn drop(&mut self) {
        Spawner::new().name(self.0).spawn(remove(self.0, self.1.clone())).detach();
    }
}

impl Ordered for Detached {
    async fn work_in_folder(&self, log: Log) {
        let _folder = Made("folder", log.clone());
        let _file = Made("file", log);
        tokio::task::yield_now().await;
    }
}
