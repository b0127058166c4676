//! What the races differ in: which output wins, and what is given if none does.

use super::end::{End, Errors};
use super::{AllFailed, FirstError, FirstOkError};
use crate::error::Empty;

/// [`first`](super::first): whoever ends first wins.
#[derive(Debug)]
pub struct First(());

/// [`first_ok`](super::first_ok): whoever succeeds first wins.
#[derive(Debug)]
pub struct FirstOk(());

/// The same with a [deadline](super::Race::deadline).
#[derive(Debug)]
pub struct Within<K>(K);

/// What becomes of an output `O`.
pub trait Kind<O> {
    /// What is kept of those that ended without winning.
    type Losses: Default;
    type Winner;
    type Output;

    fn judge(losses: &mut Self::Losses, at: usize, output: O) -> Option<Self::Winner>;

    fn finish(losses: Self::Losses, end: End<Self::Winner>) -> Self::Output;
}

const NO_DEADLINE: &str = "without a deadline, none passes";

impl<O> Kind<O> for First {
    type Losses = ();
    type Winner = (usize, O);
    type Output = Result<(usize, O), Empty>;

    fn judge((): &mut (), at: usize, output: O) -> Option<(usize, O)> {
        Some((at, output))
    }

    fn finish((): (), end: End<(usize, O)>) -> Self::Output {
        match end {
            End::Won(winner) => Ok(winner),
            End::Lost => Err(Empty),
            End::Elapsed(_) => unreachable!("{NO_DEADLINE}"),
        }
    }
}

impl<O> Kind<O> for Within<First> {
    type Losses = ();
    type Winner = (usize, O);
    type Output = Result<(usize, O), FirstError>;

    fn judge((): &mut (), at: usize, output: O) -> Option<(usize, O)> {
        Some((at, output))
    }

    fn finish((): (), end: End<(usize, O)>) -> Self::Output {
        match end {
            End::Won(winner) => Ok(winner),
            End::Lost => Err(FirstError::Empty(Empty)),
            End::Elapsed(elapsed) => Err(FirstError::Elapsed(elapsed)),
        }
    }
}

impl<T, E> Kind<Result<T, E>> for FirstOk {
    type Losses = Errors<E>;
    type Winner = (usize, T);
    type Output = Result<(usize, T), AllFailed<E>>;

    fn judge(errors: &mut Errors<E>, at: usize, output: Result<T, E>) -> Option<(usize, T)> {
        errors.judge(at, output)
    }

    fn finish(errors: Errors<E>, end: End<(usize, T)>) -> Self::Output {
        match end {
            End::Won(winner) => Ok(winner),
            End::Lost => Err(errors.all()),
            End::Elapsed(_) => unreachable!("{NO_DEADLINE}"),
        }
    }
}

impl<T, E> Kind<Result<T, E>> for Within<FirstOk> {
    type Losses = Errors<E>;
    type Winner = (usize, T);
    type Output = Result<(usize, T), FirstOkError<E>>;

    fn judge(errors: &mut Errors<E>, at: usize, output: Result<T, E>) -> Option<(usize, T)> {
        errors.judge(at, output)
    }

    fn finish(errors: Errors<E>, end: End<(usize, T)>) -> Self::Output {
        match end {
            End::Won(winner) => Ok(winner),
            End::Lost => Err(FirstOkError::AllFailed(errors.all())),
            End::Elapsed(elapsed) => {
                Err(FirstOkError::Elapsed { elapsed, errors: errors.sorted() })
            }
        }
    }
}
