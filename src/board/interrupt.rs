use std::sync::{Arc, OnceLock};
use std::{io, process, thread};

use crate::rt;
use crate::shutdown::{Signal, Signals};
use crate::sim::Stop;

/// Ctrl-C, and SIGTERM: the first ends the search that is under way, so that what was
/// found so far is printed; a second one ends the process.
#[derive(Clone, Debug, Default)]
pub(super) struct Interrupt {
    pub(super) stop: Stop,
    signal: Arc<OnceLock<Signal>>,
}

impl Interrupt {
    /// From its return on, no signal is missed.
    pub(super) fn listen() -> io::Result<Self> {
        let runtime = rt::current_thread()?;
        let mut signals = {
            let _inside = runtime.enter();
            Signals::listen()?
        };
        let interrupt = Self::default();
        let heard = interrupt.clone();
        let listen = move || {
            runtime.block_on(async {
                heard.gets(signals.next().await);
                let second = signals.next().await;
                process::exit(second.exit_code().into());
            });
        };
        thread::Builder::new().name("signals".to_owned()).spawn(listen)?;
        Ok(interrupt)
    }

    fn gets(&self, signal: Signal) {
        // Nothing else sets it.
        let _ = self.signal.set(signal);
        self.stop.stop();
    }

    /// What has interrupted the board.
    pub(super) fn signal(&self) -> Option<Signal> {
        self.signal.get().copied()
    }
}
