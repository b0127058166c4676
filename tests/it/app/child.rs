//! A child process that a test talks to.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{self, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

pub(crate) use rustix::process::Signal;

/// No child takes that long for anything: it is stuck, and the test fails.
const STUCK: Duration = Duration::from_secs(60);

/// `tests/child/app.rs`, at work. Killed when it is dropped.
pub(crate) struct Child {
    process: process::Child,
    said: Receiver<String>,
    complained: Receiver<String>,
}

/// What a child leaves.
#[derive(Debug)]
pub(crate) struct Left {
    /// Its exit code; `None` if a signal has ended it.
    pub(crate) code: Option<i32>,
    /// What it said and nobody has heard yet.
    pub(crate) said: Vec<String>,
    pub(crate) stderr: String,
}

impl Child {
    /// Lets a child do `what`.
    pub(crate) fn that(what: &str) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_app-child"))
            .arg(what)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the child can be started");
        let said = lines(process.stdout.take());
        let complained = lines(process.stderr.take());
        Self { process, said, complained }
    }

    /// Waits for the child to say `what`, and nothing else before.
    #[track_caller]
    pub(crate) fn says(&mut self, what: &str) {
        assert_eq!(next(&self.said).as_deref(), Some(what));
    }

    /// Lets it go on.
    pub(crate) fn is_told_to_go_on(&mut self) {
        let stdin = self.process.stdin.as_mut().expect("a pipe was asked for");
        writeln!(stdin).expect("the child listens");
    }

    pub(crate) fn gets(&self, signal: Signal) {
        let pid = rustix::process::Pid::from_child(&self.process);
        rustix::process::kill_process(pid, signal).expect("the child is there");
    }

    /// Waits for its end.
    pub(crate) fn left(mut self) -> Left {
        let rest = |of| std::iter::from_fn(|| next(of)).collect::<Vec<_>>();
        let (said, stderr) = (rest(&self.said), rest(&self.complained).join("\n"));
        // Its pipes are closed: it has ended.
        let status = self.process.wait().expect("it can be waited for");
        Left { code: status.code(), said, stderr }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // It has ended already, unless the test fails.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The lines that come out of a pipe.
fn lines(pipe: Option<impl Read + Send + 'static>) -> Receiver<String> {
    let pipe = BufReader::new(pipe.expect("a pipe was asked for"));
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in pipe.lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

/// The next line, if the child says one before its end.
fn next(lines: &Receiver<String>) -> Option<String> {
    match lines.recv_timeout(STUCK) {
        Ok(line) => Some(line),
        Err(RecvTimeoutError::Disconnected) => None,
        Err(RecvTimeoutError::Timeout) => panic!("the child is stuck"),
    }
}
