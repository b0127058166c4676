//! Locks against their references.

mod contention;
mod flights;
mod histories;
mod keys;
mod machine;
