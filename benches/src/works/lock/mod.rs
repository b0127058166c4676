//! Snapshots and keyed locks, against what is made by hand of Tokio's locks.

mod keyed;
mod snapshot;

use super::Race;

/// The locks.
pub const LOCK: Race = Race {
    name: "lock",
    command: "cargo bench -p surefoot-benches --bench lock",
    works: &[
        snapshot::READERS_1,
        snapshot::READERS_2,
        snapshot::READERS_8,
        keyed::ONE_TASK_1,
        keyed::ONE_TASK_1_000,
        keyed::MANY_TASKS_1,
        keyed::MANY_TASKS_1_000,
    ],
    notes: &[
        "readers: as many threads, each of which reads again and again; one piece of work is one \
         read of each; `arc-swap` by `load_full`, which gives an `Arc` as well; alone, a read is \
         four locked instructions, two of them the clone and the drop of the `Arc`: a third of \
         what the RwLock's guard takes is not to be had for a value that outlives the lock",
        "1 reader, tried, as the ratio to a read of tokio's RwLock: an `Arc` cloned and dropped \
         without any lock 2.2, which is the limit; under parking_lot's mutex, which is in, 1.5; \
         under std's mutex 1.5, under parking_lot's RwLock 1.4, under std's 1.2; arc-swap's \
         `load`, which gives no `Arc`, 2.5, and its `load_full` 1.4",
        "keys: one task that locks and unlocks one of so many keys, and 64 tasks on two workers; \
         `mutexes` removes a key that nobody uses, as `Keyed` does, and `mutexes, kept` never \
         does: it is here for the record",
    ],
};
