use std::collections::BTreeMap;
use std::panic::Location;
use std::task::Waker;

/// Where a future can be cancelled, and where it was: by place in the source.
///
/// A future that was polled `n` times and is still pending can be dropped
/// there; 0 is before its first poll.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CancelPoints {
    by_place: BTreeMap<(&'static str, u32, u32), Points>,
}

/// The points of one place: by number of polls, whether a cancellation struck.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Points(Vec<bool>);

impl CancelPoints {
    /// Each place, as `file:line:column`, with the number of polls after which
    /// it could be cancelled, and after how many of those it was.
    pub fn iter(&self) -> impl Iterator<Item = (String, usize, usize)> {
        self.by_place.iter().map(|((file, line, column), points)| {
            let struck = points.0.iter().filter(|struck| **struck).count();
            (format!("{file}:{line}:{column}"), points.0.len(), struck)
        })
    }

    /// Whether a cancellation struck at every point that was seen.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.by_place.values().all(|points| points.0.iter().all(|struck| *struck))
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for (&place, points) in &other.by_place {
            let mine = self.by_place.entry(place).or_default();
            mine.see(points.0.len());
            for (mine, theirs) in mine.0.iter_mut().zip(&points.0) {
                *mine |= theirs;
            }
        }
    }

    fn at(&mut self, at: &'static Location<'static>) -> &mut Points {
        self.by_place.entry((at.file(), at.line(), at.column())).or_default()
    }
}

impl Points {
    fn see(&mut self, points: usize) {
        if self.0.len() < points {
            self.0.resize(points, false);
        }
    }
}

/// A task or a future that the schedule may cancel.
pub(super) struct Place {
    /// The task that runs it: a cancelled future is dropped by its task.
    pub(super) task: u32,
    /// Wakes the future, where it is not the whole task.
    pub(super) waker: Option<Waker>,
    pub(super) is_task: bool,
    pub(super) struck: bool,
    pub(super) at: &'static Location<'static>,
    polls: usize,
    /// It is in `Places::unseen`.
    unseen: bool,
}

/// The places of one schedule. Ids begin at 1, and are not used again.
#[derive(Default)]
pub(super) struct Places {
    by_id: Vec<Option<Place>>,
    /// The ids of those that can be cancelled, ascending.
    open: Vec<u32>,
    /// The ids of those that were polled since they were seen last.
    unseen: Vec<u32>,
    pub(super) points: CancelPoints,
}

impl Places {
    pub(super) fn clear(&mut self) {
        self.by_id.clear();
        self.open.clear();
        self.unseen.clear();
    }

    pub(super) fn add(&mut self, task: u32, is_task: bool, at: &'static Location<'static>) -> u32 {
        let (struck, polls, unseen) = (false, 0, true);
        self.by_id.push(Some(Place { task, waker: None, is_task, struck, at, polls, unseen }));
        let id = self.by_id.len() as u32;
        self.open.push(id);
        self.unseen.push(id);
        id
    }

    pub(super) fn get(&mut self, id: u32) -> Option<&mut Place> {
        self.by_id.get_mut(id as usize - 1)?.as_mut()
    }

    pub(super) fn open(&self) -> &[u32] {
        &self.open
    }

    /// It ended, or was dropped.
    pub(super) fn remove(&mut self, id: u32) -> Option<Place> {
        self.close(id);
        self.by_id.get_mut(id as usize - 1)?.take()
    }

    /// It was polled by `task`, and is pending.
    pub(super) fn pending(&mut self, id: u32, task: u32, waker: Option<Waker>) -> Option<Waker> {
        let place = self.by_id.get_mut(id as usize - 1)?.as_mut()?;
        place.task = task;
        place.polls += 1;
        if !std::mem::replace(&mut place.unseen, true) {
            self.unseen.push(id);
        }
        std::mem::replace(&mut place.waker, waker)
    }

    /// Notes that this one could be cancelled now.
    pub(super) fn see(&mut self, id: u32) {
        let place = self.by_id[id as usize - 1].as_ref();
        if let Some(place) = place.filter(|place| !place.struck) {
            self.points.at(place.at).see(place.polls + 1);
        }
    }

    /// Notes that each open one could be cancelled now. Those that were not
    /// polled since are noted already.
    pub(super) fn see_open(&mut self) {
        while let Some(id) = self.unseen.pop() {
            if let Some(place) = self.get(id) {
                place.unseen = false;
            }
            self.see(id);
        }
    }

    /// Cancels it.
    pub(super) fn strike(&mut self, id: u32) -> Option<&mut Place> {
        self.close(id);
        let place = self.by_id[id as usize - 1].as_mut()?;
        place.struck = true;
        self.points.at(place.at).0[place.polls] = true;
        Some(place)
    }

    fn close(&mut self, id: u32) {
        if let Ok(at) = self.open.binary_search(&id) {
            self.open.remove(at);
        }
    }
}
