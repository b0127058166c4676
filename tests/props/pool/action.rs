//! What can happen to a pool, drawn at random.

use proptest::prelude::*;
use proptest::sample::select;

use crate::pool_core::{Event, Limits, Reason};

#[derive(Clone, Debug)]
pub(super) enum Action {
    /// A new caller asks.
    Ask,
    /// A caller takes what is idle, and does not wait.
    TryTake,
    /// A waiter is polled, whether it was woken or not.
    AskAgain(usize),
    Withdraw(usize),
    /// A waiter's time is over.
    TimeOut(usize),
    Connected,
    ConnectFailed,
    ConnectAbandoned,
    PutBack(usize),
    GiveUp(usize, Reason),
    Detach(usize),
    CheckBegan(usize),
    CheckEnded(usize),
    /// What was taken is unfit. Its caller asks again, or not.
    Reject(usize, Reason, bool),
    /// A close ended, well or not.
    ClosedOne(usize, bool),
    Watch(Event),
    WatchAgain(usize),
    Unwatch(usize),
    Close,
}

pub(super) fn actions() -> impl Strategy<Value = Vec<Action>> {
    // Taken modulo how many there are.
    let index = || 0..64_usize;
    let reason = || select(&[Reason::Broken, Reason::Check, Reason::Closed][..]);
    let event = select(&[Event::Closed, Event::Ended][..]);
    let action = prop_oneof![
        30 => Just(Action::Ask),
        4 => Just(Action::TryTake),
        50 => index().prop_map(Action::AskAgain),
        12 => index().prop_map(Action::Withdraw),
        4 => index().prop_map(Action::TimeOut),
        24 => Just(Action::Connected),
        8 => Just(Action::ConnectFailed),
        4 => Just(Action::ConnectAbandoned),
        30 => index().prop_map(Action::PutBack),
        8 => (index(), reason()).prop_map(|(at, reason)| Action::GiveUp(at, reason)),
        8 => index().prop_map(Action::Detach),
        8 => index().prop_map(Action::CheckBegan),
        12 => index().prop_map(Action::CheckEnded),
        8 => (index(), reason(), any::<bool>())
            .prop_map(|(at, reason, returns)| Action::Reject(at, reason, returns)),
        16 => (index(), any::<bool>()).prop_map(|(at, well)| Action::ClosedOne(at, well)),
        4 => event.prop_map(Action::Watch),
        4 => index().prop_map(Action::WatchAgain),
        2 => index().prop_map(Action::Unwatch),
        1 => Just(Action::Close),
    ];
    prop::collection::vec(action, 0..300)
}

/// Small ones, for those bite, and the largest that there are.
pub(super) fn limits() -> impl Strategy<Value = Limits> {
    let size = || prop_oneof![15 => 1..=5_usize, 1 => Just(usize::MAX)];
    (size(), size(), select(&[0, 1, 3, usize::MAX][..])).prop_map(
        |(max_size, max_connecting, max_waiters)| Limits { max_size, max_connecting, max_waiters },
    )
}
