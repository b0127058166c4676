//! Every public future of the channels, dropped at every poll.

use std::future::Future;
use std::time::Duration;

use surefoot::channel::publish::Policy;
use surefoot::channel::request::{CallError, Client, Server};
use surefoot::channel::{fan_in, priority, publish, request};
use surefoot::probe::cancellable;
use surefoot::sim::{Explorer, Strategy};
use tokio::task::yield_now;

use super::task;
use crate::support::every_poll_was_struck;

/// Runs a scenario with one cancellable place, which is struck at every poll, in every
/// order with up to three deviations.
fn at_every_poll<F, Fut>(name: &str, scenario: F)
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()> + 'static,
{
    let stats = Explorer::new()
        .strategy(Strategy::Exhaustive { deviations: Some(3) })
        .schedules(60_000)
        .cancellations(1)
        .run(scenario)
        .unwrap_or_else(|failure| panic!("{name}: {failure}"));
    every_poll_was_struck(name, &stats);
}

/// `got` has each of `all` once, and each of `may` once at most.
fn has_once(mut got: Vec<u32>, all: &[u32], may: &[u32]) {
    got.sort_unstable();
    let count = |value: &u32| got.iter().filter(|other| *other == value).count();
    assert!(all.iter().all(|value| count(value) == 1), "{got:?}");
    assert!(may.iter().all(|value| count(value) <= 1), "{got:?}");
    assert_eq!(got.iter().filter(|v| !all.contains(v) && !may.contains(v)).count(), 0);
}

async fn rest(mut receiver: priority::Receiver<u32>) -> Vec<u32> {
    let mut got = Vec::new();
    while let Some((_, value)) = receiver.recv().await {
        got.push(value);
    }
    got
}

/// channel/X1, channel/CHAN4: the value was sent or not, and the slot is nobody's.
#[test]
fn a_priority_send_can_be_dropped_at_every_poll() {
    at_every_poll("priority send", || async {
        let (sender, receiver) = priority::channel(1, 1);
        sender.send(0, 0).await.unwrap();
        let (fickle, bystander) = (sender.clone(), sender);
        let fickle = task("fickle", async move {
            let _ = cancellable(fickle.send(0, 1)).await;
        });
        let bystander = task("bystander", async move { bystander.send(0, 2).await.unwrap() });
        has_once(rest(receiver).await, &[0, 2], &[1]);
        fickle.await.unwrap();
        bystander.await.unwrap();
    });
}

/// channel/X1, channel/X2, channel/CHAN4: a slot that was granted goes to the next.
#[test]
fn a_priority_reserve_can_be_dropped_at_every_poll() {
    at_every_poll("priority reserve", || async {
        let (sender, receiver) = priority::channel(1, 1);
        sender.send(0, 0).await.unwrap();
        let (fickle, bystander) = (sender.clone(), sender);
        let fickle = task("fickle", async move {
            let reserved = cancellable(async {
                let permit = fickle.reserve(0).await.unwrap();
                yield_now().await;
                permit.send(1);
            });
            let _ = reserved.await;
        });
        let bystander = task("bystander", async move {
            bystander.reserve(0).await.unwrap().send(2);
        });
        has_once(rest(receiver).await, &[0, 2], &[1]);
        fickle.await.unwrap();
        bystander.await.unwrap();
    });
}

/// channel/X1, channel/CHAN4: no value is lost.
#[test]
fn a_priority_recv_can_be_dropped_at_every_poll() {
    at_every_poll("priority recv", || async {
        let (sender, mut receiver) = priority::channel(2, 1);
        let senders = [0, 1].map(|level| {
            let sender = sender.clone();
            task("sender", async move {
                sender.send(level, level as u32).await.unwrap();
            })
        });
        drop(sender);
        let first = cancellable(receiver.recv()).await;
        let mut got = rest(receiver).await;
        got.extend(first.flatten().map(|(_, value)| value));
        has_once(got, &[0, 1], &[]);
        for sender in senders {
            sender.await.unwrap();
        }
    });
}

/// channel/X1, channel/CHAN3: it reached both subscribers or none.
#[test]
fn a_publish_can_be_dropped_at_every_poll() {
    at_every_poll("publish", || async {
        let publisher = publish::channel(1);
        let listeners = [Policy::Block, Policy::Block].map(|policy| {
            let mut subscriber = publisher.subscribe(policy);
            task("listener", async move {
                let mut got = Vec::new();
                while let Some(next) = subscriber.next().await {
                    got.push(next.unwrap());
                }
                got
            })
        });
        assert_eq!(publisher.publish(0).await, 2);
        let (fickle, bystander) = (publisher.clone(), publisher);
        let fickle = task("fickle", async move {
            let _ = cancellable(fickle.publish(1)).await;
        });
        let bystander = task("bystander", async move { bystander.publish(2).await });
        let [one, other] = listeners;
        let got = one.await.unwrap();
        assert_eq!(got, other.await.unwrap(), "all or none");
        has_once(got, &[0, 2], &[1]);
        fickle.await.unwrap();
        assert_eq!(bystander.await, Ok(2));
    });
}

