//! What happened, step by step.

use std::fmt;
use std::time::Duration;

use super::choice::Deviation;

/// The steps of one run, in order. Equal for equal schedules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    rows: Vec<Row>,
}

/// One step: one poll of one task, or the drop of a cancelled one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Row {
    /// From 1.
    pub step: u64,
    /// Virtual time since the schedule began.
    pub at: Duration,
    /// Which task.
    pub task: String,
    /// What came of it.
    pub events: Vec<Event>,
    /// The deviations that led here, or were taken in this step.
    pub deviations: Vec<Deviation>,
}

/// Something that happened in a step.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// It was polled although others stood before it in the fair order.
    RanBefore(Vec<String>),
    /// It was polled although nobody woke it.
    Unwoken,
    /// It was polled with Tokio's budget spent.
    Spent,
    /// Time jumped to the next timer before it, although tasks were ready.
    Stalled,
    /// It spawned a task.
    Spawned(String),
    /// It woke a task.
    Woke(String),
    /// A fault struck.
    Fault(&'static str),
    /// [`choose`](crate::probe::choose) or [`pick`](crate::probe::pick) gave
    /// this.
    Chose(u64),
    /// It told `tracing` this: the level, the message, the fields. With the feature
    /// `tracing`.
    Told(String),
    /// A future inside it was cancelled, at this place in the source.
    Cancelled(String),
    /// It is pending.
    Pending,
    /// It returned.
    Returned,
    /// It panicked.
    Panicked(String),
    /// It was dropped.
    Dropped,
}

impl Trace {
    /// The steps, in order.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    pub(crate) fn push(&mut self, row: Row) {
        self.rows.push(row);
    }
}

impl Row {
    /// The event on one line, from this task's point of view.
    pub(super) fn tell(&self, event: &Event) -> String {
        match event {
            Event::Woke(task) if *task == self.task => "woke itself".to_owned(),
            event => event.to_string(),
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RanBefore(others) => {
                let others: Vec<_> = others.iter().map(|other| format!("`{other}`")).collect();
                write!(f, "ran before {}", others.join(", "))
            }
            Self::Unwoken => f.write_str("was not woken"),
            Self::Spent => f.write_str("ran with its budget spent"),
            Self::Stalled => f.write_str("time jumped before it ran"),
            Self::Spawned(task) => write!(f, "spawned `{task}`"),
            Self::Woke(task) => write!(f, "woke `{task}`"),
            Self::Fault(label) => write!(f, "fault \"{label}\""),
            Self::Told(line) => f.write_str(line),
            Self::Chose(value) => write!(f, "chose {value}"),
            Self::Cancelled(at) => write!(f, "cancelled the future of {at}"),
            Self::Pending => f.write_str("pending"),
            Self::Returned => f.write_str("returned"),
            Self::Panicked(message) => {
                // The rest of it is in the verdict.
                write!(f, "panicked: {}", message.lines().next().unwrap_or_default())
            }
            Self::Dropped => f.write_str("dropped"),
        }
    }
}

/// Rows that a report shows; the rest stays in the value.
const SHOWN: usize = 60;

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.rows.iter().map(|row| row.task.chars().count()).max().unwrap_or(4).max(4);
        writeln!(f, "{:>6}  {:>9}  {:width$}  what happened", "step", "time", "task")?;
        let hidden = self.rows.len().saturating_sub(SHOWN);
        if hidden > 0 {
            writeln!(f, "        … {hidden} steps before these are in `Failure::trace`")?;
        }
        for row in &self.rows[hidden..] {
            let events: Vec<_> = row.events.iter().map(|event| row.tell(event)).collect();
            let time = format!("{} ms", row.at.as_millis());
            write!(f, "{:>6}  {time:>9}  {:width$}  {}", row.step, row.task, events.join("; "))?;
            if !row.deviations.is_empty() {
                let deviations: Vec<_> = row.deviations.iter().map(ToString::to_string).collect();
                write!(f, "    <- deviation {}", deviations.join(", "))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
