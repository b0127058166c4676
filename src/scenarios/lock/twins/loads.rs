use std::sync::Arc;

use tokio::sync::Notify;

use crate::scenarios::lock::bodies::Origin;
use crate::scenarios::lock::subject::{Loads, Subject};
use crate::sync::Mutex;

/// A cache: whoever finds nothing loads.
#[derive(Clone)]
pub(in crate::scenarios::lock) struct Herd(Arc<Mutex<Option<u32>>>);

impl Herd {
    pub(in crate::scenarios::lock) const NAME: &str = "herd";
}

impl Subject for Herd {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(None)))
    }
}

impl Loads for Herd {
    async fn get(&self, origin: &Origin) -> Option<u32> {
        if let Some(value) = self.0.with(|cached| *cached) {
            return Some(value);
        }
        let value = origin.load().await;
        self.0.with(|cached| *cached = Some(value));
        Some(value)
    }
}

/// A cache with a mark while a load is under way, which the others wait for.
#[derive(Clone)]
pub(in crate::scenarios::lock) struct LeftMark(Arc<(Mutex<State>, Notify)>);

#[derive(Default)]
struct State {
    is_loading: bool,
    value: Option<u32>,
}

impl LeftMark {
    pub(in crate::scenarios::lock) const NAME: &str = "left-mark";
}

impl Subject for LeftMark {
    fn new() -> Self {
        Self(Arc::new((Mutex::new(State::default()), Notify::new())))
    }
}

impl Loads for LeftMark {
    async fn get(&self, origin: &Origin) -> Option<u32> {
        let (state, ended) = &*self.0;
        loop {
            let end = ended.notified();
            let leads = state.with(|state| match state.value {
                Some(value) => Err(value),
                None => Ok(!std::mem::replace(&mut state.is_loading, true)),
            });
            match leads {
                Err(value) => return Some(value),
                Ok(false) => end.await,
                Ok(true) => {
                    let value = origin.load().await;
                    // What is dropped before this, never comes here.
                    state.with(|state| (state.is_loading, state.value) = (false, Some(value)));
                    ended.notify_waiters();
                    return Some(value);
                }
            }
        }
    }
}
