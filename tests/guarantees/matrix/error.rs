use super::Pattern;
use super::Rejects::Mutant;

pub(super) const PATTERN: Pattern = Pattern {
    name: "error",
    has_x: false,
    numbers: &["ERR1"],
    proofs: &[(
        "error/ERR1",
        &[
            (
                "tests/it/error.rs::every_error_of_the_sources_has_a_row",
                Mutant("src/deadline/error.rs::is_transient"),
            ),
            (
                "examples/tests/errors.rs::every_error_keeps_its_sources_on_sqlite",
                Mutant("examples/src/users/service.rs::fetch_user"),
            ),
        ],
    )],
    does_not_apply: &[],
    survivors: &[],
};
