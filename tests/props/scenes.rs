//! Scenarios of several tasks, run by a script, and how crowded they were.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::test_runner::TestCaseError;
use surefoot::sim::{Explorer, Strategy};

/// How many are at something at the same time, and were at most.
#[derive(Clone, Default)]
pub(crate) struct Crowd(Arc<[AtomicUsize; 2]>);

impl Crowd {
    pub(crate) async fn with<T>(&self, work: impl Future<Output = T>) -> T {
        let [now, most] = &*self.0;
        most.fetch_max(now.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
        let done = work.await;
        now.fetch_sub(1, Ordering::Relaxed);
        done
    }

    fn most(&self) -> usize {
        self.0[1].load(Ordering::Relaxed)
    }
}

/// Runs a scenario by a script. Says how many were at it at the same time.
pub(crate) fn run<F, Fut>(
    script: Strategy,
    cancellations: u32,
    scenario: F,
) -> Result<usize, TestCaseError>
where
    F: Fn(Crowd) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()> + 'static,
{
    let most = Arc::new(AtomicUsize::new(0));
    let seen = most.clone();
    let explorer = Explorer::new().strategy(script).cancellations(cancellations);
    let ran = explorer.run(move || {
        let crowd = Crowd::default();
        let (scene, seen) = (scenario(crowd.clone()), seen.clone());
        async move {
            scene.await;
            seen.fetch_max(crowd.most(), Ordering::Relaxed);
        }
    });
    ran.map_err(|failure| TestCaseError::fail(failure.to_string()))?;
    Ok(most.load(Ordering::Relaxed))
}
