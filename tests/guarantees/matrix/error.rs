use super::Pattern;
use super::Rejects::Mutant;

pub(super) const PATTERN: Pattern = Pattern {
    name: "error",
    has_x: false,
    numbers: &["ERR1"],
    proofs: &[(
        "error/ERR1",
        &[(
            "tests/it/error.rs::every_error_of_the_sources_has_a_row",
            Mutant("src/deadline/error.rs::is_transient"),
        )],
    )],
    does_not_apply: &[],
    survivors: &[],
};