/// channel/X1, channel/CHAN3: no value is lost.
#[test]
fn a_subscriber_s_next_can_be_dropped_at_every_poll() {
    at_every_poll("subscriber next", || async {
        let publisher = publish::channel(1);
        let mut subscriber = publisher.subscribe(Policy::Block);
        let speaker = task("speaker", async move {
            for value in 0..2 {
                yield_now().await;
                assert_eq!(publisher.publish(value).await, 1);
            }
        });
        let mut got = Vec::new();
        got.extend(cancellable(subscriber.next()).await.flatten().map(Result::unwrap));
        while let Some(next) = subscriber.next().await {
            got.push(next.unwrap());
        }
        assert_eq!(got, [0, 1]);
        speaker.await.unwrap();
    });
}

/// channel/X1, channel/CHAN1: the value was sent or not, and all others were.
#[test]
fn a_producer_s_send_can_be_dropped_at_every_poll() {
    at_every_poll("producer send", || async {
        let mut stream = fan_in::channel(1);
        stream.producer(async |sender| {
            sender.send(0).await.unwrap();
            let _ = cancellable(sender.send(1)).await;
            sender.send(2).await.unwrap();
        });
        stream.producer(async |sender| sender.send(3).await.unwrap());
        let mut got = Vec::new();
        while let Some(next) = stream.next().await {
            got.push(next.unwrap());
        }
        has_once(got, &[0, 2, 3], &[1]);
    });
}

/// channel/X1, channel/CHAN1: no value is lost.
#[test]
fn a_fan_in_s_next_can_be_dropped_at_every_poll() {
    at_every_poll("fan_in next", || async {
        let mut stream = fan_in::channel(1);
        for value in 0..2 {
            stream.producer(async move |sender| {
                yield_now().await;
                sender.send(value).await.unwrap();
            });
        }
        let mut got = Vec::new();
        got.extend(cancellable(stream.next()).await.flatten().map(Result::unwrap));
        while let Some(next) = stream.next().await {
            got.push(next.unwrap());
        }
        has_once(got, &[0, 1], &[]);
    });
}

/// Answers all; gives back what it has seen.
async fn serve(mut server: Server<u32, u32>) -> Vec<u32> {
    let mut seen = Vec::new();
    while let Some((request, reply)) = server.next().await {
        seen.push(request);
        yield_now().await;
        // The caller may be gone.
        let _ = reply.send(request + 10);
    }
    seen
}

/// One that may leave, and a bystander whose calls are answered all the same.
fn calls<F, Fut>(name: &str, call: F)
where
    F: Fn(Client<u32, u32>) -> Fut + Copy + Send + Sync + 'static,
    Fut: Future<Output = Result<u32, CallError<u32>>> + Send + 'static,
{
    at_every_poll(name, move || async move {
        let (client, server) = request::channel(1);
        let server = task("server", serve(server));
        let fickle = {
            let client = client.clone();
            task("fickle", async move {
                if let Some(called) = cancellable(call(client)).await {
                    assert!(matches!(called, Ok(11)), "{called:?}");
                }
            })
        };
        let bystander = task("bystander", async move {
            assert!(matches!(client.call(2).await, Ok(12)));
            assert!(matches!(client.call(3).await, Ok(13)));
        });
        fickle.await.unwrap();
        bystander.await.unwrap();
        has_once(server.await.unwrap(), &[2, 3], &[1]);
    });
}

/// channel/X1, channel/CHAN2: the server sees the request once or not at all.
#[test]
fn a_call_can_be_dropped_at_every_poll() {
    calls("call", |client| async move { client.call(1).await });
}

/// channel/X1, channel/CHAN2: as `call`, with a limit that does not pass.
#[test]
fn a_call_within_can_be_dropped_at_every_poll() {
    let limit = Duration::from_secs(60);
    calls("call_within", move |client| async move { client.call_within(limit, 1).await });
}

/// channel/X1, channel/CHAN2: no request is lost.
#[test]
fn a_server_s_next_can_be_dropped_at_every_poll() {
    at_every_poll("server next", || async {
        let (client, mut server) = request::channel::<u32, u32>(1);
        let callers = [1, 2].map(|request| {
            let client = client.clone();
            task("caller", async move {
                yield_now().await;
                assert!(matches!(client.call(request).await, Ok(back) if back == request));
            })
        });
        drop(client);
        if let Some(Some((request, reply))) = cancellable(server.next()).await {
            reply.send(request).unwrap();
        }
        while let Some((request, reply)) = server.next().await {
            reply.send(request).unwrap();
        }
        for caller in callers {
            caller.await.unwrap();
        }
    });
}

/// channel/X1, channel/CHAN2: the reply still knows whether the caller is there.
#[test]
fn abandoned_can_be_dropped_at_every_poll() {
    at_every_poll("abandoned", || async {
        let (client, mut server) = request::channel::<u32, u32>(1);
        let caller = task("caller", async move { client.call(1).await });
        let server = task("server", async move {
            // The caller may be gone before it has asked.
            let Some((request, mut reply)) = server.next().await else { return };
            if cancellable(reply.abandoned()).await.is_some() {
                assert!(reply.is_abandoned());
                assert_eq!(reply.send(request), Err(request));
            } else if reply.is_abandoned() {
                reply.abandoned().await;
            }
        });
        yield_now().await;
        yield_now().await;
        drop(caller);
        server.await.unwrap();
    });
}
