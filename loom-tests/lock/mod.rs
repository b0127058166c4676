//! Models of the locks, through their public API.

mod keyed;
mod single_flight;
mod snapshot;

pub(crate) use self::keyed::{KeyLocks, unlock_against_leaver};
pub(crate) use self::single_flight::{Load, Loads, leader_leaves_against_follower};
pub(crate) use self::snapshot::{Watched, store_against_watcher};
