//! A service in each of the ways in which one ends. The tests of `app` run it as a
//! child process, send it signals, and look at its exit code.
//!
//! It says a line when it has come so far that a test may go on, and never sleeps.
#![expect(clippy::disallowed_methods, reason = "a service may start blocking work of Tokio's")]

use std::error::Error;
use std::fmt;
use std::future::pending;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use surefoot::app::{self, App};
use surefoot::deadline::timeout;
use surefoot::shutdown::{DrainReport, Handle, Shutdown, Token};

type Ended = Result<(), Box<dyn Error + Send + Sync>>;

/// Longer than any test.
const FOR_EVER: Duration = Duration::from_secs(100_000);
/// Not long, for the tests that wait until it has passed.
const BRIEF: Duration = Duration::from_millis(50);

fn main() -> ExitCode {
    let what = std::env::args().nth(1).expect("what to do is told");
    match what.as_str() {
        "succeeds" => app::run(|_| async { Ended::Ok(()) }),
        "fails" => app::run(|_| async {
            let no_file = Layered("no file", Some(&Layered("no such folder", None)));
            Err(Layered("no service", Some(Box::leak(Box::new(no_file)))))
        }),
        "panics" => app::run(|_| async { out_of_paper() }),
        "panics before it is a future" => app::run(|_| {
            out_of_paper().expect("it has panicked");
            async { Ended::Ok(()) }
        }),
        "serves" => app::run(|shutdown| async move {
            serve(&shutdown, "ready").await;
            Ended::Ok(())
        }),
        "starts up" => App::new().workers(1).run(|shutdown| {
            // With its only thread: nothing of the service's runs meanwhile.
            say("starting");
            hear();
            async move {
                serve(&shutdown, "started").await;
                Ended::Ok(())
            }
        }),
        "does not stop" => unlimited().run(|shutdown| async move {
            serve(&shutdown, "ready").await;
            never_ends().await
        }),
        "both signals wait" => unlimited().run(|_| async move {
            say("ready");
            never_ends().await
        }),
        _ => more(&what),
    }
}

fn more(what: &str) -> ExitCode {
    match what {
        "returns with work left" => unlimited().run(|shutdown| async move {
            work(&shutdown, "worker", |stop| async move {
                stop.triggered().await;
                say("worker: triggered");
                say(&format!("worker: {:?}", stop.reason()));
                Ended::Ok(())
            });
            Ended::Ok(())
        }),
        "returns with work that does not end" => unlimited().run(|shutdown| async move {
            work(&shutdown, "worker", |stop| async move {
                stop.triggered().await;
                say("ready");
                never_ends().await
            });
            Ended::Ok(())
        }),
        "returns with work that hears a signal" => unlimited().run(|shutdown| async move {
            work(&shutdown, "worker", |stop| async move {
                stop.triggered().await;
                let signal = surefoot::shutdown::signal();
                say("ready");
                say(&format!("worker: {}", signal.await));
                Ended::Ok(())
            });
            Ended::Ok(())
        }),
        "stops itself" => unlimited().run(|shutdown| async move {
            shutdown.trigger("nothing left to do");
            serve(&shutdown, "ready").await;
            Ended::Ok(())
        }),
        "stops itself and does not end" => brief().run(|shutdown| async move {
            shutdown.trigger("nothing left to do");
            never_ends().await
        }),
        "delays" => unlimited().pre_stop_delay(Duration::MAX).run(|shutdown| async move {
            let signal = surefoot::shutdown::signal();
            say("ready");
            signal.await;
            let triggered = timeout(BRIEF, shutdown.token().triggered()).await;
            say(&format!("triggered: {}", triggered.is_ok()));
            hear();
            Ended::Ok(())
        }),
        "delays a little" => unlimited().pre_stop_delay(BRIEF).run(|shutdown| async move {
            serve(&shutdown, "ready").await;
            Ended::Ok(())
        }),
        "is left behind" => brief().run(|shutdown| async move {
            work(&shutdown, "worker", |_| never_ends());
            serve(&shutdown, "ready").await;
            Ended::Ok(())
        }),
        "is left behind itself" => brief().run(|_| async move {
            say("ready");
            never_ends().await
        }),
        "blocks its thread" => brief().workers(1).run(|shutdown| async move {
            work(&shutdown, "wedge", |_| async move { block_for_ever() });
            Ended::Ok(())
        }),
        "blocks a thread of its own" => unlimited().run(|_| async move {
            // Untracked: nobody waits for it, and it holds up nobody.
            drop(tokio::task::spawn_blocking(block_for_ever));
            Ended::Ok(())
        }),
        "blocks a tracked thread" => brief().run(|shutdown| async move {
            let tracked = shutdown.track("wedge").expect("it is running");
            drop(tokio::task::spawn_blocking(move || {
                let _held = tracked;
                block_for_ever()
            }));
            Ended::Ok(())
        }),
        "has a worker that fails" => unlimited().run(|shutdown| async move {
            work(&shutdown, "mailer", |_| async { Err(Layered("no mail", None).into()) });
            Ended::Ok(())
        }),
        "has a worker that panics" => unlimited().run(|shutdown| async move {
            work(&shutdown, "printer", |_| async { out_of_paper() });
            Ended::Ok(())
        }),
        "leaves a straggler and fails" => brief().run(|shutdown| async move {
            work(&shutdown, "worker", |_| never_ends());
            Err(Layered("no service", None))
        }),
        "leaves a straggler, fails and panics" => brief().run(|shutdown| async move {
            work(&shutdown, "worker", |_| never_ends());
            has_ended(&work(&shutdown, "printer", |_| async { out_of_paper() })).await;
            Err(Layered("no service", None))
        }),
        "leaves a straggler, fails, panics and is forced" => {
            unlimited().run(|shutdown| async move {
                work(&shutdown, "worker", |_| never_ends());
                work(&shutdown, "printer", |_| async { out_of_paper() });
                serve(&shutdown, "ready").await;
                Err(Layered("no service", None))
            })
        }
        "panics in its report" => brief()
            .on_report(|_| {
                out_of_paper().expect("it has panicked");
            })
            .run(|_| async { Ended::Ok(()) }),
        "hangs in its report" => App::new()
            .on_report(|_| {
                say("reporting");
                block_for_ever().expect("it has no end");
            })
            .run(|shutdown| async move {
                serve(&shutdown, "ready").await;
                Ended::Ok(())
            }),
        "has no workers" => App::new().workers(0).run(|_| async {
            say("called");
            Ended::Ok(())
        }),
        "has too many workers" => App::new().workers(usize::MAX).run(|_| async {
            say("called");
            Ended::Ok(())
        }),
        "lets go" => unlimited().run(|_| async move {
            // Nobody tracks it; what it holds is dropped even so.
            struct Held;
            impl Drop for Held {
                fn drop(&mut self) {
                    say("let go");
                }
            }
            let held = Arc::new(Held);
            surefoot::spawn::spawn(async move {
                let _held = held;
                pending::<()>().await;
            })
            .detach();
            Ended::Ok(())
        }),
        _ => panic!("nobody knows how to do that: {what}"),
    }
}

