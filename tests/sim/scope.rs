//! Scopes under schedules that go beyond their claims on the board.

use std::future::{Future, pending};
use std::sync::Arc;
use std::time::Duration;

use surefoot::error::{Cancelled, Elapsed};
use surefoot::probe::{always, cancellable, fault, panic_point, sometimes};
use surefoot::scope::{Scope, ScopeError, ScopedTask, collect, first_ok, map, scope};
use surefoot::sim::{Explorer, Stats, Strategy, Verdict};
use surefoot::spawn::Spawner;
use tokio::task::yield_now;
use tokio::time::Instant;

use crate::support::{at_every_poll, every_poll_was_struck, until_all_have_ended};

fn exhaustive(deviations: u32) -> Explorer {
    let strategy = Strategy::Exhaustive { deviations: Some(deviations) };
    Explorer::new().strategy(strategy).schedules(60_000)
}

fn holds<F, Fut>(explorer: &Explorer, scenario: F) -> Stats
where
    F: Fn() -> Fut + Send + Sync,
    Fut: Future<Output = ()> + 'static,
{
    explorer.run(scenario).unwrap_or_else(|failure| panic!("{failure}"))
}

fn spawned<T: Send + 'static>(
    s: &Scope<&'static str>,
    child: impl Future<Output = Result<T, &'static str>> + Send + 'static,
) -> ScopedTask<T> {
    s.spawn(child).expect("who spawns has not ended")
}

/// A child that holds `token`, and takes so many polls more than one.
fn takes(
    token: &Arc<()>,
    polls: usize,
) -> impl Future<Output = Result<usize, &'static str>> + use<> {
    let held = token.clone();
    async move {
        let _held = held;
        for _ in 0..polls {
            yield_now().await;
        }
        Ok(polls)
    }
}

/// The same, and if it takes many, a second, too: it has not ended by itself when all
/// are to be gone.
fn lasts(
    token: &Arc<()>,
    polls: usize,
) -> impl Future<Output = Result<usize, &'static str>> + use<> {
    let takes = takes(token, polls);
    async move {
        if polls > 1 {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        takes.await
    }
}

/// scope/X1, scope/SCOPE4: with its body under way, at rest, and failing; with
/// children that run, wait for a turn, and spawn.
#[test]
fn scope_can_be_dropped_at_every_poll() {
    at_every_poll("scope", |token| async move {
        let _ = scope(|s: Scope<&str>| async move {
            let limited = s.limit(1);
            spawned(&limited, lasts(&token, 2));
            let (inner, held) = (s.clone(), takes(&token, 1));
            spawned(&limited, async move {
                spawned(&inner, held);
                Ok(())
            });
            yield_now().await;
            Ok(())
        })
        .await;
    });
    at_every_poll("failing", |token| async move {
        let _ = scope(|s: Scope<&str>| async move {
            spawned(&s, lasts(&token, 9));
            spawned(&s, async { Err::<(), _>("first") });
            pending::<Result<(), _>>().await
        })
        .await;
    });
}

/// scope/X1, scope/SCOPE4: all three of them.
#[test]
fn sets_can_be_dropped_at_every_poll() {
    let futures = |token: &Arc<()>| [lasts(token, 2), lasts(token, 1), lasts(token, 0)];
    at_every_poll("collect", move |token| async move {
        let ended = collect(futures(&token), 2).await;
        assert_eq!(ended, [Ok(Ok(2)), Ok(Ok(1)), Ok(Ok(0))]);
    });
    at_every_poll("first_ok", move |token| async move {
        assert!(first_ok(futures(&token), 2).await.is_ok());
    });
    at_every_poll("map", move |token| async move {
        assert_eq!(map(futures(&token), 2, |future| future).await, Ok(vec![2, 1, 0]));
    });
}

