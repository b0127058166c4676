use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::mem;
use std::panic::{self, Location};

use super::run::{Clock, run};
use super::turn::Limit;
use super::{Scope, ScopeError};
use crate::error::{Panicked, TaskError, catch_future};
use crate::sync::{Arc, Mutex};

/// Runs every future as a task, at most `limit` at a time, and returns their
/// outputs in order. None keeps the others from running to their end.
///
/// The next future is taken from `futures` when it can start.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let sums = surefoot::scope::collect((1..=3).map(|n| async move { n + n }), 2).await;
/// assert_eq!(sums, [Ok(2), Ok(4), Ok(6)]);
/// # }
/// ```
///
/// # Errors
///
/// In each one's place: [`TaskError::Panicked`], or [`TaskError::Cancelled`] if
/// its runtime ended.
///
/// # Panics
///
/// If `limit` is 0, and outside a runtime. A panic of the iterator goes on once all
/// that were started have been aborted, and have ended.
///
/// # Cancel safety
///
/// As [`scope`](super::scope()).
#[track_caller]
pub fn collect<I>(
    futures: I,
    limit: usize,
) -> impl Future<Output = Vec<Result<<I::Item as Future>::Output, TaskError>>>
where
    I: IntoIterator<Item: Future<Output: Send + 'static> + Send + 'static>,
{
    let at = Location::caller();
    check(limit);
    async move {
        let outputs = Places::new();
        let fed = feed(futures, limit, (at, Clock::stopped()), |future| {
            let place = outputs.next();
            async move {
                let output = catch_future(future).await;
                place.fill(output.map_err(|caught| TaskError::Panicked(Panicked::new(caught, at))));
                Ok::<_, Infallible>(())
            }
        });
        go_on_with_panic(&fed.await);
        outputs.take().map(|output| output.unwrap_or(Err(TaskError::Cancelled))).collect()
    }
}

/// Runs the futures as tasks, at most `limit` at a time, until one succeeds. The
/// others are then aborted and waited for.
///
/// The next future is taken from `futures` when it can start.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let texts = ["x", "7", "y"];
/// let first = surefoot::scope::first_ok(texts.map(|text| async { text.parse::<u8>() }), 3).await;
/// assert_eq!(first, Ok(7));
/// # }
/// ```
///
/// # Errors
///
/// If none succeeds, why each did not, in order: [`ScopeError::Failed`],
/// [`ScopeError::Panicked`], or [`ScopeError::Cancelled`] if its runtime ended.
/// Empty if there was none.
///
/// # Panics
///
/// As [`collect`].
///
/// # Cancel safety
///
/// As [`scope`](super::scope()).
#[track_caller]
pub fn first_ok<I, T, E>(
    futures: I,
    limit: usize,
) -> impl Future<Output = Result<T, Vec<ScopeError<E>>>>
where
    I: IntoIterator<Item: Future<Output = Result<T, E>> + Send + 'static>,
    T: Send + 'static,
    E: Send + 'static,
{
    let at = Location::caller();
    check(limit);
    async move {
        let errors = Places::new();
        // A scope with the roles reversed: a success is what ends it.
        let fed = feed(futures, limit, (at, Clock::stopped()), |future| {
            let place = errors.next();
            async move {
                place.fill(match catch_future(future).await {
                    Ok(Ok(value)) => return Err(value),
                    Ok(Err(error)) => ScopeError::Failed(error),
                    Err(caught) => ScopeError::Panicked(Panicked::new(caught, at)),
                });
                Ok(())
            }
        });
        let fed = fed.await;
        go_on_with_panic(&fed);
        match fed {
            Err(ScopeError::Failed(value)) => Ok(value),
            _ => Err(errors.take().map(|error| error.unwrap_or(ScopeError::Cancelled)).collect()),
        }
    }
}

/// Runs `f` of every item as a task, at most `limit` at a time, and returns the
/// values in the order of the items. The first error or panic aborts the rest,
/// waits for it, and is returned.
///
/// `f` itself runs in place, and is asked for the next item's future when that can
/// start.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use surefoot::scope::map;
///
/// let numbers = map(["1", "2", "3"], 2, |text| async { text.parse::<u8>() }).await;
/// assert_eq!(numbers, Ok(vec![1, 2, 3]));
/// # }
/// ```
///
/// # Errors
///
/// [`ScopeError`]: the first that went wrong. A panic of `f` or of the iterator
/// counts like a child's.
///
/// # Panics
///
/// If `limit` is 0.
///
/// # Cancel safety
///
/// As [`scope`](super::scope()).
#[track_caller]
pub fn map<I, F, Fut, T, E>(
    items: I,
    limit: usize,
    mut f: F,
) -> impl Future<Output = Result<Vec<T>, ScopeError<E>>>
where
    I: IntoIterator,
    F: FnMut(I::Item) -> Fut,
    Fut: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: Send + 'static,
{
    let at = Location::caller();
    check(limit);
    async move {
        let values = Places::new();
        let fed = feed(items, limit, (at, Clock::new()), |item| {
            let future = f(item);
            let place = values.next();
            async move {
                place.fill(future.await?);
                Ok(())
            }
        });
        fed.await?;
        Ok(values.take().map(|value| value.expect("every child returned")).collect())
    }
}

#[track_caller]
fn check(limit: usize) {
    assert!(limit > 0, "with a limit of 0 nothing ever runs");
}

/// A scope with a child for every item. The next item is taken once its child has
/// a turn.
fn feed<I, E, C, Fut>(
    items: I,
    limit: usize,
    (at, clock): (&'static Location<'static>, Clock),
    mut child: C,
) -> impl Future<Output = Result<(), ScopeError<E>>>
where
    I: IntoIterator,
    C: FnMut(I::Item) -> Fut,
    Fut: Future<Output = Result<(), E>> + Send + 'static,
    E: Send + 'static,
{
    let body = move |scope: Scope<E>| async move {
        let limit = Limit::new(limit);
        let mut items = items.into_iter();
        loop {
            let mut turn = limit.queue_up();
            poll_fn(|cx| turn.poll_held(cx)).await;
            let Some(item) = items.next() else {
                return Ok(());
            };
            if scope.start(|| Some(turn), at, child(item)).is_err() {
                // It fails, and says why.
                return Ok(());
            }
        }
    };
    run(body, at, clock)
}

/// A panic that was no child's is the caller's own.
fn go_on_with_panic<E>(fed: &Result<(), ScopeError<E>>) {
    if let Err(ScopeError::Panicked(panicked)) = fed {
        panic::resume_unwind(panicked.to_payload());
    }
}

/// What the children leave behind, in order: kept here, and not by their tasks,
/// whose memory is free at their end.
struct Places<T>(Arc<Mutex<Vec<Option<T>>>>);

impl<T> Places<T> {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(Vec::new())))
    }

    fn next(&self) -> Place<T> {
        let index = self.0.with(|places| {
            places.push(None);
            places.len() - 1
        });
        Place { places: self.0.clone(), index }
    }

    fn take(self) -> impl Iterator<Item = Option<T>> {
        self.0.with(mem::take).into_iter()
    }
}

struct Place<T> {
    places: Arc<Mutex<Vec<Option<T>>>>,
    index: usize,
}

impl<T> Place<T> {
    /// It was empty, so nothing is dropped under the lock.
    fn fill(self, value: T) {
        self.places.with(|places| places[self.index] = Some(value));
    }
}
