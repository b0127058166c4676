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
        ],
    )],
    does_not_apply: &[],
    survivors: &[],
};
