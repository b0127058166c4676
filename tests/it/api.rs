//! Matrices over the whole API: which types go where, and whom a panic points to.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::marker::PhantomPinned;
use std::rc::Rc;

use surefoot::backoff::{Backoff, Delays, Jitter, Rng};
use surefoot::channel::{fan_in, priority, publish, request};
use surefoot::deadline::{self, Bound, Deadline, TimeoutError, TryBound};
use surefoot::error::{
    BadField, Cancelled, Closed, ConfigError, Elapsed, Empty, Panicked, TaskError,
};
use surefoot::pool::{
    AcquireError, Builder, CloseReport, ClosedBy, Holder, Info, Manage, ManageFn, Order, Phase,
    Pool, Pooled, Status,
};
use surefoot::probe::{self, Cancellable};
use surefoot::scenarios::{Body, Breaks, Claim, Twin};
use surefoot::sim::{
    CancelPoints, Deviation, Event, Explorer, Failure, Kind, MinAvgMax, PerKind, Row, Schedule,
    ScheduleError, Stats, Strategy, StrategyError, Stuck, TaskInfo, TaskPanics, Trace, Verdict,
};
use surefoot::spawn::{AbortHandle, Id, Spawner, Task, spawn};

use crate::support::*;

/// Whether a type implements a trait: an inherent constant outranks a trait's.
macro_rules! is {
    ($type:ty: $trait:path) => {{
        #[allow(dead_code, reason = "a type that implements it does not fall back to this")]
        trait Otherwise {
            const IS: bool = false;
        }
        struct Asked<T: ?Sized>(std::marker::PhantomData<T>);
        impl<T: ?Sized> Otherwise for Asked<T> {}
        #[allow(dead_code, reason = "a type that does not implement it falls back to `Otherwise`")]
        impl<T: ?Sized + $trait> Asked<T> {
            const IS: bool = true;
        }
        <Asked<$type>>::IS
    }};
}

/// Asserts which of `Send`, `Sync` and `Unpin` each type is, and collects the
/// types' names.
macro_rules! matrix {
    ($($type:ty: $($expected:ident)*;)*) => {
        [$({
            let found = [
                (is!($type: Send), "Send"),
                (is!($type: Sync), "Sync"),
                (is!($type: Unpin), "Unpin"),
            ];
            let found: Vec<_> =
                found.into_iter().filter(|(is, _)| *is).map(|(_, name)| name).collect();
            let expected: &[&str] = &[$(stringify!($expected)),*];
            assert_eq!(found, expected, "{}", stringify!($type));
            short_name::<$type>()
        }),*]
    };
}

/// A manager whose connections may be moved to another thread, and not shared.
struct Moving;

impl Manage for Moving {
    type Conn = Cell<u8>;
    type Error = ServerError;

    async fn connect(&self) -> Result<Cell<u8>, ServerError> {
        Ok(Cell::new(0))
    }
}

