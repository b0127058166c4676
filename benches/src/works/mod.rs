//! Pieces of work that several sides do, each a function of how many times.
//!
//! A race times them in turn, and callgrind counts their instructions through one
//! driver, `ops RACE WORK SIDE N`.

mod channel;
mod join;
mod lock;
mod race;
mod retry;
mod scope;
mod shutdown;
mod stream;

use std::error::Error;
use std::future::Future;
use std::{io, iter};

use tokio::runtime::Builder;
use tokio::task::JoinHandle;

pub use self::channel::CHANNEL;
pub use self::lock::LOCK;
pub use self::stream::STREAM;

use crate::arguments::Effort;
use crate::callgrind::{self, Counted};
use crate::report::Report;
use crate::rounds::{self, Side};
use crate::table::{Goal, Row, Unit};

/// Works that are raced together, as one part of the results.
#[derive(Debug)]
pub struct Race {
    /// What it is called: its bench target, too.
    pub name: &'static str,
    /// What runs it.
    pub command: &'static str,
    /// What is raced.
    pub works: &'static [Work],
    /// What to know beside the table.
    pub notes: &'static [&'static str],
}

/// One piece of work, by several sides.
#[derive(Debug)]
pub struct Work {
    /// What is done.
    pub name: &'static str,
    /// How many pieces of work one run of a side is: what the figures are for.
    pub pieces: u64,
    /// On how many threads. Work on one is timed by that thread's time on a core,
    /// work on more by real time, and its instructions, which depend on who meets
    /// whom, are not counted.
    pub threads: usize,
    /// surefoot's side.
    pub ours: fn(u64),
    /// The others.
    pub peers: &'static [Peer],
}

/// Who else does it.
#[derive(Debug)]
pub struct Peer {
    /// Its name in the table.
    pub name: &'static str,
    /// Does the work so many times.
    pub run: fn(u64),
    /// What the row has to show.
    pub goal: Goal,
}

/// Tasks and their lifetimes.
pub const TASKS: Race = Race {
    name: "tasks",
    command: "cargo bench -p surefoot-benches --bench tasks",
    works: &[
        scope::SPAWN_AND_JOIN,
        scope::SPAWN_AND_JOIN_IN_PARALLEL,
        shutdown::IS_TRIGGERED,
        shutdown::TRIGGER,
        shutdown::CHILD,
        shutdown::TRACK,
        shutdown::SERVICE,
    ],
    notes: &[
        "scope: 1,000 children that are ready at once, whose values are then taken in order; per \
         child; on two threads: by real time, and not counted",
        "trigger: 10,000 futures are made, polled once, triggered, polled again and dropped, in \
         places that are there and with a waker that does nothing; per future",
        "service: 100 workers that wait for the end are started, told of it, and waited for; per \
         worker; a token and a tracker know neither names, errors nor panics, nor limits",
        "where goals are missed: half of what a child of a scope needs more than one of a `JoinSet` \
         is copying it on its way into the task, with what it owes to the scope; tried, and kept: \
         one future in the task, not one inside another, a handle that is the switch itself, and a \
         value that is taken without a waker, which together took a seventh",
        "track: a guard has a name, by which it is reported, and so takes and leaves a place under a \
         lock, where a `TaskTracker` counts up and down; tried, and kept: no list of whom to wake \
         while nothing was triggered (253 instructions instead of 406); without effect: \
         registering inlined; two pairs of lock and unlock and a clone of an `Arc` alone take twice \
         what a `TaskTracker` does, so that names without a lock, which are not to be had without \
         unsafe code, would be the only way",
    ],
};

/// What makes one future of several, or of several attempts.
pub const COMBINATORS: Race = Race {
    name: "combinators",
    command: "cargo bench -p surefoot-benches --bench combinators",
    works: &[
        retry::READY_AT_ONCE,
        join::READY_10,
        join::READY_100,
        join::READY_1_000,
        join::READY_10_000,
        join::ONE_BY_ONE_10,
        join::ONE_BY_ONE_100,
        join::ONE_BY_ONE_1_000,
        race::LAST_OF_2,
        race::LAST_OF_10,
        race::LAST_OF_100,
    ],
    notes: &[
        "retry: an operation that succeeds at once, with a policy of its own for each call; bare: \
         the operation alone, which is the limit; all limits: with `attempt_timeout`, `deadline` \
         and `when`; budget: counted, which takes a clock read and an atomic update",
        "join: `join::all`, beside `join_all` of futures and `join` of futures-concurrency; per \
         future; one by one: each is woken by the end of the one behind it, so that the first is \
         the last to end",
        "race: the last of N futures is woken and wins, the others never are; per race; \
         `select_all` wants `Unpin`, and so a box for each future that is an `async` block, which \
         `unboxed` does without; the winner alone: what one wake-up and the runtime cost, which is \
         in every figure",
        "where goals are missed: half of a retry's instructions copy the call, which has room for \
         its sleeps, twice before it is polled; a join or race of few finds each future by its \
         eight and its place therein, at some 60 instructions, where a boxed slice is walked \
         along; a race draws the order of its futures, so that ties are fair, and moves each into \
         its place one by one: of 100, two fifths of the instructions",
        "retry, tried, by instructions per call: what is written down once a call takes time in a \
         box of its own, 224 instead of 251, and only its delays in one, 266 instead of 286; \
         neither is in, since no retry allocates; the calls that set it up inlined, nothing; left \
         would be a type for setting up that is no future itself",
        "race, tried, by instructions of a race of 2: seeds from a generator of the thread's own \
         instead of a hash for each, and memory for all eights at once, 1,916 instead of 2,027, \
         are in; the order drawn once and not at every poll is in, too",
        "join, 10,000 ready, beside futures-concurrency: fewer instructions, and twice the misses of \
         the first cache; the ratio moves between 0.75 and 1.15, from run to run and at times \
         within one; why is not known; alone in its process it needs 38 to 47 ns",
    ],
};

