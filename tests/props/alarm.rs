//! A waker that tells how often it was woken, and who still has it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Wake, Waker};

#[derive(Debug, Default)]
struct Bell(AtomicUsize);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        // Only one thread ever looks.
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// What one poll leaves with whom it waits for.
#[derive(Debug, Default)]
pub(crate) struct Alarm(Arc<Bell>);

impl Alarm {
    pub(crate) fn waker(&self) -> Waker {
        Waker::from(self.0.clone())
    }

    /// How often it was woken.
    pub(crate) fn rings(&self) -> usize {
        self.0.0.load(Ordering::Relaxed)
    }

    /// How many wakers of it exist.
    pub(crate) fn wakers(&self) -> usize {
        Arc::strong_count(&self.0) - 1
    }
}

#[test]
fn an_alarm_counts_its_wakes_and_its_wakers() {
    let alarm = Alarm::default();
    let (first, second) = (alarm.waker(), alarm.waker());
    assert_eq!((alarm.rings(), alarm.wakers()), (0, 2));
    first.wake();
    assert_eq!((alarm.rings(), alarm.wakers()), (1, 1));
    drop(second);
    assert_eq!((alarm.rings(), alarm.wakers()), (1, 0));
}
