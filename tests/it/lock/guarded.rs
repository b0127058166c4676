//! A value that is reached by a closure.

use std::sync::Arc;
use std::thread;

use surefoot::lock::Guarded;

use crate::support::*;

/// lock/LOCK1: what holds a guarded value across an await does not compile.
#[test]
fn a_guarded_value_cannot_be_held_across_an_await() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/compile-fail/guarded_*.rs");
}

/// lock/LOCK1: one at a time has the value.
#[test]
fn changes_by_many_threads_all_count() {
    let count = Arc::new(Guarded::new(0_u64));
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let count = count.clone();
            thread::spawn(move || (0..2_000).for_each(|_| count.with(|count| *count += 1)))
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(count.with(|count| *count), 8_000);
}

/// lock/X3, lock/LOCK1: a panic under it poisons nothing; the next finds what was
/// left.
#[test]
fn a_panic_leaves_the_value_to_the_next() {
    let pair = Guarded::new((0, 0));
    let says = panic_of(|| {
        pair.with(|pair| {
            pair.0 = 1;
            panic!("half-way");
        })
    });
    assert_eq!(says, "half-way");
    assert_eq!(pair.with(|pair| *pair), (1, 0));
}

/// lock/LOCK1: its own traits show nothing that is under the lock.
#[test]
fn a_guarded_value_is_made_and_printed_without_its_lock() {
    let number = Guarded::from(7);
    let printed = number.with(|_| format!("{number:?}"));
    assert_eq!(printed, "Guarded { .. }");
    assert_eq!(Guarded::<u8>::default().with(|number| *number), 0);
}
