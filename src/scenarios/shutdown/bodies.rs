//! What must hold under every schedule, of production and twins alike.

use std::future::pending;

use super::desk::Desk;
use super::subject::{Draining, Subject};
use crate::probe;
use crate::sim::{Explorer, Failure, Stats};
use crate::spawn::{Spawner, spawn};

type Run = Result<Stats, Box<Failure>>;

/// In the fair order, time for everybody else to be polled so often.
async fn turns(n: u32) {
    for _ in 0..n {
        tokio::task::yield_now().await;
    }
}

pub(super) fn a_trigger_reaches_who_begins_to_wait<S: Subject>(explorer: Explorer) -> Run {
    explorer.run(|| async {
        let subject = S::new();
        let waiters = [1, 2].map(|_| spawn(S::wait(subject.stop())));
        turns(2).await;
        subject.trigger();
        for waiter in waiters {
            waiter.await.expect("it does not panic");
        }
    })
}

pub(super) fn a_straggler_does_not_hold_up_the_end<S: Draining>(explorer: Explorer) -> Run {
    explorer.faults(1).run(|| async {
        let subject = S::new();
        for _ in 0..2 {
            let stop = subject.stop();
            subject.spawn(async {
                S::wait(stop).await;
                if probe::fault("a worker does not end") {
                    pending::<()>().await;
                }
            });
        }
        turns(2).await;
        subject.trigger();
        subject.drain().await;
    })
}

pub(super) fn no_unit_is_left_half_done<S: Draining>(explorer: Explorer) -> Run {
    explorer.run(|| async {
        let (subject, desk) = (S::new(), Desk::new(1));
        subject.spawn(S::work(subject.stop(), desk.clone()));
        turns(3).await;
        subject.trigger();
        subject.drain().await;
        assert_eq!(desk.halves(), 0, "a unit was left half done");
    })
}

pub(super) fn a_panicking_worker_keeps_nobody_from_draining<S: Draining>(
    explorer: Explorer,
) -> Run {
    explorer.faults(1).run(|| async {
        let (subject, desk) = (S::new(), Desk::new(1));
        subject.spawn(async { probe::panic_point("a worker's bug") });
        let at_work = desk.clone();
        subject.spawn(async move { at_work.unit().await });
        subject.trigger();
        subject.drain().await;
        assert_eq!(desk.halves(), 0, "a unit was left half done");
    })
}

pub(super) fn nothing_runs_after_the_drain<S: Draining>(explorer: Explorer) -> Run {
    explorer.run(|| async {
        let (subject, desk) = (S::new(), Desk::new(1));
        let boss = {
            let (subject, desk) = (subject.clone(), desk.clone());
            Spawner::new().name("boss").spawn(async move {
                tokio::task::yield_now().await;
                subject.spawn(async move { desk.unit().await });
            })
        };
        turns(2).await;
        subject.trigger();
        subject.drain().await;
        desk.close();
        boss.await.expect("it does not panic");
        turns(2).await;
        assert_eq!(desk.halves(), 0, "a unit was left half done after the drain");
    })
}

pub(super) fn a_lost_controller_ends_the_work<S: Subject>(explorer: Explorer) -> Run {
    explorer.cancellations(1).max_steps(100).run(|| async {
        let subject = S::new();
        let waiters = [1, 2].map(|_| spawn(S::wait(subject.stop())));
        let controller = Spawner::new().name("controller").cancellable(true);
        let controlling = controller.spawn(async move {
            turns(3).await;
            subject.trigger();
        });
        // Cancelled, it is dropped with all that it had.
        let _ = controlling.await;
        for waiter in waiters {
            waiter.await.expect("it does not panic");
        }
    })
}
