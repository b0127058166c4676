use super::Pattern;
use super::Rejects::Mutant;

pub(super) const PATTERN: Pattern = Pattern {
    name: "backoff",
    has_x: false,
    numbers: &["RETRY2", "RETRY7"],
    proofs: &[
        (
            "backoff/RETRY2",
            &[
                (
                    "tests/props/backoff.rs::every_delay_follows_its_formula",
                    Mutant("src/backoff/core.rs::advance"),
                ),
                (
                    "tests/props/backoff.rs::no_delay_is_above_max_delay",
                    Mutant("src/backoff/core.rs::range"),
                ),
            ],
        ),
        (
            "backoff/RETRY7",
            &[
                (
                    "tests/props/backoff.rs::a_seed_replays_the_same_delays",
                    Mutant("src/backoff/rng.rs::seeded"),
                ),
                (
                    "tests/props/backoff.rs::clones_with_other_seeds_are_not_in_step",
                    Mutant("src/backoff/rng.rs::up_to"),
                ),
            ],
        ),
    ],
    does_not_apply: &[],
    survivors: &[],
};
