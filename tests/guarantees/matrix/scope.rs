use super::Rejects::{Model, Mutant, Twin};
use super::{CLAIMS, Pattern};

const COUNTED_LATE: &str = "loom-tests/teeth/scope.rs::a_child_that_is_counted_late_is_found";
const LOOKED_THEN_PARKED: &str =
    "loom-tests/teeth/scope.rs::a_scope_that_looks_and_then_parks_is_found";
const FORGOTTEN: &str =
    "loom-tests/teeth/scope.rs::a_child_that_comes_late_and_is_forgotten_is_found";
const LIST: &str = "tests/props/scope/roster.rs::every_sequence_of_calls_does_as_the_list";
const TURNS: &str = "tests/props/scope/lane.rs::every_sequence_of_calls_keeps_the_limit";
const ANY_FAILURE: &str = "tests/sim/scope.rs::whatever_fails_the_first_is_told_and_nobody_is_left";

pub(super) const PATTERN: Pattern = Pattern {
    name: "scope",
    has_x: true,
    numbers: &["SCOPE1", "SCOPE2", "SCOPE3", "SCOPE4", "SCOPE5", "SCOPE6"],
    proofs: &[
        (
            "scope/X1",
            &[
                (
                    "tests/sim/scope.rs::scope_can_be_dropped_at_every_poll",
                    Mutant("src/scope/core/roster.rs::abandon"),
                ),
                (
                    "tests/sim/scope.rs::sets_can_be_dropped_at_every_poll",
                    Mutant("src/scope/core/roster.rs::abandon"),
                ),
                (
                    "tests/sim/scope.rs::a_task_can_be_dropped_at_every_poll",
                    Mutant("src/scope/core/roster.rs::end"),
                ),
            ],
        ),
        (
            "scope/X2",
            &[
                (
                    "tests/props/scope/lane.rs::a_turn_that_is_given_up_goes_on",
                    Mutant("src/scope/core/lane.rs::withdraw"),
                ),
                (TURNS, Mutant("src/scope/core/lane.rs::withdraw")),
                (
                    "loom-tests/scope.rs::a_turn_is_handed_on",
                    Mutant("src/scope/core/lane.rs::leave"),
                ),
            ],
        ),
        (
            "scope/X3",
            &[
                (
                    "tests/it/scope/panics.rs::a_waker_that_panics_keeps_nobody_from_ending",
                    Mutant("src/scope/child.rs::end"),
                ),
                (
                    "tests/it/scope/panics.rs::a_waker_that_panics_keeps_no_sibling_running",
                    Mutant("src/scope/core/roster.rs::abandon"),
                ),
                (
                    "tests/it/scope/panics.rs::a_panic_in_the_drop_of_a_value_is_the_child_s",
                    Mutant("src/scope/child.rs::end"),
                ),
                (ANY_FAILURE, Mutant("src/scope/child.rs::end")),
            ],
        ),
        (
            "scope/X4",
            &[(
                "tests/it/scope/edges.rs::a_waker_may_look_into_the_scope",
                Mutant("src/scope/shared.rs::attend"),
            )],
        ),
        (
            "scope/X5",
            &[
                (
                    "tests/it/scope/edges.rs::everything_may_be_dropped_outside_a_runtime",
                    Mutant("src/scope/core/roster.rs::abandon"),
                ),
                (
                    "tests/it/scope/edges.rs::a_scope_outlives_its_runtime",
                    Mutant("src/scope/child.rs::drop"),
                ),
                (
                    "tests/it/scope/edges.rs::a_spawn_outside_a_runtime_panics_and_costs_nothing",
                    Mutant("src/scope/child.rs::call_off"),
                ),
            ],
        ),
        (
            "scope/X6",
            &[
                (
                    "tests/it/scope/deadlines.rs::deadlines_of_any_size_work",
                    Mutant("src/scope/run.rs::poll_elapsed"),
                ),
                (
                    "tests/it/scope/limits.rs::the_largest_limit_is_none",
                    Mutant("src/scope/core/lane.rs::enter"),
                ),
                (
                    "tests/it/scope/limits.rs::a_limit_of_0_panics_at_the_call",
                    Mutant("src/scope/handle.rs::limit"),
                ),
            ],
        ),
        (
            "scope/X7",
            &[
                ("loom-tests/scope.rs::a_failure_reaches_who_is_being_spawned", Model(FORGOTTEN)),
                ("loom-tests/scope.rs::a_drop_reaches_who_is_being_spawned", Model(FORGOTTEN)),
                (
                    "tests/it/scope/ends.rs::after_the_end_nobody_is_admitted",
                    Mutant("src/scope/core/roster.rs::admit"),
                ),
                (ANY_FAILURE, Mutant("src/scope/core/roster.rs::settle")),
            ],
        ),
        (
            "scope/X8",
            &[
                (TURNS, Mutant("src/scope/core/lane.rs::enter")),
                (
                    "tests/sim/scope.rs::the_limit_holds_in_every_order",
                    Mutant("src/scope/turn.rs::queue_up"),
                ),
            ],
        ),
        (
            "scope/X9",
            &[
                (
                    "tests/it/scope/edges.rs::a_loop_over_scopes_lets_its_neighbours_run",
                    Mutant("src/scope/run.rs::poll"),
                ),
                (
                    "tests/it/scope/gather.rs::a_large_set_lets_its_neighbours_run",
                    Mutant("src/scope/turn.rs::poll_held"),
                ),
                (
                    "tests/sim/scope.rs::the_limit_holds_in_every_order",
                    Mutant("src/scope/turn.rs::poll_held"),
                ),
            ],
        ),
        (
            "scope/X10",
            &[(
                "tests/it/scope/deadlines.rs::a_year_passes",
                Mutant("src/scope/run.rs::poll_elapsed"),
            )],
        ),
        (
            "scope/X11",
            &[
                (LIST, Mutant("src/scope/core/roster.rs::end")),
                (TURNS, Mutant("src/scope/core/lane.rs::leave")),
            ],
        ),
        (
            "scope/X13",
            &[
                (
                    "tests/it/scope/edges.rs::spurious_polls_and_replaced_wakers_are_harmless",
                    Mutant("src/scope/core/roster.rs::attend"),
                ),
                (
                    "tests/it/scope/edges.rs::a_task_may_be_polled_with_many_wakers",
                    Mutant("src/scope/task.rs::poll"),
                ),
                (
                    "tests/sim/scope.rs::the_limit_holds_in_every_order",
                    Mutant("src/scope/turn.rs::poll_held"),
                ),
            ],
        ),
        (
            "scope/SCOPE1",
            &[
                (CLAIMS, Twin("textbook")),
                ("loom-tests/scope.rs::a_scope_ends_with_its_last_child", Model(COUNTED_LATE)),
                (
                    "loom-tests/scope.rs::a_scope_ends_with_its_last_child",
                    Model(LOOKED_THEN_PARKED),
                ),
                (
                    "loom-tests/scope.rs::a_value_that_nobody_takes_is_gone_at_the_end",
                    Mutant("src/scope/child.rs::end"),
                ),
                (
                    "tests/it/scope/ends.rs::a_scope_ends_with_its_last_child",
                    Mutant("src/scope/core/roster.rs::rest"),
                ),
                (LIST, Mutant("src/scope/core/roster.rs::rest")),
            ],
        ),
        (
            "scope/SCOPE2",
            &[
                (CLAIMS, Twin("in turn")),
                (CLAIMS, Twin("detached")),
                ("loom-tests/scope.rs::a_failure_reaches_who_is_being_spawned", Model(FORGOTTEN)),
                (
                    "tests/it/scope/ends.rs::an_error_that_follows_from_another_is_not_told",
                    Mutant("src/scope/child.rs::end"),
                ),
                (
                    "tests/it/scope/ends.rs::a_failing_scope_waits_for_its_children",
                    Mutant("src/scope/core/roster.rs::fail"),
                ),
                (
                    "tests/sim/scope.rs::the_deadline_holds_in_every_order",
                    Mutant("src/scope/run.rs::poll"),
                ),
                (ANY_FAILURE, Mutant("src/scope/core/roster.rs::fail")),
            ],
        ),
        (
            "scope/SCOPE3",
            &[
                (
                    "tests/it/deadline/inside.rs::a_set_of_tasks_runs_to_its_end",
                    Mutant("src/scope/run.rs::poll_elapsed"),
                ),
                (CLAIMS, Twin("textbook")),
                (
                    "tests/it/scope/gather.rs::outputs_come_in_order",
                    Mutant("src/scope/gather.rs::fill"),
                ),
                (
                    "tests/it/scope/gather.rs::without_a_success_all_say_why",
                    Mutant("src/scope/gather.rs::first_ok"),
                ),
            ],
        ),
        (
            "scope/SCOPE4",
            &[
                (CLAIMS, Twin("detached")),
                ("loom-tests/scope.rs::a_drop_reaches_who_is_being_spawned", Model(FORGOTTEN)),
                (
                    "tests/sim/scope.rs::a_task_that_runs_a_scope_takes_its_children_with_it",
                    Mutant("src/scope/core/roster.rs::abandon"),
                ),
            ],
        ),
        (
            "scope/SCOPE5",
            &[
                (CLAIMS, Twin("snapshot")),
                ("loom-tests/scope.rs::a_scope_ends_with_its_last_child", Model(COUNTED_LATE)),
                (
                    "tests/it/scope/children.rs::children_spawn_children_until_the_end",
                    Mutant("src/scope/core/roster.rs::admit"),
                ),
            ],
        ),
        (
            "scope/SCOPE6",
            &[
                (CLAIMS, Twin("permits")),
                (TURNS, Mutant("src/scope/core/lane.rs::enter")),
                (
                    "tests/it/scope/limits.rs::the_limit_holds_and_is_used",
                    Mutant("src/scope/core/lane.rs::leave"),
                ),
                (
                    "tests/sim/scope.rs::who_waits_for_its_own_child_under_a_limit_stands_still",
                    Mutant("src/scope/handle.rs::limit"),
                ),
            ],
        ),
    ],
    does_not_apply: &[(
        "scope/X12",
        "who waits for a turn is a task, or the body of a set, and the runtime or the set's owner \
         polls nothing else in its place: no caller can hold a turn and not poll it",
    )],
    survivors: &[],
};