/// Every race of this kind.
const RACES: [&Race; 5] = [&TASKS, &COMBINATORS, &CHANNEL, &LOCK, &STREAM];

impl Race {
    /// Races all works, and publishes what came of it. `driver` is the program
    /// `ops`.
    ///
    /// # Errors
    ///
    /// If the arguments are none of a race's, the driver fails, or a file can't be
    /// written.
    pub fn run(&self, driver: &str) -> Result<(), Box<dyn Error>> {
        let effort = Effort::parse(std::env::args().skip(1))?;
        if cfg!(feature = "sim") {
            return Err(format!("`{}` is raced without the feature `sim`", self.name).into());
        }
        let rows = self.works.iter().flat_map(|work| work.rows(effort)).collect();
        let mut notes: Vec<_> = self.notes.iter().map(ToString::to_string).collect();
        for work in self.works {
            notes.extend(work.instructions(self.name, driver, effort)?);
        }
        Report { name: self.name, command: self.command, rows, notes }.publish(effort)?;
        Ok(())
    }
}

impl Work {
    fn sides(&self) -> impl Iterator<Item = (&'static str, fn(u64))> {
        let peers = self.peers.iter().map(|peer| (peer.name, peer.run));
        iter::once(("surefoot", self.ours)).chain(peers)
    }

    fn rows(&self, effort: Effort) -> Vec<Row> {
        let side = if self.threads == 1 { Side::on_this_thread } else { Side::new };
        let mut sides: Vec<_> = self.sides().map(|(name, run)| side(name, run)).collect();
        let lanes: Vec<_> = rounds::race(effort.plan(), &mut sides)
            .iter()
            .map(|lane| lane.divided_by(self.pieces as f64))
            .collect();
        iter::zip(self.peers, &lanes[1..])
            .map(|(peer, lane)| Row::new(self.name, &lanes[0], lane, Unit::Seconds, peer.goal))
            .collect()
    }

    /// Each side's instructions per piece of work, if they are counted.
    fn instructions(&self, race: &str, driver: &str, effort: Effort) -> io::Result<Option<String>> {
        let mut counts = Vec::new();
        for (side, _) in self.sides() {
            let arguments = [race, self.name, side];
            if effort == Effort::Quick || self.threads > 1 {
                callgrind::dry_run(driver, &arguments, 1)?;
                continue;
            }
            let few = (2_000 / self.pieces).max(1);
            match callgrind::count(driver, &arguments, few, 6 * few)? {
                Counted::Instructions(count) => {
                    counts.push(format!("{side} {:.0}", count / self.pieces as f64));
                }
                Counted::NoValgrind => return Ok(None),
            }
        }
        let name = self.name;
        Ok((!counts.is_empty()).then(|| format!("instructions, {name}: {}", counts.join(", "))))
    }
}

/// Does what the driver is told: `RACE WORK SIDE N`.
///
/// # Errors
///
/// If there is no such side.
pub fn drive(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let [race, work, side, times] = arguments else {
        return Err("usage: ops RACE WORK SIDE N".into());
    };
    let race = RACES.iter().find(|known| known.name == race).ok_or("there is no such race")?;
    let work = race.works.iter().find(|known| known.name == work).ok_or("there is no such work")?;
    let (_, run) = work.sides().find(|(name, _)| name == side).ok_or("there is no such side")?;
    run(times.parse()?);
    Ok(())
}

/// Runs a future, and the tasks that it starts, on this thread.
fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime without I/O needs nothing of the system").block_on(future)
}

/// Runs a future, and the tasks that it starts, on two threads of their own.
fn on_two_threads(work: impl Future<Output = ()> + Send + 'static) {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_time().build();
    // A task, too: the thread that waits for it does nothing else.
    let work = async { spawn(work).await };
    runtime.expect("two threads start").block_on(work).expect("it does not panic");
}

#[expect(clippy::disallowed_methods, reason = "what a side spawns by hand is Tokio's own")]
fn spawn<T: Send + 'static>(task: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
    tokio::spawn(task)
}

#[cfg(test)]
mod tests {
    use super::{RACES, drive};

    #[test]
    fn every_side_of_every_work_is_found_by_its_name_and_works() {
        for race in RACES {
            for work in race.works {
                for (side, _) in work.sides() {
                    let arguments = [race.name, work.name, side, "1"].map(str::to_owned);
                    let driven = drive(&arguments);
                    assert!(driven.is_ok(), "{arguments:?}: {driven:?}");
                }
                let unknown = [race.name, work.name, "nobody", "1"].map(str::to_owned);
                assert!(drive(&unknown).is_err());
            }
        }
    }
}
