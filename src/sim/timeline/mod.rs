//! The picture of a failure: one HTML file that needs nothing else.
//!
//! One lane per task, steps downwards, virtual time beside them. It is written by
//! the test that fails, and opened by somebody who has never seen this crate; so
//! it explains itself, and it can be read without a mouse, and in the dark.

mod lanes;
mod page;
mod svg;
mod text;

pub(super) use self::page::page;
