use tokio::sync::mpsc;

use crate::scenarios::channel::subject::Lossless;

/// A channel per subscriber, and a loop over them. A publisher that is dropped in the
/// middle of the loop has reached some.
pub(in crate::scenarios::channel) enum OneByOne {}

impl OneByOne {
    pub(in crate::scenarios::channel) const NAME: &str = "one_by_one";
}

pub(in crate::scenarios::channel) struct Publisher {
    capacity: usize,
    subscribers: Vec<mpsc::Sender<u32>>,
}

impl Lossless for OneByOne {
    type Publisher = Publisher;
    type Subscriber = mpsc::Receiver<u32>;

    fn open(capacity: usize) -> Publisher {
        Publisher { capacity, subscribers: Vec::new() }
    }

    fn subscribe(publisher: &mut Publisher) -> Self::Subscriber {
        let (sender, receiver) = mpsc::channel(publisher.capacity);
        publisher.subscribers.push(sender);
        receiver
    }

    async fn publish(publisher: &Publisher, value: u32) {
        for subscriber in &publisher.subscribers {
            // Who has left is not served.
            let _ = subscriber.send(value).await;
        }
    }

    async fn next(subscriber: &mut Self::Subscriber) -> Option<u32> {
        subscriber.recv().await
    }
}
