//! Every public error, in one table.

use std::collections::BTreeSet;
use std::error::Error;
use std::future::ready;
use std::panic::Location;

use surefoot::blocking::BlockingError;
use surefoot::channel::publish::{Full, Policy};
use surefoot::channel::request::CallError;
use surefoot::channel::{fan_in, priority, publish};
use surefoot::deadline::TimeoutError;
use surefoot::error::{
    Cancelled, Closed, ConfigError, Elapsed, Empty, Panicked, TaskError, Transient,
};
use surefoot::join::{TryError, Unsettled};
use surefoot::lock::FlightError;
use surefoot::pool::{AcquireError, Phase, Pool};
use surefoot::race::{AllFailed, FirstError, FirstOkError, first_ok};
use surefoot::retry::{AttemptError, RetryError, Stop, retry};
use surefoot::scope::{self, ScopeError};
use surefoot::shutdown::{self, Shutdown};
use surefoot::sim::{
    Explorer, Failure, Schedule, ScheduleError, Shard, ShardError, Strategy, StrategyError,
};
use surefoot::spawn::{FlatError, GaveUp, Restart, spawn, supervise};

use crate::support::*;

/// An error, what it says, and what its source says.
struct Row {
    name: String,
    error: Box<dyn Error + Send + Sync + 'static>,
    says: &'static str,
    source: Option<&'static str>,
}

fn row<E: Error + Send + Sync + 'static>(
    error: E,
    says: &'static str,
    source: Option<&'static str>,
) -> Row {
    Row { name: public_path::<E>(), error: Box::new(error), says, source }
}

async fn panicked() -> Panicked {
    match spawn(async { panic!("out of paper") }).await {
        Err(TaskError::Panicked(panicked)) => panicked,
        other => panic!("the task panics: {other:?}"),
    }
}

fn config_error() -> ConfigError {
    Pool::builder(Server::new()).max_size(0).build().expect_err("0 is no size")
}

/// A simulation has a runtime of its own, and so a thread.
fn failure() -> Failure {
    let explore = || {
        let explorer = Explorer::new().name("broken").strategy(Strategy::Fair).schedules(1);
        *explorer.run(|| async { panic!("out of paper") }).expect_err("it panics")
    };
    std::thread::spawn(explore).join().expect("the failure is a value")
}

