//! Sealed: the pure machine, which keeps outputs until they are taken.
//!
//! # Invariants
//!
//! 1. The slots of [`Ordered`] are those of the keys from `first` on, in their order.
//! 2. Its first slot is not lost: what can be taken stands at the front.
//! 3. `waiting` counts the slots that are done.

use std::collections::VecDeque;

/// Outputs that wait to be taken.
pub trait Window<T>: Default {
    /// The key of the one that begins next.
    fn next_key(&self) -> usize;

    /// It began; this is its output, if it is there at once.
    fn begin(&mut self, output: Option<T>);

    /// One that runs has ended.
    fn end(&mut self, key: usize, output: T);

    /// One that ran will never end.
    fn lose(&mut self, key: usize);

    /// None that runs will end. What can be taken stays, and then comes `last`; the rest is
    /// dropped.
    fn fail(&mut self, last: T);

    /// The next output.
    fn take(&mut self) -> Option<T>;

    /// How many can be taken as it is.
    fn ready(&self) -> usize;

    /// Whether one can be taken.
    fn is_ready(&self) -> bool;

    /// How many wait, those included that wait for others.
    fn len(&self) -> usize;
}

/// Outputs as they come.
pub struct Unordered<T>(VecDeque<T>);

impl<T> Default for Unordered<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<T> Window<T> for Unordered<T> {
    fn next_key(&self) -> usize {
        0
    }

    #[inline]
    fn begin(&mut self, output: Option<T>) {
        self.0.extend(output);
    }

    #[inline]
    fn end(&mut self, _key: usize, output: T) {
        self.0.push_back(output);
    }

    fn lose(&mut self, _key: usize) {}

    fn fail(&mut self, last: T) {
        self.0.push_back(last);
    }

    #[inline]
    fn take(&mut self) -> Option<T> {
        self.0.pop_front()
    }

    fn ready(&self) -> usize {
        self.0.len()
    }

    fn is_ready(&self) -> bool {
        !self.0.is_empty()
    }

    fn len(&self) -> usize {
        self.0.len()
    }
}

/// Outputs in the order of their keys.
pub struct Ordered<T> {
    slots: VecDeque<Slot<T>>,
    first: usize,
    waiting: usize,
}

enum Slot<T> {
    Running,
    Done(T),
    /// Nothing comes of it.
    Lost,
}

impl<T> Default for Ordered<T> {
    fn default() -> Self {
        Self { slots: VecDeque::new(), first: 0, waiting: 0 }
    }
}

impl<T> Ordered<T> {
    fn slot(&mut self, key: usize) -> &mut Slot<T> {
        &mut self.slots[key.wrapping_sub(self.first)]
    }

    fn drop_first(&mut self) -> Option<Slot<T>> {
        self.first = self.first.wrapping_add(1);
        self.slots.pop_front()
    }

    /// Keeps invariant 2.
    fn skip_lost(&mut self) {
        while let Some(Slot::Lost) = self.slots.front() {
            self.drop_first();
        }
    }
}

impl<T> Window<T> for Ordered<T> {
    fn next_key(&self) -> usize {
        self.first.wrapping_add(self.slots.len())
    }

    #[inline]
    fn begin(&mut self, output: Option<T>) {
        self.waiting += usize::from(output.is_some());
        self.slots.push_back(output.map_or(Slot::Running, Slot::Done));
    }

    #[inline]
    fn end(&mut self, key: usize, output: T) {
        *self.slot(key) = Slot::Done(output);
        self.waiting += 1;
    }

    fn lose(&mut self, key: usize) {
        *self.slot(key) = Slot::Lost;
        self.skip_lost();
    }

    fn fail(&mut self, last: T) {
        let running = self.slots.iter().position(|slot| matches!(slot, Slot::Running));
        self.slots.truncate(running.unwrap_or(self.slots.len()));
        self.slots.retain(|slot| matches!(slot, Slot::Done(_)));
        self.slots.push_back(Slot::Done(last));
        self.waiting = self.slots.len();
    }

    #[inline]
    fn take(&mut self) -> Option<T> {
        if !self.is_ready() {
            return None;
        }
        let Some(Slot::Done(output)) = self.drop_first() else {
            unreachable!("looked at above");
        };
        self.waiting -= 1;
        self.skip_lost();
        Some(output)
    }

    fn ready(&self) -> usize {
        // A lost one stands in nobody's way, and is none that can be taken.
        let front = self.slots.iter().take_while(|slot| !matches!(slot, Slot::Running));
        front.filter(|slot| matches!(slot, Slot::Done(_))).count()
    }

    #[inline]
    fn is_ready(&self) -> bool {
        matches!(self.slots.front(), Some(Slot::Done(_)))
    }

    fn len(&self) -> usize {
        self.waiting
    }
}
