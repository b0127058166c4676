use std::time::Duration;

use crate::sim::choice::Deviation;
use crate::sim::trace::{Event, Row, Trace};

/// Writes the trace, when there is one: recording costs more than running.
#[derive(Default)]
pub(super) struct Recorder {
    trace: Option<Trace>,
    /// The step that is under way.
    row: Option<Row>,
    /// Of the choices that come before a step.
    deviations: Vec<Deviation>,
    before: Vec<Event>,
}

impl Recorder {
    pub(super) fn new(on: bool) -> Self {
        Self { trace: on.then(Trace::default), ..Self::default() }
    }

    pub(super) fn is_on(&self) -> bool {
        self.trace.is_some()
    }

    pub(super) fn deviated(&mut self, deviation: Deviation) {
        match &mut self.row {
            Some(row) => row.deviations.push(deviation),
            None if self.trace.is_some() => self.deviations.push(deviation),
            None => {}
        }
    }

    /// Notes what belongs to the next step, if anybody wants to know.
    pub(super) fn before(&mut self, event: impl FnOnce() -> Event) {
        if self.is_on() {
            self.before.push(event());
        }
    }

    pub(super) fn begin(&mut self, step: u64, at: Duration, task: String) {
        let events = std::mem::take(&mut self.before);
        let deviations = std::mem::take(&mut self.deviations);
        self.row = Some(Row { step, at, task, events, deviations });
    }

    /// Notes what happened, if anybody wants to know.
    pub(super) fn event(&mut self, event: impl FnOnce() -> Event) {
        if let Some(row) = &mut self.row {
            row.events.push(event());
        }
    }

    #[inline]
    pub(super) fn end(&mut self) {
        if self.is_on() {
            self.end_row();
        }
    }

    #[cold]
    fn end_row(&mut self) {
        if let (Some(trace), Some(row)) = (&mut self.trace, self.row.take()) {
            trace.push(row);
        }
    }

    pub(super) fn take(&mut self) -> Option<Trace> {
        self.end();
        self.trace.take()
    }
}
