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
        "spawned: a task works on one item after the other; a `JoinSet` by hand: as many as there \
         is room for are spawned, one is joined; `par-stream`: 256 workers, which live as long as \
         the stream and share it, and room for 256 outputs; spawn + join: 256 tasks, and then their \
         handles in order; on two threads: by real time, and not counted",
        "what a spawned map took, by instructions per item: tasks that are kept for the next item, \
         871, half of what a new task and its handle take; whoever puts an item there keeps the \
         task's waker, which was cloned under the lock, and one look into the mailbox per poll \
         instead of two, 811; one item per poll, without a loop and a budget for it, 772; no \
         scope is entered for a deadline that is never, 717",
    ],
};

/// How many items are in flight.
const LIMIT: usize = 256;
