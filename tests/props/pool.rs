//! The pool's machine against a model, for every sequence of calls.
//!
//! After every call:
//!
//! 1. The answer is the model's: who gets which connection or error, how many
//!    connects begin, and what is to be closed.
//! 2. The census and the counters are the model's; their sum is the size, and
//!    that is within its limit.
//! 3. No connection and no error was lost: as many exist as the model places.
//! 4. Those are woken that got something, and the first waiter while a connect
//!    could begin for somebody; nobody else is, and nobody twice.
//! 5. The machine has the wakers of those that sleep, and no other.
//! 6. Idle connections and waiters exclude each other.
//!
//! And once everybody that was woken has gone on, nobody waits any more.

mod action;
mod laws;
mod model;
mod world;

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

use self::action::{actions, limits};
use self::world::World;

fn config() -> ProptestConfig {
    let file = FileFailurePersistence::Direct("proptest-regressions/pool.txt");
    ProptestConfig {
        cases: 250,
        failure_persistence: Some(Box::new(file)),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    /// pool/POOL1, pool/POOL2, pool/POOL3, pool/POOL7, pool/POOL8, pool/POOL10,
    /// pool/POOL12, pool/X2, pool/X6, pool/X7, pool/X8, pool/X11, pool/X13
    #[test]
    fn every_sequence_of_calls_does_as_the_model(limits in limits(), actions in actions()) {
        let mut world = World::new(limits);
        for action in &actions {
            world.step(action)?;
        }
        world.end()?;
    }
}
