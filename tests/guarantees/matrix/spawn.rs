use super::Pattern;
use super::Rejects::Mutant;

pub(super) const PATTERN: Pattern = Pattern {
    name: "spawn",
    has_x: false,
    numbers: &["SPAWN1", "SPAWN2"],
    proofs: &[
        (
            "spawn/SPAWN1",
            &[
                ("tests/it/spawn/mod.rs::a_dropped_task_is_aborted", Mutant("src/spawn.rs::drop")),
                ("tests/it/spawn/mod.rs::a_detached_task_runs_on", Mutant("src/spawn.rs::detach")),
            ],
        ),
        (
            "spawn/SPAWN2",
            &[(
                "tests/it/spawn/mod.rs::a_panic_says_where_it_was",
                Mutant("src/error/panic.rs::note_panic"),
            )],
        ),
    ],
    does_not_apply: &[],
    survivors: &[],
};
