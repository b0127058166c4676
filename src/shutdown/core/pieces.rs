//! What a drain waits for, and what became of it.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::panic::Location;

use super::slab::Slab;

/// How many failures, and how many aborted names, are kept. Of a service that
/// runs for a year and fails now and then, the last ones.
const KEPT: usize = 1_000;

/// What a piece is.
#[derive(Debug)]
pub(crate) enum Kind {
    Task(Cow<'static, str>),
    Guard(Cow<'static, str>),
    /// It has no name but its place.
    Shield(&'static Location<'static>),
    /// Its turn comes when nothing else is left.
    Last(Cow<'static, str>),
}

impl Kind {
    fn name(&self) -> Cow<'static, str> {
        match self {
            Self::Task(name) | Self::Guard(name) | Self::Last(name) => name.clone(),
            Self::Shield(at) => format!("shield at {at}").into(),
        }
    }
}

/// How a piece ended.
#[derive(Debug)]
pub(crate) enum Ending<E> {
    Well,
    Failed(E),
    /// It was dropped on its way.
    Dropped,
}

/// A piece's place. Names no other piece, also after its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PieceKey {
    index: u32,
    serial: u64,
}

struct Piece<A> {
    serial: u64,
    kind: Kind,
    switch: Option<A>,
}

pub(super) struct Pieces<A, E> {
    slab: Slab<Piece<A>>,
    /// How many of them are `Last`.
    lasts: usize,
    serials: u64,
    finished: usize,
    failures: VecDeque<(Cow<'static, str>, E)>,
    aborted: VecDeque<Cow<'static, str>>,
    omitted: usize,
}

impl<A, E> Pieces<A, E> {
    pub(super) fn new() -> Self {
        Self {
            slab: Slab::new(),
            lasts: 0,
            serials: 0,
            finished: 0,
            failures: VecDeque::new(),
            aborted: VecDeque::new(),
            omitted: 0,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.slab.len() == 0
    }

    /// Whether it is the turn of those whose turn comes last.
    pub(super) fn only_lasts_are_left(&self) -> bool {
        self.slab.len() == self.lasts
    }

    pub(super) fn insert(&mut self, kind: Kind) -> PieceKey {
        self.lasts += usize::from(matches!(kind, Kind::Last(_)));
        let serial = self.serials;
        self.serials += 1;
        PieceKey { index: self.slab.insert(Piece { serial, kind, switch: None }), serial }
    }

    /// Keeps the switch, or gives it back if the piece has ended.
    pub(super) fn attach(&mut self, key: PieceKey, switch: A) -> Option<A> {
        match self.slab.get_mut(key.index) {
            Some(piece) if piece.serial == key.serial => {
                piece.switch = Some(switch);
                None
            }
            _ => Some(switch),
        }
    }

    pub(super) fn take_switches(&mut self) -> Vec<A> {
        self.slab.iter_mut().filter_map(|piece| piece.switch.take()).collect()
    }

    /// Ends a piece. Gives back what is to be dropped after unlocking.
    pub(super) fn end(
        &mut self,
        key: PieceKey,
        ending: Ending<E>,
        has_aborted: bool,
    ) -> (Option<A>, Option<E>) {
        let piece = self.slab.remove(key.index).expect("a piece ends once");
        debug_assert_eq!(piece.serial, key.serial);
        let is_shield = matches!(piece.kind, Kind::Shield(_));
        self.lasts -= usize::from(matches!(piece.kind, Kind::Last(_)));
        let mut evicted = None;
        match ending {
            // A unit of some work, not one that was asked for by name.
            Ending::Well if is_shield => {}
            Ending::Well => self.finished += 1,
            Ending::Failed(failure) => {
                if self.failures.len() == KEPT {
                    evicted = self.failures.pop_front().map(|(_, failure)| failure);
                    self.omitted += 1;
                }
                self.failures.push_back((piece.kind.name(), failure));
            }
            // Its task went on without it.
            Ending::Dropped if is_shield && !has_aborted => {}
            Ending::Dropped => {
                if self.aborted.len() == KEPT {
                    self.aborted.pop_front();
                    self.omitted += 1;
                }
                self.aborted.push_back(piece.kind.name());
            }
        }
        (piece.switch, evicted)
    }

    pub(super) fn finished(&self) -> usize {
        self.finished
    }

    pub(super) fn omitted(&self) -> usize {
        self.omitted
    }

    pub(super) fn aborted(&self) -> Vec<Cow<'static, str>> {
        self.aborted.iter().cloned().collect()
    }

    /// The names of those that are there.
    pub(super) fn left(&self) -> Vec<Cow<'static, str>> {
        self.slab.iter().map(|piece| piece.kind.name()).collect()
    }
}

impl<A, E: Clone> Pieces<A, E> {
    pub(super) fn failures(&self) -> Vec<(Cow<'static, str>, E)> {
        self.failures.iter().cloned().collect()
    }
}
