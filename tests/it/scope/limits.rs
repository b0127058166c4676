//! How many children run at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use surefoot::scope::{Scope, ScopeError, scope};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_test::{assert_pending, task};

use super::{holders, holding, spawned, takes};
use crate::support::*;

/// scope/SCOPE6: at most `n` run at once, and never fewer while one waits.
#[tokio::test(start_paused = true)]
async fn the_limit_holds_and_is_used() {
    for limit in 1..=4 {
        let (begun, running) = (Instant::now(), Arc::new(AtomicUsize::new(0)));
        let value = scope(|s: Scope<&str>| async move {
            let s = s.limit(limit);
            for _ in 0..12 {
                let running = running.clone();
                spawned(&s, async move {
                    assert!(running.fetch_add(1, Ordering::Relaxed) < limit);
                    wait(10).await;
                    running.fetch_sub(1, Ordering::Relaxed);
                    Ok(())
                });
            }
            Ok(())
        });
        assert_eq!(value.await, Ok(()));
        assert_eq!(begun.elapsed(), ms(10 * 12 / limit as u64), "limit {limit}");
    }
}

/// scope/SCOPE6, scope/X8: they run in the order in which they were spawned, by
/// whichever clone, and whichever of the tasks is polled first.
#[tokio::test(start_paused = true)]
async fn the_turns_go_round_in_order() {
    let (sender, mut order) = mpsc::unbounded_channel();
    let value = scope(|s: Scope<&str>| async move {
        let s = s.limit(2);
        for n in 0..6 {
            let (s, sender) = (s.clone(), sender.clone());
            spawned(&s, async move {
                let _ = sender.send(n);
                wait(10 + 10 * (n % 2)).await;
                Ok(())
            });
        }
        Ok(())
    });
    assert_eq!(value.await, Ok(()));
    let mut seen = Vec::new();
    while let Ok(n) = order.try_recv() {
        seen.push(n);
    }
    assert_eq!(seen, [0, 1, 2, 3, 4, 5]);
}

/// scope/SCOPE6: a limit is that of its handle: others are not counted, and
/// another handle has its own.
#[tokio::test(start_paused = true)]
async fn each_handle_has_its_limit() {
    let begun = Instant::now();
    let value = scope(|s: Scope<&str>| async move {
        let (one, other) = (s.limit(1), s.limit(1).name("other"));
        for s in [&one, &other, &s, &s, &s, &one.limit(3)] {
            spawned(s, takes(10, Ok(())));
        }
        spawned(&one, takes(10, Ok(())));
        Ok(())
    });
    assert_eq!(value.await, Ok(()));
    assert_eq!(begun.elapsed(), ms(20));
}

/// scope/SCOPE6: a child that waits for its own is spawned by a handle without the
/// limit, and then nothing stands still.
#[tokio::test(start_paused = true)]
async fn who_waits_for_its_own_child_is_not_counted() {
    let value = scope(|s: Scope<&str>| async move {
        let leaves = s.limit(1);
        for _ in 0..3 {
            let leaves = leaves.clone();
            spawned(&s, async move {
                let leaf = spawned(&leaves, takes(10, Ok(())));
                leaf.await.map_err(|_| "no leaf")
            });
        }
        Ok(())
    });
    assert_eq!(value.await, Ok(()));
}

/// scope/SCOPE6, scope/X3, scope/X11: a turn comes back from a child that panics,
/// if the scope bears it, and from one that ends.
#[tokio::test(start_paused = true)]
async fn a_turn_comes_back() {
    let outputs = surefoot::scope::collect(
        (0..9).map(|n| async move {
            wait(10).await;
            assert!(n % 3 != 0, "{n} panics");
            n
        }),
        2,
    );
    let begun = Instant::now();
    let outputs = outputs.await;
    assert_eq!(begun.elapsed(), ms(50));
    let ended: Vec<_> = outputs.iter().flatten().copied().collect();
    assert_eq!(ended, [1, 2, 4, 5, 7, 8]);
}

/// scope/SCOPE2, scope/SCOPE4, scope/X2: those that wait for their turn end with
/// the scope, without having run.
#[tokio::test(start_paused = true)]
async fn who_waits_for_its_turn_ends_with_the_scope() {
    for is_dropped in [false, true] {
        let token = Arc::new(());
        let children: Vec<_> = (0..3).map(|_| holding(&token)).collect();
        let mut scope = task::spawn(scope(|s: Scope<&str>| async move {
            let limited = s.limit(1);
            for child in children {
                spawned(&limited, child);
            }
            spawned(&s, takes(10, Err::<(), _>("first")));
            Ok(())
        }));
        assert_pending!(scope.poll());
        settle().await;
        assert_eq!(holders(&token), 3);
        if is_dropped {
            drop(scope);
            settle().await;
        } else {
            assert_eq!(scope.await, Err(ScopeError::Failed("first")));
        }
        assert_eq!(holders(&token), 0, "dropped: {is_dropped}");
    }
}

/// scope/X6: a limit without an end.
#[tokio::test(start_paused = true)]
async fn the_largest_limit_is_none() {
    let begun = Instant::now();
    let value = scope(|s: Scope<&str>| async move {
        let s = s.limit(usize::MAX);
        for _ in 0..100 {
            spawned(&s, takes(10, Ok(())));
        }
        Ok(())
    });
    assert_eq!(value.await, Ok(()));
    assert_eq!(begun.elapsed(), ms(10));
}

/// scope/X6: a limit of 0 panics at the call, and points to the caller.
#[tokio::test(start_paused = true)]
async fn a_limit_of_0_panics_at_the_call() {
    let value = scope(|s: Scope<&str>| async move {
        let here = line!() + 1;
        let place = panic_place_of(|| s.limit(0));
        Ok((place, (file!().to_owned(), here)))
    });
    let (place, expected) = value.await.expect("the body caught it");
    assert_eq!(place, expected);
}
