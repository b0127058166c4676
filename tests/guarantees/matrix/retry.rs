use super::Rejects::{Model, Mutant, Twin};
use super::{CLAIMS, Pattern};

const CHECKED_FIRST: &str = "loom-tests/teeth/retry.rs::a_check_before_the_subtraction_is_found";
const LOST_UPDATE: &str = "loom-tests/teeth/retry.rs::a_lost_update_is_found";
const CLOCK_FIRST: &str = "loom-tests/teeth/retry.rs::a_clock_that_is_read_first_is_found";

pub(super) const PATTERN: Pattern = Pattern {
    name: "retry",
    has_x: true,
    numbers: &["RETRY1", "RETRY2", "RETRY3", "RETRY4", "RETRY5", "RETRY6", "RETRY7"],
    proofs: &[
        (
            "retry/X1",
            &[
                (CLAIMS, Twin("put_aside")),
                (
                    "tests/sim/retry.rs::retry_can_be_dropped_at_every_poll",
                    Mutant("src/retry/builder.rs::may_retry"),
                ),
                (
                    "tests/it/retry/polls.rs::a_dropped_call_has_spent_what_it_was_granted",
                    Mutant("src/retry/builder.rs::may_retry"),
                ),
            ],
        ),
        (
            "retry/X3",
            &[
                (
                    "tests/it/retry/hooks.rs::a_panic_in_a_closure_ends_that_call_alone",
                    Mutant("src/retry/run.rs::failed"),
                ),
                (
                    "tests/it/retry/hooks.rs::an_attempt_is_gone_before_anybody_is_asked",
                    Mutant("src/retry/run.rs::failed"),
                ),
            ],
        ),
        (
            "retry/X5",
            &[(
                "tests/it/retry/limits.rs::a_call_may_be_dropped_outside_a_runtime",
                Mutant("src/retry/run.rs::poll"),
            )],
        ),
        (
            "retry/X6",
            &[
                (
                    "tests/it/retry/limits.rs::limits_of_any_size_let_a_year_pass",
                    Mutant("src/retry/run.rs::interruption"),
                ),
                (
                    "tests/it/retry/limits.rs::the_longest_delay_never_ends_by_itself",
                    Mutant("src/retry/run.rs::failed"),
                ),
                (
                    "tests/it/retry/limits.rs::a_budget_takes_numbers_of_any_size",
                    Mutant("src/retry/account/core.rs::cost_for"),
                ),
                (
                    "tests/it/retry/limits.rs::what_makes_no_sense_panics_at_the_call",
                    Mutant("src/retry/builder.rs::max_attempts"),
                ),
            ],
        ),
        (
            "retry/X9",
            &[
                (
                    "tests/it/retry/polls.rs::a_loop_over_what_is_always_ready_lets_its_neighbours_run",
                    Mutant("src/retry/run.rs::poll_begin"),
                ),
                (
                    "tests/it/retry/polls.rs::a_spent_task_budget_delays_and_never_refuses",
                    Mutant("src/retry/run.rs::poll_begin"),
                ),
            ],
        ),
        (
            "retry/X10",
            &[(
                "tests/it/retry/limits.rs::a_year_of_retries_does_not_drift",
                Mutant("src/rt/direct.rs::now"),
            )],
        ),
        (
            "retry/X11",
            &[
                (
                    "loom-tests/retry.rs::what_is_earned_meanwhile_is_granted_once",
                    Model(LOST_UPDATE),
                ),
                (
                    "tests/props/retry/budget.rs::the_word_holds_its_ledger_and_never_overflows",
                    Mutant("src/retry/account/core.rs::earn"),
                ),
            ],
        ),
        (
            "retry/X13",
            &[
                (
                    "tests/it/retry/polls.rs::spurious_polls_are_harmless",
                    Mutant("src/retry/run.rs::poll_interrupted"),
                ),
                (
                    "tests/it/retry/polls.rs::the_latest_waker_is_woken",
                    Mutant("src/retry/run.rs::poll"),
                ),
            ],
        ),
        (
            "retry/RETRY1",
            &[
                (
                    "tests/it/retry/table.rs::exactly_max_attempts_are_made",
                    Mutant("src/retry/core.rs::ended"),
                ),
                (
                    "tests/props/retry.rs::a_call_does_what_the_model_says",
                    Mutant("src/retry/core.rs::begin"),
                ),
            ],
        ),
        (
            "retry/RETRY2",
            &[
                (CLAIMS, Twin("textbook")),
                (
                    "tests/it/retry/table.rs::each_strategy_keeps_its_table",
                    Mutant("src/backoff/core.rs::advance"),
                ),
                (
                    "tests/props/retry.rs::what_is_slept_is_what_the_policy_says",
                    Mutant("src/retry/builder.rs::delays"),
                ),
            ],
        ),
        (
            "retry/RETRY3",
            &[
                (
                    "tests/it/retry/polls.rs::no_attempt_begins_late_for_want_of_budget",
                    Mutant("src/retry/run.rs::poll_begin"),
                ),
                (
                    "tests/it/retry/polls.rs::a_spent_task_budget_is_no_delay",
                    Mutant("src/retry/run.rs::poll_value"),
                ),
                (CLAIMS, Twin("textbook")),
                (
                    "tests/it/retry/cut.rs::the_running_attempt_is_cut_at_the_deadline",
                    Mutant("src/retry/run.rs::interruption"),
                ),
                (
                    "tests/it/retry/cut.rs::a_sleep_that_would_pass_the_deadline_is_not_begun",
                    Mutant("src/retry/core.rs::ended"),
                ),
                (
                    "tests/it/retry/cut.rs::no_attempt_begins_at_the_deadline",
                    Mutant("src/retry/core.rs::may_begin"),
                ),
                (
                    "tests/sim/retry.rs::no_attempt_begins_after_the_deadline_wherever_time_jumps",
                    Mutant("src/retry/core.rs::may_begin"),
                ),
            ],
        ),
        (
            "retry/RETRY4",
            &[
                (
                    "tests/it/retry/hooks.rs::retry_after_is_a_lower_bound_with_jitter_above_it",
                    Mutant("src/backoff/delays.rs::next_delay_from"),
                ),
                (
                    "tests/props/retry.rs::retry_after_moves_the_range_and_nothing_else",
                    Mutant("src/backoff/delays.rs::next_delay_from"),
                ),
            ],
        ),
        (
            "retry/RETRY5",
            &[
                (CLAIMS, Twin("textbook")),
                (
                    "tests/it/retry/ends.rs::a_permanent_error_stops_at_once",
                    Mutant("src/retry/run.rs::failed"),
                ),
                (
                    "tests/it/retry/cut.rs::a_stop_ends_it_wherever_it_is",
                    Mutant("src/retry/run.rs::poll_interrupted"),
                ),
            ],
        ),
        (
            "retry/RETRY6",
            &[
                (CLAIMS, Twin("looked_at")),
                ("loom-tests/retry.rs::the_last_retry_is_granted_once", Model(CHECKED_FIRST)),
                (
                    "loom-tests/retry.rs::the_turn_of_a_window_grants_nothing_twice",
                    Model(CLOCK_FIRST),
                ),
                (
                    "tests/props/retry/budget.rs::a_retry_is_granted_exactly_if_it_is_covered",
                    Mutant("src/retry/account/core.rs::spend"),
                ),
                (
                    "tests/it/retry/budget.rs::what_was_earned_is_forgotten_after_the_next_window",
                    Mutant("src/retry/account/core.rs::at"),
                ),
            ],
        ),
        (
            "retry/RETRY7",
            &[
                (CLAIMS, Twin("textbook")),
                (
                    "tests/it/retry/ends.rs::a_seed_replays_and_no_two_others_are_in_step",
                    Mutant("src/retry/builder.rs::seed"),
                ),
                (
                    "tests/it/retry/hooks.rs::notify_is_told_the_delay_that_is_really_slept",
                    Mutant("src/retry/run.rs::failed"),
                ),
            ],
        ),
    ],
    does_not_apply: &[
        ("retry/X2", "nobody waits for anybody: a budget grants at once or refuses"),
        (
            "retry/X4",
            "there is no lock, and no waker is kept: those of the timer and of the attempt are Tokio's and the caller's",
        ),
        ("retry/X7", "nothing can be closed: a call is ended by its own deadline or stop"),
        ("retry/X8", "there is no queue: callers of one budget do not wait for each other"),
        ("retry/X12", "nothing is granted to a caller that waits, so none can keep it from others"),
    ],
    survivors: &[
        (
            "src/retry/account/core.rs: replace - with +",
            "the least balance is two units nearer to nothing: on the safe side of invariant 2",
        ),
        (
            "src/retry/account/core.rs: replace - with /",
            "the least balance is one unit nearer to nothing: on the safe side of invariant 2",
        ),
        (
            "src/retry/account/core.rs: replace < with <= in cost_for",
            "no ratio misses a whole number by exactly a billionth in binary",
        ),
        (
            "src/retry/account/core.rs: replace | with ^ in Ledger::pack",
            "the parts of the word have no bit in common",
        ),
    ],
};
