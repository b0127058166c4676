//! Who the children are, and whether the scope goes on.
//!
//! `A` is what aborts a child, `F` is how a scope fails. The roster aborts,
//! wakes and drops nothing: it gives back what is to be, for after unlocking.
//!
//! # Invariants
//!
//! 1. A seat is taken from its child's admission until both have come, its switch
//!    and its end. So a key is the name of one child, whichever comes first.
//! 2. `live` children were admitted and have not ended.
//! 3. Once it is not open any more, nobody is admitted, and it does not open
//!    again.
//! 4. While it is not open, no seat holds a switch: each was given back to be
//!    used, and so is one that comes later.
//! 5. The failure that closed it is the one that is told; later ones are not.
//! 6. The waker is there while the scope must be woken: for a failure, and, at
//!    rest, for the end of the last child.

use std::mem;
use std::task::Waker;

/// A child's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key(usize);

#[derive(Debug)]
enum Seat<A> {
    /// Nobody's. The next free one, if any.
    Free(Option<usize>),
    /// The child was admitted; its switch has not come.
    Starting,
    Running(A),
    /// The switch was given out, to be used; the child has not ended.
    Doomed,
    /// The child has ended before its switch came.
    Gone,
}

/// What is to be done after unlocking, once the scope is not open any more.
#[derive(Debug)]
#[must_use = "children are to be aborted, and the scope is to be woken"]
pub(crate) struct Fallout<A, F> {
    /// The children that are to be aborted.
    pub(crate) abort: Vec<A>,
    /// To be woken.
    pub(crate) waker: Option<Waker>,
    /// A failure that is not told, to be dropped.
    pub(crate) unheard: Option<F>,
}

/// What the scope finds when its body is gone.
#[derive(Debug)]
pub(crate) enum Rest<F> {
    /// Every child has ended, and no other comes. Tells the failure, if there was
    /// one.
    Over(Option<F>),
    /// Some have not.
    Waits { is_open: bool },
}

/// The children of one scope.
#[derive(Debug)]
pub(crate) struct Roster<A, F> {
    seats: Vec<Seat<A>>,
    free: Option<usize>,
    live: usize,
    is_open: bool,
    failure: Option<F>,
    /// The body is gone: the last child's end is the scope's.
    is_at_rest: bool,
    waker: Option<Waker>,
}

impl<A, F> Roster<A, F> {
    pub(crate) fn new() -> Self {
        Self {
            seats: Vec::new(),
            free: None,
            live: 0,
            is_open: true,
            failure: None,
            is_at_rest: false,
            waker: None,
        }
    }

    /// How many children have not ended.
    pub(crate) fn live(&self) -> usize {
        self.live
    }

    /// A seat for another child; `None` once it fails or has ended.
    pub(crate) fn admit(&mut self) -> Option<Key> {
        // Invariant 3.
        if !self.is_open {
            return None;
        }
        self.live += 1;
        let Some(index) = self.free else {
            self.seats.push(Seat::Starting);
            return Some(Key(self.seats.len() - 1));
        };
        let Seat::Free(next) = mem::replace(&mut self.seats[index], Seat::Starting) else {
            unreachable!("a free seat is nobody's");
        };
        self.free = next;
        Some(Key(index))
    }

    /// A child's switch comes. Gives it back if it is to be used at once, or not
    /// needed any more.
    #[must_use = "the switch is to be used"]
    pub(crate) fn settle(&mut self, Key(index): Key, switch: A) -> Option<A> {
        match self.seats[index] {
            Seat::Starting if self.is_open => {
                self.seats[index] = Seat::Running(switch);
                None
            }
            // Invariant 4.
            Seat::Starting => {
                self.seats[index] = Seat::Doomed;
                Some(switch)
            }
            Seat::Gone => {
                self.vacate(index);
                Some(switch)
            }
            Seat::Free(_) | Seat::Running(_) | Seat::Doomed => {
                unreachable!("a child's switch comes once")
            }
        }
    }

    /// A child has ended, by itself or by an abort. Gives back its switch, to be
    /// dropped, and a waker, to be woken.
    #[must_use = "the scope is to be woken"]
    pub(crate) fn end(&mut self, Key(index): Key) -> (Option<A>, Option<Waker>) {
        let mut spare = None;
        match mem::replace(&mut self.seats[index], Seat::Gone) {
            // Invariant 1: its switch will free the seat.
            Seat::Starting => {}
            Seat::Running(switch) => {
                spare = Some(switch);
                self.vacate(index);
            }
            Seat::Doomed => self.vacate(index),
            Seat::Free(_) | Seat::Gone => unreachable!("a child ends once"),
        }
        self.live -= 1;
        let is_last = self.live == 0 && self.is_at_rest;
        (spare, if is_last { self.waker.take() } else { None })
    }

    /// The first failure ends the scope; of a later one nothing is heard.
    pub(crate) fn fail(&mut self, failure: F) -> Fallout<A, F> {
        if !self.is_open {
            return Fallout { abort: Vec::new(), waker: None, unheard: Some(failure) };
        }
        self.failure = Some(failure);
        Fallout { waker: self.waker.take(), ..self.abandon() }
    }

    /// Nobody waits for the scope any more: its children are to end.
    pub(crate) fn abandon(&mut self) -> Fallout<A, F> {
        self.is_open = false;
        let mut abort = Vec::new();
        for seat in &mut self.seats {
            if let Seat::Running(_) = seat
                && let Seat::Running(switch) = mem::replace(seat, Seat::Doomed)
            {
                abort.push(switch);
            }
        }
        Fallout { abort, waker: None, unheard: None }
    }

    /// The scope's body is about to be polled. Says whether it still may, and
    /// gives back a waker to be dropped.
    pub(crate) fn attend(&mut self, waker: Waker) -> (bool, Option<Waker>) {
        (self.is_open, self.waker.replace(waker))
    }

    /// The scope's body is gone. Gives back a waker to be dropped.
    pub(crate) fn rest(&mut self, waker: Waker) -> (Rest<F>, Option<Waker>) {
        if self.live > 0 {
            self.is_at_rest = true;
            let replaced = self.waker.replace(waker);
            return (Rest::Waits { is_open: self.is_open }, replaced);
        }
        self.is_open = false;
        (Rest::Over(self.failure.take()), self.waker.take())
    }

    /// The scope is to look again, at something that is no child.
    pub(crate) fn nudge(&mut self) -> Option<Waker> {
        self.waker.take()
    }

    fn vacate(&mut self, index: usize) {
        self.seats[index] = Seat::Free(self.free.replace(index));
    }
}
