//! Sets of tasks, and what becomes of all of them.

use std::cell::Cell;
use std::future::Future;
use std::sync::Arc;

use surefoot::error::TaskError;
use surefoot::scope::{ScopeError, collect, first_ok, map};
use tokio::time::Instant;
use tokio_test::{assert_pending, task};

use super::{holders, holding, panicked, takes};
use crate::support::*;

/// scope/SCOPE3: whatever the order in which they end.
#[tokio::test(start_paused = true)]
async fn outputs_come_in_order() {
    let millis = [30, 10, 20, 0];
    let collected = collect(
        millis.map(|n| async move {
            wait(n).await;
            n
        }),
        4,
    )
    .await;
    assert_eq!(collected, [Ok(30), Ok(10), Ok(20), Ok(0)]);
    let mapped = map(millis, 4, |n| takes(n, Ok(n))).await;
    assert_eq!(mapped, Ok(millis.to_vec()));
}

/// scope/SCOPE6: three at a time, in the times that a hand-computed schedule says;
/// `f` is asked for a future when that can start.
#[tokio::test(start_paused = true)]
async fn what_waits_is_not_made_yet() {
    let (begun, made) = (Instant::now(), Cell::new(0));
    let mut mapped = task::spawn(map(0..7_u64, 3, |n| {
        made.set(made.get() + 1);
        takes(10, Ok(n))
    }));
    for in_all in [3, 6, 7] {
        assert_pending!(mapped.poll());
        assert_eq!(made.get(), in_all);
        pass(10).await;
        assert!(mapped.is_woken());
    }
    assert_eq!(mapped.await, Ok((0..7).collect()));
    assert_eq!(begun.elapsed(), ms(30));
}

/// scope/SCOPE2: `map` fails fast, and takes no further item.
#[tokio::test(start_paused = true)]
async fn map_fails_fast() {
    let (begun, token, made) = (Instant::now(), Arc::new(()), Cell::new(0));
    let mapped = map(0..9, 2, |n| {
        made.set(made.get() + 1);
        let held = holding(&token);
        async move { if n == 1 { takes(10, Err("second")).await } else { held.await } }
    });
    assert_eq!(mapped.await, Err(ScopeError::Failed("second")));
    assert_eq!((begun.elapsed(), made.get(), holders(&token)), (ms(10), 2, 0));
}

/// scope/SCOPE3, scope/X3: `collect` runs all to the end; a panic is the answer in
/// its place.
#[tokio::test(start_paused = true)]
async fn collect_runs_all() {
    let here = line!() + 1;
    let collected = collect(
        (0..4).map(|n| async move {
            assert!(n != 1, "{n}");
            n
        }),
        2,
    )
    .await;
    let Err(TaskError::Panicked(panicked)) = &collected[1] else { panic!("{collected:?}") };
    assert_eq!((panicked.message(), panicked.spawned_at().line()), ("1", here));
    let others = [&collected[0], &collected[2], &collected[3]];
    assert_eq!(others, [&Ok(0), &Ok(2), &Ok(3)]);
}

/// scope/SCOPE2: the first success aborts the others, and waits for them.
#[tokio::test(start_paused = true)]
async fn the_first_success_ends_the_others() {
    let (begun, token) = (Instant::now(), Arc::new(()));
    let fails_at_once = Box::pin(takes(0, Err("at once"))) as Boxed;
    let futures: Vec<Boxed> = vec![
        fails_at_once,
        Box::pin(holding(&token)),
        Box::pin(takes(20, Ok(()))),
        Box::pin(holding(&token)),
    ];
    assert_eq!(first_ok(futures, 4).await, Ok(()));
    assert_eq!((begun.elapsed(), holders(&token)), (ms(20), 0));
}

type Boxed = std::pin::Pin<Box<dyn Future<Output = Result<(), &'static str>> + Send>>;

/// scope/SCOPE3, scope/X3: if none succeeds, each says why not, in order; a panic
/// is a reason like another.
#[tokio::test(start_paused = true)]
async fn without_a_success_all_say_why() {
    let none = first_ok(
        (0..3).map(|n| async move {
            wait(10 * (3 - n)).await;
            if n == 1 {
                panic!("out of paper")
            }
            Err::<(), _>(n)
        }),
        3,
    );
    let errors = none.await.expect_err("none succeeds");
    let [ScopeError::Failed(0), ScopeError::Panicked(panicked), ScopeError::Failed(2)] =
        &errors[..]
    else {
        panic!("{errors:?}")
    };
    assert_eq!(panicked.message(), "out of paper");
}

