//! Instructions per piece of work, counted by callgrind on a small driver.

use std::io;
use std::process::Command;

/// What a driver costs per piece of work.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Counted {
    /// Instructions.
    Instructions(f64),
    /// There is no valgrind here.
    NoValgrind,
}

/// Runs `driver SIDE N` for a smaller and a larger N, and divides what the larger
/// one has more by the pieces of work that it does more: what a process costs to
/// start is left out. A side is as many arguments as its driver needs.
///
/// # Errors
///
/// If the driver fails, or what callgrind says can't be read.
pub fn count(driver: &str, side: &[&str], smaller: u64, larger: u64) -> io::Result<Counted> {
    let (Some(few), Some(many)) = (run(driver, side, smaller)?, run(driver, side, larger)?) else {
        return Ok(Counted::NoValgrind);
    };
    Ok(Counted::Instructions((many as f64 - few as f64) / (larger - smaller) as f64))
}

/// Runs `driver SIDE N` without counting, to see that it does.
///
/// # Errors
///
/// If it does not.
pub fn dry_run(driver: &str, side: &[&str], times: u64) -> io::Result<()> {
    succeeded(side, &Command::new(driver).args(side).arg(times.to_string()).output()?)
}

fn run(driver: &str, side: &[&str], times: u64) -> io::Result<Option<u64>> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", driver])
        .args(side)
        .arg(times.to_string())
        .output();
    let output = match output {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        output => output?,
    };
    succeeded(side, &output)?;
    let said = String::from_utf8_lossy(&output.stderr);
    let collected = collected(&said);
    collected.map(Some).ok_or_else(|| io::Error::other(format!("no count in: {said}")))
}

fn succeeded(side: &[&str], output: &std::process::Output) -> io::Result<()> {
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(format!("the driver of {side:?} failed: {said}")))
}

fn collected(said: &str) -> Option<u64> {
    said.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::collected;

    #[test]
    fn the_count_is_read_from_what_callgrind_says() {
        let said = "==7== Events    : Ir\n==7== Collected : 123456\n==7== \n";
        assert_eq!(collected(said), Some(123_456));
        assert_eq!(collected("==7== Events : Ir"), None);
    }
}
