//! The claims of the races.

mod bodies;
mod subject;
mod twins;

use self::subject::Production;
use self::twins::{Biased, Detached, Textbook, Tireless};
use super::{Claim, claim};

/// The claims of the races.
pub static CLAIMS: &[Claim] = &[
    claim!(
        "race",
        "RACE1",
        an_error_does_not_win,
        Textbook: "whoever ends first wins, with an error, too",
        "Panic": "an error won"
    ),
    claim!(
        "race",
        "RACE2",
        no_loser_is_left_when_the_winner_is_known,
        Detached: "the winner comes through a channel, and the losers run on",
        "Panic": "a loser is left"
    ),
    claim!(
        "race",
        "RACE3",
        a_hedge_makes_no_more_than_its_maximum,
        Tireless: "a spare is made each time that the delay passes",
        "Panic": "more attempts than allowed"
    ),
    claim!(
        "race",
        "RACE4",
        a_busy_branch_does_not_starve_the_other,
        Biased: "the first branch that is ready wins, in the order of the text",
        "Panic": "was starved"
    ),
];
