//! Broken pools.

mod barging;
mod guard;
mod handover;
mod permits;
mod textbook;
mod wakers;

pub(super) use self::barging::Barging;
pub(super) use self::handover::Handover;
pub(super) use self::permits::Permits;
pub(super) use self::textbook::Textbook;
pub(super) use self::wakers::Wakers;