async fn table() -> Vec<Row> {
    type Acquire = AcquireError<ServerError>;
    type Flight = FlightError<ServerError>;
    type Timeout = TimeoutError<ServerError>;
    type Attempt = AttemptError<ServerError>;
    type Flat = FlatError<ServerError>;
    type Scoped = ScopeError<ServerError>;
    type Try = TryError<ServerError>;
    type Left = Unsettled<ServerError>;
    let (inner, elapsed) = (ServerError("refused"), Elapsed::new(ms(30)));
    let paper = "out of paper";
    let bad_schedule = "schedule, position 0: ";
    vec![
        row(elapsed, "time limit of 30ms passed", None),
        row(Cancelled, "cancelled", None),
        row(Closed, "closed", None),
        row(Empty, "empty set", None),
        row(config_error(), "`max_size` must be at least 1", None),
        row(panicked().await, paper, None),
        row(TaskError::Panicked(panicked().await), "task panicked", Some(paper)),
        row(TaskError::Cancelled, "task was cancelled", None),
        row(Timeout::Elapsed(elapsed), "time limit of 30ms passed", None),
        row(Timeout::Inner(inner), "the operation failed within its time limit", Some("refused")),
        row(Flat::Task(TaskError::Cancelled), "task was cancelled", None),
        row(Flat::Task(TaskError::Panicked(panicked().await)), "task panicked", Some(paper)),
        row(Flat::Inner(inner), "the task returned an error", Some("refused")),
        row(gave_up().await, "gave up after 0 restarts in 0ns", Some("returned an error")),
        row(Scoped::Failed(inner), "the scope failed", Some("refused")),
        row(Scoped::Panicked(panicked().await), "the scope panicked", Some(paper)),
        row(Scoped::Elapsed(elapsed), "time limit of 30ms passed", None),
        row(Scoped::Cancelled, "a child was cancelled with its runtime", None),
        row(scope::Refused(()), "the scope takes no more children", None),
        row(BlockingError::Panicked(panicked().await), "the closure panicked", Some(paper)),
        row(BlockingError::Full, "too many closures wait for a thread", None),
        row(BlockingError::Shutdown, "the runtime shut down before the closure ran", None),
        row(run_out(Some(inner)).await, OUT_OF_TIME, Some("refused")),
        row(run_out(None).await, OUT_OF_TIME, None),
        row(Acquire::Connect(inner), "the pool could not connect", Some("refused")),
        row(Acquire::Panicked(panicked().await), "the pool's manager panicked", Some(paper)),
        row(Acquire::Closed, "the pool is closed", None),
        row(Acquire::TooManyWaiters, "too many callers wait for a connection", None),
        row(Flight::Failed(inner.into()), "the shared load failed", Some("refused")),
        row(Flight::Panicked(panicked().await), "the shared load panicked", Some(paper)),
        row(
            retried("refused").await,
            "gave up after 1 attempt(s) in 0ns: ",
            Some("attempt failed"),
        ),
        row(stopped().await, "gave up after 0 attempt(s) in 0ns: it was stopped", None),
        row(AttemptError::Error(inner), "the attempt failed", Some("refused")),
        row(Attempt::TimedOut(elapsed), "time limit of 30ms passed", None),
        row(refused(), "refused: the shutdown was triggered", None),
        row(Try::Failed(inner), "one of the joined futures failed", Some("refused")),
        row(Try::Elapsed(elapsed), "time limit of 30ms passed", None),
        row(Left::Failed(inner), "the future failed", Some("refused")),
        row(Left::Cut(elapsed), "the future was cut", Some("30ms")),
        row(Left::NotStarted(elapsed), "the future was not started", Some("30ms")),
        row(all_failed(0).await, "there was nothing to try", None),
        row(all_failed(1).await, "the only one that was tried failed", Some("refused")),
        row(all_failed(3).await, "all 3 that were tried failed", Some("refused")),
        row(FirstError::Empty(Empty), "empty set", None),
        row(FirstError::Elapsed(elapsed), "time limit of 30ms passed", None),
        row(FirstOkError::AllFailed(all_failed(2).await), "all 2 that were tried", Some("refused")),
        row(none_in_time().await, "none succeeded in time", Some("30ms")),
        row(fan_in::SendError(1), "the stream takes no more", None),
        row(CallError::Closed(1), "the server is gone", None),
        row(CallError::<u8>::Dropped, "without a response", None),
        row(CallError::TimedOut(Some(1)), "the time limit of the call passed", None),
        row(lagged().await, "2 values were lost", None),
        row(Full(1), "is full", None),
        row(priority::SendError::Closed(1), "the channel is closed", None),
        row(priority::SendError::Level(1), "no such level", None),
        row(priority::TrySendError::Full(1), "full at this level", None),
        row(priority::TrySendError::Closed(1), "the channel is closed", None),
        row(priority::TrySendError::Level(1), "no such level", None),
        row(priority::ReserveError::Closed, "the channel is closed", None),
        row(priority::ReserveError::Level, "no such level", None),
        row(priority::TryRecvError::Empty, "nothing is there yet", None),
        row(priority::TryRecvError::Closed, "closed and empty", None),
        row(failure(), "broken", None),
        row(schedule_error(), bad_schedule, None),
        row(shard_error(), "shard, position 0: expected a number from 1 to 4, found `5`", None),
        row(strategy_error("slow"), "`slow` is no strategy: ", None),
        row(strategy_error("replay:x"), "`replay:x` is no strategy: ", Some(bad_schedule)),
    ]
}

/// A supervised task that may not be started again.
async fn gave_up() -> GaveUp<ServerError> {
    let once = Restart::new().at_most(0, ms(1));
    let ended = supervise(once, |_| async { Err::<(), _>(ServerError("refused")) }).await;
    ended.expect("the task itself does not fail").expect_err("its one run does")
}

const OUT_OF_TIME: &str = "no connection within 10ms: the time passed in the phase `wait`";

/// An acquire that ran out of time after a connect had failed in vain, or not.
async fn run_out(last: Option<ServerError>) -> AcquireError<ServerError> {
    let server = Server::new();
    let pool = server.pool(|p| p.max_size(1).acquire_timeout(ms(10)));
    if let Some(ServerError(why)) = last {
        server.connects([fails(why).after(20)]);
        assert!(pool.acquire().await.is_err());
        wait(20).await;
    }
    let _held = holder(&pool).await;
    pool.acquire().await.expect_err("the only one is taken")
}

/// A call that fails as often as it may, or as its error is no passing one.
async fn retried(why: &'static str) -> RetryError<ServerError> {
    let call = retry(move |_| std::future::ready(Err::<u8, _>(ServerError(why))));
    call.max_attempts(1).when(Transient::is_transient).await.expect_err("it always fails")
}

