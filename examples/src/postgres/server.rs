//! A throw-away server.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::programs::Programs;
use crate::run::Error;

/// The database's superuser, and the database that `initdb` makes.
pub(super) const USER: &str = "postgres";
const PORT: u16 = 5432;

/// A server in a temporary directory, which listens on a socket in there and
/// nowhere else. Dropped, it is stopped, and the directory removed.
#[derive(Debug)]
pub struct Server {
    programs: Programs,
    dir: TempDir,
    /// Whom its processes belong to, if not to this one's user.
    owner: Option<Owner>,
}

#[derive(Clone, Copy, Debug)]
struct Owner {
    uid: u32,
    gid: u32,
}

impl Server {
    /// Makes a database and starts its server.
    ///
    /// # Errors
    ///
    /// If one of the programs fails, with what it wrote.
    pub fn start(programs: Programs) -> Result<Self, Error> {
        let dir = tempfile::Builder::new().prefix("surefoot-").tempdir()?;
        let mut server = Self { programs, dir, owner: None };
        // PostgreSQL refuses to run as root.
        if server.dir.path().metadata()?.uid() == 0 {
            let owner = unprivileged_user()?;
            chown(server.dir.path(), Some(owner.uid), Some(owner.gid))?;
            server.owner = Some(owner);
        }
        let init = ["--auth=trust", "--no-sync", "--no-locale", "--encoding=UTF8", "-U", USER];
        server.call("initdb", &init)?;
        server.configure()?;
        server.launch()?;
        Ok(server)
    }

    /// Its socket.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.dir.path().join(format!(".s.PGSQL.{PORT}"))
    }

    /// Its URL, as sqlx reads it.
    #[must_use]
    pub fn url(&self) -> String {
        let folder = self.dir.path().display();
        format!("postgres://{USER}@localhost:{PORT}/{USER}?host={folder}")
    }

    /// Cuts off all clients, stops, and starts again. Blocks the thread.
    ///
    /// # Errors
    ///
    /// If one of the programs fails, with what it wrote.
    pub fn restart(&self) -> Result<(), Error> {
        self.call("pg_ctl", &["stop", "-s", "-w", "-t", "60", "-m", "fast"])?;
        self.launch()
    }

    fn launch(&self) -> Result<(), Error> {
        let log = self.log().display().to_string();
        self.call("pg_ctl", &["start", "-s", "-w", "-t", "60", "-l", &log])
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    fn log(&self) -> PathBuf {
        self.dir.path().join("log")
    }

    fn configure(&self) -> io::Result<()> {
        let folder = self.dir.path().display().to_string().replace('\'', "''");
        let mut config =
            OpenOptions::new().append(true).open(self.data().join("postgresql.conf"))?;
        writeln!(config, "listen_addresses = ''")?;
        writeln!(config, "port = {PORT}")?;
        writeln!(config, "unix_socket_directories = '{folder}'")?;
        writeln!(config, "max_connections = 100")?;
        // Nothing in it outlives the run.
        writeln!(config, "fsync = off")
    }

    /// Runs one of the programs on the database.
    fn call(&self, program: &str, args: &[&str]) -> Result<(), Error> {
        let said = self.dir.path().join("said");
        let mut command = Command::new(self.programs.path(program));
        command
            .args(args)
            .arg("-D")
            .arg(self.data())
            // A file, not a pipe: the server that it leaves behind would hold a
            // pipe open, and its reader would never see the end.
            .stdin(Stdio::null())
            .stdout(File::create(&said)?)
            .stderr(OpenOptions::new().append(true).open(&said)?)
            .current_dir(self.dir.path())
            // PGDATA, PGPORT and the like are of another server.
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("LC_ALL", "C");
        if let Some(Owner { uid, gid }) = self.owner {
            command.uid(uid).gid(gid);
        }
        let status = command.status()?;
        if status.success() {
            return Ok(());
        }
        let (said, log) = (tail(&said), tail(&self.log()));
        Err(format!("{program} {}: {status}\n{said}{log}", args.join(" ")).into())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may not even have been started. The directory goes in any case.
        let _ = self.call("pg_ctl", &["stop", "-s", "-w", "-t", "60", "-m", "immediate"]);
    }
}

/// The user that packages make for PostgreSQL, or the one that owns nothing.
fn unprivileged_user() -> Result<Owner, Error> {
    let users = fs::read_to_string("/etc/passwd")?;
    let find = |name: &str| {
        users.lines().find_map(|line| {
            let fields: Vec<_> = line.split(':').collect();
            let (uid, gid) = (fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?);
            (fields[0] == name && uid != 0).then_some(Owner { uid, gid })
        })
    };
    let none = || "PostgreSQL refuses to run as root, and there is no user `postgres` or `nobody`";
    find("postgres").or_else(|| find("nobody")).ok_or_else(|| none().into())
}

/// The end of what was written to a file.
fn tail(file: &Path) -> String {
    let mut text = Vec::new();
    let _ = File::open(file).and_then(|mut file| {
        let end = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(end.saturating_sub(2000)))?;
        file.read_to_end(&mut text)
    });
    String::from_utf8_lossy(&text).into_owned()
}
