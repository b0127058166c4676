//! Streams whose items are worked on beside each other.

mod maps;
mod spawned;

use super::Race;

/// Streams.
pub const STREAM: Race = Race {
    name: "stream",
    command: "cargo bench -p surefoot-benches --bench stream",
    works: &[maps::ORDERED, maps::UNORDERED, spawned::ONE_THREAD, spawned::TWO_THREADS],
    notes: &[
        "items that are ready at once, 256 in flight; one stream of as many items as a round takes; \
         per item",
        "spawned: each item is a task; a `JoinSet` by hand: as many as there is room for are \
         spawned, one is joined; `par-stream`: 256 workers, which live as long as the stream and \
         share it, and room for 256 outputs; spawn + join: 256 tasks, and then their handles in \
         order; on two threads: by real time, and not counted",
    ],
};

/// How many items are in flight.
const LIMIT: usize = 256;
