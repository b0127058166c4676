use std::sync::Arc;

use tokio::sync::{Semaphore, mpsc};

use crate::scenarios::stream::subject::{Jobs, Working};
use crate::spawn::Spawner;

/// A task per job, with a permit while it runs; what they give is in a queue, and nobody
/// has their handles.
pub(in crate::scenarios::stream) enum Detached {}

impl Detached {
    pub(in crate::scenarios::stream) const NAME: &str = "detached";
}

impl Working for Detached {
    type Outputs = mpsc::UnboundedReceiver<bool>;

    fn start(jobs: Jobs, limit: usize) -> Self::Outputs {
        let (outputs, received) = mpsc::unbounded_channel();
        let starts = async move {
            let permits = Arc::new(Semaphore::new(limit));
            let mut jobs = jobs;
            loop {
                let permit = permits.clone().acquire_owned().await;
                let Some(job) = jobs.next() else { return };
                let outputs = outputs.clone();
                let works = async move {
                    // Nobody asks for it any more, if it fails.
                    let _ = outputs.send(job.await);
                    drop(permit);
                };
                Spawner::new().name("item").spawn(works).detach();
            }
        };
        Spawner::new().name("starter").spawn(starts).detach();
        received
    }

    async fn next(outputs: &mut Self::Outputs) -> Option<bool> {
        outputs.recv().await
    }
}
