//! A pool of PostgreSQL backends that are terminated at random, and a restart of
//! the server.
//!
//! Many tasks check connections out, ask each for a number and return it, while
//! backends are terminated under them, idle, checked, queried or just being
//! made. The server is a throw-away one, started from the installed programs.
//! Whatever an acquire or a query reports is counted by its kind, and the number
//! asked for again. In the end three books must agree: the tasks', the pool's
//! [`Status`](surefoot::pool::Status), and the server's `pg_stat_activity`.
//!
//! A connection's `close` ends when its backend has exited ([`wire`]), so that the
//! server's book can be compared to the last connection.

mod backends;
mod chaos;
mod programs;
mod report;
mod server;
pub mod wire;
mod work;

pub use self::backends::{Backend, BackendError, Backends, Counters};
pub use self::chaos::Seen;
pub use self::programs::Programs;
pub use self::report::{Connects, Report, View};
pub use self::server::Server;
pub use self::work::Work;

use std::sync::Arc;
use std::time::{Duration, Instant};

use surefoot::pool::Pool;
use surefoot::spawn::spawn;

use self::chaos::{Chaos, Observer};
use self::work::{Client, Progress};
use crate::draw::Draw;
use crate::run::{Error, on_runtime, settle};

/// The name that the pool's backends go by on the server.
const NAME: &str = "pooled";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// For an acquire, a check, a close. So long that only what hangs reaches it, on
/// a busy machine too.
const PATIENCE: Duration = Duration::from_secs(40);

/// How much to do.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// What the tasks and the chaos draw from. Threads race, so a seed does not
    /// repeat a run; it repeats its mix.
    pub seed: u64,
    /// Tasks, all at once.
    pub tasks: u64,
    /// Checkouts whose query is answered, of all tasks together.
    pub checkouts: u64,
    /// The pool's size.
    pub max_size: usize,
    /// When the run is given up as hanging.
    pub limit: Duration,
}

impl Settings {
    /// 64 tasks over at most 16 connections.
    #[must_use]
    pub fn seeded(seed: u64, checkouts: u64) -> Self {
        let limit = Duration::from_secs(60) + Duration::from_millis(1) * checkouts as u32;
        Self { seed, tasks: 64, checkouts, max_size: 16, limit }
    }
}

/// Starts a server and runs it all.
///
/// # Errors
///
/// If the run could not be made, or did not end in time. Books that do not agree
/// are no error: they are in the [`Report`].
pub fn run(programs: Programs, settings: &Settings) -> Result<Report, Error> {
    // Dropped last, when the runtime is gone: nobody restarts it any more.
    let server = Arc::new(Server::start(programs)?);
    let counters = Arc::new(Counters::default());
    let pool = Pool::builder(Backends::new(server.socket(), NAME, counters.clone()))
        .max_size(settings.max_size)
        .acquire_timeout(PATIENCE)
        .connect_timeout(CONNECT_TIMEOUT)
        .check_timeout(PATIENCE)
        .close_timeout(PATIENCE)
        .build()?;
    let progress = Arc::new(Progress::new(settings.checkouts));
    let work = checkouts(*settings, server.clone(), pool.clone(), progress.clone(), counters);
    on_runtime(settings.limit, work, || {
        format!("it hangs after {} answers: {:?}", progress.answered(), pool.status())
    })
}

async fn checkouts(
    settings: Settings,
    server: Arc<Server>,
    pool: Pool<Backends>,
    progress: Arc<Progress>,
    counters: Arc<Counters>,
) -> Result<Report, Error> {
    let began = Instant::now();
    let mut draw = Draw::seeded(settings.seed);
    let chaos = spawn(
        Chaos {
            server: server.clone(),
            pool: pool.clone(),
            progress: progress.clone(),
            draw: draw.split(),
            name: NAME,
        }
        .run(),
    );
    let mut tasks = Vec::new();
    for task in 0..settings.tasks {
        let client = Client {
            pool: pool.clone(),
            progress: progress.clone(),
            draw: draw.split(),
            connect_timeout: CONNECT_TIMEOUT,
        };
        let rest = u64::from(task < settings.checkouts % settings.tasks);
        tasks.push(spawn(client.run(settings.checkouts / settings.tasks + rest)));
    }
    let all = async {
        let mut work = Work::default();
        for task in tasks {
            work.add(task.await?);
        }
        progress.end();
        Ok::<_, Error>(work)
    };
    // If the chaos fails, the server may be gone, and the tasks would go on asking.
    let (work, seen) = tokio::try_join!(all, async { chaos.await? })?;
    let took = began.elapsed();

    settle(&pool).await?;
    let observer = Observer::connect(server.socket(), NAME).await?;
    // All at once: whatever died unseen fails its check now, and is replaced.
    let mut held = Vec::new();
    for _ in 0..settings.max_size {
        held.push(pool.acquire().await?);
    }
    let in_use = View { status: pool.status(), listed: observer.count().await? };
    drop(held);
    let at_rest = View { status: settle(&pool).await?, listed: observer.count().await? };
    pool.close().await;
    let closed = View { status: pool.status(), listed: observer.count().await? };
    observer.close().await;

    let connects = Connects::read(&counters);
    Ok(Report { settings, took, work, seen, connects, in_use, at_rest, closed })
}
