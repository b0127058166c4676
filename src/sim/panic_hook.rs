use std::cell::Cell;
use std::panic;
use std::sync::Once;

use crate::error::{install_panic_hook, note_panic};

thread_local! {
    static SILENT: Cell<bool> = const { Cell::new(false) };
}

/// Keeps the panics of a simulation from being printed, while it lives: a
/// search for a failing schedule panics thousands of times. Other threads'
/// panics, and this one's outside a simulation, print as ever.
pub(super) struct Silence(());

impl Silence {
    pub(super) fn new() -> Self {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            // To take the hook and to set one are two steps: of two threads that do so at
            // once, one loses its hook. So the other hook of ours is there before this one.
            install_panic_hook();
            let previous = panic::take_hook();
            panic::set_hook(Box::new(move |info| {
                if SILENT.get() {
                    note_panic(info);
                } else {
                    previous(info);
                }
            }));
        });
        SILENT.set(true);
        Self(())
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        SILENT.set(false);
    }
}
