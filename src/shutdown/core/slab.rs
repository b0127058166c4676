//! Values in one vector, by index: a place that becomes free is used again.

enum Slot<T> {
    Free { next_free: Option<u32> },
    Taken(T),
}

pub(super) struct Slab<T> {
    slots: Vec<Slot<T>>,
    first_free: Option<u32>,
    taken: usize,
}

impl<T> Slab<T> {
    pub(super) fn new() -> Self {
        Self { slots: Vec::new(), first_free: None, taken: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.taken
    }

    pub(super) fn insert(&mut self, value: T) -> u32 {
        self.taken += 1;
        let Some(index) = self.first_free else {
            let index = u32::try_from(self.slots.len()).expect("memory ends before the indices");
            self.slots.push(Slot::Taken(value));
            return index;
        };
        let place = &mut self.slots[index as usize];
        let Slot::Free { next_free } = std::mem::replace(place, Slot::Taken(value)) else {
            unreachable!("the free list holds free places only");
        };
        self.first_free = next_free;
        index
    }

    pub(super) fn get(&self, index: u32) -> Option<&T> {
        match self.slots.get(index as usize) {
            Some(Slot::Taken(value)) => Some(value),
            _ => None,
        }
    }

    pub(super) fn get_mut(&mut self, index: u32) -> Option<&mut T> {
        match self.slots.get_mut(index as usize) {
            Some(Slot::Taken(value)) => Some(value),
            _ => None,
        }
    }

    pub(super) fn remove(&mut self, index: u32) -> Option<T> {
        self.get(index)?;
        let free = Slot::Free { next_free: self.first_free };
        let Slot::Taken(value) = std::mem::replace(&mut self.slots[index as usize], free) else {
            unreachable!("looked at above");
        };
        self.first_free = Some(index);
        self.taken -= 1;
        Some(value)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.slots.iter().filter_map(|slot| match slot {
            Slot::Taken(value) => Some(value),
            Slot::Free { .. } => None,
        })
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.slots.iter_mut().filter_map(|slot| match slot {
            Slot::Taken(value) => Some(value),
            Slot::Free { .. } => None,
        })
    }
}
