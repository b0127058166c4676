use tokio::select;
use tokio::sync::mpsc;

use crate::scenarios::channel::subject::{Closing, Levels};

/// A channel per level, and a `select!` that prefers the urgent one, and the stop to
/// both.
pub(in crate::scenarios) enum Biased {}

impl Biased {
    pub(in crate::scenarios) const NAME: &str = "biased";
}

pub(in crate::scenarios) struct Receiver {
    levels: [mpsc::Receiver<u32>; 2],
    is_stopped: bool,
}

impl Levels for Biased {
    type Sender = [mpsc::Sender<u32>; 2];
    type Receiver = Receiver;

    fn open(capacity: usize) -> (Self::Sender, Receiver) {
        let [(urgent, from_urgent), (other, from_other)] = [0; 2].map(|_| mpsc::channel(capacity));
        let levels = [from_urgent, from_other];
        ([urgent, other], Receiver { levels, is_stopped: false })
    }

    async fn send(sender: &Self::Sender, level: usize, value: u32) -> bool {
        sender[level].send(value).await.is_ok()
    }

    async fn recv(receiver: &mut Receiver) -> Option<(usize, u32)> {
        if receiver.is_stopped {
            return None;
        }
        let [urgent, other] = &mut receiver.levels;
        select! {
            biased;
            Some(value) = urgent.recv() => Some((0, value)),
            Some(value) = other.recv() => Some((1, value)),
            else => None,
        }
    }
}

impl Closing for Biased {
    fn close(receiver: &mut Receiver) {
        receiver.is_stopped = true;
        for level in &mut receiver.levels {
            level.close();
        }
    }
}
