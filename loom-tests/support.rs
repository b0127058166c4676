//! What the models share: the exploration and its record, futures polled by
//! hand, and a pool whose manager keeps a ledger.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::future::Future;
use std::io::Write;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize as Unseen;
use std::task::{Context, Poll, Wake, Waker};

use loom::future::block_on;
use loom::sync::Notify;
use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use surefoot::pool::{AcquireError, Manage, Pool, Pooled};

/// How many times per execution loom takes the processor from a thread that
/// could go on. Most bugs need one or two.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Preemptions {
    AtMost(usize),
    Unbounded,
}

/// Runs `body` in every interleaving, prints how many there were, and gives back
/// the outcomes that were seen.
#[expect(clippy::disallowed_types, reason = "the record of a model is no part of it")]
pub(crate) fn explore<O>(
    name: &str,
    preemptions: Preemptions,
    body: impl Fn() -> O + Send + Sync + 'static,
) -> BTreeSet<O>
where
    O: Ord + Debug + Send + 'static,
{
    for variable in ["LOOM_MAX_DURATION", "LOOM_MAX_PERMUTATIONS", "LOOM_MAX_PREEMPTIONS"] {
        let is_set = std::env::var_os(variable).is_some();
        assert!(!is_set, "{variable} would end a model early and call that a success");
    }
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = match preemptions {
        Preemptions::AtMost(n) => Some(n.max(least_preemptions())),
        Preemptions::Unbounded => None,
    };
    let record = Arc::new(std::sync::Mutex::new((0_u64, BTreeSet::new())));
    let writer = record.clone();
    builder.check(move || {
        let outcome = body();
        let mut record = writer.lock().expect("a panic ends the model");
        record.0 += 1;
        record.1.insert(outcome);
    });
    let mut record = record.lock().expect("a panic ends the model");
    let (executions, outcomes) = std::mem::take(&mut *record);
    // Past the capture of the test harness: how much was explored is part of
    // the result.
    writeln!(std::io::stderr(), "loom: {name}: {executions} executions, outcomes {outcomes:?}")
        .expect("standard error takes a line");
    outcomes
}

/// What no bound may be below: a run that has the time asks for more than the models do.
fn least_preemptions() -> usize {
    const VARIABLE: &str = "SUREFOOT_LOOM_PREEMPTIONS";
    let least = std::env::var_os(VARIABLE).unwrap_or_else(|| "0".into());
    let parsed = least.to_str().and_then(|least| least.parse().ok());
    parsed.unwrap_or_else(|| panic!("{VARIABLE} is no whole number: {least:?}"))
}

/// A waker that says whether it was woken. loom sees it.
pub(crate) struct Flag(AtomicBool);

impl Flag {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(AtomicBool::new(false)))
    }

    pub(crate) fn waker(self: &Arc<Self>) -> Waker {
        self.clone().into()
    }

    pub(crate) fn is_woken(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// Whether it was woken since this was asked before.
    pub(crate) fn take(&self) -> bool {
        self.0.swap(false, Ordering::SeqCst)
    }
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        // Not a store: loom lets one fall between what `take` read and what it wrote.
        self.0.swap(true, Ordering::SeqCst);
    }
}

/// A future that can be polled here and dropped there.
pub(crate) type Owned<T> = Pin<Box<dyn Future<Output = T>>>;

/// Polls once. Whoever is cancelled was polled some times, and then no more.
pub(crate) fn poll_once<T>(future: &mut Owned<T>, flag: &Arc<Flag>) -> Poll<T> {
    future.as_mut().poll(&mut Context::from_waker(&flag.waker()))
}

/// Runs a set-up of which nothing is explored.
pub(crate) fn unexplored<T>(set_up: impl FnOnce() -> T) -> T {
    loom::stop_exploring();
    let set = set_up();
    // Threads of the set-up come to their end first.
    loom::thread::yield_now();
    loom::explore();
    set
}

/// What a manager does when it is asked for a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    Connect,
    /// Is pending once first, so that the pool looks whether it was closed.
    ConnectSlowly,
    /// Never ends.
    Hang,
    /// Fails the first time.
    FailFirst,
    /// Panics the first time.
    PanicFirst,
}

/// What the other side knows of the connections.
#[derive(Debug)]
pub(crate) struct Ledger {
    /// loom's: between a connection's end and the news of it, others run.
    open: AtomicUsize,
    /// Read at the end only, so loom need not see these.
    peak: Unseen,
    attempts: Unseen,
    closes: Unseen,
    /// Notified when a connection was closed.
    closed: Notify,
}

impl Ledger {
    pub(crate) fn open(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }

