//! Matrices over the whole API: which types go where, and whom a panic points to.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::marker::PhantomPinned;
use std::rc::Rc;

use futures::FutureExt as _;
use surefoot::app::{self, App};
use surefoot::backoff::{Backoff, Delays, Jitter, Rng};
use surefoot::blocking::{self, Blocking, BlockingError};
use surefoot::channel::{fan_in, priority, publish, request};
use surefoot::cleanup::{AsyncStack, Defer, Outcome, Reaper};
use surefoot::deadline::{self, Bound, Deadline, Scoped, TimeoutError, TryBound};
use surefoot::error::{
    BadField, Cancelled, Closed, ConfigError, Elapsed, Empty, Panicked, TaskError,
};
use surefoot::join::{self, Join, Settle, TryAll, TryError, Unsettled};
use surefoot::lock::{FlightError, Guarded, KeyGuard, Keyed, SingleFlight, Snapshot, Watcher};
use surefoot::pool::{
    AcquireError, Builder, CloseReport, ClosedBy, Holder, Info, Manage, ManageFn, Order, Phase,
    Pool, Pooled, Status,
};
use surefoot::probe::{self, Cancellable};
use surefoot::race::{self, AllFailed, First, FirstError, FirstOk, FirstOkError, Hedge, Race};
use surefoot::retry::{self, Attempt, AttemptError, Budget, Retry, RetryError, retry};
use surefoot::scenarios::corpus::Case;
use surefoot::scenarios::{Body, Breaks, Claim, Twin};
use surefoot::scope::{self, Scope, ScopeError, ScopedTask, scope};
use surefoot::shutdown::{
    self, Accepting, Drain, DrainReport, Handle, Run, Shield, Shutdown, Signal, Token, Tracked,
    Triggered, TriggeredOwned,
};
use surefoot::sim::{
    CancelPoints, Deviation, Event, Explorer, Failure, Kind, MinAvgMax, PerKind, Row, Schedule,
    ScheduleError, Shard, ShardError, Stats, Stop, Strategy, StrategyError, Stuck, TaskInfo,
    TaskPanics, Trace, Verdict,
};
use surefoot::spawn::{
    AbortHandle, FlatError, GaveUp, Id, Restart, Spawner, Task, spawn, supervise,
};
use surefoot::stream::{
    self, Batch, DebounceTime, Interval, ItemTimeout, MapOrdered, Missed, Prioritized,
    SpawnUnordered, StreamPatterns, ThrottleTime, Tick, Until,
};

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
            public_path::<$type>()
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
    type Items<T> = futures::stream::Empty<T>;
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

        App: Send Unpin;
        Signal: Send Sync Unpin;
        Blocking: Send Sync Unpin;
        blocking::Builder: Send Sync Unpin;
        blocking::Status: Send Sync Unpin;
        BlockingError: Send Sync Unpin;
        blocking::Stop: Send Sync Unpin;

        AsyncStack: Send Unpin;
        Defer<fn()>: Send Sync Unpin;
        Outcome: Send Sync Unpin;
        Reaper: Send Sync Unpin;

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
        Scoped<std::future::Ready<Rc<()>>>: Unpin;
        Scoped<PhantomPinned>: Send Sync;
        TryBound<Fails<u8>>: Send Sync;
        TryBound<Fails<Cell<u8>>>: Send;
        TimeoutError<ServerError>: Send Sync Unpin;
        TimeoutError<Rc<u8>>: Unpin;

        Guarded<Cell<u8>>: Send Sync Unpin;
        Guarded<Rc<u8>>: Unpin;
        Guarded<PhantomPinned>: Send Sync;
        Snapshot<u8>: Send Sync Unpin;
        Snapshot<Cell<u8>>: Unpin;
        Snapshot<PhantomPinned>: Send Sync Unpin;
        Watcher<u8>: Send Sync Unpin;
        Watcher<Cell<u8>>: Unpin;
        Keyed<Cell<u8>>: Send Sync Unpin;
        Keyed<Rc<u8>>: Unpin;
        KeyGuard<Cell<u8>>: Send Sync Unpin;
        KeyGuard<Rc<u8>>: Unpin;
        SingleFlight<Cell<u8>, u8>: Send Sync Unpin;
        SingleFlight<u8, Rc<u8>>: Unpin;
        FlightError<ServerError>: Send Sync Unpin;
        FlightError<Cell<u8>>: Unpin;
        Retry<fn(u32) -> Fails<u8>, Fails<u8>, u8>: Send Sync;
        Retry<fn(u32) -> Fails<Cell<u8>>, Fails<Cell<u8>>, Cell<u8>>: Send;
        Retry<fn(u32) -> Fails<Rc<u8>>, Fails<Rc<u8>>, Rc<u8>>: ;
        Budget: Send Sync Unpin;
        RetryError<ServerError>: Send Sync Unpin;
        RetryError<Cell<u8>>: Send Unpin;
        AttemptError<ServerError>: Send Sync Unpin;
        AttemptError<Rc<u8>>: Unpin;
        Attempt<'_, u8>: Send Sync Unpin;
        Attempt<'_, Cell<u8>>: Unpin;
        retry::Stop: Send Sync Unpin;

        Join<[std::future::Ready<u8>; 2], join::Each, join::All>: Send Sync;
        Join<[std::future::Ready<Rc<u8>>; 2], join::Each, join::All>: ;
        Join<(Fails<Cell<u8>>,), join::Tuple, TryAll>: Send;
        join::All: Send Sync Unpin;
        TryAll: Send Sync Unpin;
        Settle: Send Sync Unpin;
        join::Within<Settle>: Send Sync Unpin;
        join::Each: Send Sync Unpin;
        join::Tuple: Send Sync Unpin;
        TryError<ServerError>: Send Sync Unpin;
        TryError<Rc<u8>>: Unpin;
        Unsettled<Cell<u8>>: Send Unpin;

        Race<[std::future::Ready<u8>; 2], race::Each, First>: Send Sync;
        Race<[std::future::Ready<Rc<u8>>; 2], race::Each, First>: ;
        Race<(Fails<Cell<u8>>,), race::Tuple, FirstOk>: Send;
        Hedge<fn(u32) -> Fails<u8>, Fails<u8>, u8>: Send Sync;
        Hedge<fn(u32) -> Fails<Rc<u8>>, Fails<Rc<u8>>, Rc<u8>>: ;
        First: Send Sync Unpin;
        FirstOk: Send Sync Unpin;
        race::Within<First>: Send Sync Unpin;
        race::Each: Send Sync Unpin;
        race::Tuple: Send Sync Unpin;
        AllFailed<ServerError>: Send Sync Unpin;
        AllFailed<Rc<u8>>: Unpin;
        FirstError: Send Sync Unpin;
        FirstOkError<Cell<u8>>: Send Unpin;

        Task<u8>: Send Sync Unpin;
        Task<Cell<u8>>: Send Sync Unpin;
        Task<PhantomPinned>: Send Sync Unpin;
        Task<Rc<u8>>: Unpin;
        AbortHandle: Send Sync Unpin;
        Spawner: Send Sync Unpin;
        Id: Send Sync Unpin;
        FlatError<ServerError>: Send Sync Unpin;
        FlatError<Rc<u8>>: Unpin;
        GaveUp<ServerError>: Send Sync Unpin;
        GaveUp<Cell<u8>>: Send Unpin;
        Restart: Send Sync Unpin;

        Scope<ServerError>: Send Sync Unpin;
        Scope<Cell<u8>>: Send Sync Unpin;
        ScopedTask<u8>: Send Sync Unpin;
        ScopedTask<Cell<u8>>: Send Sync Unpin;
        ScopedTask<PhantomPinned>: Send Sync Unpin;
        ScopedTask<Rc<u8>>: Unpin;
        ScopeError<ServerError>: Send Sync Unpin;
        ScopeError<Cell<u8>>: Send Unpin;
        scope::Refused<Rc<u8>>: Unpin;
        scope::Refused<PhantomPinned>: Send Sync;

        Batch<futures::stream::Empty<u8>>: Send Sync;
        Batch<futures::stream::Empty<Cell<u8>>>: Send;
        Batch<futures::stream::Empty<Rc<u8>>>: ;
        DebounceTime<futures::stream::Empty<u8>>: Send Sync;
        DebounceTime<futures::stream::Empty<Cell<u8>>>: Send;
        DebounceTime<futures::stream::Empty<Rc<u8>>>: ;
        ThrottleTime<futures::stream::Empty<u8>>: Send Sync Unpin;
        ThrottleTime<PhantomPinned>: Send Sync;
        ItemTimeout<futures::stream::Empty<u8>>: Send Sync;
        Until<futures::stream::Empty<u8>, std::future::Ready<u8>>: Send Sync Unpin;
        Until<futures::stream::Empty<u8>, std::future::Ready<Rc<u8>>>: Unpin;
        Until<futures::stream::Empty<u8>, PhantomPinned>: Send Sync;
        Interval: Send Sync Unpin;
        Missed: Send Sync Unpin;
        Tick: Send Sync Unpin;

        Shutdown: Send Sync Unpin;
        shutdown::Builder: Send Sync Unpin;
        shutdown::Phase: Send Sync Unpin;
        shutdown::Status: Send Sync Unpin;
        Token: Send Sync Unpin;
        Triggered<'static>: Send Sync Unpin;
        TriggeredOwned: Send Sync Unpin;
        Accepting: Send Sync Unpin;
        Run<'static, std::future::Ready<u8>>: Send Sync Unpin;
        Run<'static, std::future::Ready<Rc<u8>>>: Unpin;
        Run<'static, PhantomPinned>: Send Sync;
        Shield<'static, std::future::Ready<u8>>: Send Sync Unpin;
        Shield<'static, std::future::Ready<Rc<u8>>>: Unpin;
        Shield<'static, PhantomPinned>: Send Sync;
        Handle: Send Sync Unpin;
        Tracked: Send Sync Unpin;
        Drain<'static>: Send Sync;
        DrainReport: Send Sync Unpin;
        shutdown::Refused<u8>: Send Sync Unpin;
        shutdown::Refused<Rc<u8>>: Unpin;

        MapOrdered<Items<u8>, fn(u8) -> std::future::Ready<u8>, std::future::Ready<u8>>: Send Sync Unpin;
        SpawnUnordered<Items<Rc<u8>>, fn(u8) -> std::future::Ready<u8>, std::future::Ready<u8>>: Unpin;
        Prioritized<Items<u8>>: Send Sync Unpin;
        Prioritized<PhantomPinned>: Send Sync Unpin;

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
        Shard: Send Sync Unpin;
        ShardError: Send Sync Unpin;
        Stats: Send Sync Unpin;
        Stop: Send Sync Unpin;
        Strategy: Send Sync Unpin;
        StrategyError: Send Sync Unpin;
        Stuck: Send Sync Unpin;
        TaskInfo: Send Sync Unpin;
        TaskPanics: Send Sync Unpin;
        Trace: Send Sync Unpin;
        Verdict: Send Sync Unpin;

        Body: Send Sync Unpin;
        Breaks: Send Sync Unpin;
        Case: Send Sync Unpin;
        Claim: Send Sync Unpin;
        Twin: Send Sync Unpin;
    };
    let in_matrix: BTreeSet<_> = names.into_iter().collect();
    let in_sources: BTreeSet<_> = sources().iter().flat_map(public_types).collect();
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

