use super::Pattern;
use super::Rejects::Mutant;

pub(super) const PATTERN: Pattern = Pattern {
    name: "deadline",
    has_x: true,
    numbers: &["RETRY8"],
    proofs: &[
        (
            "deadline/X1",
            &[(
                "tests/sim/retry.rs::a_scoped_timeout_can_be_dropped_at_every_poll",
                Mutant("src/deadline/scope.rs::drop"),
            )],
        ),
        (
            "deadline/X3",
            &[(
                "tests/it/deadline/scope.rs::a_panic_leaves_the_scope",
                Mutant("src/deadline/scope.rs::drop"),
            )],
        ),
        (
            "deadline/X5",
            &[(
                "tests/it/deadline/mod.rs::a_call_may_be_dropped_outside_a_runtime",
                Mutant("src/deadline/timer.rs::poll_at"),
            )],
        ),
        (
            "deadline/X6",
            &[
                (
                    "tests/it/deadline/mod.rs::limits_of_any_size_let_a_year_pass",
                    Mutant("src/deadline/timer.rs::poll_at"),
                ),
                (
                    "tests/it/deadline/mod.rs::no_time_at_all_is_refused_at_the_call",
                    Mutant("src/deadline/moment.rs::is_past"),
                ),
            ],
        ),
        (
            "deadline/X9",
            &[(
                "tests/it/deadline/mod.rs::a_spent_budget_is_no_delay",
                Mutant("src/deadline/bound.rs::poll"),
            )],
        ),
        (
            "deadline/X10",
            &[(
                "tests/it/deadline/mod.rs::a_limit_of_a_year_passes_after_a_year",
                Mutant("src/deadline/moment.rs::after"),
            )],
        ),
        (
            "deadline/X13",
            &[(
                "tests/it/deadline/mod.rs::spurious_polls_do_not_move_the_limit",
                Mutant("src/deadline/moment.rs::begin"),
            )],
        ),
        (
            "deadline/RETRY8",
            &[
                (
                    "tests/it/deadline/mod.rs::a_ready_output_wins_at_the_limit",
                    Mutant("src/deadline/bound.rs::poll"),
                ),
                (
                    "tests/it/deadline/mod.rs::a_busy_future_does_not_starve_its_limit",
                    Mutant("src/deadline/timer.rs::poll_at"),
                ),
                (
                    "tests/sim/retry.rs::a_busy_future_outlives_no_limit_wherever_time_jumps",
                    Mutant("src/deadline/timer.rs::poll_at"),
                ),
                (
                    "tests/it/deadline/scope.rs::inside_a_scope_the_nearer_limit_counts",
                    Mutant("src/deadline/moment.rs::begin"),
                ),
                (
                    "tests/it/deadline/scope.rs::scopes_nest_and_are_left",
                    Mutant("src/deadline/scope.rs::new"),
                ),
                (
                    "tests/it/deadline/scope.rs::a_task_is_in_the_scope_of_whoever_starts_it",
                    Mutant("src/spawn/spawner.rs::try_spawn_at"),
                ),
                (
                    "tests/it/deadline/scope.rs::the_pool_s_own_tasks_outlive_the_scope",
                    Mutant("src/pool/connect.rs::begin"),
                ),
                (
                    "tests/it/deadline/inside.rs::a_join_without_a_deadline_has_none",
                    Mutant("src/join/future.rs::poll"),
                ),
            ],
        ),
    ],
    does_not_apply: &[
        ("deadline/X2", "nobody is granted anything: a timer is nobody else's"),
        ("deadline/X4", "there is no lock, and no waker is kept but by Tokio's timer"),
        ("deadline/X7", "nothing can be closed"),
        ("deadline/X8", "there is no queue: nobody waits for anybody"),
        ("deadline/X11", "nothing is counted, so nothing can be counted wrong"),
        (
            "deadline/X12",
            "nothing is granted to a caller that waits, so none can keep it from others",
        ),
    ],
    survivors: &[],
};
