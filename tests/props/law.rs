//! How much a property is put to the test: none is to hold for want of anything to hold
//! for.

use std::fmt::Debug;
use std::io::Write;
use std::sync::atomic::{AtomicU32, Ordering};

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, FileFailurePersistence, TestCaseError, TestError, TestRunner};

/// A property, and when it was put to the test.
#[derive(Clone, Copy)]
pub(crate) struct Law {
    pub(crate) name: &'static str,
    /// The file of the cases that were met.
    pub(crate) regressions: &'static str,
    /// How many inputs it is run on.
    pub(crate) cases: u32,
    /// In how many of them, of a hundred, it has to tell something.
    pub(crate) percent: u32,
    /// What a case is like in which it does.
    pub(crate) telling: &'static str,
}

/// What most properties of a queue are about.
pub(crate) const CROWDED: &str = "three or more waited at a time";

impl Law {
    /// Runs `property` on the inputs. It says whether its case tells something. Prints how
    /// many did, and fails if they are too few.
    pub(crate) fn holds<S>(
        self,
        inputs: &S,
        property: impl Fn(S::Value) -> Result<bool, TestCaseError>,
    ) where
        S: Strategy<Value: Debug>,
    {
        let Self { name, cases, percent, telling, .. } = self;
        let config = Config {
            cases,
            max_shrink_iters: 20_000,
            failure_persistence: Some(Box::new(FileFailurePersistence::Direct(self.regressions))),
            source_file: Some(file!()),
            ..Config::default()
        };
        let told = AtomicU32::new(0);
        let ran = TestRunner::new(config).run(inputs, |input| {
            told.fetch_add(u32::from(property(input)?), Ordering::Relaxed);
            Ok(())
        });
        match ran {
            Ok(()) => {}
            Err(TestError::Fail(why, input)) => panic!("{name}: {why}\n{input:#?}"),
            Err(TestError::Abort(why)) => panic!("{name}: {why}"),
        }
        let told = told.into_inner();
        // Past the capture of the test harness: it is a part of the result.
        writeln!(std::io::stderr(), "props: {name}: in {told} of {cases} cases {telling}")
            .expect("standard error takes a line");
        assert!(
            told * 100 >= cases * percent,
            "{name}: in {told} of {cases} cases {telling}: less than {percent} %"
        );
    }
}
