//! The channels under schedules that go beyond their claims on the board.

mod cancellation;

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::Poll;

use surefoot::channel::priority::{Receiver, SendError, Sender, TrySendError};
use surefoot::channel::publish::Policy;
use surefoot::channel::request::CallError;
use surefoot::channel::{fan_in, priority, publish, request};
use surefoot::probe::{sometimes, track};
use surefoot::sim::{Explorer, Strategy, TaskPanics, Verdict};
use surefoot::spawn::{Spawner, Task};
use tokio::task::yield_now;

fn exhaustive(deviations: u32) -> Explorer {
    let strategy = Strategy::Exhaustive { deviations: Some(deviations) };
    Explorer::new().strategy(strategy).schedules(60_000)
}

fn task<T: Send + 'static>(
    name: impl Into<std::borrow::Cow<'static, str>>,
    work: impl Future<Output = T> + Send + 'static,
) -> Task<T> {
    Spawner::new().name(name).spawn(work)
}

/// Whatever happened before, all slots of the level can be had.
async fn every_slot_can_be_had(sender: &Sender<u32>, receiver: &mut Receiver<u32>, slots: usize) {
    while receiver.try_recv().is_ok() {}
    let mut permits = Vec::new();
    for _ in 0..slots {
        permits.push(sender.reserve(0).await.expect("the channel is open"));
    }
    assert!(matches!(sender.try_send(0, 0), Err(TrySendError::Full(0))), "a slot too many");
    drop(permits);
    assert!(sender.try_send(0, 7).is_ok());
    assert_eq!(receiver.recv().await, Some((0, 7)));
}

/// channel/X2, channel/X1, channel/CHAN4: any task may be dropped at any await, twice
/// per schedule.
#[test]
fn dropped_tasks_leave_the_levels_whole() {
    let scenario = || async {
        let (sender, mut receiver) = priority::channel(1, 1);
        let sending: Vec<_> = (1..=3)
            .map(|i| {
                let sender = sender.clone();
                Spawner::new().name(format!("sender {i}")).cancellable(true).spawn(async move {
                    if i == 2 {
                        let permit = sender.reserve(0).await.expect("the channel is open");
                        yield_now().await;
                        permit.send(i);
                    } else {
                        sender.send(0, i).await.expect("the channel is open");
                    }
                })
            })
            .collect();
        for task in sending {
            // Whoever still waits goes on as the receiver takes.
            let mut task = pin!(task);
            while poll_fn(|cx| Poll::Ready(task.as_mut().poll(cx).is_pending())).await {
                let _ = receiver.try_recv();
                yield_now().await;
            }
        }
        every_slot_can_be_had(&sender, &mut receiver, 1).await;
    };
    exhaustive(2).cancellations(2).run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
}

/// channel/X7, channel/CHAN5, channel/CHAN4: a close among senders that come, wait and
/// have permits: each gets an answer, and what was accepted is received.
#[test]
fn a_close_leaves_no_sender_waiting_and_no_value_behind() {
    let scenario = || async {
        let (sender, mut receiver) = priority::channel(2, 1);
        let accepted = Arc::new(AtomicUsize::new(0));
        let senders: Vec<_> = (0..4)
            .map(|i| {
                let (sender, accepted) = (sender.clone(), accepted.clone());
                task(format!("sender {i}"), async move {
                    let is_accepted = if i % 2 == 0 {
                        match sender.send(0, i).await {
                            Ok(()) => true,
                            Err(SendError::Closed(back)) => {
                                assert_eq!(back, i);
                                false
                            }
                            Err(other) => panic!("{other}"),
                        }
                    } else {
                        match sender.reserve(1).await {
                            Ok(permit) => {
                                yield_now().await;
                                permit.send(i);
                                true
                            }
                            Err(error) => {
                                assert_eq!(error, priority::ReserveError::Closed);
                                false
                            }
                        }
                    };
                    accepted.fetch_add(usize::from(is_accepted), Ordering::Relaxed);
                })
            })
            .collect();
        let mut received = usize::from(receiver.recv().await.is_some());
        receiver.close();
        while receiver.recv().await.is_some() {
            received += 1;
        }
        for sender in senders {
            sender.await.unwrap();
        }
        assert_eq!(received, accepted.load(Ordering::Relaxed), "accepted, and received");
        assert!(matches!(sender.send(0, 9).await, Err(SendError::Closed(9))));
    };
    exhaustive(3).run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
}

/// channel/X7, channel/CHAN2, channel/CHAN5: a server that closes or goes among callers
/// leaves none without an answer.
#[test]
fn a_server_that_goes_leaves_no_caller_waiting() {
    let scenario = |closes: bool| {
        move || async move {
            let (client, mut server) = request::channel::<u32, u32>(1);
            let callers: Vec<_> = (0..3)
                .map(|i| {
                    let client = client.clone();
                    task(format!("caller {i}"), async move {
                        match client.call(i).await {
                            Ok(answer) => assert_eq!(answer, i),
                            Err(CallError::Closed(back)) => assert_eq!(back, i),
                            Err(other) => panic!("{other}"),
                        }
                    })
                })
                .collect();
            if let Some((request, reply)) = server.next().await {
                yield_now().await;
                reply.send(request).unwrap();
            }
            if closes {
                server.close();
                while let Some((request, reply)) = server.next().await {
                    reply.send(request).unwrap();
                }
            }
            drop(server);
            for caller in callers {
                caller.await.unwrap();
            }
            assert!(matches!(client.call(9).await, Err(CallError::Closed(9))));
        }
    };
    for closes in [false, true] {
        let ran = exhaustive(3).run(scenario(closes));
        ran.unwrap_or_else(|failure| panic!("{failure}"));
    }
}

