//! Who has which key, who waits for it, and what becomes of them.

mod keys;
mod turns;

pub(crate) use self::keys::Place;
pub(crate) use self::turns::{Asked, Turn, Turns};
