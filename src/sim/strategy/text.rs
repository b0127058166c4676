use std::fmt;
use std::str::FromStr;

use super::Strategy;
use crate::sim::schedule::ScheduleError;

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Portfolio => f.write_str("portfolio"),
            Self::Fair => f.write_str("fair"),
            Self::Random => f.write_str("random"),
            Self::Pct { depth } => write!(f, "pct:{depth}"),
            Self::Pos => f.write_str("pos"),
            Self::Urw => f.write_str("urw"),
            Self::Surw => f.write_str("surw"),
            Self::Exhaustive { deviations: None } => f.write_str("exhaustive"),
            Self::Exhaustive { deviations: Some(n) } => write!(f, "exhaustive:{n}"),
            Self::Script(bytes) => {
                f.write_str("script:")?;
                bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
            Self::Replay(schedule) => write!(f, "replay:{schedule}"),
        }
    }
}

/// A text that names no strategy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no strategy: position {position}: {why}")]
pub struct StrategyError {
    text: String,
    position: usize,
    why: String,
    #[source]
    source: Option<ScheduleError>,
}

impl StrategyError {
    /// Where the text goes wrong: a byte offset.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }
}

const KNOWN: &str = "expected `portfolio`, `fair`, `random`, `pct:DEPTH`, `pos`, `urw`, `surw`, \
                     `exhaustive`, `exhaustive:N`, `script:HEX` or `replay:SCHEDULE`";

impl FromStr for Strategy {
    type Err = StrategyError;

    fn from_str(text: &str) -> Result<Self, StrategyError> {
        let error = |position, why: String| StrategyError {
            text: text.to_owned(),
            position,
            why,
            source: None,
        };
        let (name, argument) = match text.split_once(':') {
            Some((name, argument)) => (name, Some(argument)),
            None => (text, None),
        };
        let at = name.len() + 1;
        let number = |least: u32, argument: &str| match argument.parse() {
            Ok(n) if n >= least && argument.bytes().all(|byte| byte.is_ascii_digit()) => Ok(n),
            _ => {
                let why = format!("expected a whole number from {least}, found `{argument}`");
                Err(error(at, why))
            }
        };
        match (name, argument) {
            ("portfolio", None) => Ok(Self::Portfolio),
            ("fair", None) => Ok(Self::Fair),
            ("random", None) => Ok(Self::Random),
            ("pos", None) => Ok(Self::Pos),
            ("urw", None) => Ok(Self::Urw),
            ("surw", None) => Ok(Self::Surw),
            ("pct", Some(depth)) => Ok(Self::Pct { depth: number(1, depth)? }),
            ("exhaustive", None) => Ok(Self::Exhaustive { deviations: None }),
            ("exhaustive", Some(n)) => Ok(Self::Exhaustive { deviations: Some(number(0, n)?) }),
            ("script", Some(hex)) => {
                bytes(hex).map(Self::Script).map_err(|(offset, why)| error(at + offset, why))
            }
            ("replay", Some(schedule)) => {
                schedule.parse().map(Self::Replay).map_err(|source: ScheduleError| {
                    let position = at + source.position();
                    let error = error(position, "expected a schedule".to_owned());
                    StrategyError { source: Some(source), ..error }
                })
            }
            ("pct", None) => Err(error(text.len(), "expected `:` and a depth from 1".to_owned())),
            _ => Err(error(0, KNOWN.to_owned())),
        }
    }
}

/// Or where the text is no bytes in hexadecimal, and why.
fn bytes(hex: &str) -> Result<Vec<u8>, (usize, String)> {
    let digit = |(offset, letter): (usize, char)| {
        let why = || (offset, format!("expected a hexadecimal digit, found `{letter}`"));
        letter.to_digit(16).map(|digit| digit as u8).ok_or_else(why)
    };
    let digits: Vec<_> = hex.char_indices().map(digit).collect::<Result<_, _>>()?;
    if digits.len() % 2 == 1 {
        return Err((hex.len(), "expected one more hexadecimal digit, found the end".to_owned()));
    }
    Ok(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}
