//! One machine for all maps: [`Map`] takes items from the source while there is room,
//! hands their futures to `hands` (this task's, or tasks), and keeps what they give in a
//! `window` until it is taken. What an error does is the `kind`'s.
//!
//! # Invariants
//!
//! 1. At most `limit` are running or waiting to be taken: `hands` and `window` together.
//! 2. A key is in the hands from when its future is pending until it ended, or was lost in
//!    a panic; the window hears of each.
//! 3. Once it has `failed`, neither the source nor a future is polled.
//! 4. Each poll begins one more item before it gives one, if there is room: when a
//!    consumer is slow, as many are under way as may be.

#[expect(missing_debug_implementations, reason = "sealed: nobody can name them")]
mod core;
#[expect(missing_debug_implementations, reason = "sealed: nobody can name them")]
mod hands;
#[expect(missing_debug_implementations, reason = "sealed: nobody can name them")]
mod kind;
mod machine;
mod mailbox;
#[expect(missing_debug_implementations, reason = "sealed: nobody can name them")]
mod tasks;
mod worker;

pub use self::machine::{
    Map, MapOrdered, MapUnordered, SpawnOrdered, SpawnUnordered, TryMapOrdered, TryMapUnordered,
    TrySpawnOrdered, TrySpawnUnordered,
};
