//! The channels.

mod priority;
mod publish;
mod request;

use super::Race;

/// The channels.
pub const CHANNEL: Race = Race {
    name: "channel",
    command: "cargo bench -p surefoot-benches --bench channel",
    works: &[
        priority::PRODUCERS_1,
        priority::PRODUCERS_4,
        request::ROUND_TRIP,
        publish::DROPPING_1,
        publish::DROPPING_10,
        publish::DROPPING_100,
        publish::BLOCKING_1,
        publish::BLOCKING_10,
        publish::BLOCKING_100,
        publish::DROPPING_BURSTS_1,
        publish::DROPPING_BURSTS_10,
        publish::DROPPING_BURSTS_100,
        publish::BLOCKING_BURSTS_1,
        publish::BLOCKING_BURSTS_10,
        publish::BLOCKING_BURSTS_100,
    ],
    notes: &[
        "one thread; priority: room for 16 values per level of 4, or for 64 in one queue; the \
         producers outrun the receiver, so that most sends wait",
        "publish: room for 64 values; one by one: every subscriber takes a value before the next \
         is published, so that each waits and is woken; in bursts: 32 are published before any \
         is taken. There, of a value to many, each subscriber's share is counted up and down, \
         which a clone under the channel's lock would save: the values are numbers, whose clones \
         cost nothing. surefoot runs no `Clone` under its lock",
    ],
};
