use std::collections::BTreeMap;
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use super::bell::Bell;
use super::choices::Choices;
use super::places::Places;
use super::ready::Ready;
use super::recorder::Recorder;
use super::registrations::Registrations;
use super::tower::NOBODY;
use super::{Next, Plan};
use crate::rt::Meta;
use crate::rt::draw::SplitMix64;
use crate::rt::hook::Body;
use crate::sim::choice::{Kind, Options};
use crate::sim::strategy::{Counted, Spawned, Stepped};
use crate::sim::trace::Event;
use crate::sim::verdict::{Stuck, TaskInfo, Verdict};

/// A task of the schedule, ended or not.
pub(super) struct Task {
    /// `None` while it is polled, and once it has ended.
    pub(super) body: Option<Body>,
    pub(super) has_ended: bool,
    pub(super) bell: Arc<Bell>,
    /// Absent while it is polled.
    pub(super) waker: Option<Waker>,
    pub(super) meta: Meta,
    pub(super) last_step: u64,
    /// Who spawned it; for the root, itself.
    pub(super) parent: u32,
    pub(super) polls: u64,
    /// Its place, if the schedule may cancel it.
    pub(super) place: Option<u32>,
}

/// A value of `probe::track`: what it is, and how many hold it.
pub(super) type Tracked = (&'static str, Box<dyn Fn() -> usize>);

/// A claim of `probe::always`.
pub(super) type Claim = (&'static str, Box<dyn Fn() -> bool>);

/// The schedule, between two calls of the scenario's code.
pub(super) struct State {
    pub(super) tasks: Vec<Task>,
    pub(super) ready: Ready,
    pub(super) places: Places,
    pub(super) claims: Vec<Claim>,
    pub(super) tracked: Vec<Tracked>,
    /// Whether each claim of `probe::sometimes` held, in any schedule so far.
    pub(super) sometimes: BTreeMap<&'static str, bool>,
    pub(super) step: u64,
    /// Whether the step that is under way is interesting.
    pub(super) is_marked: bool,
    /// Which polls were [interesting](crate::probe::interesting): task and poll,
    /// from 1.
    marks: Vec<(u32, u64)>,
    pub(super) recorder: Recorder,
    pub(super) registrations: Registrations,
    /// What the last step came to, if that ends the schedule.
    pub(super) verdict: Option<Verdict>,
    pub(super) choices: Choices,
    /// The tasks of the last steps, the latest at `step % LEN`.
    pub(super) recent: [u32; RECENT],
    pub(super) time_at_half: Duration,
    /// For what is drawn and not chosen: jitter, fair order.
    pub(super) draws: SplitMix64,
    /// Kept for its memory.
    pub(super) rung: Vec<u32>,
}

pub(super) const RECENT: usize = 16;
pub(super) const CANCELLABLE: &str = "cancellable places";

impl State {
    pub(super) fn new() -> Self {
        Self {
            tasks: Vec::new(),
            ready: Ready::default(),
            places: Places::default(),
            claims: Vec::new(),
            tracked: Vec::new(),
            sometimes: BTreeMap::new(),
            step: 0,
            is_marked: false,
            marks: Vec::new(),
            recorder: Recorder::default(),
            registrations: Registrations::default(),
            verdict: None,
            choices: Choices::new(),
            recent: [NOBODY; RECENT],
            time_at_half: Duration::ZERO,
            draws: SplitMix64::new(0),
            rung: Vec::new(),
        }
    }

    pub(super) fn begin(&mut self, plan: Plan) {
        let Plan { chooser, bounds, seed, record, purpose: _ } = plan;
        self.registrations.clear();
        self.draws = SplitMix64::new(seed);
        self.choices.begin(chooser, bounds);
        self.recorder = Recorder::new(record);
        self.ready.clear();
        self.places.clear();
        self.marks.clear();
        self.step = 0;
        self.verdict = None;
        self.recent = [NOBODY; RECENT];
        self.time_at_half = Duration::ZERO;
    }

    pub(super) fn info(&self, task: u32) -> TaskInfo {
        let meta = &self.tasks[task as usize].meta;
        TaskInfo { id: task, name: meta.name.to_string(), spawned_at: meta.spawned_at }
    }

    pub(super) fn begin_step(&mut self, task: u32, elapsed: impl FnOnce() -> Duration) {
        self.step += 1;
        self.recent[self.step as usize % RECENT] = task;
        self.ready.remove(task);
        self.tasks[task as usize].last_step = self.step;
        self.tasks[task as usize].polls += 1;
        self.is_marked = false;
        if self.recorder.is_on() {
            let label = self.info(task).to_string();
            self.recorder.begin(self.step, elapsed(), label);
        }
    }

    /// The tasks that have not ended, but for daemons.
    pub(super) fn alive(&self) -> impl Iterator<Item = (usize, &Task)> {
        let tasks = self.tasks.iter().enumerate();
        tasks.filter(|(_, task)| !task.has_ended && !task.meta.daemon)
    }

    pub(super) fn stuck(&self) -> Vec<Stuck> {
        self.alive()
            .map(|(id, task)| Stuck {
                task: self.info(id as u32),
                last_step: task.last_step,
                woken_by: task.bell.last_rung_by().map(|by| self.info(by)),
                unpolled_since: self.registrations.unpolled_since(id as u32),
            })
            .collect()
    }

    /// Makes the choices that come before a step.
    pub(super) fn decide(&mut self) -> Next {
        if !self.choices.is_plain {
            return self.decide_all();
        }
        if self.ready.is_empty() { Next::Wait } else { Next::Poll(self.decide_task()) }
    }

    /// The same, of all kinds.
    fn decide_all(&mut self) -> Next {
        if self.may_deviate(Kind::Cancel) && !self.places.open().is_empty() {
            self.places.see_open();
            let open = Options::Ids(self.places.open(), CANCELLABLE);
            if let Some(place) = self.choices.choose(Kind::Cancel, open, &mut self.recorder) {
                return Next::Strike(place as u32);
            }
        }
        if self.may_deviate(Kind::Spurious) {
            let idle = self.idle();
            if !idle.is_empty()
                && let Some(task) = self.choose(Kind::Spurious, Options::Ids(&idle, "idle tasks"))
            {
                self.recorder.before(|| Event::Unwoken);
                return Next::Poll(task as u32);
            }
        }
        if self.ready.is_empty() {
            return Next::Wait;
        }
        if self.chooses(Kind::Stall) {
            return Next::Stall;
        }
        let task = self.decide_task();
        if self.chooses(Kind::Coop) {
            self.recorder.before(|| Event::Spent);
            return Next::PollSpent(task);
        }
        Next::Poll(task)
    }

    /// The tasks that wait and were not woken.
    fn idle(&self) -> Vec<u32> {
        (0..self.tasks.len() as u32).filter(|&task| self.waits(task)).collect()
    }

    /// Whether a task waits and was not woken.
    pub(super) fn waits(&self, task: u32) -> bool {
        let alive = self.tasks.get(task as usize).is_some_and(|task| !task.has_ended);
        alive && !self.ready.contains(task)
    }

    /// Which of the tasks that are left is dropped next; the default is `first`.
    pub(super) fn decide_drop(&mut self, first: usize) -> Option<u32> {
        if !self.may_deviate(Kind::DropOrder) {
            return None;
        }
        let left = self.tasks.iter().enumerate().skip(first + 1);
        let left: Vec<_> =
            left.filter(|(_, task)| task.body.is_some()).map(|t| t.0 as u32).collect();
        if left.is_empty() {
            return None;
        }
        self.choose(Kind::DropOrder, Options::Ids(&left, "tasks that are left")).map(|id| id as u32)
    }

    /// Whether the schedule deviates here, where it can in one way only.
    pub(super) fn chooses(&mut self, kind: Kind) -> bool {
        self.may_deviate(kind) && self.choose(kind, Options::Count(2)).is_some()
    }

    fn decide_task(&mut self) -> u32 {
        let first = self.ready.first().expect("some task is ready");
        if self.ready.len() == 1 {
            return first;
        }
        let ready = Options::Tasks(&self.ready);
        let taken = self.choices.choose(Kind::Task, ready, &mut self.recorder);
        let Some(task) = taken.map(|task| task as u32) else {
            return first;
        };
        if self.recorder.is_on() {
            let before = self.ready.iter().take_while(|&other| other != task);
            let before = before.map(|other| self.info(other).to_string()).collect();
            self.recorder.before(|| Event::RanBefore(before));
        }
        self.ready.postpone_before(task);
        task
    }

    /// Whether a deviation of this kind is within the bounds.
    pub(super) fn may_deviate(&self, kind: Kind) -> bool {
        self.choices.may_deviate(kind)
    }

    /// Asks the chooser, and notes what it said. There must be two options.
    pub(super) fn choose(&mut self, kind: Kind, options: Options<'_>) -> Option<u64> {
        self.choices.choose(kind, options, &mut self.recorder)
    }

    /// Whether the last step gives nothing to look into, as nearly all do.
    pub(super) fn is_unremarkable(&self, max_steps: u64) -> bool {
        self.verdict.is_none()
            && self.choices.misfit.is_none()
            && self.claims.is_empty()
            && self.step < max_steps / 2
    }

    /// A waker for this poll alone.
    pub(super) fn own_waker(&mut self, task: u32) -> Waker {
        self.registrations.waker(task, self.step, &self.tasks[task as usize].bell)
    }

    /// Tells the chooser of a spawned task, if it wants to know.
    pub(super) fn tell_spawned(&mut self, task: u32) {
        if self.choices.observes {
            let Task { parent, meta, .. } = &self.tasks[task as usize];
            self.choices.chooser.spawned(Spawned { task, parent: *parent, site: meta.spawned_at });
        }
    }

    /// Tells the chooser what came of a step, if it wants to know.
    pub(super) fn tell_stepped(&mut self, task: u32, woke: &[u32]) {
        let is_marked = self.is_marked;
        if is_marked {
            self.marks.push((task, self.tasks[task as usize].polls));
        }
        if self.choices.observes {
            let has_ended = self.tasks[task as usize].has_ended;
            self.choices.chooser.stepped(&Stepped { task, woke, has_ended, is_marked });
        }
    }

    /// What each task came to, for estimates.
    pub(super) fn census(&self) -> Vec<Counted> {
        let count = |task: &Task| Counted {
            site: task.meta.spawned_at,
            parent: task.parent,
            polls: task.polls,
            marks: Vec::new(),
        };
        let mut census: Vec<_> = self.tasks.iter().map(count).collect();
        for &(task, poll) in &self.marks {
            census[task as usize].marks.push(poll);
        }
        census
    }

    /// Moves what was woken to the ready set.
    pub(super) fn wake(&mut self, rung: &mut [u32]) {
        // In canonical order, for the trace: see invariant 3.
        if rung.len() > 1 {
            rung.sort_unstable();
        }
        for &mut task in rung.iter_mut() {
            let Some(woken) = self.tasks.get(task as usize) else {
                continue;
            };
            let is_new = !woken.has_ended && self.ready.insert(task, woken.last_step);
            if is_new && self.recorder.is_on() {
                let woke = Event::Woke(self.info(task).to_string());
                self.recorder.event(|| woke);
            }
        }
    }
}