/// api/X5: so may those of the locks.
#[test]
fn the_futures_of_the_locks_may_be_spawned() {
    fn sent<F: Future + Send>(_: &F) {}
    let (keys, flights) = (Keyed::<u8>::new(), SingleFlight::<u8, u8>::new());
    sent(&keys.lock(7));
    sent(&flights.get(7, || async { Ok(1) }));
    sent(&Snapshot::new(1).subscribe().changed());
}

/// api/X5: a retry may be sent to another thread if its parts may, while it runs and with
/// every closure set.
#[test]
fn a_retry_may_be_spawned() {
    let budget = Budget::new(1.0, 0, ms(1));
    let call = retry(|number| async move {
        tokio::task::yield_now().await;
        if number == 1 { Err(Cell::new(number)) } else { Ok(number) }
    });
    let call = call.when(|_| true).retry_after(|_| None).notify(|_| ());
    let call = call.stop_on(std::future::pending::<()>()).budget(&budget).deadline(ms(1_000));
    let task = runtime().block_on(async { spawn(call).await });
    assert!(matches!(task, Ok(Ok(2))));
}

/// api/X5: the futures of scopes may be sent to another thread, even if what they
/// return may not be shared, and their bodies need not be.
#[test]
fn the_futures_of_scopes_may_be_spawned() {
    fn sent<F: Future + Send>(_: &F) {}
    let ready = || std::future::ready(Ok::<_, ServerError>(Cell::new(0)));
    sent(&scope(|s: Scope<ServerError>| async move {
        let _ = s.spawn(async { Ok(Cell::new(0)) });
        Ok(Cell::new(0))
    }));
    sent(&scope::collect([ready()], 1));
    sent(&scope::first_ok([ready()], 1));
    sent(&scope::map([ready()], 1, |future| future));
    let unshared = Rc::new(7);
    let borrows = scope(|_: Scope<ServerError>| async { Ok(*unshared) });
    assert!(matches!(runtime().block_on(borrows), Ok(7)));
}