/// scope/SCOPE3: of nothing comes nothing.
#[tokio::test(start_paused = true)]
async fn empty_sets_are_values() {
    let none: [std::future::Ready<Result<(), &str>>; 0] = [];
    assert_eq!(collect(none.clone(), 1).await, []);
    assert_eq!(first_ok(none.clone(), 1).await, Err(vec![]));
    assert_eq!(map(none, 1, |future| future).await, Ok(vec![]));
}

/// scope/SCOPE2, scope/X3: a panic of the caller's own code ends the children first.
/// `map` tells it, the others go on with it.
#[tokio::test(start_paused = true)]
async fn a_panic_between_the_children_waits_for_them() {
    let token = Arc::new(());
    let breaks = |n| {
        if n == 2 {
            panic!("out of items")
        }
        holding(&token)
    };
    let mapped = map(0..3, 5, breaks);
    assert_eq!(panicked(mapped.await), "out of items");
    assert_eq!(holders(&token), 0);

    let collecting = collect((0..3).map(breaks), 5);
    assert_eq!(caught(collecting).await, "out of items");
    assert_eq!(holders(&token), 0);
    let first = first_ok((0..3).map(breaks), 5);
    assert_eq!(caught(first).await, "out of items");
    assert_eq!(holders(&token), 0);
}

/// What a future panics with.
async fn caught<F: Future<Output: std::fmt::Debug>>(future: F) -> String {
    let mut future = std::pin::pin!(future);
    std::future::poll_fn(|cx| {
        let polled =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| future.as_mut().poll(cx)));
        match polled {
            Ok(poll) => poll.map(|output| panic!("it panics: {output:?}")),
            Err(payload) => {
                let text = payload.downcast_ref::<&str>().expect("a literal");
                std::task::Poll::Ready((*text).to_owned())
            }
        }
    })
    .await
}

/// scope/SCOPE4, scope/X1: dropped, they abort what runs, and take no more.
#[tokio::test(start_paused = true)]
async fn a_dropped_set_aborts_its_tasks() {
    let (token, taken) = (Arc::new(()), Cell::new(0));
    let futures = || {
        (0..5).map(|_| {
            taken.set(taken.get() + 1);
            holding(&token)
        })
    };
    let mut collecting = Box::pin(collect(futures(), 2));
    let mut first = Box::pin(first_ok(futures(), 2));
    let mut mapping = Box::pin(map(0..5, 2, |_| {
        taken.set(taken.get() + 1);
        holding(&token)
    }));
    assert_pending!(task::spawn(&mut collecting).poll());
    assert_pending!(task::spawn(&mut first).poll());
    assert_pending!(task::spawn(&mut mapping).poll());
    settle().await;
    assert_eq!((taken.get(), holders(&token)), (6, 6));
    drop((collecting, first, mapping));
    settle().await;
    assert_eq!((taken.get(), holders(&token)), (6, 0));
}

/// scope/X9: a set without a limit whose futures are ready at once lets its
/// neighbours run: it is not one poll.
#[tokio::test(start_paused = true)]
async fn a_large_set_lets_its_neighbours_run() {
    let token = Arc::new(());
    let taken = Cell::new(0_u32);
    let neighbour = surefoot::spawn::spawn({
        let token = token.clone();
        async move { drop(token) }
    });
    let until_it_ran = (0..100_000_u32).map_while(|n| {
        taken.set(n);
        (Arc::strong_count(&token) == 2).then_some(async move { Ok::<_, &str>(n) })
    });
    assert!(map(until_it_ran, usize::MAX, |future| future).await.is_ok());
    assert!(taken.get() < 1_000, "{}", taken.get());
    neighbour.await.expect("it does not panic");
}

/// scope/X6: with a limit of 1 they run one after the other.
#[tokio::test(start_paused = true)]
async fn one_at_a_time() {
    let begun = Instant::now();
    assert_eq!(map(0..3, 1, |n| takes(10, Ok(n))).await, Ok(vec![0, 1, 2]));
    assert_eq!(begun.elapsed(), ms(30));
    let begun = Instant::now();
    let first =
        first_ok((0..9).map(|n| takes(10, if n == 2 { Ok(n) } else { Err("not this") })), 1);
    assert_eq!(first.await, Ok(2));
    assert_eq!(begun.elapsed(), ms(30));
}
