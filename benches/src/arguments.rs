//! What a race is told on the command line.

use std::fmt;

use crate::rounds::Plan;

/// How thoroughly to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// For the record.
    Full,
    /// To see that it runs.
    Quick,
}

/// An argument that no race knows.
#[derive(Debug, PartialEq, Eq)]
pub struct Unknown(String);

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no argument of a race; there is `--quick`", self.0)
    }
}

impl std::error::Error for Unknown {}

impl Effort {
    /// From the arguments of the process, its name left out.
    ///
    /// # Errors
    ///
    /// The first argument that is not known.
    pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, Unknown> {
        let mut effort = Self::Full;
        for argument in arguments {
            match argument.as_str() {
                "--quick" => effort = Self::Quick,
                // cargo's own, to tell a bench from a test.
                "--bench" => {}
                _ => return Err(Unknown(argument)),
            }
        }
        Ok(effort)
    }

    /// The rounds of a race.
    #[must_use]
    pub fn plan(self) -> Plan {
        match self {
            Self::Full => Plan { rounds: 21, millis: 40 },
            Self::Quick => Plan { rounds: 2, millis: 1 },
        }
    }

    /// Chooses between the number for the record and the one to see it run.
    #[must_use]
    pub fn pick<T>(self, full: T, quick: T) -> T {
        match self {
            Self::Full => full,
            Self::Quick => quick,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Effort, Unknown};

    fn parse(arguments: &[&str]) -> Result<Effort, Unknown> {
        Effort::parse(arguments.iter().map(ToString::to_string))
    }

    #[test]
    fn an_unknown_argument_is_named() {
        assert_eq!(parse(&["--bench"]), Ok(Effort::Full));
        assert_eq!(parse(&["--quick", "--bench"]), Ok(Effort::Quick));
        let unknown = parse(&["--bench", "--fast"]).expect_err("it is unknown");
        assert!(unknown.to_string().starts_with("`--fast` is no argument"));
    }
}
