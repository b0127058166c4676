//! Tokens and the count of what is tracked.

use std::convert::Infallible;
use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

use surefoot::shutdown::Shutdown;
use tokio::task::yield_now;
use tokio_graceful_shutdown::{SubsystemBuilder, SubsystemHandle, Toplevel};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{Peer, Work, block_on};
use crate::table::Goal;

/// Asking whether it is time to stop.
pub(super) const IS_TRIGGERED: Work = Work {
    name: "is_triggered",
    pieces: 1,
    threads: 1,
    ours: |times| {
        let shutdown = Shutdown::new();
        let token = shutdown.token();
        for _ in 0..times {
            black_box(black_box(&token).is_triggered());
        }
    },
    peers: &[
        Peer {
            name: "CancellationToken",
            run: |times| {
                let token = CancellationToken::new();
                for _ in 0..times {
                    black_box(black_box(&token).is_cancelled());
                }
            },
            goal: Goal::Ratio(1.5),
        },
        Peer {
            name: "a relaxed load",
            run: |times| {
                let flag = AtomicBool::new(false);
                for _ in 0..times {
                    black_box(black_box(&flag).load(Ordering::Relaxed));
                }
            },
            goal: Goal::None,
        },
    ],
};

const WAITERS: u64 = 10_000;

/// Many that wait, and the trigger.
pub(super) const TRIGGER: Work = Work {
    name: "trigger",
    pieces: WAITERS,
    threads: 1,
    ours: |times| {
        let rounds: Vec<_> = (0..times).map(|_| Shutdown::new()).map(|s| (s.token(), s)).collect();
        let mut waiters = places();
        for (token, shutdown) in &rounds {
            wake_all(&mut waiters, || token.triggered(), || shutdown.trigger("enough"));
        }
    },
    peers: &[Peer {
        name: "CancellationToken",
        run: |times| {
            let rounds: Vec<_> = (0..times).map(|_| CancellationToken::new()).collect();
            let mut waiters = places();
            for token in &rounds {
                wake_all(&mut waiters, || token.cancelled(), || token.cancel());
            }
        },
        goal: Goal::Ratio(1.5),
    }],
};

type Places<F> = Vec<Pin<Box<Option<F>>>>;

/// Where futures wait, one round after the other: allocating is not what is raced.
fn places<F>() -> Places<F> {
    (0..WAITERS).map(|_| Box::pin(None)).collect()
}

/// Polls all once, triggers them, and polls all to their end.
fn wake_all<F: Future<Output = ()>>(
    waiters: &mut Places<F>,
    wait: impl Fn() -> F,
    trigger: impl FnOnce(),
) {
    let mut cx = Context::from_waker(Waker::noop());
    let mut poll = |waiter: &mut Pin<Box<Option<F>>>| {
        waiter.as_mut().as_pin_mut().is_some_and(|future| future.poll(&mut cx).is_ready())
    };
    for waiter in &mut *waiters {
        waiter.set(Some(wait()));
        assert!(!poll(waiter));
    }
    trigger();
    for waiter in waiters {
        assert!(poll(waiter));
        waiter.set(None);
    }
}

/// Making a child token, and dropping it.
pub(super) const CHILD: Work = Work {
    name: "child token",
    pieces: 1,
    threads: 1,
    ours: |times| {
        let shutdown = Shutdown::new();
        let token = shutdown.token();
        for _ in 0..times {
            black_box(black_box(&token).child());
        }
    },
    peers: &[Peer {
        name: "CancellationToken",
        run: |times| {
            let token = CancellationToken::new();
            for _ in 0..times {
                black_box(black_box(&token).child_token());
            }
        },
        goal: Goal::Ratio(1.5),
    }],
};

/// Counting a piece of work in, and out.
pub(super) const TRACK: Work = Work {
    name: "track",
    pieces: 1,
    threads: 1,
    ours: |times| {
        let shutdown = Shutdown::new();
        for _ in 0..times {
            drop(black_box(black_box(&shutdown).track("request")));
        }
    },
    peers: &[Peer {
        name: "TaskTracker",
        run: |times| {
            let tracker = TaskTracker::new();
            for _ in 0..times {
                drop(black_box(black_box(&tracker).token()));
            }
        },
        goal: Goal::Ratio(1.5),
    }],
};

const WORKERS: usize = 100;

/// A service that starts, stops and drains.
pub(super) const SERVICE: Work = Work {
    name: "service of 100",
    pieces: WORKERS as u64,
    threads: 1,
    ours: |times| {
        block_on(async {
            for _ in 0..times {
                let shutdown = Shutdown::new();
                for _ in 0..WORKERS {
                    let worker = shutdown.spawn("worker", async |token| {
                        token.triggered().await;
                        Ok::<_, Infallible>(())
                    });
                    assert!(worker.is_ok());
                }
                yield_now().await;
                assert_eq!(shutdown.drain().await.finished, WORKERS);
            }
        });
    },
    peers: &[
        Peer {
            name: "tokio-graceful-shutdown",
            run: |times| {
                block_on(async {
                    for _ in 0..times {
                        let ended = Toplevel::new(top).handle_shutdown_requests(LIMIT).await;
                        assert!(ended.is_ok());
                    }
                });
            },
            goal: Goal::Ratio(1.5),
        },
        Peer {
            name: "CancellationToken + TaskTracker",
            run: |times| {
                block_on(async {
                    for _ in 0..times {
                        let (token, tracker) = (CancellationToken::new(), TaskTracker::new());
                        for _ in 0..WORKERS {
                            let token = token.clone();
                            tracker.spawn(async move { token.cancelled().await });
                        }
                        yield_now().await;
                        token.cancel();
                        tracker.close();
                        tracker.wait().await;
                    }
                });
            },
            goal: Goal::None,
        },
    ],
};

/// As long as a [`Shutdown`] lets its tasks drain.
const LIMIT: Duration = Duration::from_secs(30);

async fn top(service: &mut SubsystemHandle) {
    for _ in 0..WORKERS {
        service.start(SubsystemBuilder::new("worker", worker));
    }
    yield_now().await;
    service.request_shutdown();
}

async fn worker(service: &mut SubsystemHandle) -> Result<(), Infallible> {
    service.on_shutdown_requested().await;
    Ok(())
}
