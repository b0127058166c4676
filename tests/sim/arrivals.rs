//! Who comes first is served first, in every order of polls and wherever a task's budget
//! is spent.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use surefoot::blocking::Blocking;
use surefoot::channel::priority;
use surefoot::lock::Keyed;
use surefoot::pool::{Pool, manage_fn};
use surefoot::sim::{Explorer, Kind, Strategy};
use surefoot::spawn::Spawner;
use tokio::task::yield_now;

/// Who came and who was served, by number of arrival.
#[derive(Default)]
struct Visitors {
    came: AtomicUsize,
    served: AtomicUsize,
}

impl Visitors {
    fn serve(&self, number: usize) {
        let before = self.served.fetch_add(1, Ordering::SeqCst);
        assert_eq!(before, number, "somebody was overtaken");
    }
}

/// Three come to what `open` makes, in any order; `visit` waits for a turn, and serves.
fn are_served_in_order_of_arrival<P, V, Fut>(name: &str, open: fn() -> P, visit: V)
where
    P: Clone + Send + 'static,
    V: Fn(P, Arc<Visitors>, usize) -> Fut + Copy + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let scenario = move || async move {
        let (place, visitors) = (open(), Arc::new(Visitors::default()));
        let tasks = [1, 2, 3].map(|i| {
            let (place, visitors) = (place.clone(), visitors.clone());
            Spawner::new().name(format!("visitor {i}")).spawn(async move {
                // In the poll in which it begins to wait.
                let number = visitors.came.fetch_add(1, Ordering::SeqCst);
                visit(place, visitors, number).await;
            })
        });
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(visitors.served.load(Ordering::SeqCst), 3);
    };
    let strategy = Strategy::Exhaustive { deviations: Some(3) };
    let explorer = Explorer::new().strategy(strategy).schedules(100_000).coop_exhaustions(2);
    let stats = explorer.run(scenario).unwrap_or_else(|failure| panic!("{name}: {failure}"));
    println!("{name}: {} schedules", stats.schedules);
    assert!(stats.exhausted && stats.deviations_by_kind[Kind::Coop] > 0, "{name}");
}

/// pool/X8, pool/X9, lock/X8, lock/X9, blocking/X8, blocking/X9, channel/X8, channel/X9: the
/// place is that of the first poll, and an answer that has to wait is not another's.
#[test]
fn a_spent_budget_costs_nobody_its_place() {
    async fn connect() -> Result<(), std::convert::Infallible> {
        Ok(())
    }
    are_served_in_order_of_arrival(
        "a pool",
        || Pool::builder(manage_fn(connect)).max_size(1).build().unwrap(),
        |pool, visitors, number| async move {
            let _held = pool.acquire().await.unwrap();
            visitors.serve(number);
            yield_now().await;
        },
    );
    are_served_in_order_of_arrival("a key", Keyed::new, |keys, visitors, number| async move {
        let _held = keys.lock(7).await;
        visitors.serve(number);
        yield_now().await;
    });
    are_served_in_order_of_arrival(
        "threads",
        || Blocking::builder().threads(1).build().unwrap(),
        |one, visitors, number| async move {
            one.run(move |_| visitors.serve(number)).await.unwrap();
        },
    );
    are_served_in_order_of_arrival(
        "a level",
        || {
            let (sender, receiver) = priority::channel::<()>(1, 1);
            (sender, Arc::new(receiver))
        },
        |(sender, _open), visitors, number| async move {
            let _permit = sender.reserve(0).await.unwrap();
            visitors.serve(number);
            yield_now().await;
        },
    );
}
