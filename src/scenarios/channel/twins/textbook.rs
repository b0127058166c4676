use tokio::sync::{broadcast, mpsc, oneshot};

use crate::scenarios::channel::subject::{Asking, FanIn, Outcome, Publishing, prepare};
use crate::spawn::spawn;

/// Tokio's channels as the guides use them.
pub(in crate::scenarios::channel) enum Textbook {}

impl Textbook {
    pub(in crate::scenarios::channel) const NAME: &str = "textbook";
}

/// The sender that is cloned for each producer lives as long as the receiver.
impl FanIn for Textbook {
    type Stream = (mpsc::Sender<u32>, mpsc::Receiver<u32>);

    fn open() -> Self::Stream {
        mpsc::channel(4)
    }

    fn add((sender, _): &mut Self::Stream, number: u32) {
        let sender = sender.clone();
        spawn(async move {
            prepare().await;
            sender.send(number).await.expect("the consumer is there");
        })
        .detach();
    }

    async fn next((_, receiver): &mut Self::Stream) -> Option<Option<u32>> {
        receiver.recv().await.map(Some)
    }
}

/// Every way to get no response is the same error.
impl Asking for Textbook {
    type Client = mpsc::Sender<(u32, oneshot::Sender<u32>)>;
    type Server = mpsc::Receiver<(u32, oneshot::Sender<u32>)>;
    type Reply = oneshot::Sender<u32>;

    fn open(capacity: usize) -> (Self::Client, Self::Server) {
        mpsc::channel(capacity)
    }

    async fn call(client: &Self::Client, request: u32) -> Outcome {
        let (reply, response) = oneshot::channel();
        if client.send((request, reply)).await.is_err() {
            return Outcome::Back;
        }
        response.await.map_or(Outcome::Unknown, |_| Outcome::Answered)
    }

    async fn next(server: &mut Self::Server) -> Option<(u32, Self::Reply)> {
        server.recv().await
    }

    fn is_abandoned(_reply: &Self::Reply) -> bool {
        false
    }

    fn send(reply: Self::Reply, response: u32) {
        let _ = reply.send(response);
    }
}

/// A broadcast, whose every error is the end.
impl Publishing for Textbook {
    type Publisher = broadcast::Sender<u32>;
    type Subscriber = broadcast::Receiver<u32>;

    fn open(capacity: usize) -> Self::Publisher {
        broadcast::channel(capacity).0
    }

    fn subscribe(publisher: &mut Self::Publisher) -> Self::Subscriber {
        publisher.subscribe()
    }

    async fn publish(publisher: &Self::Publisher, value: u32) {
        publisher.send(value).expect("somebody listens");
    }

    async fn next(subscriber: &mut Self::Subscriber) -> Option<Result<u32, u64>> {
        subscriber.recv().await.ok().map(Ok)
    }
}
