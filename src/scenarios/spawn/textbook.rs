//! Tasks as guides start them: whoever drops the handle leaves the task running,
//! and what went wrong in it is printed and forgotten.

use super::subject::{Job, Subject};
use crate::error::TaskError;
use crate::spawn::{Task, spawn};

pub(super) struct Textbook;

impl Textbook {
    pub(super) const NAME: &'static str = "textbook";
}

/// A handle like Tokio's, whose drop does not abort.
struct Handle<T>(Option<Task<T>>);

impl<T: Send + 'static> Handle<T> {
    fn start(job: impl Future<Output = T> + Send + 'static) -> Self {
        Self(Some(spawn(job)))
    }

    async fn join(&mut self) -> Result<T, TaskError> {
        self.0.as_mut().expect("it is there until the drop").await
    }
}

impl<T> Drop for Handle<T> {
    fn drop(&mut self) {
        if let Some(task) = self.0.take() {
            task.detach();
        }
    }
}

impl Subject for Textbook {
    async fn run(job: Job) -> Result<(), ()> {
        match Handle::start(job).join().await {
            Ok(Ok(())) => {}
            // The line that says so is left out.
            Ok(Err(_error)) => {}
            Err(_panic) => {}
        }
        Ok(())
    }

    async fn keep_running(make: fn() -> Job) -> Result<(), ()> {
        let mut handle = Handle::start(async move { while make().await.is_err() {} });
        handle.join().await.map_err(drop)
    }
}