    /// Waits until no more than `n` are open.
    pub(crate) fn wait_for(&self, n: usize) {
        while self.open() > n {
            self.closed.wait();
        }
    }

    /// How many were open at once.
    pub(crate) fn peak(&self) -> usize {
        self.peak.load(Ordering::SeqCst)
    }

    /// How many connects were begun.
    pub(crate) fn attempts(&self) -> usize {
        self.attempts.load(Ordering::SeqCst)
    }

    /// How many were closed in good manner.
    pub(crate) fn closes(&self) -> usize {
        self.closes.load(Ordering::SeqCst)
    }
}

/// A connection; it is open until it is dropped.
#[derive(Debug)]
pub(crate) struct Line(Arc<Ledger>);

impl Line {
    fn open(ledger: &Arc<Ledger>) -> Self {
        let open = ledger.open.fetch_add(1, Ordering::SeqCst) + 1;
        ledger.peak.fetch_max(open, Ordering::SeqCst);
        Self(ledger.clone())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
        self.0.closed.notify();
    }
}

#[derive(Debug, thiserror::Error)]
#[error("refused")]
pub(crate) struct Refused;

/// Makes [`Line`]s.
#[derive(Debug)]
pub(crate) struct Exchange {
    plan: Plan,
    ledger: Arc<Ledger>,
}

impl Manage for Exchange {
    type Conn = Line;
    type Error = Refused;

    async fn connect(&self) -> Result<Line, Refused> {
        let is_first = self.ledger.attempts.fetch_add(1, Ordering::SeqCst) == 0;
        match self.plan {
            Plan::ConnectSlowly => yield_once().await,
            Plan::Hang => std::future::pending().await,
            Plan::FailFirst if is_first => return Err(Refused),
            // Without the panic hook, which would print each.
            Plan::PanicFirst if is_first => std::panic::resume_unwind(Box::new("no line")),
            Plan::Connect | Plan::FailFirst | Plan::PanicFirst => {}
        }
        Ok(Line::open(&self.ledger))
    }

    async fn close(&self, line: Line) {
        self.ledger.closes.fetch_add(1, Ordering::SeqCst);
        drop(line);
    }
}

/// Pending once, and woken at once.
pub(crate) fn yield_once() -> impl Future<Output = ()> {
    let mut has_yielded = false;
    std::future::poll_fn(move |cx| {
        if std::mem::replace(&mut has_yielded, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
}

pub(crate) type Acquired = Result<Pooled<Exchange>, AcquireError<Refused>>;

/// A pool of at most one connection, without time limits.
pub(crate) fn pool_of_one(plan: Plan) -> (Pool<Exchange>, Arc<Ledger>) {
    pool_of(1, plan)
}

fn pool_of(max_size: usize, plan: Plan) -> (Pool<Exchange>, Arc<Ledger>) {
    let ledger = Arc::new(Ledger {
        open: AtomicUsize::new(0),
        peak: Unseen::new(0),
        attempts: Unseen::new(0),
        closes: Unseen::new(0),
        closed: Notify::new(),
    });
    let pool = Pool::builder(Exchange { plan, ledger: ledger.clone() })
        .max_size(max_size)
        // One task makes them all, one after the other: threads are few.
        .max_connecting(1)
        .acquire_timeout(None)
        .connect_timeout(None)
        .close_timeout(None)
        .build()
        .expect("the numbers are right");
    (pool, ledger)
}

/// A pool of at most `N` connections, and all of them on loan.
pub(crate) fn pool_on_loan<const N: usize>() -> (Pool<Exchange>, Arc<Ledger>, [Pooled<Exchange>; N])
{
    unexplored(|| {
        let (pool, ledger) = pool_of(N, Plan::Connect);
        let waiting: [_; N] = std::array::from_fn(|_| parked_acquire(&pool, &Flag::new()));
        let held = waiting.map(|waiting| block_on(waiting).expect("nothing is in the way"));
        (pool, ledger, held)
    })
}

/// An acquire that owns its handle.
pub(crate) fn acquire(pool: &Pool<Exchange>) -> Owned<Acquired> {
    let pool = pool.clone();
    Box::pin(async move { pool.acquire().await })
}

/// The same, after its first poll: it has its place in the queue.
pub(crate) fn parked_acquire(pool: &Pool<Exchange>, flag: &Arc<Flag>) -> Owned<Acquired> {
    let mut waiting = acquire(pool);
    assert!(poll_once(&mut waiting, flag).is_pending());
    waiting
}

/// Takes what is idle out of the pool: the last handle's end would close it, on
/// a thread that the model has no use for.
pub(crate) fn empty(pool: &Pool<Exchange>) {
    drop(pool.try_acquire().map(Pooled::detach));
}
