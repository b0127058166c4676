//! Pinned places for futures, which stay where they are when a future leaves:
//! the next one moves in.
//!
//! Two kinds, since a slice can't be projected to its elements without unsafe
//! code, but a pair to its halves.

use std::pin::Pin;

use pin_project_lite::pin_project;

/// What is larger, in bytes, gets a box of its own: a box is built on the stack,
/// and seven fewer boxes are nothing beside that much.
const LARGE: usize = 512;

/// A growing number of pinned places, each of which starts with the default.
pub(crate) struct Places<T>(Kind<T>);

enum Kind<T> {
    Singles(Vec<Pin<Box<T>>>),
    Eights(Vec<Pin<Box<Eight<T>>>>),
}

type Eight<T> = Pair<Pair<Pair<Place<T>>>>;

impl<T: Default> Places<T> {
    pub(crate) fn new() -> Self {
        Self(if size_of::<T>() > LARGE {
            Kind::Singles(Vec::new())
        } else {
            Kind::Eights(Vec::new())
        })
    }

    /// A place for each of the values; says how many.
    #[inline]
    pub(crate) fn filled(values: impl Iterator<Item = T>) -> (Self, usize) {
        if size_of::<T>() > LARGE {
            let singles: Vec<_> = values.map(Box::pin).collect();
            let len = singles.len();
            return (Self(Kind::Singles(singles)), len);
        }
        let mut eights = Vec::with_capacity(values.size_hint().0.div_ceil(8));
        let mut len = 0;
        let mut values = values.fuse();
        while let Some(value) = values.next() {
            let mut first = Some(value);
            eights.push(Box::pin(Eight::filled(&mut || {
                let value = first.take().or_else(|| values.next());
                len += usize::from(value.is_some());
                value.unwrap_or_default()
            })));
        }
        (Self(Kind::Eights(eights)), len)
    }

    /// The place `at`, which is made with all before it if it is not there.
    #[inline]
    pub(crate) fn make(&mut self, at: usize) -> Pin<&mut T> {
        match &mut self.0 {
            Kind::Singles(singles) => {
                while singles.len() <= at {
                    singles.push(Box::pin(T::default()));
                }
            }
            Kind::Eights(eights) => {
                while eights.len() <= at / 8 {
                    eights.push(Box::pin(Eight::default()));
                }
            }
        }
        self.get(at)
    }

    /// The place `at`, which was made.
    #[inline]
    pub(crate) fn get(&mut self, at: usize) -> Pin<&mut T> {
        match &mut self.0 {
            Kind::Singles(singles) => singles[at].as_mut(),
            Kind::Eights(eights) => eights[at / 8].as_mut().part(at),
        }
    }

    /// The same, to look at.
    pub(crate) fn look(&self, at: usize) -> &T {
        match &self.0 {
            Kind::Singles(singles) => &singles[at],
            Kind::Eights(eights) => eights[at / 8].look(at),
        }
    }

    /// Drops all places, in their order.
    pub(crate) fn clear(&mut self) {
        match &mut self.0 {
            Kind::Singles(singles) => singles.clear(),
            Kind::Eights(eights) => eights.clear(),
        }
    }
}

pin_project! {
    #[derive(Default)]
    struct Place<T> {
        #[pin]
        value: T,
    }
}

pin_project! {
    #[derive(Default)]
    struct Pair<P> {
        #[pin]
        first: P,
        #[pin]
        second: P,
    }
}

/// A power of two of places.
trait Block<T> {
    const SIZE: usize;

    /// Asks for the value of each place, in their order.
    fn filled(next: &mut impl FnMut() -> T) -> Self;

    /// The place `at`, modulo how many there are.
    fn part(self: Pin<&mut Self>, at: usize) -> Pin<&mut T>;

    fn look(&self, at: usize) -> &T;
}

impl<T> Block<T> for Place<T> {
    const SIZE: usize = 1;

    #[inline]
    fn filled(next: &mut impl FnMut() -> T) -> Self {
        Self { value: next() }
    }

    #[inline]
    fn part(self: Pin<&mut Self>, _at: usize) -> Pin<&mut T> {
        self.project().value
    }

    fn look(&self, _at: usize) -> &T {
        &self.value
    }
}

impl<T, P: Block<T>> Block<T> for Pair<P> {
    const SIZE: usize = 2 * P::SIZE;

    #[inline]
    fn filled(next: &mut impl FnMut() -> T) -> Self {
        Self { first: P::filled(next), second: P::filled(next) }
    }

    #[inline]
    fn part(self: Pin<&mut Self>, at: usize) -> Pin<&mut T> {
        let this = self.project();
        let half = if at & P::SIZE == 0 { this.first } else { this.second };
        half.part(at)
    }

    fn look(&self, at: usize) -> &T {
        let half = if at & P::SIZE == 0 { &self.first } else { &self.second };
        half.look(at)
    }
}
