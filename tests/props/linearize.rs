//! Whether a history of calls that overlap can be explained by the same calls one
//! after the other.
//!
//! That is: whether there is an order in which each call that came back takes
//! effect at one instant between its call and its return, and a sequential model
//! gives each the answer that it got. A call that never came back, of a task that
//! was cancelled say, took effect once after its call, or not at all.
//!
//! The search is that of Wing and Gong ("Testing and verifying concurrent objects",
//! 1993) with the memory of Lowe ("Testing for linearizability", 2017): the same
//! calls done with the same state reached are looked at once.

#![expect(clippy::disallowed_types, reason = "the record of a history is no part of it")]

use std::collections::BTreeSet;
use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};

/// What a sequential object does.
pub(crate) trait Model: Clone + Ord {
    type Call: Debug;
    type Answer: Debug;

    /// The state after `call`, if the call can take effect in this state, and with
    /// `answer` if that is known. A call that waits in this state can't.
    fn step(&self, call: &Self::Call, answer: Option<&Self::Answer>) -> Option<Self>;
}

/// One call: when it was made, and when it came back with which answer.
#[derive(Clone, Debug)]
pub(crate) struct Op<C, A> {
    pub(crate) call: C,
    pub(crate) called_at: u64,
    pub(crate) returned: Option<(u64, A)>,
    /// When its caller gave up. It may have taken effect by then, or not.
    pub(crate) left_at: Option<u64>,
}

/// Calls with their instants, as they are made.
#[derive(Debug)]
pub(crate) struct Recorder<C, A> {
    events: Arc<Mutex<Events<C, A>>>,
}

#[derive(Debug)]
struct Events<C, A> {
    clock: u64,
    ops: Vec<Op<C, A>>,
}

impl<C, A> Clone for Recorder<C, A> {
    fn clone(&self) -> Self {
        Self { events: self.events.clone() }
    }
}

impl<C, A> Recorder<C, A> {
    pub(crate) fn new() -> Self {
        Self { events: Arc::new(Mutex::new(Events { clock: 0, ops: Vec::new() })) }
    }

    /// Notes that a call is made now. Gives back its number.
    pub(crate) fn call(&self, call: C) -> usize {
        let mut events = self.events.lock().unwrap();
        events.clock += 1;
        let called_at = events.clock;
        events.ops.push(Op { call, called_at, returned: None, left_at: None });
        events.ops.len() - 1
    }

    /// Notes that the call of that number comes back now.
    pub(crate) fn returned(&self, op: usize, answer: A) {
        let mut events = self.events.lock().unwrap();
        events.clock += 1;
        let now = events.clock;
        let before = events.ops[op].returned.replace((now, answer));
        assert!(before.is_none(), "call {op} came back twice");
    }

    /// Notes that the caller of that number gives up now.
    pub(crate) fn gave_up(&self, op: usize) {
        let mut events = self.events.lock().unwrap();
        events.clock += 1;
        events.ops[op].left_at = Some(events.clock);
    }

    /// What was recorded so far.
    pub(crate) fn history(&self) -> Vec<Op<C, A>>
    where
        C: Clone,
        A: Clone,
    {
        self.events.lock().unwrap().ops.clone()
    }
}

/// The order in which the calls took effect, by their numbers: one that explains the
/// history, from the state `initial`.
///
/// # Errors
///
/// The history, as text, if there is none.
pub(crate) fn linearize<M: Model>(
    initial: M,
    history: &[Op<M::Call, M::Answer>],
) -> Result<Vec<usize>, String> {
    assert!(history.len() <= 64, "a history of {} calls is too long", history.len());
    let mut search = Search { history, seen: BTreeSet::new(), order: Vec::new() };
    if search.explains(0, &initial) {
        return Ok(search.order);
    }
    let mut text = String::from("no order of these calls explains their answers:");
    for (number, Op { call, called_at, returned, .. }) in history.iter().enumerate() {
        write!(text, "\n  {number}: {called_at}.. {call:?}").expect("a string takes text");
        match returned {
            Some((at, answer)) => write!(text, " -> ..{at} {answer:?}"),
            None => write!(text, " -> never"),
        }
        .expect("a string takes text");
    }
    Err(text)
}

/// The most calls that were under way at one instant.
pub(crate) fn overlap<C, A>(history: &[Op<C, A>]) -> usize {
    let under_way = |at: u64| {
        let is = |op: &&Op<C, A>| {
            let end = op.returned.as_ref().map(|(end, _)| *end).or(op.left_at);
            op.called_at <= at && end.is_none_or(|end| at < end)
        };
        history.iter().filter(is).count()
    };
    history.iter().map(|op| under_way(op.called_at)).max().unwrap_or(0)
}

struct Search<'a, M: Model> {
    history: &'a [Op<M::Call, M::Answer>],
    /// What was looked at, in vain.
    seen: BTreeSet<(u64, M)>,
    order: Vec<usize>,
}

