//! The board as a process: on a terminal, without one, and interrupted.

use std::fs::{self, File, OpenOptions};
use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use std::{env, process, thread};

use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

/// More than anybody waits for.
const ENDLESS: &str = "1000000000000";
/// No board is silent for that long: the test fails.
const STUCK: Duration = Duration::from_secs(60);

fn board(args: &[&str]) -> Command {
    let mut board = Command::new(env!("CARGO_BIN_EXE_board"));
    board.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    board
}

/// The two ends of a terminal.
fn terminal() -> (File, File) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("there are terminals");
    grantpt(&ours).expect("it is ours");
    unlockpt(&ours).expect("it is ours");
    let path = ptsname(&ours, Vec::new()).expect("it has a name").into_string();
    let path = path.expect("a name is text");
    let theirs = OpenOptions::new().read(true).write(true).open(path).expect("it can be opened");
    let size = Winsize { ws_row: 40, ws_col: 160, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&theirs, size).expect("it has a size");
    (ours.into(), theirs)
}

/// Killed when it is dropped.
struct Running(Option<Child>);

impl Running {
    /// Starts a board on a terminal and waits until that shows `what`.
    fn until_it_shows(mut board: Command, what: &str) -> (Self, String) {
        let (mut ours, theirs) = terminal();
        let child = board.env("TERM", "xterm").stderr(theirs).spawn().expect("it can be started");
        drop(board);
        let running = Self(Some(child));
        let (sender, shown) = mpsc::channel();
        thread::spawn(move || {
            let mut bytes = [0; 4_096];
            // A terminal that nobody has open any more is an error.
            while let Ok(n) = ours.read(&mut bytes) {
                if n == 0 || sender.send(bytes[..n].to_vec()).is_err() {
                    break;
                }
            }
        });
        let mut text = Vec::new();
        while !String::from_utf8_lossy(&text).contains(what) {
            text.extend(shown.recv_timeout(STUCK).expect("it shows it in time"));
        }
        // Goes on reading: a full terminal would block the board.
        thread::spawn(move || shown.into_iter().for_each(drop));
        (running, String::from_utf8_lossy(&text).into_owned())
    }

    /// Sends it a signal, and waits for its end, which takes no longer than `limit`.
    fn ends_at(mut self, signal: Signal, limit: Duration) -> (Option<i32>, String) {
        let child = self.0.as_mut().expect("it is running");
        let mut stdout = child.stdout.take().expect("a pipe was asked for");
        let (sender, said) = mpsc::channel();
        thread::spawn(move || {
            let mut text = String::new();
            let read = stdout.read_to_string(&mut text);
            sender.send(read.map(|_| text))
        });
        kill_process(Pid::from_child(child), signal).expect("it is there");
        // Its pipe is closed when it has ended.
        let said = said.recv_timeout(limit).expect("it ends in time").expect("it says text");
        let mut child = self.0.take().expect("it was running");
        (child.wait().expect("it can be waited for").code(), said)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A second or so, on a machine that does much else.
const SOON: Duration = Duration::from_secs(5);

#[test]
fn an_interrupted_board_prints_what_it_has_found() {
    for threads in ["1", "2"] {
        // The first claim's twin is never come to.
        let args = ["--pattern", "pool", "--strategy", "random", "--schedules", ENDLESS];
        let board = board(&[&args[..], &["--threads", threads]].concat());
        let (running, shown) = Running::until_it_shows(board, " s left");
        let line = shown.lines().rfind(|line| line.contains(" s left")).expect("it shows that");
        assert!(line.contains(&format!(" of {ENDLESS} schedules, ")), "{line}");
        assert!(line.contains(" distinct, ") && line.contains("/s, at most "), "{line}");
        let (code, said) = running.ends_at(Signal::INT, SOON);
        assert_eq!(code, Some(130), "{said}");
        let row = said.lines().nth(2).expect("there is a row");
        assert!(row.starts_with("pool ") && row.ends_with(" stopped"), "{said}");
        let numbers: Vec<u64> =
            row.split_whitespace().filter_map(|cell| cell.parse().ok()).collect();
        assert!(numbers[0] > 0 && numbers[1] > 0, "schedules and distinct: {said}");
        assert!(
            said.contains("\nSIGINT: of ") && said.contains(" searches, 0 have ended"),
            "{said}"
        );
    }
}

#[test]
fn a_terminated_board_says_so() {
    let board = board(&["--pattern", "pool", "--strategy", "random", "--schedules", ENDLESS]);
    let (code, said) = Running::until_it_shows(board, " s left").0.ends_at(Signal::TERM, SOON);
    assert_eq!(code, Some(143));
    assert!(said.contains("\nSIGTERM: of "), "{said}");
}

#[test]
fn an_interrupted_measurement_prints_its_table_and_writes_none() {
    let folder = Folder::new();
    fs::create_dir(folder.0.join("benches")).expect("a folder can be made");
    let mut board = board(&["--corpus", "--schedules", "100000000"]);
    board.current_dir(&folder.0);
    let (running, shown) = Running::until_it_shows(board, " s left");
    assert!(shown.contains(": random"), "{shown}");
    let (code, said) = running.ends_at(Signal::INT, SOON);
    assert_eq!(code, Some(130), "{said}");
    assert!(said.starts_with("| bug "), "{said}");
    assert!(said.contains("SIGINT: of ") && said.ends_with(" is as it was\n"), "{said}");
    assert!(!folder.0.join("benches/CORPUS.md").exists());
}

/// A log of CI has no use for a bar.
#[test]
fn without_a_terminal_there_is_no_bar() {
    let board = board(&["--pattern", "spawn", "--schedules", "50"]);
    let Output { stdout, stderr, .. } = { board }.output().expect("it can be run");
    assert!(!stdout.is_empty());
    assert_eq!(String::from_utf8_lossy(&stderr), "");
}

#[test]
fn a_board_that_runs_a_shard_says_so() {
    let of_shard = |shard: &str| {
        let args = ["--pattern", "spawn", "--schedules", "2000", "--shard", shard];
        let Output { status, stdout, .. } = board(&args).output().expect("it can be run");
        (status.code(), String::from_utf8_lossy(&stdout).into_owned())
    };
    for shard in ["1/3", "3/3"] {
        let (code, said) = of_shard(shard);
        assert_eq!(code, Some(0), "{said}");
        assert!(
            said.contains(&format!(" claims hold in shard {shard}, and each of their ")),
            "{said}"
        );
    }
    assert_eq!(of_shard("4/3").0, Some(2));
}

struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let name = format!("surefoot-board-{}", process::id());
        let folder = env::temp_dir().join(name);
        fs::create_dir_all(&folder).expect("a folder can be made");
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
