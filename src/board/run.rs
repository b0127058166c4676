use super::bar::Bar;
use crate::scenarios::{Body, Claim};
use crate::sim::{Explorer, Failure, Schedule, Shard, Stats, Stop, Strategy, report};

/// What the arguments ask for.
#[derive(Debug)]
pub(super) struct Order<'a> {
    pub(super) claims: Vec<&'a Claim>,
    pub(super) schedules: u64,
    pub(super) strategy: Option<Strategy>,
    pub(super) threads: usize,
    pub(super) seed: u64,
    pub(super) shard: Shard,
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
    bar: &'a Bar,
    stop: &'a Stop,
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
        fair: Box<Result<Stats, Box<Failure>>>,
        search: Result<Stats, Box<Failure>>,
    },
}

/// Fewer different schedules than this are too few, unless there are no more.
const ENOUGH: u64 = 1_000;

impl<'a> Board<'a> {
    pub(super) fn new(order: &'a Order<'a>, bar: &'a Bar, stop: &'a Stop) -> Self {
        Self { order, bar, stop }
    }

    /// A row for each search, until it is stopped.
    pub(super) fn run(&self) -> Vec<Row<'a>> {
        let mut rows = Vec::new();
        for claim in &self.order.claims {
            let explored = self.explore(&claim.production, &claim.id(), self.order.shard);
            rows.push(Row { claim, outcome: Outcome::Production(explored) });
            self.bar.step();
            if self.stop.is_stopped() {
                break;
            }
            let id = claim.twin_id();
            let fair =
                Box::new(claim.twin.body.run(self.explorer(&id, Strategy::Fair, Shard::WHOLE)));
            let search = self.explore(&claim.twin.body, &id, Shard::WHOLE);
            rows.push(Row { claim, outcome: Outcome::Twin { fair, search } });
            self.bar.step();
            if self.stop.is_stopped() {
                break;
            }
        }
        rows
    }

    fn explorer(&self, id: &str, strategy: Strategy, shard: Shard) -> Explorer {
        let Order { seed, threads, schedules, .. } = *self.order;
        let explorer = Explorer::new().name(id).strategy(strategy).shard(shard);
        let explorer = explorer.seed(seed).threads(threads).schedules(schedules).stop(self.stop);
        self.bar.shows(id.to_owned(), explorer)
    }

    /// As ordered, or: by growing numbers of deviations, so that a failure is
    /// found in its simplest form; all of them if the budget allows; and if it
    /// does not, at random. A shard draws on, since the others may need it.
    fn explore(&self, body: &Body, id: &str, shard: Shard) -> Result<Stats, Box<Failure>> {
        let search = |strategy| body.run(self.explorer(id, strategy, shard));
        if let Some(strategy) = &self.order.strategy {
            return search(strategy.clone());
        }
        let first = search(Strategy::Exhaustive { deviations: Some(u32::MAX) })?;
        if first.exhausted || first.stopped {
            return Ok(first);
        }
        let second = search(Strategy::Random)?;
        let is_more = !first.share_exhausted && second.distinct > first.distinct;
        Ok(if is_more || second.stopped { second } else { first })
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
        if self.is_cut() {
            return None;
        }
        match &self.outcome {
            Outcome::Production(Err(failure)) => {
                Some(format!("BREAKS: {}", failure.verdict.name()))
            }
            Outcome::Production(Ok(stats)) => {
                let enough = ENOUGH.div_ceil(stats.shard.of());
                (!stats.share_exhausted && stats.distinct < enough)
                    .then(|| format!("TOO FEW: {} of {enough} distinct schedules", stats.distinct))
            }
            Outcome::Twin { fair, .. } if fair.is_err() => {
                Some("BREAKS IN THE FAIR SCHEDULE".to_owned())
            }
            Outcome::Twin { search: Ok(_), .. } => Some("SURVIVES".to_owned()),
            Outcome::Twin { search: Err(failure), .. } => {
                let differs = self.claim.twin.breaks.differs_from(failure)?;
                Some(format!("BREAKS OTHERWISE: {differs}"))
            }
        }
    }

    /// Whether it was stopped before it came to anything.
    pub(super) fn is_cut(&self) -> bool {
        self.searched().as_ref().is_ok_and(|stats| stats.stopped)
    }

    pub(super) fn is_good(&self) -> bool {
        self.flaw().is_none()
    }

    pub(super) fn verdict(&self) -> String {
        if let Some(flaw) = self.flaw() {
            return flaw;
        }
        match self.searched() {
            Ok(stats) if stats.stopped => "stopped".to_owned(),
            Ok(stats) if stats.share_exhausted && !stats.exhausted => {
                format!("holds (shard {} exhausted)", stats.shard)
            }
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

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

    use super::{Bar, Board, Body, Order, Outcome, Row, Shard, Stop};
    use crate::probe::choose;
    use crate::scenarios::{Breaks, Claim, Twin};

    static STOP: OnceLock<Stop> = OnceLock::new();

    fn claim(name: &'static str, production: Body) -> Claim {
        let body = Body::new(|explorer| explorer.run(|| async { assert!(choose(3) < 2) }));
        let breaks = Breaks { verdict: "Panic", says: "choose(3) < 2", deviations: 1..=1 };
        let twin = Twin { name: "twin", defect: "a large value", body, breaks };
        Claim { pattern: "none", name, guarantee: "NONE1", production, twin }
    }

    fn order<'a>(claims: Vec<&'a Claim>, shard: Shard) -> Order<'a> {
        Order { claims, schedules: 5_000, strategy: None, threads: 1, seed: 0, shard, replay: None }
    }

    fn said(row: &Row<'_>) -> (String, bool) {
        (row.verdict(), row.is_cut())
    }

    #[test]
    fn a_board_that_is_stopped_shows_what_has_ended_and_what_has_not() {
        let small = claim(
            "small",
            Body::new(|explorer| {
                explorer.run(|| async {
                    let _ = choose(3);
                })
            }),
        );
        let endless = Body::new(|explorer| {
            explorer.run(|| async {
                if choose(9) + choose(9) + choose(9) == 24 {
                    STOP.get().expect("it was set").stop();
                }
                let _ = [(); 9].map(|()| choose(9));
            })
        });
        let (endless, never) = (claim("endless", endless), claim("never", Body::new(|_| panic!())));
        let stop = STOP.get_or_init(Stop::new);
        let order = order(vec![&small, &endless, &never], Shard::WHOLE);
        let bar = Bar::hidden();
        let rows = Board::new(&order, &bar, stop).run();
        let said: Vec<_> = rows.iter().map(said).collect();
        assert_eq!(
            said,
            [
                ("holds (exhausted)".to_owned(), false),
                ("breaks: Panic, 1 deviation".to_owned(), false),
                ("stopped".to_owned(), true),
            ]
        );
        assert!(rows.iter().all(Row::is_good));
        assert!(rows[2].stats().schedules > 1);
    }

    #[test]
    fn a_shard_is_of_production_and_twins_are_searched_whole() {
        let (mut schedules, mut least) = (0, u64::MAX);
        for number in 1..=2 {
            let values = Body::new(|explorer| {
                explorer.run(|| async { assert!(choose(9) + choose(9) + choose(9) < 25) })
            });
            let claim = claim("values", values);
            let order = order(vec![&claim], Shard::new(number, 2));
            let (bar, stop) = (Bar::hidden(), Stop::new());
            let rows = Board::new(&order, &bar, &stop).run();
            assert_eq!(rows[0].verdict(), format!("holds (shard {number}/2 exhausted)"));
            assert_eq!(rows[1].verdict(), "breaks: Panic, 1 deviation");
            let Outcome::Twin { fair, .. } = &rows[1].outcome else {
                panic!("the second row is the twin's");
            };
            assert!(fair.as_ref().as_ref().is_ok_and(|stats| stats.schedules == 1));
            schedules += rows[0].stats().schedules;
            least = least.min(rows[0].stats().schedules);
        }
        assert_eq!(schedules, 729);
        assert!(least > 300, "{least}");
    }
}
