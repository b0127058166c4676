//! Schedules as inputs of proptest: input and schedule are drawn, shrunk, persisted
//! and replayed together.
//!
//! A script is a few bytes, from which a schedule reads its choices
//! ([`Strategy::Script`]). Fewer and smaller bytes are fewer deviations from the
//! fair schedule, so that what proptest shrinks to is a small input and a few
//! deviations, of which the report leaves out those that are not needed.
//!
//! ```
//! use proptest::prelude::*;
//! use proptest::test_runner::{TestError, TestRunner};
//! use std::sync::{Arc, Mutex};
//! use surefoot::sim::{Explorer, Strategy, scripts};
//! use surefoot::spawn::spawn;
//! use tokio::task::yield_now;
//!
//! /// Adds up in tasks, each a little later than the one before. An update is lost
//! /// if another comes between read and write.
//! async fn sum(numbers: [u32; 3]) -> u32 {
//!     let sum = Arc::new(Mutex::new(0));
//!     let tasks: Vec<_> = numbers
//!         .into_iter()
//!         .enumerate()
//!         .map(|(i, number)| {
//!             let sum = sum.clone();
//!             spawn(async move {
//!                 for _ in 0..2 * i {
//!                     yield_now().await;
//!                 }
//!                 let seen = *sum.lock().unwrap();
//!                 if number > 9 {
//!                     yield_now().await; // a large number takes longer
//!                 }
//!                 *sum.lock().unwrap() = seen + number;
//!             })
//!         })
//!         .collect();
//!     for task in tasks {
//!         task.await.unwrap();
//!     }
//!     *sum.lock().unwrap()
//! }
//!
//! let inputs = scripts::with_script([0..100_u32, 0..100, 0..100], 0..=32);
//! let property = |(numbers, script): ([u32; 3], Strategy)| {
//!     let explorer = Explorer::new().strategy(script);
//!     let ran = explorer.run(move || async move {
//!         assert_eq!(numbers.iter().sum::<u32>(), sum(numbers).await);
//!     });
//!     ran.map(drop).map_err(|failure| TestCaseError::fail(failure.to_string()))
//! };
//! let Err(TestError::Fail(_, (numbers, script))) =
//!     TestRunner::deterministic().run(&inputs, property)
//! else {
//!     panic!("some input and some schedule break it");
//! };
//! assert_eq!(numbers.iter().sum::<u32>(), 11, "{numbers:?}"); // 10, 1 and 0
//! assert!(matches!(script, Strategy::Script(bytes) if (1..=4).contains(&bytes.len())));
//! ```
//!
//! In a `proptest!` test the failing case is written to the test's
//! `proptest-regressions` file, as any other, and run first from then on.

use proptest::collection::{SizeRange, VecStrategy, vec};
use proptest::num::u8::Any;
use proptest::strategy::{NewTree, Strategy as Draws, ValueTree};
use proptest::test_runner::TestRunner;

use super::Strategy;

/// Scripts of so many bytes, as proptest's `vec` takes its size.
///
/// One byte is one choice, mostly between ready tasks: a length near the number of
/// choices of a schedule ([`Stats::choices`](super::Stats::choices)) explores all of
/// it; what lies beyond the last byte is fair.
pub fn script(bytes: impl Into<SizeRange>) -> impl Draws<Value = Strategy> {
    Script(vec(proptest::num::u8::ANY, bytes))
}

/// Inputs, and for each a script of so many bytes, as [`script`] draws them.
///
/// They shrink together: first the script, then the input, which under few
/// deviations is likely to fail when it is smaller, then the script again. In a
/// tuple each would shrink once, and the script for an input that is gone.
pub fn with_script<I: Draws>(
    inputs: I,
    bytes: impl Into<SizeRange>,
) -> impl Draws<Value = (I::Value, Strategy)> {
    WithScript { inputs, script: Script(vec(proptest::num::u8::ANY, bytes)) }
}

#[derive(Debug)]
struct WithScript<I> {
    inputs: I,
    script: Script,
}

impl<I: Draws> Draws for WithScript<I> {
    type Tree = Together<I::Tree>;
    type Value = (I::Value, Strategy);

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let (input, script) = (self.inputs.new_tree(runner)?, self.script.new_tree(runner)?);
        Ok(Together { input, script, turn: Turn::Script })
    }
}

/// An input and its script on their way.
struct Together<T> {
    input: T,
    script: Shrinking,
    turn: Turn,
}

#[derive(Clone, Copy, Debug)]
enum Turn {
    Script,
    Input,
    ScriptAgain,
}

impl<T: ValueTree> ValueTree for Together<T> {
    type Value = (T::Value, Strategy);

    fn current(&self) -> Self::Value {
        (self.input.current(), self.script.current())
    }

    fn simplify(&mut self) -> bool {
        if let Turn::Script = self.turn {
            if self.script.simplify() {
                return true;
            }
            self.turn = Turn::Input;
        }
        if let Turn::Input = self.turn {
            if self.input.simplify() {
                return true;
            }
            self.turn = Turn::ScriptAgain;
            self.script.at = 0;
        }
        self.script.simplify()
    }

    fn complicate(&mut self) -> bool {
        match self.turn {
            Turn::Script | Turn::ScriptAgain => self.script.complicate(),
            Turn::Input => self.input.complicate(),
        }
    }
}

