//! What the joins differ in: what becomes of one output, and of all.

use std::convert::Infallible;

use super::{TryError, Unsettled};
use crate::error::Elapsed;

/// [`all`](super::all): every output.
#[derive(Debug)]
pub struct All(());

/// [`try_all`](super::try_all): every success, or the first error.
#[derive(Debug)]
pub struct TryAll(());

/// [`settle`](super::settle): every success and every error.
#[derive(Debug)]
pub struct Settle(());

/// The same with a [deadline](super::Join::deadline).
#[derive(Debug)]
pub struct Within<K>(K);

/// What becomes of an output `O`.
pub trait Rule<O> {
    type Kept;
    /// What ends the join at once.
    type Stop;

    fn sort(output: O) -> Result<Self::Kept, Self::Stop>;

    /// For a future that has no output at the deadline.
    fn miss(has_started: bool, elapsed: Elapsed) -> Result<Self::Kept, Self::Stop>;
}

/// What the join gives, of type `V` if nothing stopped it.
pub trait Kind<S> {
    type Output<V>;

    fn finish<V>(result: Result<V, S>) -> Self::Output<V>;
}

const NO_DEADLINE: &str = "without a deadline, no output is missed";

impl<O> Rule<O> for All {
    type Kept = O;
    type Stop = Infallible;

    fn sort(output: O) -> Result<O, Infallible> {
        Ok(output)
    }

    fn miss(_has_started: bool, _elapsed: Elapsed) -> Result<O, Infallible> {
        unreachable!("{NO_DEADLINE}")
    }
}

impl<O> Rule<O> for Within<All> {
    type Kept = O;
    type Stop = Elapsed;

    fn sort(output: O) -> Result<O, Elapsed> {
        Ok(output)
    }

    fn miss(_has_started: bool, elapsed: Elapsed) -> Result<O, Elapsed> {
        Err(elapsed)
    }
}

impl<T, E> Rule<Result<T, E>> for TryAll {
    type Kept = T;
    type Stop = E;

    fn sort(output: Result<T, E>) -> Result<T, E> {
        output
    }

    fn miss(_has_started: bool, _elapsed: Elapsed) -> Result<T, E> {
        unreachable!("{NO_DEADLINE}")
    }
}

impl<T, E> Rule<Result<T, E>> for Within<TryAll> {
    type Kept = T;
    type Stop = TryError<E>;

    fn sort(output: Result<T, E>) -> Result<T, TryError<E>> {
        output.map_err(TryError::Failed)
    }

    fn miss(_has_started: bool, elapsed: Elapsed) -> Result<T, TryError<E>> {
        Err(TryError::Elapsed(elapsed))
    }
}

impl<T, E> Rule<Result<T, E>> for Settle {
    type Kept = Result<T, E>;
    type Stop = Infallible;

    fn sort(output: Result<T, E>) -> Result<Self::Kept, Infallible> {
        Ok(output)
    }

    fn miss(_has_started: bool, _elapsed: Elapsed) -> Result<Self::Kept, Infallible> {
        unreachable!("{NO_DEADLINE}")
    }
}

impl<T, E> Rule<Result<T, E>> for Within<Settle> {
    type Kept = Result<T, Unsettled<E>>;
    type Stop = Infallible;

    fn sort(output: Result<T, E>) -> Result<Self::Kept, Infallible> {
        Ok(output.map_err(Unsettled::Failed))
    }

    fn miss(has_started: bool, elapsed: Elapsed) -> Result<Self::Kept, Infallible> {
        let why = if has_started { Unsettled::Cut } else { Unsettled::NotStarted };
        Ok(Err(why(elapsed)))
    }
}

/// Nothing can stop these.
macro_rules! always {
    ($($kind:ty),+) => {$(
        impl Kind<Infallible> for $kind {
            type Output<V> = V;

            fn finish<V>(result: Result<V, Infallible>) -> V {
                let Ok(outputs) = result;
                outputs
            }
        }
    )+};
}
always!(All, Settle, Within<Settle>);

macro_rules! unless_stopped {
    ($($kind:ty),+) => {$(
        impl<S> Kind<S> for $kind {
            type Output<V> = Result<V, S>;

            fn finish<V>(result: Result<V, S>) -> Result<V, S> {
                result
            }
        }
    )+};
}
unless_stopped!(TryAll, Within<All>, Within<TryAll>);
