//! Models that must fail: textbook code with one step wrong, under the very
//! bodies that the production code passes. The same code without the mistake
//! passes them too, so that it is the mistake that is found.

/// `name: what it does wrong`, of a module's `trait Mistake`.
macro_rules! mistakes {
    ($($name:ident: $mistake:ident),+) => {$(
        struct $name;
        impl Mistake for $name {
            const $mistake: bool = true;
        }
    )+};
}

mod channel;
mod inflight;
mod lock;
mod mailbox;
mod pool;
mod retry;
mod scope;
mod shutdown;
mod waiters;
