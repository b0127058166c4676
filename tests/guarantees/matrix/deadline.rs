use super::Pattern;
use super::Rejects::Mutant;

pub(super) const PATTERN: Pattern = Pattern {
    name: "deadline",
    has_x: false,
    numbers: &["RETRY8"],
    proofs: &[(
        "deadline/RETRY8",
        &[
            (
                "tests/it/deadline.rs::a_ready_output_wins_at_the_limit",
                Mutant("src/deadline/bound.rs::poll"),
            ),
            (
                "tests/it/deadline.rs::a_busy_future_does_not_starve_its_limit",
                Mutant("src/deadline/timer.rs::poll_elapsed"),
            ),
        ],
    )],
    does_not_apply: &[],
    survivors: &[],
};
