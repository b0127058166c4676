//! What every stream owes its consumer, whatever it gives: `Stream`, `FusedStream` and
//! `size_hint`, for one checker that every operator is put to.

use std::task::{Context, Poll};

use futures_core::FusedStream;
use proptest::prelude::*;

use crate::alarm::Alarm;

/// A stream under watch. At its end, all that it said of its size is held against what
/// came: so its source's own hints must be true, whatever comes later.
pub(crate) struct Watched<S> {
    stream: std::pin::Pin<Box<S>>,
    alarm: Alarm,
    given: usize,
    /// What it said, and how much had come by then.
    hints: Vec<(usize, (usize, Option<usize>))>,
    has_ended: bool,
}

impl<S: FusedStream> Watched<S> {
    pub(crate) fn new(stream: S) -> Self {
        let (stream, alarm) = (Box::pin(stream), Alarm::default());
        let mut watched = Self { stream, alarm, given: 0, hints: Vec::new(), has_ended: false };
        watched.note_hint();
        watched
    }

    fn note_hint(&mut self) {
        let hint = self.stream.size_hint();
        self.hints.push((self.given, hint));
    }

    /// Polls it once. Once ended, it is polled on, and must stay ended.
    pub(crate) fn poll(&mut self) -> Result<Poll<Option<S::Item>>, TestCaseError> {
        let waker = self.alarm.waker();
        self.poll_with(&mut Context::from_waker(&waker))
    }

    /// As a task does.
    pub(crate) fn poll_with(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Result<Poll<Option<S::Item>>, TestCaseError> {
        let was_terminated = self.stream.is_terminated();
        let polled = self.stream.as_mut().poll_next(cx);
        match &polled {
            Poll::Ready(Some(_)) => {
                prop_assert!(!self.has_ended, "an item after the end");
                prop_assert!(!was_terminated, "an item of a terminated stream");
                self.given += 1;
            }
            Poll::Ready(None) => {
                prop_assert!(self.stream.is_terminated(), "it ended, and is not terminated");
                prop_assert_eq!(self.stream.size_hint(), (0, Some(0)), "at the end");
                self.has_ended = true;
                self.check_hints(self.given)?;
            }
            Poll::Pending => {
                prop_assert!(!self.has_ended && !was_terminated, "pending after the end");
            }
        }
        self.note_hint();
        Ok(polled)
    }

    fn check_hints(&self, total: usize) -> Result<(), TestCaseError> {
        for (given, (least, most)) in &self.hints {
            let came = total - given;
            prop_assert!(*least <= came, "it promised {least}, and {came} came");
            prop_assert!(most.is_none_or(|most| came <= most), "of at most {most:?}, {came} came");
        }
        Ok(())
    }
}
