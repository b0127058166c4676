//! Models of `SingleFlight`.

use loom::future::block_on;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;
use surefoot::lock::{FlightError, SingleFlight};

use crate::support::Preemptions::{AtMost, Unbounded};
use crate::support::{Flag, Owned, explore, poll_once, yield_once};
use crate::sync::Arc;

/// What a load does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Load {
    /// Is pending once, and gives the value.
    Give(u32),
    Hang,
    /// Is pending once, and panics.
    Panic,
}

impl Load {
    pub(crate) async fn run(self) -> u32 {
        match self {
            Self::Hang => std::future::pending().await,
            Self::Give(value) => {
                yield_once().await;
                value
            }
            Self::Panic => {
                yield_once().await;
                // Without the panic hook, which would print each.
                std::panic::resume_unwind(Box::new("no line"))
            }
        }
    }
}

/// Loads of one key, of which one runs for all.
pub(crate) trait Loads: Clone + 'static {
    fn new() -> Self;
    fn get(&self, load: Load) -> Owned<Option<u32>>;
}

type Flights = SingleFlight<u32, u32>;

impl Loads for Flights {
    fn new() -> Self {
        Self::new()
    }

    /// `None` if the load panicked.
    fn get(&self, load: Load) -> Owned<Option<u32>> {
        let flights = self.clone();
        Box::pin(async move {
            match flights.get(1, || async move { Ok(load.run().await) }).await {
                Ok(value) => Some(value),
                Err(FlightError::Failed(none)) => match *none {},
                Err(_panicked) => None,
            }
        })
    }
}

/// A leader whose load hangs leaves while one comes, who follows it or leads. Says
/// whether that one led at once.
pub(crate) fn leader_leaves_against_follower<L: Loads>() -> bool {
    let loads = L::new();
    let flag = Flag::new();
    let mut leader = loads.get(Load::Hang);
    assert!(poll_once(&mut leader, &Flag::new()).is_pending());
    let leaving = thread::spawn(move || drop(leader));
    let mut follower = loads.get(Load::Give(7));
    assert!(poll_once(&mut follower, &flag).is_pending(), "a load is pending once");
    leaving.join().unwrap();
    // By its own load, or by the leader that left.
    assert!(flag.is_woken(), "nobody loads, and who follows sleeps");
    let is_first = poll_once(&mut follower, &flag).is_ready();
    assert!(is_first || poll_once(&mut follower, &flag).is_ready(), "it leads, then");
    is_first
}

/// lock/LOCK4, lock/X2: whoever comes while a leader leaves has a load of its own,
/// at once or when it is handed over.
#[test]
fn a_leader_that_leaves_hands_over() {
    let outcomes = explore(
        "a_leader_that_leaves_hands_over",
        Unbounded,
        leader_leaves_against_follower::<Flights>,
    );
    assert_eq!(outcomes, [false, true].into(), "whether it led at once");
}

/// lock/LOCK4: two that ask have one load, or one after the other; never two at a
/// time.
#[test]
fn one_load_at_a_time() {
    let outcomes = explore("one_load_at_a_time", AtMost(3), || {
        let flights = SingleFlight::<u32, usize>::new();
        let (inside, loads) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let callers = [(); 2].map(|()| {
            let (flights, inside, loads) = (flights.clone(), inside.clone(), loads.clone());
            thread::spawn(move || {
                let load = || async move {
                    assert_eq!(inside.fetch_add(1, Ordering::Relaxed), 0, "two loads at a time");
                    yield_once().await;
                    inside.fetch_sub(1, Ordering::Relaxed);
                    Ok(loads.fetch_add(1, Ordering::Relaxed) + 1)
                };
                block_on(flights.get(1, load)).expect("no load fails")
            })
        });
        let got = callers.map(|caller| caller.join().unwrap());
        assert!(flights.is_empty(), "no load is under way");
        assert!(got.iter().all(|load| (1..=loads.load(Ordering::Relaxed)).contains(load)));
        loads.load(Ordering::Relaxed)
    });
    assert_eq!(outcomes, [1, 2].into(), "how many loads there were");
}

/// lock/LOCK4, lock/X3: a panic reaches who follows, or who comes later loads anew.
#[test]
fn a_leader_that_panics_leaves_nobody_waiting() {
    let outcomes = explore("a_leader_that_panics_leaves_nobody_waiting", AtMost(3), || {
        let flights = Flights::new();
        let leading = thread::spawn({
            let leader = Loads::get(&flights, Load::Panic);
            move || block_on(leader)
        });
        let follower = Loads::get(&flights, Load::Give(7));
        let got = block_on(follower);
        let led = leading.join().unwrap();
        assert!(flights.is_empty(), "no load is under way");
        (led, got)
    });
    let seen = [(None, None), (None, Some(7)), (Some(7), Some(7))];
    assert_eq!(outcomes, seen.into(), "what the one got whose load panics, and the other");
}

/// lock/X1, lock/X2, lock/X11: a follower leaves while the load lands; the other
/// follower gets the value, and nothing is left.
#[test]
fn a_follower_that_leaves_while_the_load_lands_takes_nothing_along() {
    let outcomes = explore(
        "a_follower_that_leaves_while_the_load_lands_takes_nothing_along",
        Unbounded,
        || {
            let flights = Flights::new();
            let (first, second) = (Flag::new(), Flag::new());
            let mut leader = Loads::get(&flights, Load::Give(7));
            assert!(poll_once(&mut leader, &Flag::new()).is_pending());
            let mut leaver = Loads::get(&flights, Load::Hang);
            assert!(poll_once(&mut leaver, &first).is_pending());
            let mut stayer = Loads::get(&flights, Load::Hang);
            assert!(poll_once(&mut stayer, &second).is_pending());
            let landing = thread::spawn(move || poll_once(&mut leader, &Flag::new()).is_ready());
            let leaving = thread::spawn(move || drop(leaver));
            assert!(landing.join().unwrap(), "a load is pending once");
            leaving.join().unwrap();
            assert!(second.is_woken(), "the value is there, and who waits for it sleeps");
            assert!(poll_once(&mut stayer, &second).is_ready());
            assert!(flights.is_empty(), "no load is under way");
            // The next loads anew.
            assert_eq!(block_on(Loads::get(&flights, Load::Give(8))), Some(8));
            first.is_woken()
        },
    );
    assert_eq!(outcomes, [false, true].into(), "whether the one that left was woken");
}
