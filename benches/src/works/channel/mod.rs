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
        "publish in bursts, tried, by instructions per value to 10 that block, which take 2,699: \
         the last subscriber gets the part that was made first, which is counted up and down \
         once less, 2,929; a part is unwrapped without a look whether others have it, 2,705, and \
         a locked instruction more for each; a value alone instead of a counted part, where there \
         is one subscriber, is in: 471, and 550 of async-broadcast. Left is one queue for all, \
         with a place in it for each subscriber: a policy that drops would need gaps in it",
        "publish one by one, tried: memory for all wakers at once is in, 8,793 instructions per \
         value that 10 wait for, instead of 9,163; no guard against panics where nobody is woken, \
         nothing",
        "request, tried: room that is there is taken without the future that waits for it, 1,757 \
         instructions instead of 1,893",
    ],
};