async fn stopped() -> RetryError<ServerError> {
    let call = retry(|_| std::future::ready(Err::<u8, _>(ServerError("busy"))));
    call.stop_on(std::future::ready(())).await.expect_err("it is not begun")
}

fn refused() -> shutdown::Refused<()> {
    let shutdown = Shutdown::new();
    shutdown.trigger("a test");
    shutdown.track("late").expect_err("it is too late")
}

async fn all_failed(n: usize) -> AllFailed<ServerError> {
    let refusing = (0..n).map(|_| async { Err::<(), _>(ServerError("refused")) });
    first_ok(refusing).await.expect_err("all fail")
}

async fn none_in_time() -> FirstOkError<ServerError> {
    let slow = std::future::pending::<Result<(), ServerError>>();
    first_ok([slow]).deadline(ms(30)).await.expect_err("it never ends")
}

/// What a subscriber that is too slow by two is told.
async fn lagged() -> publish::Lagged {
    let publisher = publish::channel(1);
    let mut subscriber = publisher.subscribe(Policy::DropOldest);
    for value in 0..3 {
        publisher.publish(value).await;
    }
    subscriber.next().await.expect("it is there").expect_err("two were lost")
}

fn schedule_error() -> ScheduleError {
    "x".parse::<Schedule>().expect_err("no schedule")
}

fn shard_error() -> ShardError {
    "5/4".parse::<Shard>().expect_err("no shard")
}

fn strategy_error(text: &str) -> StrategyError {
    text.parse::<Strategy>().expect_err("no strategy")
}

/// error/ERR1: every error says what failed, in one line that does not repeat
/// its source, and keeps the source.
#[tokio::test(start_paused = true)]
async fn every_error_says_its_part_and_keeps_its_source() {
    for Row { name, error, says, source } in table().await {
        let said = error.to_string();
        assert!(said.contains(says), "{name}: {said}");
        assert!(!format!("{error:?}").is_empty());
        let kept = error.source().map(ToString::to_string);
        match (&kept, source) {
            (Some(kept), Some(source)) => {
                assert!(kept.contains(source), "{name}: {kept}");
                assert!(!said.contains(kept.as_str()), "{name} repeats its source: {said}");
            }
            (None, None) => {}
            _ => panic!("{name} has the source {kept:?}, and not {source:?}"),
        }
    }
}

/// error/ERR1: the table has a row for every public type of `src/` that is an
/// error.
#[tokio::test(start_paused = true)]
async fn every_error_of_the_sources_has_a_row() {
    let in_sources: BTreeSet<_> = sources()
        .iter()
        .flat_map(|source| implementors(source, "Error", Some("thiserror::Error")))
        .collect();
    let in_table: BTreeSet<_> = table().await.into_iter().map(|row| row.name).collect();
    assert_eq!(in_table, in_sources, "left: the table of this file; right: the errors of `src/`");
}

