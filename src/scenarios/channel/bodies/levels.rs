//! Channels of two levels.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::task::yield_now;

use super::{Outcome, output, task};
use crate::probe::cancellable;
use crate::scenarios::channel::subject::{Closing, FAIRNESS, Levels};
use crate::sim::Explorer;

/// Many urgent values, and one that is not and waits among them.
pub(in crate::scenarios) fn a_lower_level_is_served_within_its_fairness<S: Levels>(
    explorer: Explorer,
) -> Outcome {
    explorer.run(|| async {
        let (sender, mut receiver) = S::open(8);
        let waits = Arc::new(AtomicBool::new(false));
        let urgent = {
            let sender = sender.clone();
            task("urgent", async move {
                for value in 0..5 {
                    S::send(&sender, 0, value).await;
                    yield_now().await;
                }
            })
        };
        let patient = {
            let waits = waits.clone();
            task("patient", async move {
                S::send(&sender, 1, 10).await;
                // There is no await between the value's arrival and this.
                waits.store(true, Ordering::Relaxed);
            })
        };
        let mut passed = 0;
        while let Some((level, _)) = S::recv(&mut receiver).await {
            if level == 1 {
                passed = 0;
                waits.store(false, Ordering::Relaxed);
            } else if waits.load(Ordering::Relaxed) {
                passed += 1;
                assert!(passed <= FAIRNESS, "the lower level starves");
            }
        }
        output(urgent).await;
        output(patient).await;
    })
}

/// A receive that may be dropped at any await, and one that comes afterwards.
pub(in super::super) fn a_cancelled_recv_loses_nothing<S: Levels>(explorer: Explorer) -> Outcome {
    explorer.cancellations(1).run(|| async {
        let (sender, mut receiver) = S::open(2);
        let senders = [0, 1].map(|level| {
            let sender = sender.clone();
            task("sender", async move {
                yield_now().await;
                assert!(S::send(&sender, level, 7).await, "the channel is open");
            })
        });
        drop(sender);
        let mut came = 0;
        if let Some(Some(_)) = cancellable(S::recv(&mut receiver)).await {
            came += 1;
        }
        while S::recv(&mut receiver).await.is_some() {
            came += 1;
        }
        for sender in senders {
            output(sender).await;
        }
        assert_eq!(came, 2, "a value is lost");
    })
}

/// One slot, and two that wait for it, of whom one may leave: before its turn, or with
/// the slot in its hand.
pub(in super::super) fn a_sender_that_leaves_passes_its_slot_on<S: Levels>(
    explorer: Explorer,
) -> Outcome {
    explorer.cancellations(1).run(|| async {
        let (sender, mut receiver) = S::open(1);
        S::send(&sender, 0, 0).await;
        let fickle = {
            let sender = sender.clone();
            task("fickle", async move {
                let _ = cancellable(S::send(&sender, 0, 1)).await;
            })
        };
        let patient = task("patient", async move { S::send(&sender, 0, 2).await });
        yield_now().await;
        while let Some((_, value)) = S::recv(&mut receiver).await {
            if value == 2 {
                break;
            }
        }
        output(fickle).await;
        assert!(output(patient).await, "the channel is open");
    })
}

/// A consumer that is told to stop after the first value. What was accepted by then, it
/// still gets.
pub(in super::super) fn what_was_accepted_is_received_after_the_close<S: Closing>(
    explorer: Explorer,
) -> Outcome {
    explorer.run(|| async {
        let (sender, mut receiver) = S::open(2);
        let senders = [0, 2].map(|delay| {
            let sender = sender.clone();
            task("sender", async move {
                for _ in 0..delay {
                    yield_now().await;
                }
                S::send(&sender, 0, delay).await
            })
        });
        drop(sender);
        let mut came = usize::from(S::recv(&mut receiver).await.is_some());
        S::close(&mut receiver);
        while S::recv(&mut receiver).await.is_some() {
            came += 1;
        }
        let mut accepted = 0;
        for sender in senders {
            accepted += usize::from(output(sender).await);
        }
        assert_eq!(came, accepted, "accepted, and not received");
    })
}
