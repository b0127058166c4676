//! Mailboxes with a mistake, under the bodies of the models in `mailbox`.

use std::marker::PhantomData;
use std::task::{Context, Waker};

use crate::mailbox::{Item, Takes, leave_against_look, put_against_close, put_against_look};
use crate::support::Preemptions::Unbounded;
use crate::support::explore;
use crate::sync::{Arc, Mutex};

/// What a textbook mailbox does wrong.
trait Mistake: Send + 'static {
    /// The worker looks, and leaves its waker after that.
    const LOOKS_THEN_REGISTERS: bool = false;
    /// Who puts has one waker of the worker, the first.
    const KEEPS_THE_FIRST_WAKER: bool = false;
    /// A worker that goes takes no look at what is there.
    const CLOSES_BLINDLY: bool = false;
    /// Who puts does not look whether anybody takes.
    const PUTS_BLINDLY: bool = false;
}

mistakes!(
    LooksThenRegisters: LOOKS_THEN_REGISTERS,
    KeepsTheFirstWaker: KEEPS_THE_FIRST_WAKER,
    ClosesBlindly: CLOSES_BLINDLY,
    PutsBlindly: PUTS_BLINDLY
);

struct NoMistake;
impl Mistake for NoMistake {}

#[derive(Default)]
struct Letter {
    item: Option<Item>,
    is_closed: bool,
    worker: Option<Arc<Waker>>,
}

/// Either half.
struct Half<M: Mistake> {
    letter: Arc<Mutex<Letter>>,
    puts: bool,
    mistake: PhantomData<M>,
}

impl<M: Mistake> Half<M> {
    fn register(&self, waker: &Waker) {
        let waker = Arc::new(waker.clone());
        self.letter.with(|letter| {
            if !M::KEEPS_THE_FIRST_WAKER || letter.worker.is_none() {
                letter.worker = Some(waker);
            }
        });
    }
}

impl<M: Mistake> Takes for Half<M> {
    type Puts = Self;

    fn new(item: Item) -> (Self, Self) {
        let letter = Arc::new(Mutex::new(Letter { item: Some(item), ..Letter::default() }));
        let half = |puts| Self { letter: letter.clone(), puts, mistake: PhantomData };
        (half(true), half(false))
    }

    fn put(puts: &mut Self, item: Item) -> Result<(), Item> {
        let worker = puts.letter.with(|letter| {
            if letter.is_closed && !M::PUTS_BLINDLY {
                return Err(item);
            }
            letter.item = Some(item);
            Ok(letter.worker.clone())
        })?;
        worker.iter().for_each(|waker| waker.wake_by_ref());
        Ok(())
    }

    fn look(&mut self, cx: &Context<'_>) -> Option<Item> {
        if !M::LOOKS_THEN_REGISTERS {
            self.register(cx.waker());
        }
        let item = self.letter.with(|letter| letter.item.take());
        if M::LOOKS_THEN_REGISTERS {
            self.register(cx.waker());
        }
        item
    }

    fn close(&self) -> Option<Item> {
        self.letter.with(|letter| {
            letter.is_closed = true;
            if M::CLOSES_BLINDLY { None } else { letter.item.take() }
        })
    }
}

impl<M: Mistake> Drop for Half<M> {
    fn drop(&mut self) {
        if self.puts {
            drop(self.letter.with(|letter| letter.item.take()));
        }
    }
}

/// The bodies pass on a mailbox without a mistake: so it is the mistakes that fail.
#[test]
fn no_mistake_passes() {
    for new in [false, true] {
        let right = move || put_against_look::<Half<NoMistake>>(new);
        assert_eq!(explore("put_against_look, right", Unbounded, right).len(), 2);
    }
    let back = explore("put_against_close, right", Unbounded, put_against_close::<Half<NoMistake>>);
    assert_eq!(back.len(), 2);
    let taken = leave_against_look::<Half<NoMistake>>;
    assert_eq!(explore("leave_against_look, right", Unbounded, taken).len(), 2);
}

/// stream/STREAM2, stream/X13
#[test]
#[should_panic(expected = "the worker sleeps")]
fn a_waker_that_is_left_after_the_look_is_late() {
    explore("looks_then_registers", Unbounded, || {
        put_against_look::<Half<LooksThenRegisters>>(true)
    });
}

/// stream/X13
#[test]
#[should_panic(expected = "the worker sleeps")]
fn the_first_waker_is_not_the_last() {
    explore("keeps_the_first_waker", Unbounded, || {
        put_against_look::<Half<KeepsTheFirstWaker>>(true)
    });
}

/// stream/STREAM1
#[test]
#[should_panic(expected = "somebody has word of an item")]
fn a_worker_that_closes_blindly_loses_an_item() {
    explore("closes_blindly", Unbounded, put_against_close::<Half<ClosesBlindly>>);
}

/// stream/STREAM1
#[test]
#[should_panic(expected = "somebody has word of an item")]
fn what_is_put_where_nobody_takes_is_lost() {
    explore("puts_blindly", Unbounded, put_against_close::<Half<PutsBlindly>>);
}
