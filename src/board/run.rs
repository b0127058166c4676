use indicatif::{ProgressBar, ProgressStyle};

use crate::scenarios::{Body, Claim};
use crate::sim::{Explorer, Failure, Schedule, Stats, Strategy, report};

/// What the arguments ask for.
#[derive(Debug)]
pub(super) struct Order<'a> {
    pub(super) claims: Vec<&'a Claim>,
    pub(super) schedules: u64,
    pub(super) strategy: Option<Strategy>,
    pub(super) threads: usize,
    pub(super) seed: u64,
    pub(super) replay: Option<Replay<'a>>,
}

/// One schedule of one claim or twin.
#[derive(Debug)]
pub(super) struct Replay<'a> {
    pub(super) id: String,
    pub(super) body: &'a Body,
    pub(super) schedule: Schedule,
}

impl Replay<'_> {
    pub(super) fn run(&self) -> Result<Stats, Box<Failure>> {
        let strategy = Strategy::Replay(self.schedule.clone());
        self.body.run(Explorer::new().name(&self.id).strategy(strategy))
    }
}

pub(super) struct Board<'a> {
    order: &'a Order<'a>,
}

/// One line of the table: a claim on production, or on its twin.
pub(super) struct Row<'a> {
    pub(super) claim: &'a Claim,
    pub(super) outcome: Outcome,
}

pub(super) enum Outcome {
    Production(Result<Stats, Box<Failure>>),
    /// The fair schedule first, then the search for the one that breaks it.
    Twin {
        fair: Result<Stats, Box<Failure>>,
        search: Result<Stats, Box<Failure>>,
    },
}

/// Fewer different schedules than this are too few, unless there are no more.
const ENOUGH: u64 = 1_000;

/// Shows how far it is of `all`.
pub(super) fn bar(all: u64) -> ProgressBar {
    let progress = ProgressBar::new(all);
    let style = "{wide_bar} {pos}/{len} {elapsed} {msg}";
    progress.set_style(ProgressStyle::with_template(style).expect("a valid template"));
    progress
}

impl<'a> Board<'a> {
    pub(super) fn new(order: &'a Order<'a>) -> Self {
        Self { order }
    }

    pub(super) fn run(&self) -> Vec<Row<'a>> {
        let progress = bar(2 * self.order.claims.len() as u64);
        let mut rows = Vec::new();
        for claim in &self.order.claims {
            progress.set_message(claim.id());
            let explored = self.explore(&claim.production, claim.id());
            rows.push(Row { claim, outcome: Outcome::Production(explored) });
            progress.inc(1);
            progress.set_message(claim.twin_id());
            let fair = claim.twin.body.run(self.explorer(claim.twin_id()).strategy(Strategy::Fair));
            let search = self.explore(&claim.twin.body, claim.twin_id());
            rows.push(Row { claim, outcome: Outcome::Twin { fair, search } });
            progress.inc(1);
        }
        progress.finish_and_clear();
        rows
    }

    fn explorer(&self, id: String) -> Explorer {
        let Order { seed, threads, schedules, .. } = *self.order;
        Explorer::new().name(id).seed(seed).threads(threads).schedules(schedules)
    }

    /// As ordered, or: by growing numbers of deviations, so that a failure is
    /// found in its simplest form; all of them if the budget allows; and if it
    /// does not, at random.
    fn explore(&self, body: &Body, id: String) -> Result<Stats, Box<Failure>> {
        if let Some(strategy) = &self.order.strategy {
            return body.run(self.explorer(id).strategy(strategy.clone()));
        }
        let every = Strategy::Exhaustive { deviations: Some(u32::MAX) };
        let first = body.run(self.explorer(id.clone()).strategy(every))?;
        if first.exhausted {
            return Ok(first);
        }
        let second = body.run(self.explorer(id).strategy(Strategy::Random))?;
        Ok(if second.distinct > first.distinct { second } else { first })
    }
}

impl Row<'_> {
    pub(super) fn id(&self) -> String {
        match self.outcome {
            Outcome::Production(_) => self.claim.id(),
            Outcome::Twin { .. } => self.claim.twin_id(),
        }
    }

    fn searched(&self) -> &Result<Stats, Box<Failure>> {
        match &self.outcome {
            Outcome::Production(searched) | Outcome::Twin { search: searched, .. } => searched,
        }
    }

    pub(super) fn stats(&self) -> &Stats {
        match self.searched() {
            Ok(stats) => stats,
            Err(failure) => &failure.stats,
        }
    }

    /// What is wrong with this line, if anything.
    fn flaw(&self) -> Option<String> {
        match &self.outcome {
            Outcome::Production(Err(failure)) => {
                Some(format!("BREAKS: {}", failure.verdict.name()))
            }
            Outcome::Production(Ok(stats)) => (!stats.exhausted && stats.distinct < ENOUGH)
                .then(|| format!("TOO FEW: {} of {ENOUGH} distinct schedules", stats.distinct)),
            Outcome::Twin { fair: Err(_), .. } => Some("BREAKS IN THE FAIR SCHEDULE".to_owned()),
            Outcome::Twin { search: Ok(_), .. } => Some("SURVIVES".to_owned()),
            Outcome::Twin { search: Err(failure), .. } => {
                let differs = self.claim.twin.breaks.differs_from(failure)?;
                Some(format!("BREAKS OTHERWISE: {differs}"))
            }
        }
    }

    pub(super) fn is_good(&self) -> bool {
        self.flaw().is_none()
    }

    pub(super) fn verdict(&self) -> String {
        if let Some(flaw) = self.flaw() {
            return flaw;
        }
        match self.searched() {
            Ok(stats) if stats.exhausted => "holds (exhausted)".to_owned(),
            Ok(_) => "holds".to_owned(),
            Err(failure) => {
                let deviations = failure.schedule.deviations().len();
                let s = if deviations == 1 { "" } else { "s" };
                format!("breaks: {}, {deviations} deviation{s}", failure.verdict.name())
            }
        }
    }

    /// The report of the failure, and how to see it again.
    pub(super) fn story(&self) -> Option<String> {
        let failure = self.searched().as_ref().err()?;
        let defect = match self.outcome {
            Outcome::Production(_) => String::new(),
            Outcome::Twin { .. } => format!(": {}", self.claim.twin.defect),
        };
        let replay = format!("cargo board --replay '{}'", failure.replay());
        let timeline = report::write(failure, &replay, &report::default_folder());
        Some(format!(
            "{}{defect}\n{}replay    {replay}\n{}",
            self.id(),
            failure.story(),
            report::Written(timeline)
        ))
    }
}
