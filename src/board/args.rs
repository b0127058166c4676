use clap::Parser;

use super::patterns;
use super::run::{Order, Replay};
use crate::scenarios;
use crate::sim::{Schedule, Shard, Strategy};

/// Explores every pattern under thousands of schedules, and shows that the
/// textbook versions break.
#[derive(Debug, Parser)]
#[command(name = "cargo board", bin_name = "cargo board", version)]
pub(super) struct Args {
    /// Only the claims of this pattern
    #[arg(long)]
    pattern: Option<String>,
    /// How many schedules per claim at most
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) schedules: u64,
    /// portfolio, fair, random, pct:DEPTH, pos, urw, surw, exhaustive, exhaustive:N
    /// (at most N deviations) or script:HEX. Default: exhaustive where that ends
    /// within the budget, otherwise random
    #[arg(long)]
    strategy: Option<Strategy>,
    /// How many OS threads explore a claim
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1024))]
    threads: u64,
    /// What random choices are drawn from
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Run part I of N of each search on a production version, counted from 1. The twins
    /// are searched as without
    #[arg(long, value_name = "I/N", default_value_t = Shard::WHOLE)]
    shard: Shard,
    /// Run one schedule of one claim and print what happens
    #[arg(long, value_name = "NAME@SCHEDULE")]
    replay: Option<String>,
    /// Measure how many schedules each strategy needs to find each known bug, and
    /// write the table to `benches/CORPUS.md`. Takes minutes
    #[arg(long, conflicts_with_all = ["pattern", "strategy", "replay", "list", "shard"])]
    pub(super) corpus: bool,
    /// Print the claims and their twins, and run nothing
    #[arg(long)]
    pub(super) list: bool,
}

/// Arguments that ask for something that is not there.
#[derive(Debug, thiserror::Error)]
pub(super) enum ArgsError {
    #[error("--pattern: there is no pattern `{0}`; there are: {1}")]
    Pattern(String, String),
    #[error("--replay: expected NAME@SCHEDULE, found no `@` in `{0}`")]
    NoSchedule(String),
    #[error("--replay: {0}")]
    Schedule(#[from] crate::sim::ScheduleError),
    #[error("--replay: there is no claim or twin `{0}`; `--list` prints them")]
    NoClaim(String),
}

impl Args {
    /// Looks up what the arguments name.
    pub(super) fn resolve(&self) -> Result<Order<'static>, ArgsError> {
        if let Some(pattern) = &self.pattern
            && !patterns().contains(&pattern.as_str())
        {
            return Err(ArgsError::Pattern(pattern.clone(), patterns().join(", ")));
        }
        let wanted = |pattern| self.pattern.as_deref().is_none_or(|only| only == pattern);
        Ok(Order {
            claims: scenarios::all().filter(|claim| wanted(claim.pattern)).collect(),
            schedules: self.schedules,
            strategy: self.strategy.clone(),
            threads: self.threads as usize,
            seed: self.seed,
            shard: self.shard,
            replay: self.replay.as_deref().map(find).transpose()?,
        })
    }
}

/// `NAME@SCHEDULE`: of a claim, or of a twin.
fn find(text: &str) -> Result<Replay<'static>, ArgsError> {
    let (id, schedule) =
        text.rsplit_once('@').ok_or_else(|| ArgsError::NoSchedule(text.to_owned()))?;
    let schedule: Schedule = schedule.parse()?;
    for claim in scenarios::all() {
        for (known, body) in [(claim.id(), &claim.production), (claim.twin_id(), &claim.twin.body)]
        {
            if known == id {
                return Ok(Replay { id: known, body, schedule });
            }
        }
    }
    Err(ArgsError::NoClaim(id.to_owned()))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::Args;

    fn refused(args: &[&str]) -> String {
        let args = std::iter::once(&"cargo board").chain(args);
        match Args::try_parse_from(args) {
            Ok(args) => args.resolve().expect_err("the arguments are bad").to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn bad_arguments_are_named() {
        for (args, says) in [
            (&["--pattern", "pond"][..], "there is no pattern `pond`; there are: "),
            (&["--schedules", "0"], "'0' for '--schedules <SCHEDULES>'"),
            (&["--threads", "x"], "'x' for '--threads <THREADS>'"),
            (&["--shard", "0/4"], "shard, position 0: expected a number from 1 to 4, found `0`"),
            (&["--shard", "1/2", "--corpus"], "'--shard <I/N>' cannot be used with '--corpus'"),
            (&["--strategy", "lucky"], "`lucky` is no strategy"),
            (&["--replay", "pool"], "expected NAME@SCHEDULE"),
            (&["--replay", "pool/x@v1;seed=0"], "there is no claim or twin `pool/x`"),
            (&["--replay", "pool/x@v2"], "schedule, position 0: expected the version"),
            (&["--nonsense"], "unexpected argument '--nonsense'"),
        ] {
            let error = refused(args);
            assert!(error.contains(says), "{args:?}: {error}");
        }
    }

    #[test]
    fn without_arguments_every_claim_runs() {
        let args = Args::parse_from(["cargo board"]);
        let order = args.resolve().expect("the defaults are good");
        assert_eq!(order.claims.len(), crate::scenarios::all().count());
    }
}