/// scope/X1, scope/X2: who gives up on a child takes nothing from anybody: the child
/// ends, the scope ends.
#[test]
fn a_task_can_be_dropped_at_every_poll() {
    let stats = holds(&exhaustive(3).cancellations(1), || async {
        let token = Arc::new(());
        let (child, sibling) = (takes(&token, 2), takes(&token, 1));
        let value = scope(|s: Scope<&str>| async move {
            let task = spawned(&s, child);
            spawned(&s, sibling);
            match cancellable(task).await {
                Some(value) => value.map_err(|Cancelled| "it has a value").map(Some),
                None => Ok(None),
            }
        });
        assert!(matches!(value.await, Ok(None | Some(2))));
        assert_eq!(Arc::strong_count(&token), 1);
    });
    every_poll_was_struck("task", &stats);
}

/// scope/SCOPE1, scope/SCOPE2, scope/SCOPE5, scope/X3, scope/X7, scope/X11: errors and
/// panics at every place, of children, their children and the body: the first is told,
/// after everybody's end, and who spawns meanwhile is refused.
#[test]
fn whatever_fails_the_first_is_told_and_nobody_is_left() {
    let explorer = exhaustive(4).faults(2).schedules(20_000);
    holds(&explorer, || async {
        let token = Arc::new(());
        let failures = Arc::new(std::sync::Mutex::new(Vec::new()));
        let work = {
            let (token, failures) = (token.clone(), failures.clone());
            move |name: &'static str| {
                let (held, failures) = (token.clone(), failures.clone());
                async move {
                    let _held = held;
                    yield_now().await;
                    if fault("it fails") {
                        failures.lock().expect("nothing panics").push(name);
                        return Err(name);
                    }
                    Ok(())
                }
            }
        };
        let result = scope(|s: Scope<&str>| {
            let work = work.clone();
            async move {
                spawned(&s, work("child"));
                let (inner, grandchild, own) = (s.clone(), work("grandchild"), work("parent"));
                spawned(&s, async move {
                    let _ = inner.spawn(grandchild);
                    own.await
                });
                work("body").await
            }
        });
        let told = result.await;
        assert_eq!(Arc::strong_count(&token), 2, "somebody is left");
        let first = failures.lock().expect("nothing panics").first().copied();
        for name in ["child", "grandchild", "parent", "body"] {
            sometimes(name, first == Some(name));
        }
        assert_eq!(told, first.map_or(Ok(()), |name| Err(ScopeError::Failed(name))));
        drop(work);
    });
    holds(&exhaustive(3).faults(2), || async {
        let token = Arc::new(());
        let work = |token: &Arc<()>| {
            let held = token.clone();
            async move {
                let _held = held;
                panic_point("before");
                yield_now().await;
                panic_point("after");
                Ok::<_, &str>(())
            }
        };
        let (children, body) = ([work(&token), work(&token)], work(&token));
        let result = scope(|s: Scope<&str>| async move {
            for child in children {
                let _ = s.spawn(child);
            }
            body.await
        });
        let panics = matches!(result.await, Err(ScopeError::Panicked(_)));
        sometimes("it panics", panics);
        assert_eq!(Arc::strong_count(&token), 1, "somebody is left");
    });
}

/// scope/SCOPE6, scope/X8, scope/X9, scope/X13: at most two at a time, in order, under
/// spurious polls and spent budgets too; a turn that was granted is not lost.
#[test]
fn the_limit_holds_in_every_order() {
    let scenario = || async {
        let running = Arc::new(());
        let watched = Arc::downgrade(&running);
        always("at most 2 run", move || watched.strong_count() <= 3);
        let ended = Arc::new(std::sync::Mutex::new(Vec::new()));
        let value = scope(|s: Scope<&str>| {
            let (running, ended) = (running.clone(), ended.clone());
            async move {
                let s = s.limit(2);
                for n in 0..4_usize {
                    let (running, ended) = (Arc::downgrade(&running), ended.clone());
                    spawned(&s, async move {
                        let _counted = running.upgrade();
                        let earlier = |ended: &Vec<usize>| ended.iter().filter(|e| **e < n).count();
                        let gone = earlier(&ended.lock().expect("nothing panics"));
                        assert!(gone + 1 >= n, "{n} overtook");
                        yield_now().await;
                        ended.lock().expect("nothing panics").push(n);
                        Ok(())
                    });
                }
                drop(running);
                Ok(())
            }
        });
        assert_eq!(value.await, Ok(()));
        assert_eq!(ended.lock().expect("nothing panics").len(), 4);
    };
    holds(&exhaustive(3), scenario);
    let odd = exhaustive(2).spurious_wakes(1).coop_exhaustions(1);
    holds(&odd, scenario);
    let random = Explorer::new().strategy(Strategy::Random).schedules(3_000);
    holds(&random.spurious_wakes(2).coop_exhaustions(2), scenario);
}

