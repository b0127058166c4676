use super::Rejects::{Mutant, Twin};
use super::{CLAIMS, Pattern};

pub(super) const PATTERN: Pattern = Pattern {
    name: "spawn",
    has_x: true,
    numbers: &["SPAWN1", "SPAWN2", "SPAWN3", "SPAWN4"],
    proofs: &[
        (
            "spawn/X1",
            &[
                (
                    "tests/sim/spawn.rs::a_task_ends_with_who_waits_for_it_at_every_poll",
                    Mutant("src/spawn/task.rs::drop"),
                ),
                (
                    "tests/sim/spawn.rs::a_supervisor_ends_with_who_waits_for_it_at_every_poll",
                    Mutant("src/spawn/task.rs::drop"),
                ),
            ],
        ),
        (
            "spawn/X3",
            &[
                (
                    "tests/it/spawn/mod.rs::a_payload_of_any_kind_is_survived",
                    Mutant("src/error/panic.rs::catch"),
                ),
                (
                    "tests/sim/spawn.rs::a_supervisor_gives_a_value_or_the_last_failure",
                    Mutant("src/spawn/supervise.rs::run"),
                ),
            ],
        ),
        (
            "spawn/X5",
            &[(
                "tests/it/spawn/mod.rs::a_task_ends_with_its_runtime",
                Mutant("src/rt/direct.rs::poll"),
            )],
        ),
        (
            "spawn/X6",
            &[
                (
                    "tests/it/spawn/supervise.rs::options_of_any_size_work",
                    Mutant("src/spawn/supervise.rs::sleep"),
                ),
                (
                    "tests/props/spawn.rs::times_of_any_size_are_judged",
                    Mutant("src/spawn/core.rs::failed"),
                ),
            ],
        ),
        (
            "spawn/X9",
            &[(
                "tests/it/spawn/supervise.rs::a_task_that_fails_without_end_lets_its_neighbours_run",
                Mutant("src/spawn/supervise.rs::sleep"),
            )],
        ),
        (
            "spawn/X10",
            &[(
                "tests/it/spawn/supervise.rs::a_year_of_restarts",
                Mutant("src/spawn/core.rs::failed"),
            )],
        ),
        (
            "spawn/X11",
            &[(
                "tests/props/spawn.rs::every_sequence_of_failures_is_judged_by_the_window",
                Mutant("src/spawn/core.rs::failed"),
            )],
        ),
        (
            "spawn/X13",
            &[(
                "tests/it/spawn/mod.rs::a_task_may_be_polled_by_reference",
                Mutant("src/rt/direct.rs::poll"),
            )],
        ),
        (
            "spawn/SPAWN1",
            &[
                (CLAIMS, Twin("textbook")),
                (
                    "tests/it/spawn/mod.rs::a_dropped_task_is_aborted",
                    Mutant("src/spawn/task.rs::drop"),
                ),
                (
                    "tests/it/spawn/mod.rs::a_detached_task_runs_on",
                    Mutant("src/spawn/task.rs::detach"),
                ),
            ],
        ),
        (
            "spawn/SPAWN2",
            &[
                (CLAIMS, Twin("textbook")),
                (
                    "tests/it/spawn/mod.rs::a_panic_says_where_it_was",
                    Mutant("src/error/panic.rs::note_panic"),
                ),
            ],
        ),
        (
            "spawn/SPAWN3",
            &[
                (CLAIMS, Twin("textbook")),
                (
                    "tests/it/spawn/mod.rs::a_flat_task_tells_its_failure_from_its_error",
                    Mutant("src/spawn/task.rs::flatten"),
                ),
            ],
        ),
        (
            "spawn/SPAWN4",
            &[
                (CLAIMS, Twin("textbook")),
                (
                    "tests/it/spawn/supervise.rs::restarts_follow_the_backoff",
                    Mutant("src/spawn/supervise.rs::next"),
                ),
                (
                    "tests/it/spawn/supervise.rs::it_gives_up_after_the_stated_number",
                    Mutant("src/spawn/core.rs::failed"),
                ),
                (
                    "tests/props/spawn.rs::every_sequence_of_failures_is_judged_by_the_window",
                    Mutant("src/spawn/core.rs::failed"),
                ),
                (
                    "tests/sim/spawn.rs::a_supervisor_gives_a_value_or_the_last_failure",
                    Mutant("src/spawn/supervise.rs::run"),
                ),
            ],
        ),
    ],
    does_not_apply: &[
        ("spawn/X2", "nobody is granted anything: a task's output is its owner's alone"),
        (
            "spawn/X4",
            "the one waker, of who waits for a task, is kept by Tokio, and by no lock of ours",
        ),
        ("spawn/X7", "nothing can be closed: that is what a scope and a shutdown are for"),
        ("spawn/X8", "nobody waits in a queue: a task starts when it is spawned"),
        ("spawn/X12", "a future that waits for a task holds nothing that another waits for"),
    ],
    survivors: &[],
};
