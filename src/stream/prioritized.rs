use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::{FusedStream, Stream};

use crate::inflight::Places;
use crate::rt;
use crate::urgency::{MAX_LEVELS, Urgency};

/// One stream out of several, the most urgent first: an item comes with the number of its
/// stream, and of those that have one, the first stream's goes first, subject to
/// [`fairness`](Prioritized::fairness). It ends when all have ended; of no streams, at once.
///
/// It takes an item only to give it, so nothing is lost with it: of receivers that are
/// handed in by `&mut`, what was not given is still there.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use futures::{StreamExt, stream};
/// use surefoot::stream::prioritized;
///
/// let urgent = stream::iter(vec!["a", "b", "c"]);
/// let other = stream::iter(vec!["x", "y"]);
/// let all: Vec<_> = prioritized([urgent, other]).fairness(2).collect().await;
/// assert_eq!(all, [(0, "a"), (0, "b"), (1, "x"), (0, "c"), (1, "y")]);
/// # }
/// ```
///
/// # Panics
///
/// If there are more than 64 streams.
///
/// # Cancel safety
///
/// Dropping the future that polls it loses nothing.
#[track_caller]
pub fn prioritized<S: Stream>(streams: impl IntoIterator<Item = S>) -> Prioritized<S> {
    // One more than may be, so that an endless iterator is noticed.
    let most = streams.into_iter().take(MAX_LEVELS + 1);
    let (streams, len) = Places::filled(most.map(Some));
    assert!(len <= MAX_LEVELS, "at most {MAX_LEVELS} streams can be told apart by urgency");
    let live = u64::MAX.checked_shr((MAX_LEVELS - len) as u32).unwrap_or(0);
    Prioritized { streams, live, urgency: Urgency::new(len) }
}

/// The stream of [`prioritized`].
#[must_use = "streams do nothing unless they are polled"]
pub struct Prioritized<S> {
    streams: Places<Option<S>>,
    /// Those that have not ended, by bit.
    live: u64,
    urgency: Urgency,
}

impl<S> Prioritized<S> {
    /// Serves a stream that has an item after at most `n` items of more urgent streams.
    /// Without this, a stream starves as long as a more urgent one has items.
    ///
    /// If several streams are due, the least urgent of them goes first: while `k` streams
    /// have items, the most urgent one has (n / (n + 1))^(k − 1) of the turns.
    ///
    /// # Panics
    ///
    /// If `n` is 0.
    #[track_caller]
    pub fn fairness(mut self, n: usize) -> Self {
        assert!(n > 0, "a fairness of 0 would serve the least urgent stream first");
        self.urgency.set_fairness(n);
        self
    }

    /// The numbers of those that have not ended.
    fn live(&self) -> impl Iterator<Item = usize> + use<S> {
        let live = self.live;
        (0..MAX_LEVELS).filter(move |at| live & (1 << at) != 0)
    }
}

impl<S: Stream> Stream for Prioritized<S> {
    type Item = (usize, S::Item);

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let mut unasked = this.live;
        while let Some(at) = this.urgency.next(unasked) {
            // Without a budget a stream that has an item may be pending, and must not be
            // taken for one that has none: its neighbours would go first.
            ready!(rt::poll_has_budget(cx));
            let mut place = this.streams.get(at);
            let stream = place.as_mut().as_pin_mut();
            match stream.expect("a stream that lives is there").poll_next(cx) {
                Poll::Ready(Some(item)) => {
                    this.urgency.served(at, this.live);
                    if let Poll::Ready(unit) = rt::poll_budget(cx) {
                        unit.made_progress();
                    }
                    return Poll::Ready(Some((at, item)));
                }
                Poll::Ready(None) => {
                    this.live &= !(1 << at);
                    this.urgency.wants_nothing(at);
                    place.set(None);
                }
                Poll::Pending => {
                    ready!(rt::poll_has_budget(cx));
                    this.urgency.wants_nothing(at);
                }
            }
            unasked &= !(1 << at);
        }
        if this.live == 0 { Poll::Ready(None) } else { Poll::Pending }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let hints = self
            .live()
            .map(|at| self.streams.look(at).as_ref().map_or((0, Some(0)), Stream::size_hint));
        hints.fold((0, Some(0)), |(least, most): (usize, Option<usize>), (low, high)| {
            let most = most.zip(high).and_then(|(most, high)| most.checked_add(high));
            (least.saturating_add(low), most)
        })
    }
}

impl<S: Stream> FusedStream for Prioritized<S> {
    fn is_terminated(&self) -> bool {
        self.live == 0
    }
}

impl<S> fmt::Debug for Prioritized<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let live = self.live().count();
        f.debug_struct("Prioritized").field("live", &live).finish_non_exhaustive()
    }
}