/// channel/X7, channel/CHAN3: subscribers that come and go among publishers that wait:
/// none waits for who has left.
#[test]
fn a_subscriber_that_goes_lets_publishers_go_on() {
    let scenario = || async {
        let publisher = publish::channel(1);
        let mut fleeting = publisher.subscribe(Policy::Block);
        let mut steady = publisher.subscribe(Policy::Block);
        let publishers: Vec<_> = (0..2)
            .map(|i| {
                let publisher = publisher.clone();
                task(format!("publisher {i}"), async move {
                    publisher.publish(10 * i).await;
                    publisher.publish(10 * i + 1).await;
                })
            })
            .collect();
        let leaving = task("fleeting", async move {
            assert!(fleeting.next().await.is_some());
            yield_now().await;
            drop(fleeting);
        });
        drop(publisher);
        let mut got = Vec::new();
        while let Some(value) = steady.next().await {
            got.push(value.expect("it loses nothing"));
        }
        leaving.await.unwrap();
        for publisher in publishers {
            publisher.await.unwrap();
        }
        let of = |i| got.iter().copied().filter(|value| value / 10 == i).collect::<Vec<_>>();
        assert_eq!((of(0), of(1)), (vec![0, 1], vec![10, 11]));
    };
    exhaustive(3).run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
}

/// channel/X8, channel/CHAN4: one that sends again and again, and one that came before.
#[test]
fn nobody_overtakes_a_sender_that_waits() {
    let scenario = || async {
        let (sender, mut receiver) = priority::channel(1, 1);
        let waits = Arc::new(AtomicBool::new(false));
        let hog = {
            let (sender, waits) = (sender.clone(), waits.clone());
            task("hog", async move {
                for value in 0..4 {
                    // From here to the queue there is no await.
                    let value = if waits.load(Ordering::Relaxed) { 100 + value } else { value };
                    sender.send(0, value).await.unwrap();
                    yield_now().await;
                }
            })
        };
        let waiter = task("waiter", async move {
            yield_now().await;
            waits.store(true, Ordering::Relaxed);
            sender.send(0, 50).await.unwrap();
        });
        let mut overtakers = 0;
        while let Some((_, value)) = receiver.recv().await {
            overtakers += usize::from(value >= 100);
            if value == 50 {
                assert_eq!(overtakers, 0, "it came later, and went first");
                overtakers = 0;
            }
            yield_now().await;
        }
        hog.await.unwrap();
        waiter.await.unwrap();
    };
    exhaustive(3).run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
}

/// channel/X8, channel/CHAN3: the same among publishers.
#[test]
fn nobody_overtakes_a_publisher_that_waits() {
    let scenario = || async {
        let publisher = publish::channel(1);
        let mut subscriber = publisher.subscribe(Policy::Block);
        let arrivals = Arc::new(AtomicUsize::new(0));
        let publishers: Vec<_> = (0..3)
            .map(|i| {
                let (publisher, arrivals) = (publisher.clone(), arrivals.clone());
                task(format!("publisher {i}"), async move {
                    for _ in 0..2 {
                        // From here to the queue there is no await.
                        let arrival = arrivals.fetch_add(1, Ordering::Relaxed);
                        publisher.publish(arrival).await;
                    }
                })
            })
            .collect();
        drop(publisher);
        let mut expected = 0;
        while let Some(next) = subscriber.next().await {
            assert_eq!(next, Ok(expected), "in order of arrival");
            expected += 1;
            yield_now().await;
        }
        for publisher in publishers {
            publisher.await.unwrap();
        }
    };
    exhaustive(3).run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
}

/// channel/X9, channel/X13: polls that nobody asked for, and budgets that are spent,
/// change no order, and read neither as full nor as closed.
#[test]
fn spent_budgets_and_spurious_polls_change_nothing() {
    let scenario = || async {
        let (sender, mut receiver) = priority::channel(1, 1);
        let publisher = publish::channel(1);
        let mut subscriber = publisher.subscribe(Policy::Block);
        let sending = task("sender", async move {
            for value in 0..3 {
                sender.send(0, value).await.expect("the channel is open");
            }
        });
        let relaying = task("relay", async move {
            while let Some((level, value)) = receiver.recv().await {
                assert_eq!((level, publisher.publish(value).await), (0, 1));
            }
        });
        for value in 0..3 {
            assert_eq!(subscriber.next().await, Some(Ok(value)));
        }
        assert_eq!(subscriber.next().await, None);
        sending.await.unwrap();
        relaying.await.unwrap();
    };
    let explorer = exhaustive(2).spurious_wakes(2).coop_exhaustions(2);
    explorer.run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
}

