//! Streams against reference models.

mod contract;
mod maps;
mod spawned;
mod time;

use std::fmt::Debug;

use proptest::strategy::Strategy;
use proptest::test_runner::TestCaseError;

use crate::law::Law;

/// Runs `property` on so many inputs. It says whether its case was about what the property
/// is about, as at least `percent` have to be.
fn holds<S>(
    name: &'static str,
    cases: u32,
    percent: u32,
    inputs: S,
    property: impl Fn(S::Value) -> Result<bool, TestCaseError>,
) where
    S: Strategy<Value: Debug>,
{
    let (regressions, telling) = ("proptest-regressions/stream.txt", "there was something to tell");
    Law { name, regressions, cases, percent, telling }.holds(&inputs, property);
}
