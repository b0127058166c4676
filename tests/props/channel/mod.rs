//! The channels: their cores against reference models, and their shells with the
//! schedule as a part of the input.

mod history;
mod priority;
mod publish;
mod tasks;

use std::fmt::Debug;

use proptest::strategy::Strategy;
use proptest::test_runner::TestCaseError;

use crate::law::{CROWDED, Law};

/// Runs `property` on so many inputs. It says how many waited at the same time, at
/// most; in at least `percent` of the cases that have to be three or more.
fn holds<S>(
    name: &'static str,
    cases: u32,
    percent: u32,
    inputs: S,
    property: impl Fn(S::Value) -> Result<usize, TestCaseError>,
) where
    S: Strategy<Value: Debug>,
{
    let (regressions, telling) = ("proptest-regressions/channel.txt", CROWDED);
    let law = Law { name, regressions, cases, percent, telling };
    law.holds(&inputs, |input| Ok(property(input)? >= 3));
}