/// error/ERR1: an error says whether trying again can help, where that can be
/// known; the inner error decides where there is one.
#[tokio::test(start_paused = true)]
async fn an_error_says_whether_trying_again_can_help() {
    fn of<E: Transient + 'static>(error: &E, transient: bool) -> (String, bool, bool) {
        (public_path::<E>(), error.is_transient(), transient)
    }
    type Acquire = AcquireError<ServerError>;
    type Flight = FlightError<ServerError>;
    type Timeout = TimeoutError<ServerError>;
    type Flat = FlatError<ServerError>;
    type Scoped = ScopeError<ServerError>;
    let (busy, refused) = (ServerError("busy"), ServerError("refused"));
    let elapsed = Elapsed::new(ms(30));
    let rows = [
        of(&elapsed, true),
        of(&TaskError::Cancelled, false),
        of(&TaskError::Panicked(panicked().await), false),
        of(&Timeout::Elapsed(elapsed), true),
        of(&Timeout::Inner(busy), true),
        of(&Timeout::Inner(refused), false),
        of(&Flat::Task(TaskError::Cancelled), false),
        of(&Flat::Inner(busy), true),
        of(&Flat::Inner(refused), false),
        of(&Scoped::Failed(busy), true),
        of(&Scoped::Failed(refused), false),
        of(&Scoped::Elapsed(elapsed), true),
        of(&Scoped::Panicked(panicked().await), false),
        of(&Scoped::Cancelled, false),
        of(&BlockingError::Panicked(panicked().await), false),
        of(&BlockingError::Full, true),
        of(&BlockingError::Shutdown, false),
        of(&run_out(Some(refused)).await, true),
        of(&run_out(None).await, true),
        of(&Acquire::Connect(busy), true),
        of(&Acquire::Connect(refused), false),
        of(&Acquire::Panicked(panicked().await), false),
        of(&Acquire::Closed, false),
        of(&Acquire::TooManyWaiters, true),
        of(&Flight::Failed(busy.into()), true),
        of(&Flight::Failed(refused.into()), false),
        of(&Flight::Panicked(panicked().await), false),
        of(&AttemptError::Error(busy), true),
        of(&AttemptError::Error(refused), false),
        of(&AttemptError::<ServerError>::TimedOut(elapsed), true),
        of(&retried("busy").await, true),
        of(&retried("refused").await, false),
        of(&stopped().await, false),
        of(&TryError::Failed(busy), true),
        of(&TryError::Failed(refused), false),
        of(&TryError::<ServerError>::Elapsed(elapsed), true),
        of(&Unsettled::Failed(busy), true),
        of(&Unsettled::Failed(refused), false),
        of(&Unsettled::<ServerError>::Cut(elapsed), true),
        of(&Unsettled::<ServerError>::NotStarted(elapsed), true),
        of(&all_failed(0).await, false),
        of(&all_failed(2).await, false),
        of(&first_ok([ready(Err::<(), _>(refused)), ready(Err(busy))]).await.unwrap_err(), true),
        of(&FirstError::Empty(Empty), false),
        of(&FirstError::Elapsed(elapsed), true),
        of(&FirstOkError::AllFailed(all_failed(1).await), false),
        of(&none_in_time().await, true),
        of(&fan_in::SendError(1), false),
        of(&CallError::Closed(1), false),
        of(&CallError::<u8>::Dropped, false),
        of(&CallError::<u8>::TimedOut(None), true),
        of(&Full(1), true),
        of(&priority::SendError::Closed(1), false),
        of(&priority::SendError::Level(1), false),
        of(&priority::TrySendError::Full(1), true),
        of(&priority::TrySendError::Closed(1), false),
        of(&priority::TrySendError::Level(1), false),
        of(&priority::ReserveError::Closed, false),
        of(&priority::TryRecvError::Empty, true),
        of(&priority::TryRecvError::Closed, false),
    ];
    for (name, is, is_to_be) in &rows {
        assert_eq!(is, is_to_be, "{name}");
    }
    let in_sources: BTreeSet<_> =
        sources().iter().flat_map(|source| implementors(source, "Transient", None)).collect();
    let in_table: BTreeSet<_> = rows.into_iter().map(|(name, _, _)| name).collect();
    assert_eq!(in_table, in_sources, "left: the table above; right: `src/`");
}

/// error/ERR1: a config error lists what is bad, as a program can use it.
#[test]
fn a_config_error_lists_its_fields() {
    let error = config_error();
    let [bad] = error.bad() else { panic!("one field is bad: {error}") };
    assert_eq!((bad.field, bad.why.as_str()), ("max_size", "must be at least 1"));
    assert_eq!(error.fields().collect::<Vec<_>>(), ["max_size"]);
}

/// error/ERR1: the phases are printed as they are called.
#[test]
fn a_phase_prints_its_name() {
    let phases = [Phase::Wait, Phase::Connect, Phase::Check];
    assert_eq!(phases.map(|phase| phase.to_string()), ["wait", "connect", "check"]);
}

/// error/ERR1: each way to stop says which.
#[test]
fn a_stop_prints_its_reason() {
    let stops = [Stop::Permanent, Stop::Attempts, Stop::Deadline, Stop::Budget, Stop::Stopped];
    let said = stops.map(|stop| stop.to_string());
    let expected = [
        "the error is permanent",
        "no attempts are left",
        "no time is left",
        "the retry budget is spent",
        "it was stopped",
    ];
    assert_eq!(said, expected);
}

/// error/ERR1: without the hook, a panic has no location, and says the rest.
#[tokio::test(start_paused = true)]
async fn a_panic_prints_what_is_known_of_it() {
    let here: &Location<'_> = panicked().await.spawned_at();
    let panicked = panicked().await;
    assert_eq!((panicked.message(), panicked.spawned_at()), ("out of paper", here));
    let location = panicked.location().map(|at| format!(" at {at}")).unwrap_or_default();
    assert_eq!(panicked.to_string(), format!("out of paper{location} (spawned at {here})"));
}
