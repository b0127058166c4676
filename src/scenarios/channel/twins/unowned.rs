use tokio::sync::mpsc;

use crate::scenarios::channel::subject::{FanIn, prepare};
use crate::spawn::spawn;

/// A channel whose first sender is dropped in time, and producers that nobody owns.
pub(in crate::scenarios::channel) enum Unowned {}

impl Unowned {
    pub(in crate::scenarios::channel) const NAME: &str = "unowned";
}

impl FanIn for Unowned {
    type Stream = (Option<mpsc::Sender<u32>>, mpsc::Receiver<u32>);

    fn open() -> Self::Stream {
        let (sender, receiver) = mpsc::channel(4);
        (Some(sender), receiver)
    }

    fn add((sender, _): &mut Self::Stream, number: u32) {
        let sender = sender.clone();
        spawn(async move {
            prepare().await;
            if let Some(sender) = sender {
                sender.send(number).await.expect("the consumer is there");
            }
        })
        .detach();
    }

    async fn next((sender, receiver): &mut Self::Stream) -> Option<Option<u32>> {
        drop(sender.take());
        receiver.recv().await.map(Some)
    }
}
