use std::sync::{Arc, Mutex};

use surefoot::sim::check;
use surefoot::spawn::Spawner;
use tokio::task::yield_now;

use super::{Database, Names};

/// A database of one row. Question and answer are under way for a while each.
struct Row(Mutex<String>);

impl Database for Row {
    async fn read(&self, _user: u64) -> String {
        yield_now().await;
        let name = self.0.lock().unwrap().clone();
        yield_now().await;
        name
    }

    async fn write(&self, _user: u64, name: &str) {
        yield_now().await;
        *self.0.lock().unwrap() = name.to_owned();
        yield_now().await;
    }
}

fn names_of_ann() -> Names<Row> {
    Names::new(Row(Mutex::new("Ann".to_owned())))
}

async fn a_name_is_changed_while_it_is_read() {
    let names = Arc::new(names_of_ann());
    let (reader, writer) = (names.clone(), names.clone());
    let reads = Spawner::new().name("reader").spawn(async move { reader.get(7).await });
    let writes = Spawner::new().name("writer").spawn(async move { writer.set(7, "Anna").await });
    reads.await.unwrap();
    writes.await.unwrap();
    assert_eq!(names.get(7).await, "Anna", "an old name is kept");
}

#[tokio::test]
async fn no_old_name_is_kept_in_one_order() {
    a_name_is_changed_while_it_is_read().await;
}

#[test]
fn no_old_name_is_kept() {
    check(a_name_is_changed_while_it_is_read);
}

#[test]
fn no_old_name_is_kept_if_the_caller_leaves() {
    use surefoot::sim::{Explorer, cancellable};

    Explorer::default().cancellations(1).check(|| async {
        let names = names_of_ann();
        assert_eq!(names.get(7).await, "Ann"); // and keeps it
        cancellable(names.set(7, "Anna")).await;
        let stored = names.database.0.lock().unwrap().clone();
        assert_eq!(names.get(7).await, stored, "an old name is kept");
    });
}

#[test]
fn no_order_keeps_an_old_name() {
    use surefoot::sim::{Explorer, Strategy};

    let every_order = Strategy::Exhaustive { deviations: None };
    let explorer = Explorer::new().strategy(every_order).schedules(100_000);
    let stats = explorer
        .run(a_name_is_changed_while_it_is_read)
        .unwrap_or_else(|failure| panic!("{failure}"));
    assert!(stats.exhausted);
    assert_eq!(stats.schedules, 35);
}
