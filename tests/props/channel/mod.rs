//! The channels: their cores against reference models, and their shells with the
//! schedule as a part of the input.

mod history;
mod priority;
mod publish;
mod tasks;

use std::fmt::Debug;
use std::io::Write;
use std::sync::atomic::{AtomicU32, Ordering};

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, FileFailurePersistence, TestCaseError, TestError, TestRunner};

/// Runs `property` on so many inputs. It says how many waited at the same time, at
/// most. Prints in how many cases that were three or more, and fails if that are less
/// than `percent`: no property is to hold for want of contention.
fn holds<S>(
    name: &'static str,
    cases: u32,
    percent: u32,
    inputs: S,
    property: impl Fn(S::Value) -> Result<usize, TestCaseError>,
) where
    S: Strategy<Value: Debug>,
{
    let config = Config {
        cases,
        max_shrink_iters: 20_000,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(
            "proptest-regressions/channel.txt",
        ))),
        source_file: Some(file!()),
        ..Config::default()
    };
    let crowded = AtomicU32::new(0);
    let ran = TestRunner::new(config).run(&inputs, |input| {
        let waited = property(input)?;
        crowded.fetch_add(u32::from(waited >= 3), Ordering::Relaxed);
        Ok(())
    });
    match ran {
        Ok(()) => {}
        Err(TestError::Fail(why, input)) => panic!("{name}: {why}\n{input:#?}"),
        Err(TestError::Abort(why)) => panic!("{name}: {why}"),
    }
    let crowded = crowded.into_inner();
    // Past the capture of the test harness: it is a part of the result.
    writeln!(
        std::io::stderr(),
        "props: {name}: in {crowded} of {cases} cases three or more waited at a time"
    )
    .expect("standard error takes a line");
    assert!(crowded * 100 >= cases * percent, "{name}: too few of the cases are about contention");
}
