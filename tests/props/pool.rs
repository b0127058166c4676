//! The pool's machine against a model, for every sequence of calls.
//!
//! After every call:
//!
//! 1. The answer is the model's: who gets which connection or error, how many
//!    connects begin, and what is to be closed.
//! 2. The census and the counters are the model's; their sum is the size, and
//!    that is within its limit, or was left beyond it by a shrink and does not
//!    grow.
//! 3. No connection and no error was lost: as many exist as the model places.
//! 4. Those are woken that got something, and the first waiter while a connect
//!    could begin for somebody; nobody else is, and nobody twice. Upkeep is if it
//!    would oversleep something, or does not know of a shortage that it heeds, or
//!    if connects that nobody waits for begin to fail or to succeed; and not
//!    otherwise.
//! 5. The machine has the wakers of those that sleep, and no other.
//! 6. Idle connections and waiters exclude each other.
//! 7. After a round of upkeep nothing is due.
//!
//! And once everybody that was woken has gone on, nobody waits any more.

mod action;
mod daemon;
mod dated;
mod laws;
mod loans;
mod model;
mod shelf;
mod upkeep;
mod world;

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

use self::action::{actions, limits, times};
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

    /// pool/POOL1, pool/POOL2, pool/POOL3, pool/POOL7, pool/POOL8, pool/POOL9,
    /// pool/POOL10, pool/POOL11, pool/POOL12, pool/X2, pool/X6, pool/X7, pool/X8, pool/X11, pool/X13
    #[test]
    fn every_sequence_of_calls_does_as_the_model(
        (limits, times) in (limits(), times()),
        actions in actions(),
    ) {
        let mut world = World::new(limits, times);
        for action in &actions {
            world.step(action)?;
        }
        world.end()?;
    }
}
