use std::future::Future;

use crate::channel::publish::{self, Policy};
use crate::channel::request::{self, CallError};
use crate::channel::{fan_in, priority};
use crate::probe::panic_point;

/// A stream of what producers send, as the bodies of the claims see it.
pub(super) trait FanIn: 'static {
    type Stream: Send;

    fn open() -> Self::Stream;
    /// Adds a producer of one number. It may panic before.
    fn add(stream: &mut Self::Stream, number: u32);
    /// The next number, or the news of a panic.
    fn next(stream: &mut Self::Stream) -> impl Future<Output = Option<Option<u32>>> + Send;
}

/// What a producer does before it sends.
pub(super) async fn prepare() {
    tokio::task::yield_now().await;
    panic_point("a producer panics");
}

/// What a caller knows in the end.
pub(super) enum Outcome {
    Answered,
    /// Nobody has seen its request.
    Back,
    Unknown,
}

/// Requests and responses.
pub(super) trait Asking: 'static {
    type Client: Clone + Send + Sync;
    type Server: Send;
    type Reply: Send;

    fn open(capacity: usize) -> (Self::Client, Self::Server);
    fn call(client: &Self::Client, request: u32) -> impl Future<Output = Outcome> + Send;
    fn next(server: &mut Self::Server) -> impl Future<Output = Option<(u32, Self::Reply)>> + Send;
    fn is_abandoned(reply: &Self::Reply) -> bool;
    fn send(reply: Self::Reply, response: u32);
}

/// One value to many, who may lose the oldest.
pub(super) trait Publishing: 'static {
    type Publisher: Send + Sync;
    type Subscriber: Send;

    fn open(capacity: usize) -> Self::Publisher;
    fn subscribe(publisher: &mut Self::Publisher) -> Self::Subscriber;
    fn publish(publisher: &Self::Publisher, value: u32) -> impl Future<Output = ()> + Send;
    /// The next value, or how many were lost here.
    fn next(
        subscriber: &mut Self::Subscriber,
    ) -> impl Future<Output = Option<Result<u32, u64>>> + Send;
}

/// One value to many, who are waited for.
pub(super) trait Lossless: 'static {
    type Publisher: Send + Sync;
    type Subscriber: Send;

    fn open(capacity: usize) -> Self::Publisher;
    fn subscribe(publisher: &mut Self::Publisher) -> Self::Subscriber;
    fn publish(publisher: &Self::Publisher, value: u32) -> impl Future<Output = ()> + Send;
    fn next(subscriber: &mut Self::Subscriber) -> impl Future<Output = Option<u32>> + Send;
}

/// A channel of two levels, with a fairness of [`FAIRNESS`].
pub(in crate::scenarios) trait Levels: 'static {
    type Sender: Clone + Send + Sync;
    type Receiver: Send;

    fn open(capacity: usize) -> (Self::Sender, Self::Receiver);
    /// Waits for room, and sends. Says whether the value was accepted.
    fn send(sender: &Self::Sender, level: usize, value: u32) -> impl Future<Output = bool> + Send;
    fn recv(receiver: &mut Self::Receiver) -> impl Future<Output = Option<(usize, u32)>> + Send;
}

/// One that can be closed by its receiver.
pub(super) trait Closing: Levels {
    fn close(receiver: &mut Self::Receiver);
}

pub(in crate::scenarios) const FAIRNESS: usize = 2;

/// The production version.
pub(super) enum Production {}

impl FanIn for Production {
    type Stream = fan_in::FanIn<u32>;

    fn open() -> Self::Stream {
        fan_in::channel(4)
    }

    fn add(stream: &mut Self::Stream, number: u32) {
        stream.producer(async move |sender| {
            prepare().await;
            // Nobody is there any more, if it fails.
            let _ = sender.send(number).await;
        });
    }

    async fn next(stream: &mut Self::Stream) -> Option<Option<u32>> {
        stream.next().await.map(Result::ok)
    }
}

impl Asking for Production {
    type Client = request::Client<u32, u32>;
    type Server = request::Server<u32, u32>;
    type Reply = request::Reply<u32, u32>;

    fn open(capacity: usize) -> (Self::Client, Self::Server) {
        request::channel(capacity)
    }

    async fn call(client: &Self::Client, request: u32) -> Outcome {
        match client.call(request).await {
            Ok(_) => Outcome::Answered,
            Err(CallError::Closed(back)) => {
                assert_eq!(back, request, "another's request came back");
                Outcome::Back
            }
            Err(_) => Outcome::Unknown,
        }
    }

    async fn next(server: &mut Self::Server) -> Option<(u32, Self::Reply)> {
        server.next().await
    }

    fn is_abandoned(reply: &Self::Reply) -> bool {
        reply.is_abandoned()
    }

    fn send(reply: Self::Reply, response: u32) {
        // The caller is gone, if it fails.
        let _ = reply.send(response);
    }
}

impl Publishing for Production {
    type Publisher = publish::Publisher<u32>;
    type Subscriber = publish::Subscriber<u32>;

    fn open(capacity: usize) -> Self::Publisher {
        publish::channel(capacity)
    }

    fn subscribe(publisher: &mut Self::Publisher) -> Self::Subscriber {
        publisher.subscribe(Policy::DropOldest)
    }

    async fn publish(publisher: &Self::Publisher, value: u32) {
        publisher.publish(value).await;
    }

    async fn next(subscriber: &mut Self::Subscriber) -> Option<Result<u32, u64>> {
        let next = subscriber.next().await?;
        Some(next.map_err(|lagged| lagged.lost))
    }
}

impl Lossless for Production {
    type Publisher = publish::Publisher<u32>;
    type Subscriber = publish::Subscriber<u32>;

    fn open(capacity: usize) -> Self::Publisher {
        publish::channel(capacity)
    }

    fn subscribe(publisher: &mut Self::Publisher) -> Self::Subscriber {
        publisher.subscribe(Policy::Block)
    }

    async fn publish(publisher: &Self::Publisher, value: u32) {
        publisher.publish(value).await;
    }

    async fn next(subscriber: &mut Self::Subscriber) -> Option<u32> {
        let next = subscriber.next().await?;
        Some(next.expect("a subscriber that is waited for loses nothing"))
    }
}

impl Levels for Production {
    type Sender = priority::Sender<u32>;
    type Receiver = priority::Receiver<u32>;

    fn open(capacity: usize) -> (Self::Sender, Self::Receiver) {
        let (sender, receiver) = priority::channel(2, capacity);
        (sender, receiver.fairness(FAIRNESS))
    }

    async fn send(sender: &Self::Sender, level: usize, value: u32) -> bool {
        match sender.reserve(level).await {
            Ok(permit) => {
                permit.send(value);
                true
            }
            Err(_) => false,
        }
    }

    async fn recv(receiver: &mut Self::Receiver) -> Option<(usize, u32)> {
        receiver.recv().await
    }
}

impl Closing for Production {
    fn close(receiver: &mut Self::Receiver) {
        receiver.close();
    }
}
