//! The channels against their peers.
//!
//! surefoot is built with its default features here: without the simulator, and
//! without Tokio's `test-util`.
#![expect(clippy::disallowed_methods, reason = "every side's tasks are Tokio's own")]

use std::future::Future;
use std::hint::black_box;

use surefoot::channel::publish::{Policy, channel as publishers};
use surefoot::channel::{priority, request};
use surefoot_benches::arguments::Effort;
use surefoot_benches::report::Report;
use surefoot_benches::rounds::{Side, race};
use surefoot_benches::table::{Goal, Row, Unit};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::task::{spawn, yield_now};

/// Levels of the priority channels, and room in each.
const LEVELS: usize = 4;
const ROOM: usize = 16;
/// Room of each subscriber.
const HELD: usize = 64;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let effort = Effort::parse(std::env::args().skip(1))?;
    if cfg!(feature = "sim") {
        return Err("the channels are raced without the feature `sim`".into());
    }
    let runtime = Builder::new_current_thread().build()?;
    let mut rows = Vec::new();
    for producers in [1, 4] {
        let mut sides = [
            side(&runtime, "surefoot", move |n| levels(n, producers)),
            side(&runtime, "async-priority-channel", move |n| heap(n, producers)),
            side(&runtime, "mpsc, one level", move |n| one_level(n, producers)),
        ];
        let lanes = race(effort.plan(), &mut sides);
        for (peer, goal) in lanes[1..].iter().zip([Goal::Ratio(3.0), Goal::None]) {
            let work = format!("priority, producers: {producers}");
            rows.push(Row::new(work, &lanes[0], peer, Unit::Seconds, goal));
        }
    }
    let mut sides =
        [side(&runtime, "surefoot", calls), side(&runtime, "mpsc + oneshot by hand", by_hand)];
    let lanes = race(effort.plan(), &mut sides);
    rows.push(Row::new(
        "request, round trip",
        &lanes[0],
        &lanes[1],
        Unit::Seconds,
        Goal::Ratio(1.0),
    ));
    for (burst, how) in [(1, "one by one"), (32, "in bursts")] {
        for subscribers in [1, 10, 100] {
            let mut sides = [
                side(&runtime, "surefoot", move |n| {
                    published(n, subscribers, burst, Policy::DropOldest)
                }),
                side(&runtime, "tokio broadcast", move |n| broadcasted(n, subscribers, burst)),
                side(&runtime, "surefoot", move |n| {
                    published(n, subscribers, burst, Policy::Block)
                }),
                side(&runtime, "async-broadcast", move |n| awaited(n, subscribers, burst)),
            ];
            let lanes = race(effort.plan(), &mut sides);
            for (at, policy) in [(0, "dropping the oldest"), (2, "blocking")] {
                let work = format!("publish {how}, {policy}, subscribers: {subscribers}");
                let goal = Goal::Ratio(1.0);
                rows.push(Row::new(work, &lanes[at], &lanes[at + 1], Unit::Seconds, goal));
            }
        }
    }
    let notes = vec![
        "one thread; priority: room for 16 values per level of 4, or for 64 in one queue; the \
         producers outrun the receiver, so that most sends wait"
            .to_owned(),
        "publish: room for 64 values; one by one: every subscriber takes a value before the next \
         is published, so that each waits and is woken; in bursts: 32 are published before any \
         is taken. There, of a value to many, each subscriber's share is counted up and down, \
         which a clone under the channel's lock would save: the values are numbers, whose clones \
         cost nothing. surefoot runs no `Clone` under its lock"
            .to_owned(),
    ];
    let command = "cargo bench -p surefoot-benches --bench channel";
    Report { name: "channel", command, rows, notes }.publish(effort)?;
    Ok(())
}

fn side<'a, Fut: Future<Output = ()>>(
    runtime: &'a Runtime,
    name: &'static str,
    work: impl Fn(u64) -> Fut + 'a,
) -> Side<'a> {
    Side::on_this_thread(name, move |n| runtime.block_on(work(n)))
}

/// What each of `producers` sends, of `n` together.
fn shares(n: u64, producers: u64) -> impl Iterator<Item = u64> {
    (0..producers).map(move |i| n / producers + u64::from(i < n % producers))
}

