//! Sealed: what becomes of errors.

use std::ops::ControlFlow::{self, Break, Continue};

use crate::error::TaskError;
use crate::spawn::FlatError;

/// How a map takes items of `I`, and outputs of `O`. `Break` is an error that ends it.
pub trait Kind<I, O> {
    type Input;
    type Item;

    /// Whether each input and each output comes to an item.
    const GIVES_ALL: bool;

    fn enter(item: I) -> ControlFlow<Self::Item, Self::Input>;
    fn leave(output: O) -> ControlFlow<Self::Item, Self::Item>;
}

/// An output is an item, whatever it is.
pub struct Plain;

impl<I, O> Kind<I, O> for Plain {
    type Input = I;
    type Item = O;

    const GIVES_ALL: bool = true;

    #[inline]
    fn enter(item: I) -> ControlFlow<O, I> {
        Continue(item)
    }

    #[inline]
    fn leave(output: O) -> ControlFlow<O, O> {
        Continue(output)
    }
}

/// The first error ends it.
pub struct Try;

impl<I, T, E> Kind<Result<I, E>, Result<T, E>> for Try {
    type Input = I;
    type Item = Result<T, E>;

    const GIVES_ALL: bool = false;

    fn enter(item: Result<I, E>) -> ControlFlow<Self::Item, I> {
        item.map_or_else(|error| Break(Err(error)), Continue)
    }

    fn leave(output: Result<T, E>) -> ControlFlow<Self::Item, Self::Item> {
        if output.is_err() { Break(output) } else { Continue(output) }
    }
}

/// The same, of tasks.
pub struct TryTasks;

impl<I, T, E> Kind<Result<I, E>, Result<Result<T, E>, TaskError>> for TryTasks {
    type Input = I;
    type Item = Result<T, FlatError<E>>;

    const GIVES_ALL: bool = false;

    fn enter(item: Result<I, E>) -> ControlFlow<Self::Item, I> {
        item.map_or_else(|error| Break(Err(FlatError::Inner(error))), Continue)
    }

    fn leave(output: Result<Result<T, E>, TaskError>) -> ControlFlow<Self::Item, Self::Item> {
        match output {
            Ok(Ok(value)) => Continue(Ok(value)),
            Ok(Err(error)) => Break(Err(FlatError::Inner(error))),
            Err(error) => Break(Err(FlatError::Task(error))),
        }
    }
}
