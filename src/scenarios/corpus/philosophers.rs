//! Three at a table, a fork between any two; each takes the left one first.

use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::task::yield_now;

use super::{all_end, task, yields};

pub(super) async fn bug() {
    let forks: [_; 3] = std::array::from_fn(|_| Arc::new(Mutex::new(0)));
    let dines = |seat: usize| {
        let (first, second) = (seat, (seat + 1) % 3);
        let (first, second) = (forks[first].clone(), forks[second].clone());
        task("philosopher", async move {
            yields(4 * seat).await;
            let mut first = first.lock().await;
            yield_now().await;
            *second.lock().await += 1;
            *first += 1;
        })
    };
    all_end([dines(0), dines(1), dines(2)]).await;
    for fork in forks {
        assert_eq!(*fork.lock().await, 2, "each fork was used by two");
    }
}

pub(super) async fn fixed() {
    let forks: [_; 3] = std::array::from_fn(|_| Arc::new(Mutex::new(0)));
    let dines = |seat: usize| {
        let (first, second) = (seat.min((seat + 1) % 3), seat.max((seat + 1) % 3));
        let (first, second) = (forks[first].clone(), forks[second].clone());
        task("philosopher", async move {
            yields(4 * seat).await;
            let mut first = first.lock().await;
            yield_now().await;
            *second.lock().await += 1;
            *first += 1;
        })
    };
    all_end([dines(0), dines(1), dines(2)]).await;
    for fork in forks {
        assert_eq!(*fork.lock().await, 2, "each fork was used by two");
    }
}
