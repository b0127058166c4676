//! Something slow that many ask for.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::task::yield_now;

use super::{Outcome, after, all_end};
use crate::probe::{always, cancellable, panic_point};
use crate::scenarios::lock::subject::Loads;
use crate::sim::Explorer;

/// Where the loads come from. It counts those under way; all its orderings are
/// relaxed, since a simulation runs on one thread.
#[derive(Clone, Default)]
pub(in crate::scenarios::lock) struct Origin {
    under_way: Arc<AtomicUsize>,
}

/// A load is under way until it is dropped.
struct UnderWay(Arc<AtomicUsize>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Origin {
    fn watched() -> Self {
        let origin = Self::default();
        let watched = origin.under_way.clone();
        always("one load at a time", move || watched.load(Ordering::Relaxed) <= 1);
        origin
    }

    /// Takes a moment, and may panic then.
    pub(in crate::scenarios::lock) async fn load(&self) -> u32 {
        self.under_way.fetch_add(1, Ordering::Relaxed);
        let _under_way = UnderWay(self.under_way.clone());
        yield_now().await;
        panic_point("the answer makes no sense");
        7
    }
}

/// Two that ask, one after the other if the schedule is kind.
pub(in crate::scenarios::lock) fn one_load_serves_all_that_ask_meanwhile<S: Loads>(
    explorer: Explorer,
) -> Outcome {
    explorer.run(|| async {
        let (loads, origin) = (S::new(), Origin::watched());
        let callers = [(0, "early"), (1, "late")].map(|(turns, name)| {
            let origin = origin.clone();
            after(turns, name, &loads, |loads| async move {
                assert_eq!(loads.get(&origin).await, Some(7));
            })
        });
        all_end(callers).await;
    })
}

/// A caller that gives up at any moment, and one that asks meanwhile.
pub(in crate::scenarios::lock) fn a_cancelled_leader_hands_over<S: Loads>(
    explorer: Explorer,
) -> Outcome {
    explorer.cancellations(1).run(|| async {
        let (loads, origin) = (S::new(), Origin::watched());
        let fickle = after(0, "fickle", &loads, {
            let origin = origin.clone();
            |loads| async move {
                cancellable(loads.get(&origin)).await;
            }
        });
        let patient = after(0, "patient", &loads, |loads| async move {
            assert_eq!(loads.get(&origin).await, Some(7));
        });
        all_end([fickle, patient]).await;
    })
}

/// A load that panics, if the schedule says so, for two that ask.
pub(in crate::scenarios::lock) fn a_leader_that_panics_answers_its_followers<S: Loads>(
    explorer: Explorer,
) -> Outcome {
    explorer.faults(1).run(|| async {
        let (loads, origin) = (S::new(), Origin::watched());
        let callers = ["one", "other"].map(|name| {
            let origin = origin.clone();
            after(0, name, &loads, |loads| async move {
                let got = loads.get(&origin).await;
                assert!(matches!(got, None | Some(7)));
            })
        });
        for caller in callers {
            // The panic of a textbook load is its caller's.
            let _ = caller.await;
        }
        // Whatever became of them, the next is served.
        assert!(matches!(loads.get(&origin).await, None | Some(7)));
    })
}
