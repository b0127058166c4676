//! The pure machines: who the children are, and how many may run.

mod lane;
mod roster;

pub(crate) use self::lane::{Entered, Lane};
pub(crate) use self::roster::{Fallout, Key, Rest, Roster};