/// channel/X3, channel/CHAN4: a sender that panics with a permit in its hand gives the
/// slot back, and a receiver that panics gives senders their answer.
#[test]
fn whoever_panics_leaves_the_others_working() {
    let scenario = || async {
        let (sender, mut receiver) = priority::channel(1, 1);
        let unlucky = {
            let sender = sender.clone();
            task("unlucky", async move {
                let _permit = sender.reserve(0).await.unwrap();
                yield_now().await;
                panic!("with a permit");
            })
        };
        let lucky = {
            let sender = sender.clone();
            task("lucky", async move { sender.send(0, 1).await.unwrap() })
        };
        assert_eq!(receiver.recv().await, Some((0, 1)));
        assert!(unlucky.await.is_err());
        lucky.await.unwrap();
        let last = task("last", async move {
            let _receiver = receiver;
            yield_now().await;
            panic!("with the receiver");
        });
        while sender.send(0, 2).await.is_ok() {}
        assert!(last.await.is_err());
    };
    let explorer = exhaustive(3).task_panics(TaskPanics::Deliver);
    explorer.run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
}

/// channel/X12: a task that was granted a slot, and waits for something else instead of
/// polling the future that has it, is among those that the report names.
#[test]
fn a_granted_reserve_that_is_not_polled_is_named() {
    let scenario = |polls_it: bool| {
        move || async move {
            let (sender, mut receiver) = priority::channel(1, 1);
            sender.send(0, 0).await.unwrap();
            let careless = {
                let sender = sender.clone();
                task("careless", async move {
                    let mut first = pin!(sender.reserve(0));
                    let permit = poll_fn(|cx| Poll::Ready(first.as_mut().poll(cx))).await;
                    if permit.is_pending() {
                        if polls_it {
                            drop(first.await);
                        } else {
                            drop(sender.reserve(0).await);
                        }
                    }
                })
            };
            yield_now().await;
            assert_eq!(receiver.recv().await, Some((0, 0)));
            careless.await.unwrap();
        }
    };
    assert!(exhaustive(2).run(scenario(true)).is_ok());
    let failure = exhaustive(2).run(scenario(false)).unwrap_err();
    let Verdict::Deadlock { stuck } = &failure.verdict else {
        panic!("{failure}");
    };
    assert!(stuck.iter().any(|stuck| stuck.task.name == "careless"), "{failure}");
}

/// channel/X12: a send and a publish that are kept and not polled hold up nobody: their
/// values go when their turn comes.
#[test]
fn a_send_that_is_not_polled_holds_up_nobody() {
    let scenario = || async {
        let (sender, mut receiver) = priority::channel(1, 1);
        sender.send(0, 0).await.unwrap();
        let careless = {
            let sender = sender.clone();
            task("careless", async move {
                let mut first = pin!(sender.send(0, 1));
                let waits = poll_fn(|cx| Poll::Ready(first.as_mut().poll(cx))).await.is_pending();
                sometimes("it waits", waits);
                if waits {
                    sender.send(0, 2).await.unwrap();
                }
            })
        };
        drop(sender);
        yield_now().await;
        let mut got = Vec::new();
        while let Some((_, value)) = receiver.recv().await {
            got.push(value);
        }
        careless.await.unwrap();
        assert!(got == [0, 1, 2] || got == [0, 1], "{got:?}");
    };
    exhaustive(3).run(scenario).unwrap_or_else(|failure| panic!("{failure}"));

    let scenario = || async {
        let publisher = publish::channel(1);
        let mut subscriber = publisher.subscribe(Policy::Block);
        publisher.publish(0).await;
        let careless = task("careless", async move {
            let mut first = pin!(publisher.publish(1));
            let waits = poll_fn(|cx| Poll::Ready(first.as_mut().poll(cx))).await.is_pending();
            sometimes("it waits", waits);
            if waits {
                publisher.publish(2).await;
            }
        });
        yield_now().await;
        let mut got = Vec::new();
        while let Some(next) = subscriber.next().await {
            got.push(next.unwrap());
        }
        careless.await.unwrap();
        assert!(got == [0, 1, 2] || got == [0, 1], "{got:?}");
    };
    exhaustive(3).run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
}

/// channel/CHAN1, channel/X1: a stream that is dropped takes its producers with it,
/// wherever they are.
#[test]
fn a_dropped_fan_in_leaves_no_producer() {
    let scenario = || async {
        let held = Arc::new(());
        track(&held);
        let mut stream = fan_in::channel(1);
        for number in 0..2 {
            let held = held.clone();
            stream.producer(async move |sender| {
                let _held = held;
                loop {
                    if sender.send(number).await.is_err() {
                        std::future::pending::<()>().await;
                    }
                }
            });
        }
        assert!(stream.next().await.is_some());
        drop(stream);
        while Arc::strong_count(&held) > 1 {
            yield_now().await;
        }
    };
    let explorer = exhaustive(3).deny_leaks();
    explorer.run(scenario).unwrap_or_else(|failure| panic!("{failure}"));
}
