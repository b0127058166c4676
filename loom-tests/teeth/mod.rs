//! Models that must fail: textbook code with one step wrong, under the very
//! bodies that the production code passes. The same code without the mistake
//! passes them too, so that it is the mistake that is found.

mod channel;
mod inflight;
mod lock;
mod mailbox;
mod pool;
mod retry;
mod scope;
mod shutdown;
mod waiters;