/// scope/SCOPE6: under a limit, a child that waits for its own child may wait for
/// ever, and the report names both. Spawned by a handle without it, it does not.
#[test]
fn who_waits_for_its_own_child_under_a_limit_stands_still() {
    let scenario = |limits_parents: bool| {
        move || async move {
            let value = scope(|s: Scope<&str>| async move {
                let limited = s.limit(2);
                let parents = if limits_parents { limited.clone() } else { s.clone() };
                for _ in 0..2 {
                    let leaves = limited.name("leaf");
                    spawned(&parents.name("parent"), async move {
                        yield_now().await;
                        let leaf = spawned(&leaves, async { Ok(()) });
                        leaf.await.map_err(|Cancelled| "no leaf")
                    });
                }
                Ok(())
            });
            assert_eq!(value.await, Ok(()));
        }
    };
    assert!(holds(&exhaustive(9), scenario(false)).exhausted);
    let failure = exhaustive(9).run(scenario(true)).unwrap_err();
    let Verdict::Deadlock { stuck } = &failure.verdict else { panic!("{failure}") };
    for name in ["root", "parent", "leaf"] {
        assert!(stuck.iter().any(|stuck| stuck.task.name == name), "{name}: {failure}");
    }
}

/// scope/SCOPE2, scope/X10: the deadline, to the millisecond, in every order, with the
/// clock jumping while others are ready.
#[test]
fn the_deadline_holds_in_every_order() {
    holds(&exhaustive(3).stalls(1), || async {
        let (token, begun) = (Arc::new(()), Instant::now());
        let children = [takes(&token, 1), takes(&token, 2)];
        let (never, limit) = (token.clone(), Duration::from_millis(20));
        let result = scope(|s: Scope<&str>| async move {
            s.deadline(limit);
            for child in children {
                let _ = s.spawn(child);
            }
            let _ = s.spawn(async move {
                let _never = never;
                pending::<Result<(), _>>().await
            });
            Ok(())
        });
        assert_eq!(result.await, Err(ScopeError::Elapsed(Elapsed::new(limit))));
        assert_eq!(begun.elapsed(), limit);
        assert_eq!(Arc::strong_count(&token), 1);
    });
}

/// scope/SCOPE4, scope/X1: whoever runs a scope as a task may be dropped at any await,
/// twice per schedule, its children may be spawning at that moment.
#[test]
fn a_task_that_runs_a_scope_takes_its_children_with_it() {
    holds(&exhaustive(3).cancellations(2), || async {
        let token = Arc::new(());
        let owner = |token: &Arc<()>| {
            let (child, grandchild) = (lasts(token, 2), takes(token, 1));
            Spawner::new().name("owner").cancellable(true).spawn(scope(
                |s: Scope<&str>| async move {
                    let inner = s.clone();
                    spawned(&s, async move {
                        child.await?;
                        let _ = inner.spawn(grandchild);
                        yield_now().await;
                        Ok(())
                    });
                    Ok(())
                },
            ))
        };
        let owners = [owner(&token), owner(&token)];
        for owner in owners {
            if let Ok(ended) = owner.await {
                assert_eq!(ended, Ok(()));
            }
        }
        until_all_have_ended(&token).await;
    });
}

/// Reports call a child by the name of the handle that started it.
#[test]
fn reports_call_a_child_by_the_name_of_its_handle() {
    let stuck = Explorer::new().strategy(Strategy::Fair).run(|| async {
        let ended = scope(|s: Scope<&'static str>| async move {
            let _child = spawned(&s.limit(2).name("fetch"), pending::<Result<(), _>>());
            Ok(())
        });
        let _ = ended.await;
    });
    let told = stuck.expect_err("nobody ends the child").to_string();
    assert!(told.contains("fetch"), "{told}");
}