fn unlimited() -> App {
    telling(App::new().accept_limit(FOR_EVER).drain_limit(FOR_EVER))
}

fn brief() -> App {
    telling(App::new().drain_limit(BRIEF).abort_limit(BRIEF))
}

/// Says what the report says.
fn telling(app: App) -> App {
    app.on_report(|report: &DrainReport| {
        let names = |list: &[_]| format!("{list:?}");
        say(&format!("finished: {}", report.finished));
        say(&format!("aborted: {}", names(&report.aborted)));
        say(&format!("stuck: {}", names(&report.stuck)));
    })
}

/// Says `when` it waits to be told to stop, and that it was, and why.
async fn serve(shutdown: &Shutdown, when: &str) {
    say(when);
    shutdown.token().triggered().await;
    say(&format!("told to stop: {}", shutdown.reason().expect("there is one")));
}

/// Starts a worker.
fn work<Fut>(
    shutdown: &Shutdown,
    name: &'static str,
    f: impl FnOnce(Token) -> Fut + Send + 'static,
) -> Handle
where
    Fut: Future<Output = Ended> + Send + 'static,
{
    shutdown.spawn(name, f).unwrap_or_else(|_| panic!("it is running"))
}

/// Waits for the end of a worker that will end: a panic takes its time to be
/// printed, and is to be over before the limits of a drain are.
async fn has_ended(worker: &Handle) {
    while !worker.is_finished() {
        tokio::task::yield_now().await;
    }
}

async fn never_ends() -> Ended {
    pending().await
}

fn block_for_ever() -> Ended {
    loop {
        thread::park();
    }
}

fn out_of_paper() -> Ended {
    panic!("out of paper")
}

/// Tells the test.
fn say(what: &str) {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{what}").and_then(|()| stdout.flush()).expect("the test listens");
}

/// Waits for a line of the test's, with the thread.
fn hear() {
    io::stdin().read_line(&mut String::new()).expect("the test speaks");
}

/// An error that comes from another.
#[derive(Debug)]
struct Layered(&'static str, Option<&'static Layered>);

impl fmt::Display for Layered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Layered {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.1.map(|source| source as _)
    }
}
