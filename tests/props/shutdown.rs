//! The shutdown's machine against a model, for every sequence of calls.
//!
//! After every call:
//!
//! 1. The phase, and who is triggered and why, are the model's; the signals say
//!    no only of what has not happened, and yes only of what has, and are silent
//!    only about neighbours of a node that was triggered on its own.
//! 2. Of those that wait, those are woken whose event has happened, once, and
//!    nobody else. A drain is woken when the phase moves or nothing is left.
//! 3. Switches are thrown when what is left is aborted, all and each once; one
//!    that comes later comes back.
//! 4. What is counted and kept is the model's, and so are the names of what is
//!    left.
//! 5. There are as many nodes as have handles.

mod world;

use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

use self::world::{World, actions, limits};
use crate::shutdown_core::{Core, Ending, Kind, Limits};

fn config() -> ProptestConfig {
    let file = FileFailurePersistence::Direct("proptest-regressions/shutdown.txt");
    ProptestConfig {
        cases: 200,
        failure_persistence: Some(Box::new(file)),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    /// shutdown/STOP1, shutdown/STOP2, shutdown/STOP3, shutdown/STOP6,
    /// shutdown/STOP8, shutdown/X6, shutdown/X7, shutdown/X11, shutdown/X13
    #[test]
    fn every_sequence_of_calls_does_as_the_model(limits in limits(), actions in actions()) {
        let mut world = World::new(limits);
        for action in &actions {
            world.step(action);
        }
    }
}

/// The key of a piece that has ended is no other's, also where another
/// has its place by now.
#[test]
fn a_key_names_no_other_piece() {
    let none = Duration::ZERO;
    let mut core: Core<u8, (), ()> = Core::new(Limits { accept: none, drain: none, abort: none });
    let task = || Kind::Task("work".into());
    let old = core.register(task()).expect("it is running");
    assert!(core.end(old, Ending::Well).is_none());
    let new = core.register(task()).expect("it is running");
    assert_ne!(old, new);
    assert_eq!((core.attach(old, 1), core.attach(new, 2)), (Some(1), None));
}
