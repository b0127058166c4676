//! Scopes: what each waits for, and how it ends.

mod children;
mod deadlines;
mod edges;
mod ends;
mod gather;
mod limits;
mod panics;

use std::future::{Future, pending};
use std::sync::Arc;

use surefoot::scope::{Scope, ScopeError, ScopedTask};

use crate::support::wait;

/// Spawns, in a scope that is open.
fn spawned<T, F>(s: &Scope<&'static str>, child: F) -> ScopedTask<T>
where
    F: Future<Output = Result<T, &'static str>> + Send + 'static,
    T: Send + 'static,
{
    s.spawn(child).expect("the scope is open")
}

/// Holds `token` until it is dropped.
fn holding(token: &Arc<()>) -> impl Future<Output = Result<(), &'static str>> + Send + use<> {
    let held = token.clone();
    async move {
        let _held = held;
        pending().await
    }
}

/// How many hold `token` beside its owner.
fn holders(token: &Arc<()>) -> usize {
    Arc::strong_count(token) - 1
}

/// A child that ends after so many milliseconds.
async fn takes<T>(millis: u64, ended: Result<T, &'static str>) -> Result<T, &'static str> {
    wait(millis).await;
    ended
}

/// What the panic of a scope said.
fn panicked<T: std::fmt::Debug>(result: Result<T, ScopeError<&'static str>>) -> String {
    match result {
        Err(ScopeError::Panicked(panicked)) => panicked.message().to_owned(),
        other => panic!("the scope panics: {other:?}"),
    }
}
