//! The scope's machines against models, for every sequence of calls.

mod lane;
mod roster;

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

fn config() -> ProptestConfig {
    let file = FileFailurePersistence::Direct("proptest-regressions/scope.txt");
    ProptestConfig {
        cases: 250,
        failure_persistence: Some(Box::new(file)),
        ..ProptestConfig::default()
    }
}
