//! Questions and answers: small stories, and exact times.

use std::time::Duration;

use surefoot::channel::request::{self, CallError};
use surefoot::spawn::spawn;
use tokio_test::{assert_pending, assert_ready, task};

use crate::support::*;

/// channel/CHAN2: the response is the caller's own.
#[tokio::test(start_paused = true)]
async fn a_response_reaches_its_caller() {
    let (client, mut server) = request::channel(2);
    let (other, client_text) = (client.clone(), format!("{client:?}"));
    let mut first = task::spawn(client.call(1));
    let mut second = task::spawn(other.call(2));
    assert_pending!(first.poll());
    assert_pending!(second.poll());
    let (one, to_one) = server.next().await.unwrap();
    let (two, to_two) = server.next().await.unwrap();
    assert_eq!((one, two, format!("{to_one:?}")), (1, 2, "Reply { is_abandoned: false }".into()));
    to_two.send("two").unwrap();
    to_one.send("one").unwrap();
    assert_eq!(assert_ready!(first.poll()), Ok("one"));
    assert_eq!(assert_ready!(second.poll()), Ok("two"));
    assert_eq!(client_text, "Client { is_closed: false, .. }");
    assert_eq!(format!("{server:?}"), "Server { .. }");
}

/// channel/CHAN2: requests that wait for room, that wait for the server, and that the
/// server has taken, when the server goes.
#[tokio::test(start_paused = true)]
async fn a_server_that_goes_tells_each_caller_the_truth() {
    let (client, mut server) = request::channel::<u32, u32>(1);
    let mut calls = [1, 2, 3].map(|request| task::spawn(client.call(request)));
    assert_pending!(calls[0].poll());
    let (_taken, reply) = server.next().await.unwrap();
    assert_pending!(calls[1].poll());
    assert_pending!(calls[2].poll());
    drop(server);
    assert_eq!(assert_ready!(calls[1].poll()), Err(CallError::Closed(2)), "it was in the queue");
    assert_eq!(assert_ready!(calls[2].poll()), Err(CallError::Closed(3)), "it found no room");
    assert_pending!(calls[0].poll());
    drop(reply);
    assert_eq!(assert_ready!(calls[0].poll()), Err(CallError::Dropped));
    assert!(client.is_closed());
    assert_eq!(client.call(4).await, Err(CallError::Closed(4)));
    assert_eq!(client.call_within(ms(1), 5).await, Err(CallError::Closed(5)));
}

/// channel/CHAN5: what was accepted before a close is answered.
#[tokio::test(start_paused = true)]
async fn a_close_answers_what_was_accepted() {
    let (client, mut server) = request::channel::<u32, u32>(1);
    let mut accepted = task::spawn(client.call(1));
    let mut too_late = task::spawn(client.call(2));
    assert_pending!(accepted.poll());
    assert_pending!(too_late.poll());
    server.close();
    assert_eq!(assert_ready!(too_late.poll()), Err(CallError::Closed(2)));
    let (request, reply) = server.next().await.unwrap();
    assert_eq!(reply.send(request + 10), Ok(()));
    assert_eq!(assert_ready!(accepted.poll()), Ok(11));
    assert!(server.next().await.is_none());
}

/// channel/CHAN2, channel/X10: one limit over both waits, to the millisecond; the
/// request comes back if the server can't have it.
#[tokio::test(start_paused = true)]
async fn a_call_ends_at_its_limit() {
    let (client, mut server) = request::channel::<u32, u32>(1);
    let begun = tokio::time::Instant::now();
    assert_eq!(client.call_within(ms(20), 1).await, Err(CallError::TimedOut(None)));
    assert_eq!(begun.elapsed(), ms(20));
    assert_eq!(client.call_within(ms(20), 2).await, Err(CallError::TimedOut(Some(2))));
    assert_eq!(begun.elapsed(), ms(40));
    let other = client.clone();
    let late = spawn(async move { other.call_within(ms(20), 3).await });
    wait(15).await;
    let (abandoned, reply) = server.next().await.unwrap();
    assert!(abandoned == 1 && reply.is_abandoned());
    assert_eq!(reply.send(0), Err(0));
    assert_eq!(late.await, Ok(Err(CallError::TimedOut(None))), "five for room, fifteen for it");
    assert_eq!(begun.elapsed(), ms(60));
}

/// channel/X10, channel/X6: a limit of a year, of no time, and of all time.
#[tokio::test(start_paused = true)]
async fn limits_of_any_size_work() {
    let year = Duration::from_secs(365 * 24 * 3_600);
    let (client, mut server) = request::channel::<u32, u32>(1);
    let begun = tokio::time::Instant::now();
    assert_eq!(client.call_within(year, 1).await, Err(CallError::TimedOut(None)));
    assert_eq!(begun.elapsed(), year);
    assert_eq!(client.call_within(Duration::ZERO, 2).await, Err(CallError::TimedOut(Some(2))));
    assert!(server.next().await.is_some());
    let serving = spawn(async move {
        let (request, reply) = server.next().await.unwrap();
        wait(5).await;
        reply.send(request).unwrap();
    });
    assert_eq!(client.call_within(Duration::MAX, 3).await, Ok(3));
    serving.await.unwrap();
}

/// channel/CHAN2: who works for a caller is told when it goes.
#[tokio::test(start_paused = true)]
async fn a_caller_that_goes_is_noticed() {
    let (client, mut server) = request::channel::<u32, u32>(1);
    let mut call = Box::pin(client.call(1));
    assert!(futures::poll!(&mut call).is_pending());
    let (_, mut reply) = server.next().await.unwrap();
    let mut watching = task::spawn(reply.abandoned());
    assert_pending!(watching.poll());
    drop(call);
    assert!(watching.is_woken());
    assert_ready!(watching.poll());
}

/// channel/X5: all sides may be dropped outside of a runtime, in any order.
#[test]
fn handles_may_be_dropped_outside_of_a_runtime() {
    for first in 0..3 {
        let (client, mut server) = request::channel::<u32, u32>(1);
        let mut call = task::spawn({
            let client = client.clone();
            async move { client.call(1).await }
        });
        assert_pending!(call.poll());
        let mut next = task::spawn(server.next());
        let (_, reply) = assert_ready!(next.poll()).unwrap();
        drop(next);
        match first {
            0 => drop(server),
            1 => drop((reply, client)),
            _ => drop(call),
        }
    }
}
