//! Scopes in the way of the guides with one step wrong.

use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::pin::pin;
use std::task::{Poll, Waker};

use loom::future::block_on;
use loom::thread::{self, JoinHandle};

use crate::scope::{Nursery, failure_against_spawn, spawn_against_end};
use crate::support::Preemptions::AtMost;
use crate::support::{Flag, explore};
use crate::sync::{Arc, Mutex};

/// What a textbook scope does wrong.
trait Mistake: Send + Sync + 'static {
    /// A child is counted by its own task, when that begins.
    const COUNTS_LATE: bool = false;
    /// Whose switch comes after the failure is not aborted.
    const FORGETS_WHO_COMES_LATE: bool = false;
    /// Looks under the lock, and parks under the lock, but not at once.
    const LOOKS_THEN_PARKS: bool = false;
}

struct NoMistake;
impl Mistake for NoMistake {}

struct CountsLate;
impl Mistake for CountsLate {
    const COUNTS_LATE: bool = true;
}

struct ForgetsWhoComesLate;
impl Mistake for ForgetsWhoComesLate {
    const FORGETS_WHO_COMES_LATE: bool = true;
}

struct LooksThenParks;
impl Mistake for LooksThenParks {
    const LOOKS_THEN_PARKS: bool = true;
}

/// Aborts a child.
#[derive(Clone)]
struct Switch(Arc<Mutex<(bool, Option<Waker>)>>);

impl Switch {
    fn new() -> Self {
        Self(Arc::new(Mutex::new((false, None))))
    }

    fn press(&self) {
        let waker = self.0.with(|state| {
            state.0 = true;
            state.1.take()
        });
        waker.into_iter().for_each(Waker::wake);
    }

    fn is_pressed(&self) -> bool {
        self.0.with(|state| state.0)
    }

    /// Runs `child` until it ends or the switch is pressed.
    fn run(&self, child: impl Future<Output = Result<(), ()>>) -> Result<(), ()> {
        let mut child = pin!(child);
        block_on(poll_fn(|cx| {
            let waker = cx.waker().clone();
            let (is_pressed, _replaced) = self.0.with(|state| (state.0, state.1.replace(waker)));
            if is_pressed { Poll::Ready(Ok(())) } else { child.as_mut().poll(cx) }
        }))
    }
}

/// A count, a list of switches, and a waker.
struct Textbook<M> {
    book: Arc<Mutex<Book>>,
    mistake: PhantomData<M>,
}

#[derive(Default)]
struct Book {
    live: usize,
    is_closed: bool,
    failed: bool,
    switches: Vec<Switch>,
    waker: Option<Waker>,
    /// For the model: whether it ends by itself, and how to wait for it.
    threads: Vec<(bool, Switch, JoinHandle<()>)>,
}

impl<M> Clone for Textbook<M> {
    fn clone(&self) -> Self {
        Self { book: self.book.clone(), mistake: PhantomData }
    }
}

impl<M: Mistake> Textbook<M> {
    fn fail(&self) {
        let (switches, waker) = self.book.with(|book| {
            (book.failed, book.is_closed) = (true, true);
            (std::mem::take(&mut book.switches), book.waker.take())
        });
        switches.iter().for_each(Switch::press);
        waker.into_iter().for_each(Waker::wake);
    }

    fn end(&self) {
        let waker = self.book.with(|book| {
            book.live -= 1;
            if book.live == 0 { book.waker.take() } else { None }
        });
        waker.into_iter().for_each(Waker::wake);
    }

    /// Whether all is over; otherwise the waker is to be woken.
    fn rest(&self, waker: Waker) -> bool {
        let look = |book: &mut Book| {
            book.is_closed |= book.live == 0;
            book.live == 0
        };
        if M::LOOKS_THEN_PARKS {
            let is_over = self.book.with(look);
            if !is_over {
                self.book.with(|book| book.waker = Some(waker));
            }
            return is_over;
        }
        self.book.with(|book| {
            let is_over = look(book);
            if !is_over {
                book.waker = Some(waker);
            }
            is_over
        })
    }

