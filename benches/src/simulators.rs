//! Other explorers of schedules, on the program of ours that knows no time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use shuttle::future::batch_semaphore::{BatchSemaphore, Fairness};
use shuttle::scheduler::RandomScheduler;

use crate::schedules::Program;

/// So many random schedules of [`Program::Yielding`], with shuttle's own
/// semaphore, tasks and yields.
///
/// # Panics
///
/// If one fails.
pub fn shuttle(schedules: u64) {
    let scheduler = RandomScheduler::new_from_seed(0, schedules as usize);
    let runner = shuttle::Runner::new(scheduler, shuttle::Config::new());
    let ran = runner.run(|| {
        shuttle::future::block_on(async {
            // As fair as Tokio's.
            let semaphore = Arc::new(BatchSemaphore::new(1, Fairness::StrictlyFair));
            let tasks: Vec<_> = (0..3)
                .map(|_| {
                    let semaphore = semaphore.clone();
                    shuttle::future::spawn(async move {
                        semaphore.acquire(1).await.expect("it is not closed");
                        shuttle::future::yield_now().await;
                        semaphore.release(1);
                    })
                })
                .collect();
            for task in tasks {
                task.await.expect("it neither panics nor is aborted");
            }
        });
    });
    assert_eq!(ran as u64, schedules);
}

/// Every schedule of [`Program::Yielding`], so many times; how many there are.
/// The tasks are the same futures as ours, with Tokio's semaphore and yields.
///
/// # Panics
///
/// If one fails.
#[must_use]
pub fn schedwalk(times: u64) -> u64 {
    let schedules = AtomicU64::new(0);
    for _ in 0..times {
        schedwalk::for_all_schedules(|| {
            schedules.fetch_add(1, Ordering::Relaxed);
            async {
                let tasks: Vec<_> = Program::Yielding.tasks().map(schedwalk::spawn).collect();
                for task in tasks {
                    assert!(task.await.is_ok(), "it neither panics nor is aborted");
                }
            }
        });
    }
    schedules.into_inner() / times.max(1)
}
