//! How long a scope may take.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use surefoot::error::Elapsed;
use surefoot::scope::{Scope, ScopeError, scope};
use tokio::time::Instant;
use tokio_test::{assert_pending, assert_ready, task};

use super::{holders, holding, spawned, takes};
use crate::support::*;

/// scope/SCOPE2, scope/X10: at the deadline, to the millisecond, body and children
/// are cancelled and waited for.
#[tokio::test(start_paused = true)]
async fn the_deadline_ends_everybody() {
    for returns in [false, true] {
        let (begun, token) = (Instant::now(), Arc::new(()));
        let (child, in_body) = (holding(&token), token.clone());
        let result = scope(|s: Scope<&str>| async move {
            let _in_body = in_body;
            s.deadline(ms(30));
            spawned(&s, child);
            if !returns {
                pending::<()>().await;
            }
            Ok(())
        });
        assert_eq!(result.await, Err(ScopeError::Elapsed(Elapsed::new(ms(30)))));
        assert_eq!(begun.elapsed(), ms(30));
        assert_eq!(holders(&token), 0);
    }
}

/// scope/SCOPE2: a scope that ends at that moment has ended in time; one whose
/// error comes first tells that.
#[tokio::test(start_paused = true)]
async fn what_ends_at_the_deadline_ends_in_time() {
    let mut in_time = task::spawn(scope(|s: Scope<&str>| async move {
        s.deadline(ms(30));
        spawned(&s, takes(30, Ok(())));
        wait(30).await;
        Ok(7)
    }));
    let mut failed = task::spawn(scope(|s: Scope<&str>| async move {
        s.deadline(ms(30));
        spawned(&s, takes(30, Err::<(), _>("child")));
        Ok(7)
    }));
    assert_pending!(in_time.poll());
    assert_pending!(failed.poll());
    pass(30).await;
    assert_eq!(assert_ready!(in_time.poll()), Ok(7));
    assert_eq!(assert_ready!(failed.poll()), Err(ScopeError::Failed("child")));
}

/// scope/SCOPE2: of several deadlines the nearest counts, whoever sets it, and
/// whenever: a scope that sleeps hears of it.
#[tokio::test(start_paused = true)]
async fn the_nearest_deadline_counts() {
    let begun = Instant::now();
    let result = scope(|s: Scope<&str>| async move {
        s.deadline(ms(100));
        let child = s.clone();
        spawned(&s, async move {
            wait(10).await;
            child.deadline(ms(20));
            child.deadline(ms(50));
            pending::<Result<(), _>>().await
        });
        Ok(())
    });
    assert_eq!(result.await, Err(ScopeError::Elapsed(Elapsed::new(ms(20)))));
    assert_eq!(begun.elapsed(), ms(30));
}

/// scope/X6: the shortest deadline cuts what is pending, the longest nothing.
#[tokio::test(start_paused = true)]
async fn deadlines_of_any_size_work() {
    let run = |limit: Duration, millis| {
        scope(move |s: Scope<&'static str>| async move {
            s.deadline(limit);
            takes(millis, Ok(7)).await
        })
    };
    assert_eq!(run(Duration::ZERO, 1).await, Err(ScopeError::Elapsed(Elapsed::new(ms(0)))));
    let ready = scope(|s: Scope<&str>| async move {
        s.deadline(Duration::ZERO);
        Ok(7)
    });
    assert_eq!(ready.await, Ok(7));
    for limit in [Duration::MAX, edge_of_the_clock()] {
        assert_eq!(run(limit, 1).await, Ok(7), "{limit:?}");
    }
}

/// scope/X10: a year passes in no time.
#[tokio::test(start_paused = true)]
async fn a_year_passes() {
    let year = Duration::from_secs(365 * 24 * 60 * 60);
    let begun = Instant::now();
    let result = scope(|s: Scope<&str>| async move {
        s.deadline(year);
        pending::<Result<(), _>>().await
    });
    assert_eq!(result.await, Err(ScopeError::Elapsed(Elapsed::new(year))));
    assert_eq!(begun.elapsed(), year);
}
