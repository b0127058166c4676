//! The engine as the scenario's code meets it.

use std::panic::Location;
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use super::core::Core;
use super::state::CANCELLABLE;
use crate::rt::hook::{Body, Control, Hook};
use crate::rt::{self, Meta};
use crate::sim::choice::{Kind, Options};
use crate::sim::trace::Event;

impl Hook for Core {
    fn spawn(&self, meta: Meta, body: Body) -> Arc<dyn Control> {
        self.add_task(meta, body)
    }

    fn choose(&self, n: u64) -> u64 {
        if n == 1 {
            return 0;
        }
        let mut state = self.state();
        let chosen = state.choose(Kind::Value, Options::Count(n)).unwrap_or(0);
        state.recorder.event(|| Event::Chose(chosen));
        chosen
    }

    fn draw(&self) -> u64 {
        self.state().draws.next_u64()
    }

    fn fault(&self, label: &'static str) -> bool {
        let mut state = self.state();
        let strikes = state.may_deviate(Kind::Fault)
            && state.choose(Kind::Fault, Options::Count(2)).is_some();
        if strikes {
            state.recorder.event(|| Event::Fault(label));
        }
        strikes
    }

    fn always(&self, label: &'static str, holds: Box<dyn Fn() -> bool>) {
        self.state().claims.push((label, holds));
    }

    fn sometimes(&self, label: &'static str, holds: bool) {
        *self.state().sometimes.entry(label).or_default() |= holds;
    }

    fn track(&self, what: &'static str, holders: Box<dyn Fn() -> usize>) {
        self.state().tracked.push((what, holders));
    }

    fn interesting(&self) {
        self.state().is_marked = true;
    }

    fn open_place(&self, at: &'static Location<'static>) -> u32 {
        let task = self.tower().current();
        let mut state = self.state();
        let place = state.places.add(task, false, at);
        if state.may_deviate(Kind::Cancel) {
            state.places.see(place);
            if state.choose(Kind::Cancel, Options::Ids(&[place], CANCELLABLE)).is_some() {
                state.places.strike(place);
            }
        }
        place
    }

    fn is_struck(&self, place: u32) -> bool {
        let mut state = self.state();
        let struck = state.places.get(place).filter(|place| place.struck).map(|place| place.at);
        if let Some(at) = struck {
            state.recorder.event(|| Event::Cancelled(at.to_string()));
        }
        struck.is_some()
    }

    fn place_is_pending(&self, place: u32, waker: &Waker) {
        let waker = waker.clone();
        let task = self.tower().current();
        let _replaced = self.state().places.pending(place, task, Some(waker));
    }

    fn close_place(&self, place: u32) {
        let _closed = self.state().places.remove(place);
    }

    fn elapsed(&self) -> Duration {
        rt::now().saturating_duration_since(self.epoch())
    }

    #[cfg(feature = "tracing")]
    fn told(&self, line: String) {
        self.state().recorder.event(|| Event::Told(line));
    }
}
