//! Sides of a race in turn: A B C, A B C, and so on.

use std::fmt;
use std::time::Duration;

use crate::{Stopwatch, clock};

/// How long to race.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many times each side runs.
    pub rounds: usize,
    /// How long each of these runs is to take, about.
    pub millis: u64,
}

/// One contender in one piece of work.
pub struct Side<'a> {
    name: &'static str,
    run: Box<dyn FnMut(u64) + 'a>,
    one_thread: bool,
}

impl<'a> Side<'a> {
    /// `run` does the work as many times as it is told, on any threads.
    pub fn new(name: &'static str, run: impl FnMut(u64) + 'a) -> Self {
        Self { name, run: Box::new(run), one_thread: false }
    }

    /// `run` works on the calling thread alone, without pause. Timed by that
    /// thread's time on a core, where the system tells it.
    pub fn on_this_thread(name: &'static str, run: impl FnMut(u64) + 'a) -> Self {
        Self { one_thread: true, ..Self::new(name, run) }
    }

    fn time(&mut self, times: u64) -> Duration {
        let before = if self.one_thread { clock::on_core() } else { None };
        let watch = Stopwatch::start();
        (self.run)(times);
        let real = watch.elapsed();
        before.and_then(|before| clock::on_core()?.checked_sub(before)).unwrap_or(real)
    }

    /// How many times the work is done in about `aim`. Warms up by the way.
    fn calibrate(&mut self, aim: Duration) -> u64 {
        let mut times = 1;
        loop {
            let took = self.time(times);
            if took * 4 >= aim {
                let scale = aim.as_secs_f64() / took.as_secs_f64();
                return ((times as f64 * scale) as u64).max(1);
            }
            times *= 2;
        }
    }
}

impl fmt::Debug for Side<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Side").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What one side needed, in each round.
#[derive(Clone, Debug)]
pub struct Lane {
    /// Whose.
    pub name: &'static str,
    /// One figure per round: for [`race`], seconds per piece of work.
    pub rounds: Vec<f64>,
}

impl Lane {
    /// The median of the rounds.
    #[must_use]
    pub fn median(&self) -> f64 {
        Spread::of(self.rounds.clone()).median
    }

    /// Each figure for so many pieces of work that were done as one.
    #[must_use]
    pub fn divided_by(&self, pieces: f64) -> Self {
        let rounds = self.rounds.iter().map(|figure| figure / pieces).collect();
        Self { name: self.name, rounds }
    }

    /// This lane's figures over another's, round by round.
    #[must_use]
    pub fn over(&self, other: &Self) -> Spread {
        Spread::of(self.rounds.iter().zip(&other.rounds).map(|(mine, its)| mine / its).collect())
    }
}

/// Runs the sides in turn; gives back one lane each, in their order.
pub fn race(plan: Plan, sides: &mut [Side<'_>]) -> Vec<Lane> {
    let aim = Duration::from_millis(plan.millis);
    let mut lanes: Vec<_> =
        sides.iter().map(|side| Lane { name: side.name, rounds: Vec::new() }).collect();
    let times: Vec<_> = sides.iter_mut().map(|side| side.calibrate(aim)).collect();
    for _ in 0..plan.rounds {
        for ((side, lane), &times) in sides.iter_mut().zip(&mut lanes).zip(&times) {
            lane.rounds.push(side.time(times).as_secs_f64() / times as f64);
        }
    }
    lanes
}

/// The middle and the ends of several figures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The middle one.
    pub median: f64,
    /// The least.
    pub min: f64,
    /// The most.
    pub max: f64,
}

impl Spread {
    /// # Panics
    ///
    /// If there are no figures.
    #[must_use]
    pub fn of(mut figures: Vec<f64>) -> Self {
        assert!(!figures.is_empty(), "a race has at least one round");
        figures.sort_by(f64::total_cmp);
        let last = figures.len() - 1;
        let median = f64::midpoint(figures[last / 2], figures[last.div_ceil(2)]);
        Self { median, min: figures[0], max: figures[last] }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::{Plan, Side, Spread, race};

    #[test]
    fn the_sides_run_in_turn() {
        let order = RefCell::new(String::new());
        let side = |name: &'static str| {
            let order = &order;
            Side::new(name, move |_| order.borrow_mut().push_str(name))
        };
        let lanes = race(Plan { rounds: 3, millis: 0 }, &mut [side("a"), side("b")]);
        // Once each to calibrate, and then round by round.
        assert_eq!(order.into_inner(), "abababab");
        assert!(lanes.iter().all(|lane| lane.rounds.len() == 3));
    }

    #[test]
    fn the_median_of_an_even_number_lies_between_the_two_in_the_middle() {
        assert_eq!(
            Spread::of(vec![4.0, 1.0, 2.0, 8.0]),
            Spread { median: 3.0, min: 1.0, max: 8.0 }
        );
        assert_eq!(Spread::of(vec![5.0]), Spread { median: 5.0, min: 5.0, max: 5.0 });
    }
}
