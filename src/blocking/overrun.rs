//! Closures that take longer than they should.

use std::borrow::Cow;
use std::panic::Location;

use super::shared::Shared;
use crate::rt::{self, Instant};
use crate::sync::{Arc, AtomicBool, Ordering};

/// Watches a closure from its beginning to its end, whether its caller is there or
/// not.
pub(super) struct Watch {
    alarm: Alarm,
    due: Instant,
    task: Option<rt::Handle<()>>,
}

#[derive(Clone)]
struct Alarm {
    shared: Shared,
    #[cfg_attr(not(feature = "tracing"), expect(dead_code, reason = "it is reported only"))]
    at: &'static Location<'static>,
    has_rung: Arc<AtomicBool>,
}

impl Watch {
    /// On the closure's thread, before it begins. `None` if there is no limit, or
    /// one beyond the clock's range.
    pub(super) fn begin(shared: &Shared, at: &'static Location<'static>) -> Option<Self> {
        let due = rt::now().checked_add(shared.warn_after?)?;
        let has_rung = Arc::new(AtomicBool::new(false));
        let alarm = Alarm { shared: shared.clone(), at, has_rung };
        let meta = rt::Meta {
            name: Cow::Borrowed("blocking watch"),
            cancellable: false,
            daemon: true,
            spawned_at: at,
        };
        let watch = alarm.clone();
        let rings = async move {
            rt::sleep_until(due).await;
            watch.ring();
        };
        // While its runtime ends, the end of the closure is all that is looked at.
        let task = rt::try_spawn(meta, rings).ok();
        Some(Self { alarm, due, task })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
        // The executor may have been too busy to look at the clock, or gone.
        if rt::now() >= self.due {
            self.alarm.ring();
        }
    }
}

impl Alarm {
    /// Counts the overrun, once.
    fn ring(&self) {
        // Relaxed: the flag guards no data, and a swap alone decides who counts.
        if self.has_rung.swap(true, Ordering::Relaxed) {
            return;
        }
        self.shared.core.with(|core| core.counters.overran += 1);
        #[cfg(feature = "tracing")]
        tracing::warn!(
            name = %self.shared.name,
            limit = ?self.shared.warn_after,
            begun_at = %self.at,
            "a closure blocks a thread for too long"
        );
    }
}
