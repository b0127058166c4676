//! Broken channels.

mod biased;
mod handover;
mod one_by_one;
mod textbook;
mod unowned;

pub(in crate::scenarios) use self::biased::Biased;

pub(super) use self::handover::Handover;
pub(super) use self::one_by_one::OneByOne;
pub(super) use self::textbook::Textbook;
pub(super) use self::unowned::Unowned;
