//! A schedule as a value: written, parsed, compared.

use std::fmt;
use std::str::FromStr;

use super::choice::{Bounds, Deviation, Kind};
use super::engine::{Plan, Purpose};
use super::strategy::Chooser;

/// Every decision of one run: a seed, and the choices that did not take their
/// default, each numbered within its kind.
///
/// The text form is meant to be pasted, and means the same on every machine:
///
/// ```
/// use surefoot::sim::Schedule;
///
/// let text = "v1;seed=7;c:1;t12=2;c3=1";
/// let schedule: Schedule = text.parse()?;
/// assert_eq!(schedule.deviations().len(), 2);
/// assert_eq!(schedule.to_string(), text);
///
/// let error = "v1;seed=7;x1=1".parse::<Schedule>().unwrap_err();
/// assert_eq!(error.position(), 10);
/// # Ok::<(), surefoot::sim::ScheduleError>(())
/// ```
///
/// `t12=2`: at the 12th choice between ready tasks, task 2 is polled, and those
/// before it are postponed. `c3=1`: at the 3rd chance to cancel, place 1 is.
/// `f2=1`: the 2nd fault strikes. `v1=4`: the 1st value is 4. `s3=1`: before the
/// 3rd step at which it could, time jumps to the next timer. `p1=2`: task 2 is
/// polled unwoken. `b4=1`: the 4th step runs with the coop budget spent. `d1=3`:
/// of the tasks that are left, 3 is dropped first. `c:1`: at most one cancellation
/// is allowed, which decides where chances are counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Schedule {
    seed: u64,
    bounds: Bounds,
    deviations: Vec<Deviation>,
}

impl Schedule {
    pub(crate) fn new(seed: u64, bounds: Bounds, deviations: Vec<Deviation>) -> Self {
        Self { seed, bounds, deviations }
    }

    /// The choices that did not take their default, in the order of the run.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }

    /// A plan to run it, with `chooser` to make its choices.
    pub(super) fn plan(&self, chooser: Box<dyn Chooser>, purpose: Purpose) -> Plan {
        Plan { chooser, bounds: self.bounds, seed: self.seed, record: false, purpose }
    }

    /// The same, but for these deviations.
    pub(crate) fn with(&self, deviations: Vec<Deviation>) -> Self {
        Self { deviations, ..self.clone() }
    }
}

const VERSION: &str = "v1";

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{VERSION};seed={}", self.seed)?;
        for kind in Kind::ALL {
            if kind.is_bounded() && self.bounds[kind] > 0 {
                write!(f, ";{}:{}", kind.letter(), self.bounds[kind])?;
            }
        }
        for deviation in &self.deviations {
            write!(f, ";{deviation}")?;
        }
        Ok(())
    }
}

/// A text that is no schedule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("schedule, position {position}: {why}")]
pub struct ScheduleError {
    position: usize,
    why: String,
}

impl ScheduleError {
    /// Where the text goes wrong: a byte offset.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }
}

impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        let mut fields = Fields { text, at: 0 };
        let mut schedule = Self::default();
        fields.expect(VERSION, "the version")?;
        let (position, seed) = fields.next().ok_or_else(|| fields.ended("`seed=` and a number"))?;
        let seed = seed.strip_prefix("seed=").ok_or_else(|| {
            error(position, format!("expected `seed=` and a number, found `{seed}`"))
        })?;
        schedule.seed = number(position + 5, seed)?;
        while let Some((position, field)) = fields.next() {
            schedule.add(position, field)?;
        }
        Ok(schedule)
    }
}

impl Schedule {
    /// Takes in `c:1` or `t12=2`.
    fn add(&mut self, position: usize, field: &str) -> Result<(), ScheduleError> {
        let mut letters = field.chars();
        let kind = letters.next().and_then(Kind::of_letter).ok_or_else(|| {
            let known: Vec<_> = Kind::ALL.map(|kind| format!("`{}`", kind.letter())).to_vec();
            error(position, format!("`{field}` begins with none of {}", known.join(", ")))
        })?;
        let rest = letters.as_str();
        if let Some(bound) = rest.strip_prefix(':') {
            if !kind.is_bounded() {
                return Err(error(position, format!("kind `{}` has no bound", kind.letter())));
            }
            let bound = number(position + 2, bound)?;
            self.bounds[kind] = u32::try_from(bound)
                .map_err(|_| error(position + 2, format!("{bound} is too large")))?;
            return Ok(());
        }
        let (count, option) = rest.split_once('=').ok_or_else(|| {
            error(position, format!("expected `{}N=OPTION`, found `{field}`", kind.letter()))
        })?;
        let deviation = Deviation {
            kind,
            number: number(position + 1, count)?,
            option: number(position + 2 + count.len(), option)?,
        };
        if deviation.number == 0 {
            return Err(error(position + 1, "choices are numbered from 1"));
        }
        let same = |other: &Deviation| (other.kind, other.number) == (kind, deviation.number);
        if self.deviations.iter().any(same) {
            return Err(error(
                position,
                format!("choice `{}{count}` is there twice", kind.letter()),
            ));
        }
        self.deviations.push(deviation);
        Ok(())
    }
}

/// The parts between semicolons, and where they begin.
struct Fields<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Fields<'a> {
    fn next(&mut self) -> Option<(usize, &'a str)> {
        let rest = self.text.get(self.at..)?;
        let position = self.at;
        let field = rest.split(';').next()?;
        self.at += field.len() + 1;
        Some((position, field))
    }

    fn expect(&mut self, word: &str, what: &str) -> Result<(), ScheduleError> {
        match self.next() {
            Some((_, found)) if found == word => Ok(()),
            Some((position, found)) => {
                Err(error(position, format!("expected {what}, `{word}`, found `{found}`")))
            }
            None => Err(self.ended(what)),
        }
    }

    fn ended(&self, what: &str) -> ScheduleError {
        error(self.text.len(), format!("expected {what}, found the end"))
    }
}

fn error(position: usize, why: impl Into<String>) -> ScheduleError {
    ScheduleError { position, why: why.into() }
}

fn number(position: usize, text: &str) -> Result<u64, ScheduleError> {
    // `u64::from_str` would take a sign, too.
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(error(position, format!("expected a whole number, found `{text}`")));
    }
    text.parse().map_err(|_| error(position, format!("`{text}` is too large")))
}
