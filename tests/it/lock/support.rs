//! What these tests share.

use std::future::Future;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Wake, Waker};

/// A key that does something when it is hashed, compared or dropped.
#[derive(Clone, Default)]
pub(super) struct Key {
    pub(super) name: u32,
    pub(super) on_hash: Option<fn()>,
    pub(super) on_eq: Option<fn()>,
    #[expect(dead_code, reason = "it is there for its drop")]
    pub(super) on_drop: OnDrop,
    /// Those with the same one are in the same chain.
    pub(super) chain: Option<u32>,
}

impl Key {
    pub(super) fn new(name: u32) -> Self {
        Self { name, ..Self::default() }
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if let Some(act) = self.on_hash {
            act();
        }
        self.chain.unwrap_or(self.name).hash(state);
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        for act in [self.on_eq, other.on_eq].into_iter().flatten() {
            act();
        }
        self.name == other.name
    }
}

impl Eq for Key {}

/// Does something when it is dropped.
#[derive(Clone, Default)]
pub(super) struct OnDrop(Option<Arc<dyn Fn() + Send + Sync>>);

impl OnDrop {
    pub(super) fn new(act: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(act)))
    }
}

impl Drop for OnDrop {
    fn drop(&mut self) {
        if let Some(act) = &self.0 {
            act();
        }
    }
}

/// A waker that does something when it is woken and when it is dropped.
pub(super) struct Acting<F: Fn() + Send + Sync> {
    act: F,
    counts: Arc<Acts>,
}

/// How often wakers were woken and dropped.
#[derive(Default)]
pub(super) struct Acts {
    woken: AtomicUsize,
    dropped: AtomicUsize,
}

impl Acts {
    pub(super) fn seen(&self) -> [usize; 2] {
        [&self.woken, &self.dropped].map(|count| count.load(Ordering::SeqCst))
    }
}

pub(super) fn acting<F: Fn() + Send + Sync + 'static>(counts: &Arc<Acts>, act: F) -> Waker {
    Arc::new(Acting { act, counts: counts.clone() }).into()
}

impl<F: Fn() + Send + Sync> Wake for Acting<F> {
    fn wake(self: Arc<Self>) {
        self.counts.woken.fetch_add(1, Ordering::SeqCst);
        (self.act)();
    }
}

impl<F: Fn() + Send + Sync> Drop for Acting<F> {
    fn drop(&mut self) {
        self.counts.dropped.fetch_add(1, Ordering::SeqCst);
        (self.act)();
    }
}

/// Runs `step`, which never has to wait, for ever beside a neighbour. Says how often
/// it ran before the neighbour's first turn.
pub(super) async fn turns_before_a_neighbour<F, Fut>(mut step: F) -> usize
where
    F: FnMut() -> Fut,
    Fut: Future,
{
    let turns = Arc::new(AtomicUsize::new(0));
    let neighbour = surefoot::spawn::spawn({
        let turns = turns.clone();
        async move { turns.load(Ordering::SeqCst) }
    });
    while !neighbour.is_finished() {
        step().await;
        let turns = turns.fetch_add(1, Ordering::SeqCst);
        assert!(turns < 10_000, "the neighbour starves");
    }
    neighbour.await.expect("it only reads")
}