/// api/X5: which types may be sent, shared and moved; every public type of
/// `src/` has a row.
#[test]
fn every_type_is_as_free_as_what_it_holds() {
    type Parts = (Rc<()>, PhantomPinned);
    type Fails<T> = std::future::Ready<Result<u8, T>>;
    let names = matrix! {
        Pool<Server>: Send Sync Unpin;
        Pool<Moving>: Send Sync Unpin;
        Pooled<Server>: Send Sync Unpin;
        Pooled<Moving>: Send Unpin;
        Builder<Server>: Send Sync Unpin;
        ManageFn<fn(), Parts>: Send Sync Unpin;
        ManageFn<Parts, ()>: ;
        Info: Send Sync Unpin;
        Status: Send Sync Unpin;
        ClosedBy: Send Sync Unpin;
        CloseReport: Send Sync Unpin;
        Holder: Send Sync Unpin;
        Order: Send Sync Unpin;
        Phase: Send Sync Unpin;
        AcquireError<ServerError>: Send Sync Unpin;
        AcquireError<Cell<u8>>: Send Unpin;
        AcquireError<Rc<u8>>: Unpin;

        fan_in::FanIn<u8>: Send Sync Unpin;
        fan_in::FanIn<Cell<u8>>: Send Sync Unpin;
        fan_in::FanIn<Rc<u8>>: Unpin;
        fan_in::Sender<Cell<u8>>: Send Sync Unpin;
        fan_in::Sender<Rc<u8>>: Unpin;
        fan_in::SendError<Cell<u8>>: Send Unpin;
        request::Client<Cell<u8>, Cell<u8>>: Send Sync Unpin;
        request::Client<Rc<u8>, u8>: Unpin;
        request::Server<Cell<u8>, Cell<u8>>: Send Sync Unpin;
        request::Server<u8, Rc<u8>>: Unpin;
        request::Reply<Cell<u8>, Cell<u8>>: Send Sync Unpin;
        request::CallError<Cell<u8>>: Send Unpin;
        publish::Publisher<u8>: Send Sync Unpin;
        publish::Publisher<Cell<u8>>: Unpin;
        publish::Subscriber<u8>: Send Sync Unpin;
        publish::Subscriber<PhantomPinned>: Send Sync Unpin;
        publish::Subscriber<Cell<u8>>: Unpin;
        publish::Policy: Send Sync Unpin;
        publish::Lagged: Send Sync Unpin;
        publish::Full<Cell<u8>>: Send Unpin;
        priority::Sender<Cell<u8>>: Send Sync Unpin;
        priority::Sender<Rc<u8>>: Unpin;
        priority::Permit<'_, Cell<u8>>: Send Sync Unpin;
        priority::Receiver<Cell<u8>>: Send Sync Unpin;
        priority::Receiver<PhantomPinned>: Send Sync Unpin;
        priority::SendError<Cell<u8>>: Send Unpin;
        priority::TrySendError<Cell<u8>>: Send Unpin;
        priority::ReserveError: Send Sync Unpin;
        priority::TryRecvError: Send Sync Unpin;

        Deadline: Send Sync Unpin;
        Bound<std::future::Ready<Rc<()>>>: ;
        Bound<std::future::Ready<u8>>: Send Sync;
        TryBound<Fails<u8>>: Send Sync;
        TryBound<Fails<Cell<u8>>>: Send;
        TimeoutError<ServerError>: Send Sync Unpin;
        TimeoutError<Rc<u8>>: Unpin;

        Task<u8>: Send Sync Unpin;
        Task<Cell<u8>>: Send Sync Unpin;
        Task<PhantomPinned>: Send Sync Unpin;
        Task<Rc<u8>>: Unpin;
        AbortHandle: Send Sync Unpin;
        Spawner: Send Sync Unpin;
        Id: Send Sync Unpin;

        BadField: Send Sync Unpin;
        ConfigError: Send Sync Unpin;
        Panicked: Send Sync Unpin;
        TaskError: Send Sync Unpin;
        Cancelled: Send Sync Unpin;
        Closed: Send Sync Unpin;
        Elapsed: Send Sync Unpin;
        Empty: Send Sync Unpin;

        Cancellable<std::future::Ready<u8>>: Send Sync Unpin;
        Cancellable<std::future::Ready<Rc<u8>>>: Unpin;
        Cancellable<PhantomPinned>: Send Sync;

        Backoff: Send Sync Unpin;
        Delays: Send Sync Unpin;
        Jitter: Send Sync Unpin;
        Rng: Send Sync Unpin;

        CancelPoints: Send Sync Unpin;
        Deviation: Send Sync Unpin;
        Event: Send Sync Unpin;
        Explorer: Send Sync Unpin;
        Failure: Send Sync Unpin;
        Kind: Send Sync Unpin;
        MinAvgMax: Send Sync Unpin;
        PerKind<u8>: Send Sync Unpin;
        Row: Send Sync Unpin;
        Schedule: Send Sync Unpin;
        ScheduleError: Send Sync Unpin;
        Stats: Send Sync Unpin;
        Strategy: Send Sync Unpin;
        StrategyError: Send Sync Unpin;
        Stuck: Send Sync Unpin;
        TaskInfo: Send Sync Unpin;
        TaskPanics: Send Sync Unpin;
        Trace: Send Sync Unpin;
        Verdict: Send Sync Unpin;

        Body: Send Sync Unpin;
        Breaks: Send Sync Unpin;
        Claim: Send Sync Unpin;
        Twin: Send Sync Unpin;
    };
    let in_matrix: BTreeSet<_> = names.into_iter().collect();
    let in_sources: BTreeSet<_> = sources().iter().flat_map(|text| public_types(text)).collect();
    assert_eq!(in_matrix, in_sources, "left: the matrix above; right: the types of `src/`");
}