async fn levels(n: u64, producers: u64) {
    let (sender, mut receiver) = priority::channel(LEVELS, ROOM);
    for share in shares(n, producers) {
        let sender = sender.clone();
        spawn(async move {
            for i in 0..share {
                sender.send(i as usize % LEVELS, i).await.expect("the receiver is there");
            }
        });
    }
    drop(sender);
    while let Some(item) = receiver.recv().await {
        black_box(item);
    }
}

async fn heap(n: u64, producers: u64) {
    let room = (LEVELS * ROOM) as u64;
    let (sender, receiver) = async_priority_channel::bounded(room);
    for share in shares(n, producers) {
        let sender = sender.clone();
        spawn(async move {
            for i in 0..share {
                let level = i as usize % LEVELS;
                sender.send(i, level).await.expect("the receiver is there");
            }
        });
    }
    drop(sender);
    while let Ok(item) = receiver.recv().await {
        black_box(item);
    }
}

async fn one_level(n: u64, producers: u64) {
    let (sender, mut receiver) = mpsc::channel(LEVELS * ROOM);
    for share in shares(n, producers) {
        let sender = sender.clone();
        spawn(async move {
            for i in 0..share {
                sender.send(i).await.expect("the receiver is there");
            }
        });
    }
    drop(sender);
    while let Some(item) = receiver.recv().await {
        black_box(item);
    }
}

async fn calls(n: u64) {
    let (client, mut server) = request::channel(ROOM);
    spawn(async move {
        while let Some((number, reply)) = server.next().await {
            reply.send(number + 1).expect("the caller is there");
        }
    });
    for i in 0..n {
        black_box(client.call(i).await.expect("the server is there"));
    }
}

async fn by_hand(n: u64) {
    let (client, mut server) = mpsc::channel::<(u64, oneshot::Sender<u64>)>(ROOM);
    spawn(async move {
        while let Some((number, reply)) = server.recv().await {
            reply.send(number + 1).expect("the caller is there");
        }
    });
    for i in 0..n {
        let (reply, response) = oneshot::channel();
        client.send((i, reply)).await.expect("the server is there");
        black_box(response.await.expect("the server is there"));
    }
}

async fn published(n: u64, subscribers: usize, burst: u64, policy: Policy) {
    let publisher = publishers(HELD);
    let listening: Vec<_> = (0..subscribers)
        .map(|_| {
            let mut subscriber = publisher.subscribe(policy);
            spawn(async move {
                while let Some(next) = subscriber.next().await {
                    black_box(next.expect("nobody is too slow"));
                }
            })
        })
        .collect();
    for i in 0..n {
        publisher.publish(i).await;
        if i % burst == burst - 1 {
            yield_now().await;
        }
    }
    drop(publisher);
    for listener in listening {
        listener.await.expect("no listener panics");
    }
}

async fn broadcasted(n: u64, subscribers: usize, burst: u64) {
    let (publisher, _) = broadcast::channel(HELD);
    let listening: Vec<_> = (0..subscribers)
        .map(|_| {
            let mut subscriber = publisher.subscribe();
            spawn(async move {
                while let Ok(next) = subscriber.recv().await {
                    black_box(next);
                }
            })
        })
        .collect();
    for i in 0..n {
        publisher.send(i).expect("somebody listens");
        if i % burst == burst - 1 {
            yield_now().await;
        }
    }
    drop(publisher);
    for listener in listening {
        listener.await.expect("no listener panics");
    }
}

async fn awaited(n: u64, subscribers: usize, burst: u64) {
    let (publisher, first) = async_broadcast::broadcast(HELD);
    let listening: Vec<_> = (0..subscribers)
        .map(|_| {
            let mut subscriber = first.new_receiver();
            spawn(async move {
                while let Ok(next) = subscriber.recv_direct().await {
                    black_box(next);
                }
            })
        })
        .collect();
    drop(first);
    for i in 0..n {
        publisher.broadcast_direct(i).await.expect("somebody listens");
        if i % burst == burst - 1 {
            yield_now().await;
        }
    }
    drop(publisher);
    for listener in listening {
        listener.await.expect("no listener panics");
    }
}
