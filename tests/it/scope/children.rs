//! Children of children.

use std::sync::Arc;

use surefoot::error::Cancelled;
use surefoot::scope::{Scope, ScopeError, scope};
use tokio::time::Instant;

use super::{holders, holding, spawned, takes};
use crate::support::*;

/// scope/SCOPE5, scope/SCOPE1: a child may spawn children when the body has long
/// returned; the scope waits for those too.
#[tokio::test(start_paused = true)]
async fn children_spawn_children_until_the_end() {
    fn descends(s: Scope<&'static str>, generations: u64) {
        let child = s.clone();
        spawned(&s, async move {
            wait(10).await;
            if generations > 1 {
                descends(child, generations - 1);
            }
            Ok(())
        });
    }
    let begun = Instant::now();
    let value = scope(|s: Scope<&str>| async move {
        descends(s, 5);
        Ok(7)
    });
    assert_eq!(value.await, Ok(7));
    assert_eq!(begun.elapsed(), ms(50));
}

/// scope/SCOPE2, scope/SCOPE5: the error of a child's child ends everybody.
#[tokio::test(start_paused = true)]
async fn a_grandchild_s_error_is_the_scope_s() {
    let token = Arc::new(());
    let child = holding(&token);
    let value = scope(|s: Scope<&str>| async move {
        let inner = s.clone();
        spawned(&s, child);
        spawned(&s, async move {
            spawned(&inner, takes(10, Err::<(), _>("far down")));
            Ok(())
        });
        Ok(())
    });
    assert_eq!(value.await, Err(ScopeError::Failed("far down")));
    assert_eq!(holders(&token), 0);
}

/// scope/SCOPE5: a child waits for its own; the body for both.
#[tokio::test(start_paused = true)]
async fn values_climb() {
    let value = scope(|s: Scope<&str>| async move {
        let inner = s.clone();
        let outer = spawned(&s, async move {
            let left = spawned(&inner, takes(10, Ok(1)));
            let right = spawned(&inner, takes(20, Ok(2)));
            Ok(left.await.map_err(|Cancelled| "left")?
                + right.await.map_err(|Cancelled| "right")?)
        });
        outer.await.map_err(|Cancelled| "outer")
    });
    assert_eq!(value.await, Ok(3));
}

/// scope/SCOPE1: scopes nest: the inner one fails alone, and the outer one decides.
#[tokio::test(start_paused = true)]
async fn scopes_nest() {
    let value = scope(|s: Scope<&str>| async move {
        let inner = spawned(&s, async {
            let inner = scope(|s: Scope<&str>| async move {
                spawned(&s, takes(10, Err::<(), _>("inner")));
                Ok(1)
            });
            Ok(inner.await)
        });
        assert_eq!(inner.await, Ok(Err(ScopeError::Failed("inner"))));
        Ok(7)
    });
    assert_eq!(value.await, Ok(7));
}

/// scope/X11: a thousand children at a time, twice, in the places of the first.
#[tokio::test(start_paused = true)]
async fn places_are_used_again() {
    let value = scope(|s: Scope<&str>| async move {
        let mut sum = 0;
        for round in 0..2 {
            let tasks: Vec<_> = (0..1_000).map(|n| spawned(&s, takes(n % 7, Ok(n)))).collect();
            for task in tasks {
                sum += task.await.map_err(|Cancelled| "it has a value")?;
            }
            settle().await;
            assert_eq!(format!("{s:?}"), "Scope { live: 0, .. }", "round {round}");
        }
        Ok(sum)
    });
    assert_eq!(value.await, Ok(999_000));
}
