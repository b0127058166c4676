//! Requests, responses, and those who leave before.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::task::yield_now;

use super::{Outcome, output, task};
use crate::probe::{cancellable, fault};
use crate::scenarios::channel::subject::{self, Asking};
use crate::sim::Explorer;

/// A server that may leave while requests wait for it. Each caller knows whether its
/// own was seen.
pub(in super::super) fn a_request_that_nobody_saw_comes_back<S: Asking>(
    explorer: Explorer,
) -> Outcome {
    explorer.faults(1).run(|| async {
        let (client, mut server) = S::open(2);
        let server = task("server", async move {
            let mut seen = Vec::new();
            while let Some((request, reply)) = S::next(&mut server).await {
                seen.push(request);
                yield_now().await;
                S::send(reply, request);
                if fault("the server leaves") {
                    break;
                }
            }
            seen
        });
        let callers = [1, 2, 3].map(|request| {
            let client = client.clone();
            task("caller", async move { (request, S::call(&client, request).await) })
        });
        drop(client);
        let mut outcomes = Vec::new();
        for caller in callers {
            outcomes.push(output(caller).await);
        }
        let seen = output(server).await;
        for (request, outcome) in outcomes {
            let was_seen = seen.contains(&request);
            match outcome {
                subject::Outcome::Answered => assert!(was_seen, "nobody answered"),
                subject::Outcome::Back => assert!(!was_seen, "it was seen, and came back"),
                subject::Outcome::Unknown => {
                    assert!(was_seen, "the request is lost, and nobody saw it");
                }
            }
        }
    })
}

/// A caller that may leave while its request waits. The server does not work for it.
pub(in super::super) fn a_server_sees_an_abandoned_caller<S: Asking>(
    explorer: Explorer,
) -> Outcome {
    explorer.cancellations(1).run(|| async {
        let (client, mut server) = S::open(2);
        let is_gone = Arc::new(AtomicBool::new(false));
        let seen = is_gone.clone();
        let server = task("server", async move {
            yield_now().await;
            while let Some((request, reply)) = S::next(&mut server).await {
                if S::is_abandoned(&reply) {
                    continue;
                }
                assert!(!seen.load(Ordering::Relaxed), "it works for nobody");
                S::send(reply, request);
            }
        });
        let caller = task("caller", async move {
            let called = cancellable(S::call(&client, 1)).await;
            is_gone.store(called.is_none(), Ordering::Relaxed);
        });
        output(caller).await;
        output(server).await;
    })
}