impl<M: Model> Search<'_, M> {
    /// Whether the calls that are not in the set `done` can follow in `state`.
    fn explains(&mut self, done: u64, state: &M) -> bool {
        let left = |number: &usize| done & (1 << number) == 0;
        let returns = |number: usize| self.history[number].returned.as_ref().map(|(at, _)| *at);
        let open: Vec<usize> = (0..self.history.len()).filter(left).collect();
        // None may take effect that was called after another had come back.
        let Some(first_return) = open.iter().filter_map(|&number| returns(number)).min() else {
            return true;
        };
        if !self.seen.insert((done, state.clone())) {
            return false;
        }
        for number in open {
            let Op { call, called_at, returned, .. } = &self.history[number];
            if *called_at > first_return {
                continue;
            }
            let answer = returned.as_ref().map(|(_, answer)| answer);
            if let Some(next) = state.step(call, answer) {
                self.order.push(number);
                if self.explains(done | 1 << number, &next) {
                    return true;
                }
                self.order.pop();
            }
        }
        false
    }
}

#[cfg(test)]
mod laws {
    use super::{Model, Op, Recorder, linearize, overlap};

    /// A place for one number.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    struct Register(u32);

    #[derive(Clone, Copy, Debug)]
    enum Call {
        Write(u32),
        Read,
    }

    impl Model for Register {
        type Call = Call;
        type Answer = u32;

        fn step(&self, call: &Call, answer: Option<&u32>) -> Option<Self> {
            match call {
                Call::Write(number) => Some(Self(*number)),
                Call::Read => answer.is_none_or(|read| *read == self.0).then_some(*self),
            }
        }
    }

    fn op(call: Call, called_at: u64, returned: Option<(u64, u32)>) -> Op<Call, u32> {
        Op { call, called_at, returned, left_at: None }
    }

    /// Who has given up waits no more, though nobody knows whether it took effect.
    #[test]
    fn a_call_that_was_given_up_is_not_under_way() {
        let recorder = Recorder::new();
        for _ in 0..2 {
            let op = recorder.call(Call::Write(1));
            recorder.gave_up(op);
        }
        let reads: Vec<_> = (0..2).map(|_| recorder.call(Call::Read)).collect();
        reads.into_iter().for_each(|op| recorder.returned(op, 1));
        let history = recorder.history();
        assert_eq!(overlap(&history), 2);
        assert!(linearize(Register(0), &history).is_ok());
    }

    /// Calls that overlap may take effect in either order.
    #[test]
    fn what_overlaps_may_be_seen_or_not() {
        for seen in [0, 1] {
            let history = [op(Call::Write(1), 1, Some((4, 0))), op(Call::Read, 2, Some((3, seen)))];
            let order = linearize(Register(0), &history).expect("both orders explain one answer");
            assert_eq!(order, if seen == 1 { [0, 1] } else { [1, 0] });
            assert_eq!(overlap(&history), 2);
        }
    }

    /// A hand-made bad history: who reads after a write has come back sees it.
    #[test]
    fn a_stale_read_is_rejected() {
        let history = [op(Call::Write(1), 1, Some((2, 0))), op(Call::Read, 3, Some((4, 0)))];
        let says = linearize(Register(0), &history).expect_err("the write was over");
        assert!(says.contains("1: 3.. Read -> ..4 0"), "{says}");
        assert_eq!(overlap(&history), 1);
    }

    /// Another: nothing is unseen again, though both reads overlap the write.
    #[test]
    fn an_old_value_after_a_new_one_is_rejected() {
        let history = |first, second| {
            [
                op(Call::Write(1), 1, Some((6, 0))),
                op(Call::Read, 2, Some((3, first))),
                op(Call::Read, 4, Some((5, second))),
            ]
        };
        assert!(linearize(Register(0), &history(1, 0)).is_err());
        for (first, second) in [(0, 0), (0, 1), (1, 1)] {
            assert!(linearize(Register(0), &history(first, second)).is_ok());
        }
    }

    /// A call that never came back may have taken effect, at any time after it.
    #[test]
    fn a_call_that_never_came_back_took_effect_once_or_not_at_all() {
        let history = |answers: [u32; 3]| {
            let mut history = vec![op(Call::Write(1), 1, None)];
            for (at, answer) in (2..).step_by(2).zip(answers) {
                history.push(op(Call::Read, at, Some((at + 1, answer))));
            }
            history
        };
        for answers in [[0, 0, 0], [0, 0, 1], [0, 1, 1], [1, 1, 1]] {
            assert!(linearize(Register(0), &history(answers)).is_ok());
        }
        for answers in [[1, 0, 0], [0, 1, 0], [2, 2, 2]] {
            assert!(linearize(Register(0), &history(answers)).is_err());
        }
    }

    #[test]
    fn a_recorder_numbers_calls_and_orders_their_ends() {
        let recorder = Recorder::new();
        let write = recorder.call(Call::Write(7));
        let read = recorder.clone().call(Call::Read);
        recorder.returned(read, 7);
        let history = recorder.history();
        assert_eq!((write, read), (0, 1));
        assert_eq!((history[0].called_at, history[0].returned), (1, None));
        assert_eq!((history[1].called_at, history[1].returned), (2, Some((3, 7))));
        assert_eq!(linearize(Register(0), &history), Ok(vec![0, 1]));
    }
}