#[derive(Debug)]
struct Script(VecStrategy<Any>);

impl Draws for Script {
    type Tree = Shrinking;
    type Value = Strategy;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let failing = self.0.new_tree(runner)?.current();
        Ok(Shrinking { tried: failing.clone(), failing, at: 0, progress: false })
    }
}

/// A script on its way to fewer deviations.
///
/// Bytes depend on each other: what one means, those before it decide. So, unlike
/// proptest's vectors, which try each way to shrink once, this goes over all of
/// them again until none helps.
#[derive(Debug)]
struct Shrinking {
    /// The simplest known to fail.
    failing: Vec<u8>,
    tried: Vec<u8>,
    /// Which way to shrink is tried next.
    at: usize,
    /// Whether one of this round helped.
    progress: bool,
}

impl Shrinking {
    /// The `at`th way to make the failing script simpler; `None` beyond the last.
    fn way(&self, at: usize) -> Option<Vec<u8>> {
        const CUTS: usize = usize::BITS as usize;
        let len = self.failing.len();
        let mut bytes = self.failing.clone();
        if at < CUTS {
            // Of the rest: half, a quarter and so on, down to one byte.
            bytes.truncate(len - (len.div_ceil(2) >> at));
            return Some(bytes);
        }
        let (way, at) = ((at - CUTS) / len.max(1), (at - CUTS) % len.max(1));
        match way {
            _ if len == 0 => return None,
            0 => bytes[at] = 0,
            1 => drop(bytes.remove(at)),
            2 => bytes[at] /= 2,
            3 => bytes[at] = bytes[at].saturating_sub(1),
            _ => return None,
        }
        Some(bytes)
    }

    /// Tries the next way that changes anything.
    fn advance(&mut self) -> bool {
        loop {
            let Some(tried) = self.way(self.at) else {
                if !self.progress {
                    return false;
                }
                (self.at, self.progress) = (0, false);
                continue;
            };
            self.at += 1;
            if tried != self.failing {
                self.tried = tried;
                return true;
            }
        }
    }
}

impl ValueTree for Shrinking {
    type Value = Strategy;

    fn current(&self) -> Strategy {
        Strategy::Script(self.tried.clone())
    }

    fn simplify(&mut self) -> bool {
        if self.tried != self.failing {
            self.failing.clone_from(&self.tried);
            self.progress = true;
            // The same way may help once more.
            self.at -= 1;
        }
        self.advance()
    }

    fn complicate(&mut self) -> bool {
        if self.tried == self.failing {
            return false;
        }
        if !self.advance() {
            self.tried.clone_from(&self.failing);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use proptest::num::u8::BinarySearch;

    use super::{Shrinking, Together, Turn, ValueTree};

    fn tree(bytes: &[u8]) -> Shrinking {
        let failing = bytes.to_vec();
        Shrinking { tried: failing.clone(), failing, at: 0, progress: false }
    }

    /// Follows proptest's own loop.
    fn shrink<T: ValueTree>(tree: &mut T, fails: impl Fn(&T) -> bool) {
        let mut runs = 0;
        while if fails(tree) { tree.simplify() } else { tree.complicate() } {
            runs += 1;
            assert!(runs < 5_000, "it goes on and on");
        }
    }

    fn shrunk(bytes: &[u8], fails: impl Fn(&[u8]) -> bool) -> Vec<u8> {
        let mut tree = tree(bytes);
        shrink(&mut tree, |tree| fails(&tree.tried));
        assert_eq!(tree.tried, tree.failing);
        tree.failing
    }

    #[test]
    fn a_script_shrinks_for_the_input_that_is_left() {
        let (input, script) = (BinarySearch::new(20), tree(&[7; 40]));
        let mut both = Together { input, script, turn: Turn::Script };
        let needs = |both: &Together<BinarySearch>| usize::from(both.input.current());
        shrink(&mut both, |both| needs(both) >= 3 && both.script.tried.len() >= needs(both));
        assert_eq!((both.input.current(), &both.script.tried[..]), (3, &[0, 0, 0][..]));
    }

    #[test]
    fn what_is_left_is_what_is_needed() {
        let bytes: Vec<u8> = (0..30).map(|i| i * 7 + 3).collect();
        assert_eq!(shrunk(&bytes, |_| true), []);
        assert_eq!(shrunk(&[], |_| true), []);
        assert_eq!(shrunk(&bytes, |bytes| bytes.len() >= 5), [0; 5]);
        assert_eq!(shrunk(&bytes, |bytes| bytes.get(3).is_some_and(|b| *b > 4)), [0, 0, 0, 5]);
        let sum = |bytes: &[u8]| bytes.iter().map(|b| u32::from(*b)).sum::<u32>();
        let least = shrunk(&bytes, |bytes| sum(bytes) >= 300);
        assert!(sum(&least) == 300 && !least.contains(&0), "{least:?}");
    }

    #[test]
    fn bytes_that_depend_on_each_other_are_looked_at_again() {
        // Either byte can only be lowered after the other.
        let close = |bytes: &[u8]| bytes.len() == 2 && bytes[0].abs_diff(bytes[1]) <= 1;
        assert_eq!(shrunk(&[9, 9], close), [0, 0]);
    }
}
