use std::borrow::Cow;
use std::cell::{Cell, RefCell, RefMut};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::bell::Bell;
use super::clock::Clock;
use super::places::CancelPoints;
use super::state::{RECENT, State, Task};
use super::tower::{NOBODY, Tower};
use super::{Limits, Next, Plan, Purpose, Run, Scenario};
use crate::error::{Panicked, catch};
use crate::rt::hook::{Body, Hook};
use crate::rt::{Ended, Instant, Meta};
use crate::sim::choice::Made;
use crate::sim::explorer::TaskPanics;
use crate::sim::strategy::{Counted, Fair};
use crate::sim::trace::Event;
use crate::sim::verdict::{Stuck, TaskInfo, Verdict};

/// How a task is polled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Budget {
    /// Outside of Tokio's own scheduler, which alone counts it.
    Uncounted,
    Spent,
}

/// The state of a schedule, and what polls its tasks.
pub(super) struct Core {
    tower: Arc<Tower>,
    state: RefCell<State>,
    epoch: Cell<Option<Instant>>,
    /// Whether every poll gets a waker of its own.
    diagnoses: Cell<bool>,
    limits: Limits,
}

const ROOT: u32 = 0;

impl Core {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            tower: Arc::new(Tower::default()),
            state: RefCell::new(State::new()),
            epoch: Cell::new(None),
            diagnoses: Cell::new(false),
            limits,
        }
    }

    /// Never held while code of the scenario's runs: invariant 1.
    pub(super) fn state(&self) -> RefMut<'_, State> {
        self.state.borrow_mut()
    }

    pub(super) fn tower(&self) -> &Arc<Tower> {
        &self.tower
    }

    pub(super) fn epoch(&self) -> Instant {
        self.epoch.get().expect("a schedule has begun")
    }

    pub(super) fn begin(&self, plan: Plan, epoch: Instant) {
        self.tower.begin();
        self.epoch.set(Some(epoch));
        self.diagnoses.set(plan.purpose == Purpose::Registrations);
        self.state().begin(plan);
    }

    /// Makes the scenario's future, and spawns it as task 0.
    pub(super) fn spawn_root(&self, scenario: &Scenario<'_>) -> Option<Verdict> {
        let meta = Meta {
            name: Cow::Borrowed("root"),
            cancellable: false,
            daemon: false,
            spawned_at: scenario.at,
        };
        // First the task, so that it is task 0 whatever the closure spawns.
        self.add_task(meta, Box::pin(std::future::pending()));
        let made = catch(scenario.make);
        let mut state = self.state();
        match made {
            Ok(body) => {
                let pending = state.tasks[ROOT as usize].body.replace(body);
                drop(state);
                drop(pending);
                None
            }
            Err(caught) => {
                let task = state.info(ROOT);
                Some(Verdict::Panic { panicked: Panicked::new(caught, task.spawned_at), task })
            }
        }
    }

    pub(super) fn add_task(&self, meta: Meta, body: Body) -> Arc<Bell> {
        let mut state = self.state();
        let id = state.tasks.len() as u32;
        let bell = Arc::new(Bell::new(id, &self.tower));
        let parent = self.tower.current();
        self.tower.name(meta.name.clone(), meta.spawned_at);
        let place = meta.cancellable.then(|| state.places.add(id, true, meta.spawned_at));
        state.tasks.push(Task {
            body: Some(body),
            has_ended: false,
            bell: bell.clone(),
            waker: Some(Waker::from(bell.clone())),
            meta,
            last_step: 0,
            parent: if parent == NOBODY { id } else { parent },
            polls: 0,
            place,
        });
        state.ready.insert(id, 0);
        state.tell_spawned(id);
        if state.recorder.is_on() {
            let spawned = Event::Spawned(state.info(id).to_string());
            state.recorder.event(|| spawned);
        }
        bell
    }

    pub(super) fn decide(&self) -> Next {
        self.state().decide()
    }

    /// Moves what was woken to the ready set.
    pub(super) fn hear(&self) {
        let mut state = self.state();
        let mut rung = std::mem::take(&mut state.rung);
        self.tower.take_rung(&mut rung);
        state.wake(&mut rung);
        rung.clear();
        state.rung = rung;
    }

    /// Polls a task, or drops it if it was aborted.
    pub(super) fn step(&self, task: u32, clock: &Clock, budget: Budget) {
        let is_aborted = self.state().tasks[task as usize].bell.is_aborted();
        self.step_with(task, is_aborted, clock, budget);
    }

    /// Cancels a place: drops the task, or polls it so that it drops the future.
    pub(super) fn strike(&self, place: u32, clock: &Clock) {
        let mut state = self.state();
        let place = state.places.strike(place).expect("an open place exists");
        let (task, is_task, waker) = (place.task, place.is_task, place.waker.take());
        drop(state);
        if let Some(waker) = waker {
            // A set of futures within the task polls only those that were woken.
            waker.wake();
        }
        self.step_with(task, is_task, clock, Budget::Uncounted);
    }

    fn step_with(&self, id: u32, is_dropped: bool, clock: &Clock, budget: Budget) {
        let (body, waker) = {
            let mut state = self.state();
            state.begin_step(id, || self.elapsed());
            let task = &mut state.tasks[id as usize];
            task.bell.silence();
            let body = task.body.take().expect("a task that is polled has not ended");
            (body, task.waker.take().expect("a task that is polled has a waker"))
        };
        self.tower.begin_poll(id);
        let (mut body, mut ended) = (Some(body), None);
        let diagnoses = self.diagnoses.get() && !is_dropped;
        // A diagnostic replay polls twice, if the first poll ends pending, each time with a
        // waker of its own: a future that only the first one reaches shows by that.
        for _ in 0..=u32::from(diagnoses) {
            let own = diagnoses.then(|| self.state().own_waker(id));
            let waker = own.as_ref().unwrap_or(&waker);
            let mut poll = || ended = self.poll_body(id, &mut body, waker, is_dropped);
            match budget {
                // Unbiased `select!` draws from the runtime's own numbers only there.
                Budget::Uncounted if cfg!(tokio_unstable) => clock.inside(false, poll),
                Budget::Uncounted => poll(),
                Budget::Spent => clock.inside(true, poll),
            }
            // Asked out here: in there, some wakers are called only at the end.
            if !diagnoses || body.is_none() || self.state().tasks[id as usize].bell.is_rung() {
                break;
            }
        }
        let mut state = self.state();
        if let Some(body) = body {
            state.tasks[id as usize].body = Some(body);
            if let Some(place) = state.tasks[id as usize].place {
                state.places.pending(place, id, None);
            }
        }
        let mut rung = std::mem::take(&mut state.rung);
        self.tower.take_rung(&mut rung);
        state.wake(&mut rung);
        self.tower.end_poll();
        state.tasks[id as usize].waker = Some(waker);
        if state.tasks[id as usize].body.is_none() {
            self.end_task(&mut state, id, ended);
        } else {
            state.recorder.event(|| Event::Pending);
        }
        state.recorder.end();
        state.tell_stepped(id, &rung);
        rung.clear();
        state.rung = rung;
        if self.tower.was_slow() {
            let (task, limit) = (state.info(id), self.limits.poll_limit);
            state.verdict.get_or_insert(Verdict::Blocked { task, limit });
        }
    }

    /// Polls what was taken out of a task, and leaves it where it is if it is pending;
    /// or drops it. Says how it ended, if it did, and not by a drop in good order.
    fn poll_body(
        &self,
        id: u32,
        place: &mut Option<Body>,
        waker: &Waker,
        is_dropped: bool,
    ) -> Option<Ended> {
        if is_dropped {
            return self.drop_body(id, place.take()?);
        }
        let polled = place.as_mut()?.as_mut().poll(&mut Context::from_waker(waker));
        let Poll::Ready(ended) = polled else {
            return None;
        };
        *place = None;
        Some(ended)
    }

    /// `None` if it was dropped in good order.
    fn drop_body(&self, id: u32, body: Body) -> Option<Ended> {
        let spawned_at = self.state().tasks[id as usize].meta.spawned_at;
        let caught = catch(|| drop(body)).err()?;
        let injected = caught.injected;
        Some(Ended::Panicked { panicked: Panicked::new(caught, spawned_at), injected })
    }

    fn end_task(&self, state: &mut State, id: u32, ended: Option<Ended>) {
        let task = &mut state.tasks[id as usize];
        task.has_ended = true;
        task.bell.end();
        if let Some(place) = task.place.take() {
            state.places.remove(place);
        }
        // It may have woken itself on its way out.
        state.ready.remove(id);
        state.recorder.event(|| match &ended {
            None => Event::Dropped,
            Some(Ended::Returned) => Event::Returned,
            Some(Ended::Panicked { panicked, .. }) => {
                Event::Panicked(panicked.message().to_owned())
            }
        });
        if let Some(Ended::Panicked { panicked, injected }) = ended {
            let is_delivered = injected || self.limits.task_panics == TaskPanics::Deliver;
            if id == ROOT || !is_delivered {
                let task = state.info(id);
                state.verdict.get_or_insert(Verdict::Panic { task, panicked });
            }
        }
    }

    /// Whether the last step ends the schedule.
    pub(super) fn verdict_of_step(&self) -> Option<Verdict> {
        let (mut state, limits) = (self.state(), &self.limits);
        if state.is_unremarkable(limits.max_steps) {
            return None;
        }
        if let Some(misfit) = state.choices.misfit.take() {
            let (step, expected, found) = (state.step, misfit.expected, misfit.found);
            return Some(Verdict::Nondeterminism { step, expected, found });
        }
        if let Some(verdict) = state.verdict.take() {
            return Some(verdict);
        }
        if !state.claims.is_empty() {
            let claims = std::mem::take(&mut state.claims);
            drop(state);
            let broken = claims.iter().find(|(_, holds)| !catch(holds).unwrap_or(false));
            let label = broken.map(|(label, _)| (*label).to_owned());
            state = self.state();
            // A claim may have made claims.
            let more = std::mem::replace(&mut state.claims, claims);
            state.claims.extend(more);
            if let Some(label) = label {
                let task = state.info(state.recent[state.step as usize % RECENT]);
                return Some(Verdict::Broken { label, task });
            }
        }
        if state.step == limits.max_steps / 2 {
            state.time_at_half = self.elapsed();
        }
        if state.step < limits.max_steps {
            return None;
        }
        let mut busy: Vec<_> = state.recent.iter().filter(|&&task| task != NOBODY).collect();
        busy.sort_unstable();
        busy.dedup();
        Some(Verdict::Livelock {
            steps: limits.max_steps,
            busy: busy.into_iter().map(|&task| state.info(task)).collect(),
            time_moved: self.elapsed() > state.time_at_half,
        })
    }

    pub(super) fn root_has_returned(&self) -> bool {
        self.state().tasks[ROOT as usize].has_ended
    }

    pub(super) fn stuck(&self) -> Vec<Stuck> {
        self.state().stuck()
    }

    /// Whether time woke a task that is no daemon.
    pub(super) fn heard_more_than_daemons(&self) -> bool {
        self.hear();
        let state = self.state();
        state.ready.iter().any(|task| !state.tasks[task as usize].meta.daemon)
    }

    /// Polls a task that nobody woke: whether it ends, wakes or spawns.
    pub(super) fn gets_on(&self, task: u32, clock: &Clock) -> bool {
        let tasks = self.state().tasks.len();
        let ready = self.state().ready.len();
        if !self.state().waits(task) {
            return false;
        }
        self.step_with(task, false, clock, Budget::Uncounted);
        let state = self.state();
        let has_woken = state.ready.len() > ready;
        state.tasks[task as usize].has_ended || has_woken || state.tasks.len() > tasks
    }

    /// What is left when the root has returned, and should not be.
    pub(super) fn leaked_tasks(&self) -> Vec<TaskInfo> {
        let state = self.state();
        let leaked = state.alive().filter(|(_, task)| !task.bell.is_aborted());
        leaked.map(|(id, _)| state.info(id as u32)).collect()
    }

    /// Drops the tasks that are left, and those that their drops spawn: by id,
    /// unless the schedule `chooses`.
    pub(super) fn drop_the_rest(&self, chooses: bool) -> Option<Verdict> {
        let mut at = 0;
        let mut dropped = 0;
        loop {
            let mut state = self.state();
            while state.tasks.get(at).is_some_and(|task| task.body.is_none()) {
                at += 1;
            }
            if at == state.tasks.len() {
                break;
            }
            let chosen = if chooses { state.decide_drop(at) } else { None };
            let id = chosen.unwrap_or(at as u32);
            let body = state.tasks[id as usize].body.take();
            dropped += 1;
            if chooses && state.recorder.is_on() {
                let (step, task) = (state.step + dropped, state.info(id).to_string());
                state.recorder.begin(step, self.elapsed(), task);
            }
            drop(state);
            if let Some(body) = body {
                self.tower.begin_poll(id);
                let ended = self.drop_body(id, body);
                self.tower.end_poll();
                let mut state = self.state();
                self.end_task(&mut state, id, ended);
                state.recorder.end();
            }
        }
        let (mut tasks, mut claims) = {
            let mut state = self.state();
            (std::mem::take(&mut state.tasks), std::mem::take(&mut state.claims))
        };
        // Wakers and claims may own values of the scenario's.
        tasks.clear();
        claims.clear();
        let mut state = self.state();
        (state.tasks, state.claims) = (tasks, claims);
        state.verdict.take()
    }

    /// The tracked values that somebody holds, once all is dropped.
    pub(super) fn held_values(&self) -> Vec<String> {
        let tracked = std::mem::take(&mut self.state().tracked);
        let held = tracked.iter().filter(|(_, holders)| holders() > 0);
        held.map(|(what, _)| (*what).to_owned()).collect()
    }

    /// Whether the schedule foresaw more than there was.
    pub(super) fn finish_chooser(&self) -> Option<Verdict> {
        let mut state = self.state();
        let misfit = state.choices.chooser.finish().err()?;
        let (step, expected, found) = (state.step, misfit.expected, misfit.found);
        Some(Verdict::Nondeterminism { step, expected, found })
    }

    pub(super) fn steps(&self) -> u64 {
        self.state().step
    }

    pub(super) fn note_stall(&self) {
        self.state().recorder.before(|| Event::Stalled);
    }

    pub(super) fn census(&self) -> Vec<Counted> {
        self.state().census()
    }

    pub(super) fn take_sometimes(&self) -> BTreeMap<&'static str, bool> {
        std::mem::take(&mut self.state().sometimes)
    }

    /// What came of the schedule, as far as it is known in here.
    pub(super) fn end(&self, verdict: Option<Verdict>, unexplored: u64) -> Run {
        let mut state = self.state();
        // Searches learn from a chooser when it is dropped.
        state.choices.chooser = Box::new(Fair);
        Run {
            verdict,
            made: std::mem::take(&mut state.choices.made),
            hash: state.choices.hash,
            steps: state.step,
            opportunities: state.choices.numbers,
            unexplored_tasks: unexplored,
            trace: state.recorder.take(),
            pruned: false,
            got_on: false,
            census: Vec::new(),
        }
    }

    pub(super) fn recycle(&self, made: Vec<Made>) {
        self.state().choices.made = made;
    }

    pub(super) fn take_cancel_points(&self) -> CancelPoints {
        std::mem::take(&mut self.state().places.points)
    }
}
