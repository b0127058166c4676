//! Which of several levels is served next, so that none starves: for channels and
//! streams alike.

mod core;

pub(crate) use self::core::{MAX_LEVELS, Urgency};
