//! The channels with their tasks: input and schedule are drawn and shrunk together.
//!
//! 1. `fan_in`: nothing lost, nothing twice, per-producer order, a panic is an item,
//!    and the end comes although senders live on (CHAN1, CHAN5).
//! 2. `request`: every call gets exactly one answer, which is true (CHAN2, CHAN5).
//! 3. `publish`: every subscriber sees the same values in the same order, but for what
//!    it is told that it lost, where it lost it (CHAN3, CHAN5).

#![expect(clippy::disallowed_types, reason = "results are gathered outside of any model")]

use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use surefoot::channel::publish::{Policy, Publisher, Subscriber};
use surefoot::channel::request::{CallError, Server};
use surefoot::channel::{fan_in, publish, request};
use surefoot::probe::cancellable;
use surefoot::sim::scripts;
use surefoot::spawn::Spawner;
use tokio::task::yield_now;

use super::holds;
use crate::scenes::{Crowd, run};

#[derive(Clone, Copy, Debug)]
struct Producer {
    items: u32,
    panics: bool,
    /// Its sender outlives it.
    leaks: bool,
}

async fn fan_in_scenario(capacity: usize, producers: Vec<Producer>, crowd: Crowd) {
    let leaked = Arc::new(Mutex::new(Vec::new()));
    let mut stream = fan_in::channel(capacity);
    for (number, Producer { items, panics, leaks }) in producers.iter().copied().enumerate() {
        let (leaked, crowd) = (leaked.clone(), crowd.clone());
        stream.producer(async move |sender| {
            if leaks {
                leaked.lock().unwrap().push(sender.clone());
            }
            for item in 0..items {
                let sent = crowd.with(sender.send((number, item))).await;
                sent.expect("the stream is there");
            }
            if panics {
                std::panic::resume_unwind(Box::new(format!("producer {number}")));
            }
        });
    }
    let mut came = vec![0; producers.len()];
    let mut panicked = vec![0; producers.len()];
    while let Some(item) = stream.next().await {
        match item {
            Ok((number, item)) => {
                assert_eq!((item, panicked[number]), (came[number], 0), "in order, and once");
                came[number] += 1;
            }
            Err(panic) => {
                let number: usize =
                    panic.message().trim_start_matches("producer ").parse().unwrap();
                panicked[number] += 1;
            }
        }
    }
    for (number, producer) in producers.iter().enumerate() {
        assert_eq!(came[number], producer.items, "all came");
        assert_eq!(panicked[number], u32::from(producer.panics), "a panic is an item");
    }
    let leaked: Vec<fan_in::Sender<_>> = std::mem::take(&mut leaked.lock().unwrap());
    for sender in leaked {
        assert!(sender.send((0, 0)).await.is_err(), "the stream has ended");
    }
}

