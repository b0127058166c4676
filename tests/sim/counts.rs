//! Exact counts: the simulator misses no order of polls, and repeats none.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use surefoot::sim::{Explorer, Stats, Strategy};
use surefoot::spawn::spawn;
use tokio::sync::Notify;

/// `k` tasks of `polls` polls each, and a root that only the last one wakes.
async fn yielding_tasks(k: usize, polls: usize) {
    let left = Arc::new((AtomicUsize::new(k), Notify::new()));
    for _ in 0..k {
        let left = left.clone();
        spawn(async move {
            for _ in 1..polls {
                tokio::task::yield_now().await;
            }
            if left.0.fetch_sub(1, Ordering::SeqCst) == 1 {
                left.1.notify_one();
            }
        })
        .detach();
    }
    left.1.notified().await;
}

fn orders(k: usize, polls: usize) -> Stats {
    Explorer::new()
        .strategy(Strategy::Exhaustive { deviations: None })
        .schedules(1_000_000)
        .run(move || yielding_tasks(k, polls))
        .unwrap_or_else(|failure| panic!("{failure}"))
}

fn factorial(n: usize) -> usize {
    (1..=n).product()
}

#[test]
fn k_tasks_of_n_polls_have_kn_factorial_by_n_factorial_to_the_k_orders() {
    for (k, polls) in
        [(1, 1), (1, 5), (2, 1), (2, 2), (2, 5), (3, 1), (3, 2), (3, 3), (4, 2), (5, 1)]
    {
        let expected = factorial(k * polls) / factorial(polls).pow(k as u32);
        let stats = orders(k, polls);
        assert_eq!(stats.schedules, expected as u64, "{k} tasks of {polls} polls");
        assert_eq!(stats.distinct, expected as u64, "{k} tasks of {polls} polls");
        assert!(stats.exhausted);
    }
}
