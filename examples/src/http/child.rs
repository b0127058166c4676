//! The service's process.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::str::FromStr;
use std::time::Instant;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{self, ChildStdout, Command};
use tokio::time::timeout_at;

use super::report::{Ended, Told};
use crate::run::Error;

/// Killed when it is dropped.
pub(super) struct Child {
    process: process::Child,
    said: Lines<BufReader<ChildStdout>>,
}

impl Child {
    /// Starts it, and waits until it listens.
    pub(super) async fn start(program: &Path, mode: &str) -> Result<(Self, SocketAddr), Error> {
        let mut process = Command::new(program)
            .arg(mode)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = process.stdout.take().ok_or("a pipe was asked for")?;
        let mut child = Self { process, said: BufReader::new(stdout).lines() };
        let addr = child.told("listening").await?;
        Ok((child, addr))
    }

    /// Waits for the line that begins with `word`, and gives what follows there.
    pub(super) async fn told<T: FromStr>(&mut self, word: &str) -> Result<T, Error> {
        while let Some(line) = self.said.next_line().await? {
            if let Some((first, rest)) = line.split_once(' ')
                && first == word
            {
                return rest.parse().map_err(|_| format!("the service says {line:?}").into());
            }
        }
        Err(format!("the service did not say {word:?}").into())
    }

    pub(super) fn gets(&self, signal: Signal) -> io::Result<()> {
        let id = self.process.id().and_then(|id| Pid::from_raw(id.try_into().ok()?));
        kill_process(id.ok_or(io::ErrorKind::NotFound)?, signal)?;
        Ok(())
    }

    /// Waits for its end, and kills it if it does not come in time.
    pub(super) async fn ends_by(&mut self, limit: Instant) -> io::Result<Ended> {
        let Ok(status) = timeout_at(limit.into(), self.process.wait()).await else {
            self.process.kill().await?;
            return Ok(Ended::Killed);
        };
        Ok(status?.code().map_or(Ended::BySignal, Ended::Code))
    }

    /// What it printed at its end, if it came to that.
    pub(super) async fn books(&mut self) -> Result<Option<Told>, Error> {
        while let Some(line) = self.said.next_line().await? {
            let words: Vec<&str> = line.split(' ').collect();
            if let ["books", accepted, begun] = words[..] {
                return Ok(Some(Told { accepted: accepted.parse()?, begun: begun.parse()? }));
            }
        }
        Ok(None)
    }
}