/// api/X5: the futures of the pool may be sent to another thread, even if the
/// connections may not be shared.
#[test]
fn the_futures_of_the_pool_may_be_spawned() {
    fn sent<F: Future + Send>(_: &F) {}
    let pool = Pool::builder(Moving).build().expect("the defaults are good");
    sent(&pool.acquire());
    sent(&pool.acquire_within(Deadline::never()));
    sent(&pool.close());
    sent(&deadline::timeout(ms(1), pool.acquire()));
    let task = runtime().block_on(async {
        let pool = pool.clone();
        spawn(async move { pool.acquire().await.map(|conn| conn.replace(7)) }).await
    });
    assert!(matches!(task, Ok(Ok(0))));
    assert_eq!(pool.try_acquire().map(|conn| conn.get()), Some(7));
}

/// api/X5: the futures of the channels may be sent to another thread, even if the
/// values may not be shared.
#[test]
fn the_futures_of_the_channels_may_be_spawned() {
    fn sent<F: Future + Send>(_: &F) {}
    let (sender, mut receiver) = priority::channel(1, 1);
    sent(&sender.send(0, Cell::new(0)));
    sent(&sender.reserve(0));
    sent(&receiver.recv());
    let publisher = publish::channel(1);
    let mut subscriber = publisher.subscribe(publish::Policy::Block);
    sent(&publisher.publish(0));
    sent(&subscriber.next());
    let (client, mut server) = request::channel::<Cell<u8>, Cell<u8>>(1);
    sent(&client.call(Cell::new(0)));
    sent(&client.call_within(ms(1), Cell::new(0)));
    sent(&server.next());
    let mut stream = fan_in::channel::<Cell<u8>>(1);
    sent(&stream.next());
}

/// api/X6: a panic that a caller caused points to the caller's line.
#[test]
fn a_panic_over_a_bad_argument_points_to_its_caller() {
    /// A future that nobody polls.
    fn unpolled() -> std::future::Ready<()> {
        std::future::ready(())
    }
    fn ignore<T>(_: T) {}
    let calls: &[(u32, fn())] = &[
        (line!(), || ignore(spawn(unpolled()))),
        (line!(), || ignore(Spawner::new().spawn(unpolled()))),
        (line!(), || ignore(probe::choose(0))),
        (line!(), || ignore(probe::pick(5..5))),
        (line!(), || ignore(Backoff::constant(ms(1)).factor(0))),
        (line!(), || ignore(Backoff::exponential(ms(1)).factor_ratio(1, 0))),
        (line!(), || ignore(fan_in::channel::<u8>(0))),
        (line!(), || ignore(request::channel::<u8, u8>(0))),
        (line!(), || ignore(publish::channel::<u8>(0))),
        (line!(), || ignore(priority::channel::<u8>(0, 1))),
        (line!(), || ignore(priority::channel::<u8>(1, 0))),
        (line!(), || ignore(priority::channel::<u8>(1, 1).1.fairness(0))),
        (line!(), || ignore(fan_in::channel::<u8>(1).producer(|_| unpolled()))),
        (line!(), || ignore(Explorer::new().regression("x"))),
        (line!(), || Explorer::new().name("x").check(|| async { panic!("in the scenario") })),
    ];
    for (line, call) in calls {
        let place = panic_place_of(call);
        assert_eq!(place, (file!().to_owned(), *line));
    }
}
