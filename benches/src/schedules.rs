//! The programs that the simulator is measured on, and the least that running
//! them takes.

use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;

use surefoot::sim::{Explorer, Stats, Strategy};
use surefoot::spawn::spawn;
use tokio::sync::Semaphore;
use tokio::{task, time};

/// Three tasks that each hold the one permit of a semaphore.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// While the others are polled once.
    Yielding,
    /// For 1, 2 and 3 milliseconds.
    Sleeping,
}

impl Program {
    async fn task(self, semaphore: Arc<Semaphore>, number: u64) {
        let _permit = semaphore.acquire().await.expect("it is not closed");
        match self {
            Self::Yielding => task::yield_now().await,
            Self::Sleeping => sleep(Duration::from_millis(number + 1)).await,
        }
    }

    pub(crate) fn tasks(self) -> impl Iterator<Item = impl Future<Output = ()> + Send> {
        let semaphore = Arc::new(Semaphore::new(1));
        (0..3).map(move |number| self.task(semaphore.clone(), number))
    }
}

#[expect(clippy::disallowed_methods, reason = "programs of users sleep on Tokio's own timers")]
async fn sleep(duration: Duration) {
    time::sleep(duration).await;
}

/// So many random schedules, on this many threads.
///
/// # Panics
///
/// If one fails.
pub fn explore(program: Program, schedules: u64, threads: usize) {
    let explorer = Explorer::new().strategy(Strategy::Random).schedules(schedules);
    black_box(run(&explorer.threads(threads), program));
}

/// Every schedule, so many times; how many there are.
///
/// # Panics
///
/// If one fails.
#[must_use]
pub fn explore_all(program: Program, times: u64) -> u64 {
    let all = Strategy::Exhaustive { deviations: None };
    let explorer = Explorer::new().strategy(all).schedules(u64::MAX);
    let mut schedules = 0;
    for _ in 0..times {
        let stats = run(&explorer, program);
        assert!(stats.exhausted, "there is no bound");
        schedules = stats.schedules;
    }
    schedules
}

fn run(explorer: &Explorer, program: Program) -> Stats {
    let stats = explorer.run(|| async move {
        let tasks: Vec<_> = program.tasks().map(spawn).collect();
        for task in tasks {
            task.await.expect("it neither panics nor is aborted");
        }
    });
    stats.expect("no schedule fails")
}

/// Tasks that are all ready all the time, until each has yielded so often.
#[derive(Clone, Copy, Debug)]
pub struct Yielders {
    /// How many.
    pub tasks: u64,
    /// How often each of them yields.
    pub yields: u64,
}

impl Yielders {
    /// So many random schedules, on this thread; how many steps one takes, on
    /// average.
    ///
    /// # Panics
    ///
    /// If one fails.
    #[must_use]
    pub fn explore(self, schedules: u64) -> u64 {
        let explorer = Explorer::new().strategy(Strategy::Random).schedules(schedules);
        let stats = explorer.max_steps(u64::MAX).run(move || async move {
            let yielding = || async move {
                for _ in 0..self.yields {
                    task::yield_now().await;
                }
            };
            let tasks: Vec<_> = (0..self.tasks).map(|_| spawn(yielding())).collect();
            for task in tasks {
                task.await.expect("it neither panics nor is aborted");
            }
        });
        stats.expect("no schedule fails").steps.avg
    }
}

/// The same futures without a simulator, round after round in one order: the
/// least that a schedule can cost.
///
/// # Panics
///
/// If no runtime starts.
pub fn poll_by_hand(program: Program, times: u64) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().expect("a runtime starts");
    // Without a budget: what is polled by hand is no task of Tokio's.
    runtime.block_on(task::unconstrained(async {
        for _ in 0..times {
            let mut tasks: Vec<Pin<Box<dyn Future<Output = ()> + Send>>> =
                program.tasks().map(|task| Box::pin(task) as _).collect();
            let mut cx = Context::from_waker(Waker::noop());
            loop {
                tasks.retain_mut(|task| task.as_mut().poll(&mut cx).is_pending());
                if tasks.is_empty() {
                    break;
                }
                if program == Program::Sleeping {
                    time::advance(Duration::from_millis(1)).await;
                }
            }
        }
    }));
}
