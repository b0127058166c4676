//! A pool that gives back in the wrong order.

use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;

use crate::support::Preemptions::Unbounded;
use crate::support::explore;
use crate::sync::{Arc, Mutex};

/// In which order a textbook pool gives back.
#[derive(Clone, Copy)]
enum Release {
    PermitFirst,
    ConnectionFirst,
}

/// A pool in the way of the guides: permits here, idle connections there.
struct TextbookPool {
    permits: Mutex<usize>,
    idle: Mutex<Vec<Connection>>,
    made: AtomicUsize,
}

struct Connection;

impl TextbookPool {
    fn of_one() -> Self {
        Self { permits: Mutex::new(1), idle: Mutex::new(Vec::new()), made: AtomicUsize::new(0) }
    }

    /// A connection, if there is a permit.
    fn try_acquire(&self) -> Option<Connection> {
        self.permits.with(|permits| {
            *permits = permits.checked_sub(1)?;
            Some(())
        })?;
        let idle = self.idle.with(Vec::pop);
        Some(idle.unwrap_or_else(|| {
            self.made.fetch_add(1, Ordering::SeqCst);
            Connection
        }))
    }

    fn release(&self, connection: Connection, order: Release) {
        let free = || self.permits.with(|permits| *permits += 1);
        let put_back = |connection| self.idle.with(|idle| idle.push(connection));
        match order {
            Release::PermitFirst => {
                free();
                // Who takes the permit now finds nothing idle.
                put_back(connection);
            }
            Release::ConnectionFirst => {
                put_back(connection);
                free();
            }
        }
    }
}

/// One gives its connection back while another asks. Says whether it got one.
fn release_against_acquire(order: Release) -> bool {
    let pool = Arc::new(TextbookPool::of_one());
    let held = pool.try_acquire().expect("the permit is free");
    let releasing = thread::spawn({
        let pool = pool.clone();
        move || pool.release(held, order)
    });
    let asking = thread::spawn({
        let pool = pool.clone();
        move || pool.try_acquire().is_some()
    });
    let got = asking.join().unwrap();
    releasing.join().unwrap();
    let made = pool.made.load(Ordering::SeqCst);
    assert!(made <= 1, "two connections are open where one is allowed");
    got
}

/// pool/POOL1: the permit freed before the connection is back opens a connection
/// too many, and is found.
#[test]
#[should_panic(expected = "two connections are open where one is allowed")]
fn a_permit_freed_before_the_connection_is_back_is_found() {
    explore("a_permit_freed_before_the_connection_is_back", Unbounded, || {
        release_against_acquire(Release::PermitFirst)
    });
}

/// pool/POOL1: the connection given back before its permit passes the same
/// model.
#[test]
fn a_connection_given_back_before_its_permit_passes() {
    let outcomes = explore("a_connection_given_back_before_its_permit_passes", Unbounded, || {
        release_against_acquire(Release::ConnectionFirst)
    });
    assert_eq!(outcomes, [false, true].into(), "whether it got a connection");
}
