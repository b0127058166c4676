use std::future::poll_fn;
use std::iter;
use std::task::{Context, Poll};

use crate::scenarios::stream::subject::{Job, Jobs, Trying, Working};

/// Jobs in the task that asks for their outputs, as `buffer_unordered` has them.
pub(in crate::scenarios::stream) enum Polled {}

impl Polled {
    pub(in crate::scenarios::stream) const NAME: &str = "polled";
}

pub(in crate::scenarios::stream) struct Buffer {
    jobs: iter::Fuse<Jobs>,
    limit: usize,
    in_flight: Vec<Job>,
}

impl Buffer {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<bool>> {
        let room = self.limit - self.in_flight.len();
        self.in_flight.extend(self.jobs.by_ref().take(room));
        for at in 0..self.in_flight.len() {
            if let Poll::Ready(went_well) = self.in_flight[at].as_mut().poll(cx) {
                drop(self.in_flight.remove(at));
                return Poll::Ready(Some(went_well));
            }
        }
        if self.in_flight.is_empty() { Poll::Ready(None) } else { Poll::Pending }
    }
}

impl Working for Polled {
    type Outputs = Buffer;

    fn start(jobs: Jobs, limit: usize) -> Buffer {
        Buffer { jobs: jobs.fuse(), limit, in_flight: Vec::new() }
    }

    async fn next(outputs: &mut Buffer) -> Option<bool> {
        poll_fn(|cx| outputs.poll_next(cx)).await
    }
}

/// The same, until all have ended. Only then, somebody asks how.
pub(in crate::scenarios::stream) enum Collected {}

impl Collected {
    pub(in crate::scenarios::stream) const NAME: &str = "collected";
}

impl Trying for Collected {
    async fn all(jobs: Jobs, limit: usize) -> bool {
        let mut outputs = Polled::start(jobs, limit);
        let mut all = Vec::new();
        while let Some(went_well) = Polled::next(&mut outputs).await {
            all.push(went_well);
        }
        all.into_iter().all(|went_well| went_well)
    }
}
