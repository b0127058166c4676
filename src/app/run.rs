use std::borrow::Cow;
use std::convert::Infallible;
use std::error::Error;
use std::future::Future;
use std::process::ExitCode;
use std::time::Duration;

use tokio::sync::oneshot;

use super::App;
use super::builder::OnReport;
use super::core::Ending;
use super::stderr;
use crate::blocking;
use crate::deadline::timeout;
use crate::error::install_panic_hook;
use crate::rt;
use crate::shutdown::{Shutdown, Signal, Signals};

type BoxError = Box<dyn Error + Send + Sync>;

/// How long what runs on after the drain, untracked, has to let go.
const RELEASE: Duration = Duration::from_millis(100);

/// Runs `main` until it is told to stop, and drains what it has started: see
/// [`app`](crate::app). The same as `App::new().run(main)`.
///
/// # Panics
///
/// If it is called inside a runtime.
#[track_caller]
pub fn run<F, Fut, E>(main: F) -> ExitCode
where
    F: FnOnce(Shutdown) -> Fut + Send + 'static,
    Fut: Future<Output = Result<(), E>> + Send + 'static,
    E: Into<BoxError>,
{
    App::new().run(main)
}

/// [`App::run`].
#[track_caller]
pub(super) fn to_the_end<F, Fut, E>(app: App, main: F) -> ExitCode
where
    F: FnOnce(Shutdown) -> Fut + Send + 'static,
    Fut: Future<Output = Result<(), E>> + Send + 'static,
    E: Into<BoxError>,
{
    install_panic_hook();
    let ending = serve(app, main).unwrap_or_else(|error| {
        stderr::error(&*error);
        Ending { failed: true, ..Ending::default() }
    });
    ExitCode::from(ending.exit_code())
}

#[track_caller]
fn serve<F, Fut, E>(app: App, main: F) -> Result<Ending, BoxError>
where
    F: FnOnce(Shutdown) -> Fut + Send + 'static,
    Fut: Future<Output = Result<(), E>> + Send + 'static,
    E: Into<BoxError>,
{
    assert!(!rt::is_inside(), "an app has runtimes of its own, and can't be run inside one");
    let shutdown = app.shutdown()?;
    // Two runtimes: where a service blocks all of its threads, none of them is left
    // to see a signal or a limit.
    let service = rt::multi_thread(app.workers)?;
    let control = rt::current_thread()?;
    let mut signals = {
        let _inside = control.enter();
        Signals::listen()?
    };
    let (running, ended) = oneshot::channel::<Infallible>();
    let spawned = {
        let _inside = service.enter();
        let own = shutdown.clone();
        shutdown.spawn("main", |_| async move {
            let _running = running;
            // Called in here: it may block, and panic.
            main(own).await
        })
    };
    assert!(spawned.is_ok(), "nothing has triggered it yet");
    let stop = Stop { shutdown: &shutdown, delay: app.pre_stop_delay, on_report: app.on_report };
    Ok(match control.block_on(steer(stop, &mut signals, ended)) {
        Err(signal) => {
            service.shutdown_background();
            // Of the report, which may hang.
            control.shutdown_background();
            Ending { forced: Some(signal), ..Ending::default() }
        }
        Ok(ending) => {
            service.shutdown_timeout(RELEASE);
            ending
        }
    })
}

/// How it is stopped.
struct Stop<'a> {
    shutdown: &'a Shutdown,
    delay: Duration,
    on_report: Option<OnReport>,
}

impl Stop<'_> {
    /// Triggers and drains, and tells how that went.
    async fn finish(self, reason: Cow<'static, str>) -> Ending {
        self.shutdown.trigger(reason);
        let report = self.shutdown.drain().await;
        let mut ending = Ending {
            forced: None,
            panicked: !report.panicked.is_empty(),
            cut_off: !report.aborted.is_empty() || !report.stuck.is_empty(),
            failed: !report.failed.is_empty(),
        };
        // Beside the thread that hears the second signal: who is told may block, and so
        // may a full pipe.
        let on_report = self.on_report;
        let told = blocking::run(move || {
            stderr::report(&report);
            if let Some(told) = on_report {
                told(&report);
            }
        });
        ending.panicked |= told.await.is_err();
        ending
    }
}

/// Waits for a reason to stop, and stops; or gives up at the second signal. `main`
/// never says a word, and hangs up when it has ended.
async fn steer(
    stop: Stop<'_>,
    signals: &mut Signals,
    main: oneshot::Receiver<Infallible>,
) -> Result<Ending, Signal> {
    let accepting = stop.shutdown.token().accepting();
    // Boxed, to be dropped in time: who keeps an `Accepting` keeps the others from
    // being triggered.
    let mut by_itself = Box::pin(async move {
        tokio::select! {
            biased;
            () = accepting => {}
            _ = main => {}
        }
    });
    let first = tokio::select! {
        biased;
        signal = signals.next() => Some(signal),
        () = &mut by_itself => None,
    };
    let stopped = async {
        let reason = match first {
            Some(signal) => {
                // Over in time or not, it is over.
                let _ = timeout(stop.delay, by_itself).await;
                signal.to_string().into()
            }
            None => Cow::Borrowed("main returned"),
        };
        stop.finish(reason).await
    };
    let forced = async {
        if first.is_none() {
            // It was stopping already: this one is in no hurry.
            signals.next().await;
        }
        signals.next().await
    };
    tokio::select! {
        biased;
        signal = forced => Err(signal),
        ending = stopped => Ok(ending),
    }
}
