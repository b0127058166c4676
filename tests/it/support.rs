//! What makes the tests of this folder short.

mod arrivals;
mod budget;
mod events;
mod jobs;
mod server;
mod sources;
mod visit;
mod wakers;

pub(crate) use self::arrivals::{Arrivals, arrivals, at};
pub(crate) use self::budget::{
    greedy, leave, one_that_is_spent_and, one_that_is_spent_leaves, spend_budget,
};
pub(crate) use self::events::Events;
pub(crate) use self::jobs::{Gate, Job, SIZES, Watch, noting, panic_of_polls, timed};
pub(crate) use self::server::{Server, ServerError, fails, hangs, panics, well};
pub(crate) use self::sources::{
    implementors, panicking_at_callers, public_path, public_types, sources,
};
pub(crate) use self::visit::{TestPool, ends, holder, outcome, visit};
pub(crate) use self::wakers::{Calling, Counts, Panicking, PanickingAtItsEnd, Prying, poll_with};

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;
use std::thread;
use std::time::Duration;

use surefoot::sim::Explorer;
use tokio::runtime::{Builder, Runtime};
use tokio::time::Instant;

pub(crate) fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// Sleeps on the paused clock.
pub(crate) async fn wait(n: u64) {
    tokio::time::sleep_until(Instant::now() + ms(n)).await;
}

/// Lets every task do all that it can do at this instant.
pub(crate) async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

/// Runs until so many milliseconds after the server was made, and lets every task
/// do what is due then.
pub(crate) async fn until(server: &Server, at: u64) {
    wait(at - server.clock() as u64).await;
    settle().await;
}

/// Moves the clock, and lets every task do what is due before and after.
pub(crate) async fn pass(n: u64) {
    settle().await;
    tokio::time::advance(ms(n)).await;
    settle().await;
}

/// A runtime on a paused clock, for tests about its end.
pub(crate) fn runtime() -> Runtime {
    let built = Builder::new_current_thread().enable_time().start_paused(true).build();
    built.expect("a runtime without I/O needs nothing of the system")
}

/// The longest duration that the clock can still count to from now.
pub(crate) fn edge_of_the_clock() -> Duration {
    let now = Instant::now();
    let (mut fits, mut too_long) = (Duration::ZERO, Duration::MAX);
    while too_long - fits > Duration::from_nanos(1) {
        let middle = fits + (too_long - fits) / 2;
        if now.checked_add(middle).is_some() {
            fits = middle;
        } else {
            too_long = middle;
        }
    }
    fits
}

/// What `f` panicked with.
pub(crate) fn panic_of<R>(f: impl FnOnce() -> R) -> String {
    match panic::catch_unwind(AssertUnwindSafe(f)) {
        Ok(_) => panic!("it was to panic"),
        Err(payload) => match payload.downcast::<String>() {
            Ok(text) => *text,
            Err(payload) => {
                payload.downcast_ref::<&str>().map_or("no text", |text| text).to_owned()
            }
        },
    }
}

/// The file and the line that `f` panicked at.
pub(crate) fn panic_place_of<R>(f: impl FnOnce() -> R) -> (String, u32) {
    thread_local! {
        static LAST: RefCell<Option<(String, u32)>> = const { RefCell::new(None) };
    }
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Brings surefoot's own hooks in, from outside of a runtime. Another test that did
        // so between the two steps below would lose this one.
        let simulation = thread::spawn(|| Explorer::new().run(|| async {}));
        assert!(simulation.join().is_ok_and(|run| run.is_ok()));
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let place = info.location().map(|at| (at.file().to_owned(), at.line()));
            LAST.with(|last| *last.borrow_mut() = place);
            previous(info);
        }));
    });
    panic_of(f);
    LAST.with(|last| last.borrow_mut().take()).expect("the hook saw it")
}