    /// Joins those that end by themselves, and those that these started.
    fn join_all(&self) {
        let mut hang = Vec::new();
        while let Some((ends, switch, thread)) = self.book.with(|book| book.threads.pop()) {
            if ends {
                thread.join().expect("no child panics");
            } else {
                hang.push((switch, thread));
            }
        }
        for (switch, thread) in hang {
            let was_pressed = switch.is_pressed();
            switch.press();
            thread.join().expect("no child panics");
            assert!(was_pressed, "a child hangs, and nobody aborts it");
        }
    }
}

impl<M: Mistake> Nursery for Textbook<M> {
    fn run(body: impl FnOnce(&Self) + 'static, at_end: impl FnOnce()) -> bool {
        let this = Self { book: Arc::new(Mutex::new(Book::default())), mistake: PhantomData };
        body(&this);
        let flag = Flag::new();
        if this.rest(flag.waker()) {
            at_end();
            this.join_all();
        } else {
            this.join_all();
            assert!(flag.is_woken(), "every child has ended, and the scope sleeps");
            while !this.rest(flag.waker()) {}
            at_end();
        }
        this.book.with(|book| book.failed)
    }

    fn spawn(
        &self,
        ends: bool,
        child: impl Future<Output = Result<(), ()>> + Send + 'static,
    ) -> bool {
        let is_admitted = self.book.with(|book| {
            book.live += usize::from(!book.is_closed && !M::COUNTS_LATE);
            !book.is_closed
        });
        if !is_admitted {
            return false;
        }
        let (this, switch) = (self.clone(), Switch::new());
        let own = switch.clone();
        let thread = thread::spawn(move || {
            if M::COUNTS_LATE {
                this.book.with(|book| book.live += 1);
            }
            if own.run(child).is_err() {
                this.fail();
            }
            this.end();
        });
        let is_late = self.book.with(|book| {
            book.threads.push((ends, switch.clone(), thread));
            book.switches.push(switch.clone());
            book.is_closed
        });
        if is_late && !M::FORGETS_WHO_COMES_LATE {
            switch.press();
        }
        true
    }
}

/// scope/SCOPE1, scope/SCOPE2: without a mistake, the textbook passes: what the others
/// of this file fail by is their mistake.
#[test]
fn a_textbook_scope_without_a_mistake_passes() {
    type Right = Textbook<NoMistake>;
    let left = explore("textbook spawn_against_end", AtMost(2), spawn_against_end::<Right>);
    assert!(left.len() > 1, "{left:?}");
    let admitted =
        explore("textbook failure_against_spawn", AtMost(2), failure_against_spawn::<Right>);
    assert_eq!(admitted, [false, true].into());
}

/// scope/SCOPE1, scope/SCOPE5: a child that is counted when its task begins is missed:
/// the scope ends and the child goes on. That is found.
#[test]
#[should_panic(expected = "a child that runs was refused a child")]
fn a_child_that_is_counted_late_is_found() {
    explore("a_child_that_is_counted_late", AtMost(2), spawn_against_end::<Textbook<CountsLate>>);
}

/// scope/SCOPE1: a check that is not repeated under the lock that parks loses the
/// wake-up of the last child, and is found.
#[test]
#[should_panic(expected = "every child has ended, and the scope sleeps")]
fn a_scope_that_looks_and_then_parks_is_found() {
    type Wrong = Textbook<LooksThenParks>;
    explore("a_scope_that_looks_and_then_parks", AtMost(2), spawn_against_end::<Wrong>);
}

/// scope/SCOPE2: a child whose switch comes after the failure, and is kept, hangs, and
/// is found.
#[test]
#[should_panic(expected = "a child hangs, and nobody aborts it")]
fn a_child_that_comes_late_and_is_forgotten_is_found() {
    type Wrong = Textbook<ForgetsWhoComesLate>;
    explore("a_child_that_comes_late_and_is_forgotten", AtMost(2), failure_against_spawn::<Wrong>);
}
