//! Retries: which attempts are made, and when exactly.

mod budget;
mod bugs;
mod cut;
mod ends;
mod hooks;
mod limits;
mod polls;
mod table;

use std::cell::RefCell;
use std::future::{Future, Ready, ready};
use std::rc::Rc;
use std::time::Duration;

use surefoot::backoff::Backoff;
use surefoot::retry::{AttemptError, RetryError};
use tokio::time::Instant;

use crate::support::*;

type Failed = RetryError<&'static str>;

/// Delays of 10 ms.
fn tens() -> Backoff {
    Backoff::constant(ms(10))
}

fn last(why: &'static str) -> Option<AttemptError<&'static str>> {
    Some(AttemptError::Error(why))
}

/// The attempts that were made: number, and milliseconds since the first poll.
#[derive(Clone)]
struct Log {
    began: Instant,
    attempts: Rc<RefCell<Vec<(u32, u64)>>>,
}

impl Log {
    fn new() -> Self {
        Self { began: Instant::now(), attempts: Rc::default() }
    }

    fn clock(&self) -> u64 {
        self.began.elapsed().as_millis() as u64
    }

    fn note(&self, number: u32) {
        self.attempts.borrow_mut().push((number, self.clock()));
    }

    fn attempts(&self) -> Vec<(u32, u64)> {
        self.attempts.borrow().clone()
    }

    fn times(&self) -> Vec<u64> {
        self.attempts.borrow().iter().map(|(_, at)| *at).collect()
    }

    /// An operation that fails at once.
    fn fails(&self) -> impl FnMut(u32) -> Ready<Result<u8, &'static str>> + use<> {
        let log = self.clone();
        move |number| {
            log.note(number);
            ready(Err("busy"))
        }
    }

    /// An operation that fails after so many milliseconds.
    fn fails_after(
        &self,
        n: u64,
    ) -> impl FnMut(u32) -> std::pin::Pin<Box<dyn Future<Output = Result<u8, &'static str>>>> + use<>
    {
        let log = self.clone();
        move |number| {
            log.note(number);
            Box::pin(async move {
                wait(n).await;
                Err("busy")
            })
        }
    }
}

/// A duration in milliseconds that the tests can write.
fn micros(n: u64) -> Duration {
    Duration::from_micros(n)
}