/// Calls that panic: whose panic it is, the line it is to point to, and the call.
macro_rules! calls {
    ($($function:literal: $line:expr, $call:expr;)*) => {
        [$(($function, $line, $call as fn())),*]
    };
}

/// Functions that note their caller for other ends: what they document are panics
/// that come later, when their future is polled or the schedule says so, or that a
/// simulation reports.
const LATER: [&str; 9] = [
    "blocking::Blocking::run",
    "blocking::run",
    "cleanup::Reaper::bracket",
    "lock::SingleFlight::get",
    "pool::Pool::acquire",
    "pool::Pool::acquire_within",
    "probe::panic_point",
    "scope::scope",
    "sim::Explorer::run",
];

/// api/X6, join/X6, race/X6, stream/X6, stream/STREAM7: a panic that a caller caused points to the caller's line;
/// every function of `src/` that documents one and has `#[track_caller]` has a row.
#[test]
fn a_panic_over_a_bad_argument_points_to_its_caller() {
    /// A future that nobody polls.
    fn unpolled() -> std::future::Ready<()> {
        std::future::ready(())
    }
    fn ended(_: Token) -> std::future::Ready<Result<(), String>> {
        std::future::ready(Ok(()))
    }
    fn ignore<T>(_: T) {}
    fn items() -> futures::stream::Empty<u8> {
        futures::stream::empty()
    }
    fn tries() -> futures::stream::Empty<Result<u8, u8>> {
        futures::stream::empty()
    }
    fn ok(item: u8) -> std::future::Ready<Result<u8, u8>> {
        std::future::ready(Ok(item))
    }
    fn inside(call: fn()) {
        runtime().block_on(async { call() });
    }
    /// A scope needs no runtime, and turns a panic of its body into an error.
    fn in_scope(call: fn(Scope<ServerError>)) {
        let body = |s| async move {
            call(s);
            Ok(())
        };
        let ended = scope(body).now_or_never();
        if let Some(Err(ScopeError::Panicked(_))) = ended {
            std::panic::resume_unwind(Box::new("the body's"));
        }
    }
    fn well() -> std::future::Ready<Result<(), ServerError>> {
        std::future::ready(Ok(()))
    }
    async fn serve(_: Shutdown) -> Result<(), ServerError> {
        Ok(())
    }
    let calls = calls! {
        "spawn::spawn": line!(), || ignore(spawn(unpolled()));
        "spawn::Spawner::spawn": line!(), || ignore(Spawner::new().spawn(unpolled()));
        "spawn::Restart::at_most": line!(), || ignore(Restart::new().at_most(1, ms(0)));
        "spawn::supervise": line!(), || ignore(supervise(Restart::new(), |_| async { Ok::<(), ()>(()) }));
        "scope::collect": line!(), || ignore(scope::collect([unpolled()], 0));
        "scope::first_ok": line!(), || ignore(scope::first_ok([std::future::ready(Err::<(), ()>(()))], 0));
        "scope::map": line!(), || ignore(scope::map([()], 0, |()| std::future::ready(Ok::<(), ()>(()))));
        "scope::Scope::limit": line!(), || in_scope(|s| ignore(s.limit(0)));
        "scope::Scope::spawn": line!(), || in_scope(|s| ignore(s.spawn(well())));
        "app::run": line!(), || inside(|| ignore(app::run(serve)));
        "app::App::run": line!(), || inside(|| ignore(App::new().run(serve)));
        "shutdown::signal": line!(), || ignore(shutdown::signal());
        "shutdown::Shutdown::spawn": line!(), || ignore(Shutdown::new().spawn("x", ended));
        "shutdown::Shutdown::reaper": line!(), || ignore(Shutdown::new().reaper("x", &Reaper::new()));
        "probe::choose": line!(), || ignore(probe::choose(0));
        "probe::pick": line!(), || ignore(probe::pick(5..5));
        "backoff::Backoff::factor": line!(), || ignore(Backoff::constant(ms(1)).factor(0));
        "backoff::Backoff::factor_ratio": line!(), || ignore(Backoff::exponential(ms(1)).factor_ratio(1, 0));
        "retry::Retry::max_attempts": line!(), || ignore(retry(|_| std::future::ready(Ok::<u8, u8>(0))).max_attempts(0));
        "retry::Budget::new": line!(), || ignore(Budget::new(-1.0, 0, ms(1)));
        "retry::Budget::new": line!(), || ignore(Budget::new(f64::NAN, 0, ms(1)));
        "retry::Budget::new": line!(), || ignore(Budget::new(0.1, 0, ms(0)));
        "join::Join::limit": line!(), || ignore(join::all([unpolled()]).limit(0));
        "race::Hedge::max": line!(), || ignore(race::hedge(|_| std::future::ready(Ok::<u8, ()>(0))).max(0));
        "channel::fan_in::channel": line!(), || ignore(fan_in::channel::<u8>(0));
        "channel::request::channel": line!(), || ignore(request::channel::<u8, u8>(0));
        "channel::publish::channel": line!(), || ignore(publish::channel::<u8>(0));
        "channel::priority::channel": line!(), || ignore(priority::channel::<u8>(0, 1));
        "channel::priority::channel": line!(), || ignore(priority::channel::<u8>(1, 0));
        "channel::priority::Receiver::fairness": line!(), || ignore(priority::channel::<u8>(1, 1).1.fairness(0));
        "stream::StreamPatterns::map_ordered": line!(), || ignore(items().map_ordered(0, std::future::ready));
        "stream::StreamPatterns::map_unordered": line!(), || ignore(items().map_unordered(0, std::future::ready));
        "stream::StreamPatterns::try_map_ordered": line!(), || ignore(tries().try_map_ordered(0, ok));
        "stream::StreamPatterns::try_map_unordered": line!(), || ignore(tries().try_map_unordered(0, ok));
        "stream::StreamPatterns::spawn_ordered": line!(), || ignore(items().spawn_ordered(0, std::future::ready));
        "stream::StreamPatterns::spawn_unordered": line!(), || ignore(items().spawn_unordered(0, std::future::ready));
        "stream::StreamPatterns::try_spawn_ordered": line!(), || ignore(tries().try_spawn_ordered(0, ok));
        "stream::StreamPatterns::try_spawn_unordered": line!(), || ignore(tries().try_spawn_unordered(0, ok));
        "stream::Prioritized::fairness": line!(), || ignore(stream::prioritized([items()]).fairness(0));
        "stream::prioritized": line!(), || ignore(stream::prioritized(std::iter::repeat_with(items)));
        "channel::fan_in::FanIn::producer": line!(), || ignore(fan_in::channel::<u8>(1).producer(|_| unpolled()));
        "stream::StreamPatterns::batch": line!(), || ignore(futures::stream::empty::<u8>().batch(0, ms(1)));
        "stream::StreamPatterns::throttle_time": line!(), || ignore(futures::stream::empty::<u8>().throttle_time(ms(0)));
        "stream::Interval::every": line!(), || ignore(Interval::every(ms(0)));
        "stream::Interval::jitter": line!(), || ignore(Interval::every(ms(1)).jitter(ms(1)));
        "sim::Explorer::regression": line!(), || ignore(Explorer::new().regression("x"));
        "sim::Shard::new": line!(), || ignore(Shard::new(0, 4));
        "sim::Shard::new": line!(), || ignore(Shard::new(5, 4));
        "sim::Explorer::check": line!(), || Explorer::new().name("x").check(|| async { panic!("in the scenario") });
        "sim::check": line!(), || surefoot::sim::check(|| async { panic!("in the scenario") });
    };
    for (function, line, call) in calls {
        let place = panic_place_of(call);
        assert_eq!(place, (file!().to_owned(), line), "{function}");
    }
    let in_table: BTreeSet<_> = calls.iter().map(|(function, ..)| function.to_string()).collect();
    let mut in_sources: BTreeSet<_> = sources().iter().flat_map(panicking_at_callers).collect();
    for function in LATER {
        assert!(in_sources.remove(function), "{function} is not in `src/`, or documents no panic");
    }
    assert_eq!(in_table, in_sources, "left: the table above; right: the functions of `src/`");
}

/// api/X6: so does that of a simulation inside a simulation, in the report of the outer one.
#[test]
fn a_simulation_inside_a_simulation_points_to_its_caller() {
    let place = format!("{}:{}:", file!(), line!() + 2);
    let nested = || async {
        let _ = Explorer::new().run(|| async {});
    };
    let failure = Explorer::new().run(nested).expect_err("the inner one panics").to_string();
    assert!(failure.contains("inside a simulation") && failure.contains(&place), "{failure}");
}
