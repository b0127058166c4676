//! What can happen to a pool, drawn at random.

use proptest::prelude::*;
use proptest::sample::select;

use crate::pool_core::{Event, Limits, Order, Reason};

#[derive(Clone, Debug)]
pub(super) enum Action {
    /// A new caller asks.
    Ask,
    /// The same, and can't be told yet.
    AskSpent,
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
    /// Returned; its moment of return was read so long before.
    PutBack(usize, u64),
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
    Tick(u64),
    /// A round of upkeep, which may connect or not.
    Upkeep(bool),
    /// Upkeep goes to sleep, until so much later at most, heeding a shortage or not.
    ParkUpkeep(Option<u64>, bool),
    /// Something else comes to be due so much later.
    WakeUpkeepBy(Option<u64>),
    TakeForReview,
    /// A review ends well. Whether that is a sign of life.
    Reviewed(usize, bool),
    Rejected(usize, Reason),
    Resize(usize),
    WarmUp(usize),
    TakeLastError,
}

/// For how long connections may be what. `None` is for ever.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    pub(super) idle_timeout: Option<u64>,
    pub(super) max_lifetime: Option<u64>,
    pub(super) keep_alive: Option<u64>,
}

pub(super) fn actions() -> impl Strategy<Value = Vec<Action>> {
    // Taken modulo how many there are.
    let index = || 0..64_usize;
    let reason = || {
        use Reason::{Broken, Check, Closed, Idle, Lifetime, Resize, Retain};
        select(&[Broken, Check, Lifetime, Idle, Resize, Retain, Closed][..])
    };
    let event = select(&[Event::Closed, Event::Ended, Event::SlotChanged][..]);
    let later = || prop::option::weighted(0.7, 0..12_u64);
    let action = prop_oneof![
        30 => Just(Action::Ask),
        12 => Just(Action::AskSpent),
        4 => Just(Action::TryTake),
        50 => index().prop_map(Action::AskAgain),
        12 => index().prop_map(Action::Withdraw),
        4 => index().prop_map(Action::TimeOut),
        24 => Just(Action::Connected),
        8 => Just(Action::ConnectFailed),
        4 => Just(Action::ConnectAbandoned),
        30 => (index(), 0..3_u64).prop_map(|(at, lag)| Action::PutBack(at, lag)),
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
        16 => (1..5_u64).prop_map(Action::Tick),
        12 => prop::bool::weighted(0.8).prop_map(Action::Upkeep),
        16 => (later(), prop::bool::weighted(0.8))
            .prop_map(|(later, heeds)| Action::ParkUpkeep(later, heeds)),
        2 => later().prop_map(Action::WakeUpkeepBy),
        2 => Just(Action::TakeForReview),
        12 => (index(), any::<bool>()).prop_map(|(at, lives)| Action::Reviewed(at, lives)),
        4 => (index(), reason()).prop_map(|(at, reason)| Action::Rejected(at, reason)),
        4 => (1..=6_usize).prop_map(Action::Resize),
        4 => (0..=6_usize).prop_map(Action::WarmUp),
        1 => Just(Action::TakeLastError),
    ];
    prop::collection::vec(action, 0..300)
}

/// Small ones, for those bite, and the largest that there are.
pub(super) fn limits() -> impl Strategy<Value = Limits> {
    let size = || prop_oneof![15 => 1..=5_usize, 1 => Just(usize::MAX)];
    let max_waiters = select(&[0, 1, 3, usize::MAX][..]);
    let order = select(&[Order::Lifo, Order::Fifo][..]);
    (size(), size(), max_waiters, 0..=3_usize, order).prop_map(
        |(max_size, max_connecting, max_waiters, min_idle, order)| Limits {
            max_size,
            max_connecting,
            max_waiters,
            min_idle,
            order,
        },
    )
}

pub(super) fn times() -> impl Strategy<Value = Times> {
    let time = |least| prop::option::weighted(0.6, least..16_u64);
    // What lives for no time at all, or is to be checked all the time, never rests.
    (time(0), time(1), time(1)).prop_map(|(idle_timeout, max_lifetime, keep_alive)| Times {
        idle_timeout,
        max_lifetime,
        keep_alive,
    })
}
