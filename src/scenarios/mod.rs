//! The claims of the patterns as runnable scenarios.
//!
//! Each claim is one generic body. It runs on the production version, where it
//! must hold under every schedule, and on a broken twin, where some schedule
//! must break it in the way that the claim states: a claim that nothing can
//! break proves nothing. Most twins are the textbook version, the code that is
//! passed from guide to guide, written anew with the same defects.
//!
//! ```
//! use surefoot::scenarios;
//! use surefoot::sim::Explorer;
//!
//! let claim = scenarios::all().find(|claim| claim.guarantee == "POOL1").unwrap();
//! assert!(claim.production.run(Explorer::new()).is_ok());
//! let failure = claim.twin.body.run(Explorer::new()).unwrap_err();
//! assert_eq!(failure.verdict.name(), claim.twin.breaks.verdict);
//! ```

pub mod blocking;
pub mod channel;
pub mod cleanup;
pub mod corpus;
pub mod join;
pub mod lock;
pub mod pool;
pub mod race;
pub mod retry;
pub mod scope;
pub mod shutdown;
pub mod spawn;
pub mod stream;

use std::fmt;
use std::ops::RangeInclusive;

use crate::sim::{Explorer, Failure, Stats};

/// Every claim, pattern by pattern.
pub fn all() -> impl Iterator<Item = &'static Claim> {
    [
        blocking::CLAIMS,
        channel::CLAIMS,
        cleanup::CLAIMS,
        join::CLAIMS,
        lock::CLAIMS,
        pool::CLAIMS,
        race::CLAIMS,
        retry::CLAIMS,
        scope::CLAIMS,
        shutdown::CLAIMS,
        spawn::CLAIMS,
        stream::CLAIMS,
    ]
    .into_iter()
    .flatten()
}

/// Something that must hold under every schedule, and the twin that shows that
/// it can break.
#[derive(Debug)]
#[non_exhaustive]
pub struct Claim {
    /// Which pattern makes it.
    pub pattern: &'static str,
    /// What it is called: a law.
    pub name: &'static str,
    /// The number of the guarantee.
    pub guarantee: &'static str,
    /// The body on the production version.
    pub production: Body,
    /// The body on a broken version.
    pub twin: Twin,
}

/// A broken version, and how it breaks.
#[derive(Debug)]
#[non_exhaustive]
pub struct Twin {
    /// Which version.
    pub name: &'static str,
    /// What is wrong with it.
    pub defect: &'static str,
    /// The claim's body on it.
    pub body: Body,
    /// How it breaks.
    pub breaks: Breaks,
}

/// How a twin breaks. It does not in the [fair](crate::sim::Strategy::Fair)
/// schedule, which is why nobody notices.
#[derive(Debug)]
#[non_exhaustive]
pub struct Breaks {
    /// The [name](crate::sim::Verdict::name) of the verdict.
    pub verdict: &'static str,
    /// What the verdict says.
    pub says: &'static str,
    /// How many deviations the shrunk schedule has.
    pub deviations: RangeInclusive<usize>,
}

/// A scenario with the bounds that it needs.
pub struct Body {
    run: fn(Explorer) -> Result<Stats, Box<Failure>>,
}

impl Body {
    pub(crate) const fn new(run: fn(Explorer) -> Result<Stats, Box<Failure>>) -> Self {
        Self { run }
    }

    /// Explores it. The explorer says how; the bounds on cancellations, faults and
    /// jumps of time are the scenario's. Most allow no jump: what they say of limits
    /// holds where nothing takes long.
    ///
    /// # Errors
    ///
    /// The schedule that broke it.
    pub fn run(&self, explorer: Explorer) -> Result<Stats, Box<Failure>> {
        (self.run)(explorer.stalls(0))
    }
}

/// A claim of the pattern and with the number of that name, whose body is the
/// function of that name in `bodies`: on `Production`, and on a twin.
macro_rules! claim {
    (
        $pattern:literal, $guarantee:literal, $body:ident,
        $twin:ident: $defect:literal, $verdict:literal: $says:literal
    ) => {
        $crate::scenarios::Claim {
            pattern: $pattern,
            name: stringify!($body),
            guarantee: $guarantee,
            production: $crate::scenarios::Body::new(bodies::$body::<Production>),
            twin: $crate::scenarios::Twin {
                name: $twin::NAME,
                defect: $defect,
                body: $crate::scenarios::Body::new(bodies::$body::<$twin>),
                breaks: $crate::scenarios::Breaks {
                    verdict: $verdict,
                    says: $says,
                    deviations: 1..=2,
                },
            },
        }
    };
}
use claim;

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").finish_non_exhaustive()
    }
}

impl Claim {
    /// What reports and `--replay` call the production version's run.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}/{}", self.pattern, self.name)
    }

    /// What reports and `--replay` call the twin's run.
    #[must_use]
    pub fn twin_id(&self) -> String {
        format!("{}/{}", self.id(), self.twin.name)
    }
}

impl Breaks {
    /// What differs between this and the failure that was found, if anything.
    #[must_use]
    pub fn differs_from(&self, failure: &Failure) -> Option<String> {
        let verdict = failure.verdict.name();
        let said = failure.verdict.to_string();
        let deviations = failure.schedule.deviations().len();
        if verdict != self.verdict {
            Some(format!("the verdict is {verdict}, not {}", self.verdict))
        } else if !said.contains(self.says) {
            Some(format!("it says `{said}`, not `{}`", self.says))
        } else if !self.deviations.contains(&deviations) {
            Some(format!("it takes {deviations} deviations, not {:?}", self.deviations))
        } else {
            None
        }
    }
}
