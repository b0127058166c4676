//! Pinned places for futures, which stay where they are when a future leaves:
//! the next one moves in.

use std::pin::Pin;

use pin_project_lite::pin_project;

/// Futures above this size, in bytes, get a box each: they are built on the
/// stack, and one box fewer is nothing beside their size.
const LARGE: usize = 512;

/// A growing number of places. Two kinds, since a slice can't be projected to
/// its elements without unsafe code, but a pair to its halves.
#[derive(Debug)]
pub(super) enum Places<F> {
    Singles(Vec<Pin<Box<Option<F>>>>),
    Eights(Vec<Pin<Box<Eight<F>>>>),
}

type Eight<F> = Pair<Pair<Pair<Option<F>>>>;

impl<F> Places<F> {
    pub(super) fn new() -> Self {
        if size_of::<F>() > LARGE { Self::Singles(Vec::new()) } else { Self::Eights(Vec::new()) }
    }

    /// The place `at`; those up to it are made.
    pub(super) fn make(&mut self, at: usize) -> Pin<&mut Option<F>> {
        match self {
            Self::Singles(singles) => {
                while singles.len() <= at {
                    singles.push(Box::pin(None));
                }
            }
            Self::Eights(eights) => {
                while eights.len() <= at / 8 {
                    eights.push(Box::pin(Eight::default()));
                }
            }
        }
        self.get(at)
    }

    /// The place `at`, which was made.
    #[inline]
    pub(super) fn get(&mut self, at: usize) -> Pin<&mut Option<F>> {
        match self {
            Self::Singles(singles) => singles[at].as_mut(),
            Self::Eights(eights) => eights[at / 8].as_mut().part(at % 8),
        }
    }

    /// Drops all futures, in the order of their places.
    pub(super) fn clear(&mut self) {
        match self {
            Self::Singles(singles) => singles.clear(),
            Self::Eights(eights) => eights.clear(),
        }
    }
}

pin_project! {
    #[derive(Debug)]
    pub(super) struct Pair<P> {
        #[pin]
        even: P,
        #[pin]
        odd: P,
    }
}

// Derived, it would be at odds with `pin_project` over the bounds.
impl<P: Default> Default for Pair<P> {
    fn default() -> Self {
        Self { even: P::default(), odd: P::default() }
    }
}

/// A power of two of places.
trait Block<F> {
    fn part(self: Pin<&mut Self>, at: usize) -> Pin<&mut Option<F>>;
}

impl<F> Block<F> for Option<F> {
    #[inline]
    fn part(self: Pin<&mut Self>, _at: usize) -> Pin<&mut Option<F>> {
        self
    }
}

impl<F, P: Block<F>> Block<F> for Pair<P> {
    #[inline]
    fn part(self: Pin<&mut Self>, at: usize) -> Pin<&mut Option<F>> {
        let this = self.project();
        let half = if at & 1 == 0 { this.even } else { this.odd };
        half.part(at >> 1)
    }
}