/// channel/CHAN1, channel/CHAN5: in whatever order producers and consumer run.
#[test]
fn a_fan_in_gives_all_in_order_and_ends_with_its_producers() {
    let producer = (0..6_u32, prop::bool::weighted(0.2), any::<bool>())
        .prop_map(|(items, panics, leaks)| Producer { items, panics, leaks });
    let plan = (1..=2_usize, prop::collection::vec(producer, 2..=8));
    let inputs = scripts::with_script(plan, 0..=48);
    holds("fan_in", 1_000, 50, inputs, |((capacity, producers), script)| {
        run(script, 0, move |crowd| fan_in_scenario(capacity, producers.clone(), crowd))
    });
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Serves {
    Answers,
    /// With awaits between.
    Slowly,
    Drops,
    /// Takes no more.
    Closes,
    /// Is gone.
    Leaves,
}

/// What the server did, by request.
#[derive(Debug, Default)]
struct Served {
    seen: Vec<u32>,
    answered: Vec<u32>,
    /// The caller was gone by then.
    in_vain: Vec<u32>,
}

async fn serve(mut server: Server<u32, u32>, plan: Vec<Serves>) -> Served {
    let mut served = Served::default();
    for how in plan.into_iter().chain(std::iter::repeat(Serves::Answers)) {
        match how {
            Serves::Closes => {
                server.close();
                continue;
            }
            Serves::Leaves => return served,
            _ => {}
        }
        let Some((request, reply)) = server.next().await else { break };
        served.seen.push(request);
        if how == Serves::Drops {
            continue;
        }
        if how == Serves::Slowly {
            yield_now().await;
            yield_now().await;
        }
        let was_abandoned = reply.is_abandoned();
        match reply.send(request + 1_000) {
            Ok(()) if !was_abandoned => served.answered.push(request),
            Err(response) if was_abandoned && response == request + 1_000 => {
                served.in_vain.push(request);
            }
            sent => panic!("abandoned: {was_abandoned}, and {sent:?}"),
        }
    }
    served
}

async fn request_scenario(capacity: usize, clients: Vec<u32>, plan: Vec<Serves>, crowd: Crowd) {
    let (client, server) = request::channel(capacity);
    let serving = Spawner::new().name("server").spawn(serve(server, plan));
    let callers: Vec<_> = (0..)
        .zip(clients)
        .map(|(number, calls)| {
            let (client, crowd) = (client.clone(), crowd.clone());
            Spawner::new().name(format!("client {number}")).spawn(async move {
                let mut outcomes = Vec::new();
                for request in (0..calls).map(|call| 10 * number + call) {
                    let outcome = crowd.with(cancellable(client.call(request))).await;
                    outcomes.push((request, outcome));
                }
                outcomes
            })
        })
        .collect();
    drop(client);
    let mut outcomes = Vec::new();
    for caller in callers {
        outcomes.extend(caller.await.expect("no client panics"));
    }
    let Served { seen, answered, in_vain } = serving.await.expect("no server panics");
    for (request, outcome) in outcomes {
        let [was_seen, was_answered] = [&seen, &answered].map(|list| list.contains(&request));
        match outcome {
            Some(Ok(response)) => assert!(was_answered && response == request + 1_000),
            Some(Err(CallError::Closed(back))) => assert!(back == request && !was_seen),
            Some(Err(CallError::Dropped)) => assert!(was_seen && !was_answered),
            Some(Err(other)) => panic!("{other:?} without a limit"),
            None => {}
        }
        if in_vain.contains(&request) {
            // The response may have come with the cancellation.
            assert!(was_seen, "{request}");
        }
    }
    let mut once = seen.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), seen.len(), "no request is seen twice");
}

/// channel/CHAN2, channel/CHAN5, channel/X1, channel/X7: in whatever order clients and
/// server run, whenever the server closes or leaves, and whichever call is cancelled.
#[test]
fn every_call_gets_exactly_one_true_answer() {
    let serves = prop_oneof![
        4 => Just(Serves::Answers),
        2 => Just(Serves::Slowly),
        2 => Just(Serves::Drops),
        1 => Just(Serves::Closes),
        1 => Just(Serves::Leaves),
    ];
    let plan = (
        1..=2_usize,
        prop::collection::vec(1..=2_u32, 2..=7),
        prop::collection::vec(serves, 0..=6),
    );
    let inputs = scripts::with_script(plan, 0..=48);
    holds("request", 1_000, 50, inputs, |((capacity, clients, plan), script)| {
        run(script, 2, move |crowd| {
            request_scenario(capacity, clients.clone(), plan.clone(), crowd)
        })
    });
}

/// What a subscriber got: values, and how many were missing.
type Got = Vec<Result<u32, u64>>;

async fn listen(mut subscriber: Subscriber<u32>, slow: u32) -> (Got, bool) {
    let mut got = Vec::new();
    while let Some(next) = subscriber.next().await {
        got.push(next.map_err(|lagged| lagged.lost));
        for _ in 0..slow {
            yield_now().await;
        }
    }
    (got, subscriber.is_disconnected())
}

