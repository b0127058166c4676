use std::collections::VecDeque;
use std::sync::Arc;

use tokio::sync::oneshot;

use crate::scenarios::channel::subject::Levels;
use crate::sync::Mutex;

/// A channel that hands values and slots to those who wait through channels of their
/// own. Who is dropped with something in it takes it along.
pub(in crate::scenarios::channel) enum Handover {}

impl Handover {
    pub(in crate::scenarios::channel) const NAME: &str = "handover";
}

pub(in crate::scenarios::channel) struct State {
    free: usize,
    values: VecDeque<(usize, u32)>,
    senders: VecDeque<oneshot::Sender<()>>,
    receiver: Option<oneshot::Sender<(usize, u32)>>,
}

impl State {
    /// A slot is free again.
    fn release(&mut self) {
        while let Some(sender) = self.senders.pop_front() {
            if sender.send(()).is_ok() {
                return;
            }
        }
        self.free += 1;
    }

    fn put(&mut self, level: usize, value: u32) {
        let item = match self.receiver.take() {
            Some(receiver) => receiver.send((level, value)),
            None => Err((level, value)),
        };
        match item {
            Ok(()) => self.release(),
            Err(item) => self.values.push_back(item),
        }
    }
}

/// The receiver's side learns by it that no sender is left.
pub(in crate::scenarios::channel) struct Handle(Arc<Mutex<State>>);

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.with(|state| state.receiver = None);
    }
}

impl Levels for Handover {
    type Sender = Arc<Handle>;
    type Receiver = (Arc<Mutex<State>>, std::sync::Weak<Handle>);

    fn open(capacity: usize) -> (Self::Sender, Self::Receiver) {
        let state = State {
            free: capacity,
            values: VecDeque::new(),
            senders: VecDeque::new(),
            receiver: None,
        };
        let state = Arc::new(Mutex::new(state));
        let handle = Arc::new(Handle(state.clone()));
        let weak = Arc::downgrade(&handle);
        (handle, (state, weak))
    }

    async fn send(sender: &Self::Sender, level: usize, value: u32) -> bool {
        let waits = sender.0.with(|state| {
            if let Some(free) = state.free.checked_sub(1) {
                state.free = free;
                return None;
            }
            let (slot, granted) = oneshot::channel();
            state.senders.push_back(slot);
            Some(granted)
        });
        if let Some(granted) = waits
            && granted.await.is_err()
        {
            return false;
        }
        sender.0.with(|state| state.put(level, value));
        true
    }

    async fn recv((state, handle): &mut Self::Receiver) -> Option<(usize, u32)> {
        let waits = state.with(|state| {
            if let Some(item) = state.values.pop_front() {
                state.release();
                return Ok(item);
            }
            let (hand, received) = oneshot::channel();
            state.receiver = Some(hand);
            Err(received)
        });
        match waits {
            Ok(item) => Some(item),
            Err(_) if handle.strong_count() == 0 => None,
            Err(received) => received.await.ok(),
        }
    }
}
