//! What is to be drawn, without how.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::sim::trace::{Event, Row, Trace};
use crate::sim::verdict::{Stuck, Verdict};

/// A trace by tasks.
#[derive(Debug)]
pub(super) struct Picture<'a> {
    pub(super) lanes: Vec<Lane<'a>>,
    pub(super) slots: Vec<Slot<'a>>,
}

/// One line of the picture, from top to bottom.
#[derive(Debug)]
pub(super) enum Slot<'a> {
    Step(Step<'a>),
    /// Virtual time moved on, to this.
    Time(Duration),
    /// Here it failed; what follows is cleared away.
    Verdict,
}

#[derive(Debug)]
pub(super) struct Step<'a> {
    pub(super) row: &'a Row,
    pub(super) lane: usize,
    pub(super) end: End,
    /// The lanes of the tasks that it woke or spawned.
    pub(super) arrows: Vec<Arrow>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Arrow {
    pub(super) to: usize,
    pub(super) spawns: bool,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Pending,
    Returned,
    Panicked,
    Dropped,
}

impl End {
    fn of(row: &Row) -> Self {
        let end = row.events.iter().find_map(|event| match event {
            Event::Pending => Some(Self::Pending),
            Event::Returned => Some(Self::Returned),
            Event::Panicked(_) => Some(Self::Panicked),
            _ => None,
        });
        end.unwrap_or(Self::Dropped)
    }
}

/// One task.
#[derive(Debug)]
pub(super) struct Lane<'a> {
    pub(super) task: &'a str,
    /// The slots between which it is alive.
    pub(super) from: usize,
    pub(super) to: usize,
    /// Pairs of slots between which it is ready, and not polled.
    pub(super) ready: Vec<(usize, usize)>,
    pub(super) is_stuck: bool,
    ready_since: Option<usize>,
    has_ended: bool,
}

impl<'a> Picture<'a> {
    pub(super) fn new(trace: &'a Trace, verdict: &Verdict) -> Self {
        let mut drawing = Drawing::default();
        let is_step = |row: &Row| End::of(row) != End::Dropped;
        let failed = trace.rows().iter().rposition(is_step);
        for (at, row) in trace.rows().iter().enumerate() {
            drawing.add(row);
            if Some(at) == failed {
                drawing.slots.push(Slot::Verdict);
            }
        }
        drawing.finish(verdict)
    }
}

#[derive(Default)]
struct Drawing<'a> {
    lanes: Vec<Lane<'a>>,
    by_task: BTreeMap<&'a str, usize>,
    slots: Vec<Slot<'a>>,
    time: Duration,
    /// The slot at which time moved last: what is polled unasked was woken there.
    moved: usize,
}

impl<'a> Drawing<'a> {
    fn add(&mut self, row: &'a Row) {
        if row.at > self.time {
            self.time = row.at;
            self.moved = self.slots.len();
            self.slots.push(Slot::Time(row.at));
        }
        let at = self.slots.len();
        let lane = self.lane(&row.task, at);
        let moved = self.moved;
        let polled = &mut self.lanes[lane];
        if let Some(since) = polled.ready_since.take().or((moved > polled.from).then_some(moved)) {
            polled.ready.push((since, at));
        }
        let (mut arrows, end) = (Vec::new(), End::of(row));
        for event in &row.events {
            match event {
                Event::Spawned(task) => {
                    let to = self.lane(task, at);
                    self.lanes[to].ready_since = Some(at);
                    arrows.push(Arrow { to, spawns: true });
                }
                Event::Woke(task) => {
                    let to = self.lane(task, at);
                    self.lanes[to].ready_since.get_or_insert(at);
                    if to != lane {
                        arrows.push(Arrow { to, spawns: false });
                    }
                }
                _ => {}
            }
        }
        self.lanes[lane].to = at;
        self.lanes[lane].has_ended = end != End::Pending;
        self.slots.push(Slot::Step(Step { row, lane, end, arrows }));
    }

    fn lane(&mut self, task: &'a str, at: usize) -> usize {
        let lanes = &mut self.lanes;
        *self.by_task.entry(task).or_insert_with(|| {
            lanes.push(Lane {
                task,
                from: at,
                to: at,
                ready: Vec::new(),
                is_stuck: false,
                ready_since: None,
                has_ended: false,
            });
            lanes.len() - 1
        })
    }

    fn finish(mut self, verdict: &Verdict) -> Picture<'a> {
        let last = self.slots.len().saturating_sub(1);
        for lane in self.lanes.iter_mut().filter(|lane| !lane.has_ended) {
            lane.to = last;
            if let Some(since) = lane.ready_since {
                lane.ready.push((since, last));
            }
        }
        for stuck in stuck_of(verdict) {
            if let Some(lane) = self.by_task.get(stuck.task.to_string().as_str()) {
                self.lanes[*lane].is_stuck = true;
            }
        }
        Picture { lanes: self.lanes, slots: self.slots }
    }
}

fn stuck_of(verdict: &Verdict) -> &[Stuck] {
    match verdict {
        Verdict::Deadlock { stuck }
        | Verdict::LostWakeup { stuck, .. }
        | Verdict::Horizon { stuck, .. } => stuck,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Arrow, End, Picture, Slot};
    use crate::sim::trace::{Event, Row, Trace};
    use crate::sim::verdict::Verdict;

    fn trace(rows: &[(u64, &str, &[Event])]) -> Trace {
        let mut trace = Trace::default();
        for (step, (at, task, events)) in (1..).zip(rows) {
            trace.push(Row {
                step,
                at: Duration::from_millis(*at),
                task: (*task).to_owned(),
                events: events.to_vec(),
                deviations: Vec::new(),
            });
        }
        trace
    }

    fn woke(task: &str) -> Event {
        Event::Woke(task.to_owned())
    }

    #[test]
    fn a_task_is_ready_from_its_wake_up_to_its_poll() {
        let trace = trace(&[
            (0, "root", &[Event::Spawned("a#1".to_owned()), Event::Pending]),
            (0, "a#1", &[woke("a#1"), Event::Pending]),
            (7, "a#1", &[woke("root"), Event::Returned]),
            (7, "root", &[Event::Returned]),
        ]);
        let verdict = Verdict::Never { label: String::new() };
        let picture = Picture::new(&trace, &verdict);
        let [root, task] = &picture.lanes[..] else { panic!("two tasks") };
        // Slot 2 is the jump of time.
        assert_eq!((root.from, root.to, &root.ready[..]), (0, 4, &[(3, 4)][..]));
        assert_eq!((task.from, task.to, &task.ready[..]), (0, 3, &[(0, 1), (1, 3)][..]));
        assert!(matches!(picture.slots[2], Slot::Time(at) if at == Duration::from_millis(7)));
        let Slot::Step(step) = &picture.slots[3] else { panic!("a step") };
        assert_eq!(
            (step.end, &step.arrows[..]),
            (End::Returned, &[Arrow { to: 0, spawns: false }][..])
        );
    }

    #[test]
    fn what_a_timer_woke_is_ready_since_time_moved() {
        let trace = trace(&[(0, "root", &[Event::Pending]), (5, "root", &[Event::Returned])]);
        let verdict = Verdict::Never { label: String::new() };
        let picture = Picture::new(&trace, &verdict);
        assert_eq!(picture.lanes[0].ready, [(1, 2)]);
    }
}
