use std::panic::{self, AssertUnwindSafe};
use std::task::Waker;

/// Wakers that a locked state gave back, to be woken after unlocking.
///
/// One costs no allocation: that is what handing on one value takes.
#[derive(Debug, Default)]
#[must_use = "whoever is not woken waits for ever"]
pub(crate) struct Wakers {
    first: Option<Waker>,
    more: Vec<Waker>,
}

impl Wakers {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn push(&mut self, waker: Option<Waker>) {
        if self.first.is_none() {
            self.first = waker;
        } else {
            self.more.extend(waker);
        }
    }

    /// As [`push`](Self::push), of up to `n` in all: the second makes room for them.
    pub(crate) fn push_of(&mut self, n: usize, waker: Waker) {
        if self.first.is_some() && self.more.is_empty() {
            self.more.reserve(n);
        }
        self.push(Some(waker));
    }

    /// Makes room for `n` more.
    pub(crate) fn reserve(&mut self, n: usize) {
        let spare = usize::from(self.first.is_none());
        self.more.reserve(n.saturating_sub(spare));
    }

    /// Wakes them all. A waker that panics keeps none of the others from being
    /// woken; its panic goes on afterwards.
    pub(crate) fn wake(self) {
        if self.more.is_empty() {
            if let Some(waker) = self.first {
                waker.wake();
            }
            return;
        }
        let mut panicked = None;
        for waker in self.first.into_iter().chain(self.more) {
            if let Err(payload) = panic::catch_unwind(AssertUnwindSafe(|| waker.wake())) {
                panicked = Some(payload);
            }
        }
        if let Some(payload) = panicked {
            panic::resume_unwind(payload);
        }
    }
}

impl From<Option<Waker>> for Wakers {
    fn from(waker: Option<Waker>) -> Self {
        Self { first: waker, more: Vec::new() }
    }
}
