//! What the scenario tells `tracing`, for the rows of a trace.

use std::fmt::{Debug, Write as _};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Metadata, Subscriber};

use crate::error::catch;
use crate::rt::hook;

/// Until it is dropped, the events of this thread go into the trace of the simulation
/// that runs on it, and to nobody else.
pub(super) fn listen() -> DefaultGuard {
    tracing::subscriber::set_default(Listener)
}

struct Listener;

impl Subscriber for Listener {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn event(&self, event: &Event<'_>) {
        // A field's `Debug` is the scenario's code: it is run before the simulation is
        // asked, and a panic in it would be in this run of the schedule only.
        let line = catch(|| Line::of(event));
        let line = line.unwrap_or_else(|caught| format!("(panicked: {})", caught.message));
        if let Some(hook) = hook::current() {
            hook.told(format!("{} {line}", event.metadata().level()));
        }
    }

    /// Spans are not told: a row says whose step it is.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// An event on one line: its message, and its other fields as they come.
#[derive(Default)]
struct Line {
    message: String,
    fields: String,
}

impl Line {
    fn of(event: &Event<'_>) -> String {
        let mut line = Self::default();
        event.record(&mut line);
        // A row is one line of the report.
        (line.message + &line.fields).trim_start().replace('\n', "\\n")
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // A string can be written to; only the value's own `Debug` may fail, and then
        // what it wrote so far is all that there is.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }
}