/// Publishes, and gives back what was cancelled.
async fn speak(publisher: Publisher<u32>, values: Vec<u32>, most: usize, crowd: Crowd) -> Vec<u32> {
    let mut cancelled = Vec::new();
    for value in values {
        match crowd.with(cancellable(publisher.publish(value))).await {
            Some(reached) => assert!((1..=most).contains(&reached), "{reached}"),
            None => cancelled.push(value),
        }
    }
    cancelled
}

async fn publish_scenario(
    capacity: usize,
    publishers: Vec<u32>,
    subscribers: Vec<(Policy, u32)>,
    crowd: Crowd,
) {
    let publisher = publish::channel(capacity);
    // The ledger: the first one, which loses nothing.
    let subscribers: Vec<_> = [(Policy::Block, 0)].into_iter().chain(subscribers).collect();
    let listening: Vec<_> = subscribers
        .iter()
        .map(|&(policy, slow)| {
            let listening = listen(publisher.subscribe(policy), slow);
            Spawner::new().name(format!("{policy:?}")).spawn(listening)
        })
        .collect();
    let most = subscribers.len();
    let speaking: Vec<_> = (0..)
        .zip(&publishers)
        .map(|(number, &count)| {
            let values = (0..count).map(|value| 10 * number + value).collect();
            let speaking = speak(publisher.clone(), values, most, crowd.clone());
            Spawner::new().name(format!("publisher {number}")).spawn(speaking)
        })
        .collect();
    drop(publisher);
    let mut cancelled = Vec::new();
    for speaker in speaking {
        cancelled.extend(speaker.await.expect("no publisher panics"));
    }
    let mut got = Vec::new();
    for listener in listening {
        got.push(listener.await.expect("no subscriber panics"));
    }
    let ledger: Vec<u32> = got[0].0.iter().map(|next| next.expect("it loses nothing")).collect();
    for (number, &count) in (0..).zip(&publishers) {
        let of_it: Vec<u32> = ledger.iter().copied().filter(|v| v / 10 == number).collect();
        let sent: Vec<u32> = (0..count)
            .map(|value| 10 * number + value)
            .filter(|value| !cancelled.contains(value) || ledger.contains(value))
            .collect();
        assert_eq!(of_it, sent, "in its order, nothing lost and nothing twice");
    }
    for ((policy, _), (got, is_disconnected)) in subscribers.iter().zip(got) {
        let mut at = 0;
        for next in got {
            match next {
                Ok(value) => {
                    assert_eq!(Some(&value), ledger.get(at), "{policy:?}");
                    at += 1;
                }
                Err(lost) => {
                    let may = [Policy::DropOldest, Policy::DropNewest].contains(policy);
                    assert!(may && lost > 0, "{policy:?} lost {lost}");
                    at += lost as usize;
                }
            }
        }
        let may_end = is_disconnected && *policy == Policy::Disconnect;
        assert!(at == ledger.len() || (may_end && at < ledger.len()), "{policy:?}");
    }
}

/// channel/CHAN3, channel/CHAN5, channel/X1: in whatever order publishers and
/// subscribers run, and whichever publish is cancelled.
#[test]
fn every_subscriber_sees_the_same_but_for_what_it_is_told() {
    let policy = prop_oneof![
        Just(Policy::Block),
        Just(Policy::DropOldest),
        Just(Policy::DropNewest),
        Just(Policy::Disconnect),
    ];
    let plan = (
        1..=2_usize,
        prop::collection::vec(1..=4_u32, 2..=7),
        prop::collection::vec((policy, 0..=3_u32), 0..=3),
    );
    let inputs = scripts::with_script(plan, 0..=64);
    holds("publish", 1_000, 50, inputs, |((capacity, publishers, subscribers), script)| {
        run(script, 2, move |crowd| {
            publish_scenario(capacity, publishers.clone(), subscribers.clone(), crowd)
        })
    });
}
