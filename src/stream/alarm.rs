use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::deadline::Timer;
use crate::rt::{self, Instant};

pin_project! {
    /// The timer of an operator whose moment moves, only ever to later.
    ///
    /// It is set anew when it has gone off too early, not when the moment moves: most
    /// moments are moved again before they come.
    #[derive(Default)]
    pub(super) struct Alarm {
        #[pin]
        timer: Timer,
        set_to: Option<Instant>,
    }
}

impl Alarm {
    /// Ready from the moment `at` on; `None` is never.
    pub(super) fn poll_at(
        self: Pin<&mut Self>,
        at: Option<Instant>,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        let Some(at) = at else {
            return Poll::Pending;
        };
        // A timer goes off on the clock's next tick. What is due now does not wait for it.
        if at <= rt::now() {
            return Poll::Ready(());
        }
        let mut this = self.project();
        loop {
            let set_to = *this.set_to.get_or_insert(at);
            ready!(this.timer.as_mut().poll_at(Some(set_to), cx));
            if set_to >= at {
                return Poll::Ready(());
            }
            this.timer.set(Timer::default());
            *this.set_to = None;
        }
    }
}
