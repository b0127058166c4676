//! Streams against reference models.

mod contract;
mod maps;
mod time;

use std::fmt::Debug;
use std::io::Write;
use std::sync::atomic::{AtomicU32, Ordering};

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, FileFailurePersistence, TestCaseError, TestError, TestRunner};

/// Runs `property` on so many inputs. It says whether its case was about what the property
/// is about. Prints in how many cases it was, and fails if that are less than `percent`: no
/// property is to hold for want of anything to hold for.
fn holds<S>(
    name: &'static str,
    cases: u32,
    percent: u32,
    inputs: S,
    property: impl Fn(S::Value) -> Result<bool, TestCaseError>,
) where
    S: Strategy<Value: Debug>,
{
    let config = Config {
        cases,
        max_shrink_iters: 20_000,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(
            "proptest-regressions/stream.txt",
        ))),
        source_file: Some(file!()),
        ..Config::default()
    };
    let telling = AtomicU32::new(0);
    let ran = TestRunner::new(config).run(&inputs, |input| {
        telling.fetch_add(u32::from(property(input)?), Ordering::Relaxed);
        Ok(())
    });
    match ran {
        Ok(()) => {}
        Err(TestError::Fail(why, input)) => panic!("{name}: {why}\n{input:#?}"),
        Err(TestError::Abort(why)) => panic!("{name}: {why}"),
    }
    let telling = telling.into_inner();
    // Past the capture of the test harness: it is a part of the result.
    writeln!(std::io::stderr(), "props: {name}: {telling} of {cases} cases tell something")
        .expect("standard error takes a line");
    assert!(telling * 100 >= cases * percent, "{name}: too few of the cases tell something");
}
