use super::Rejects::{Model, Mutant, Twin};
use super::{CLAIMS, Pattern};

const ANSWERED_LATE: &str = "loom-tests/teeth/inflight.rs::a_bell_answered_after_the_poll_is_found";
const LOWERED_LATE: &str = "loom-tests/teeth/inflight.rs::a_sign_lowered_outside_the_lock_is_found";
const LOOKED_FIRST: &str =
    "loom-tests/teeth/inflight.rs::a_look_before_the_waker_is_registered_is_found";
const STAYED_UP: &str = "loom-tests/teeth/inflight.rs::a_stale_bell_that_stays_up_is_found";
const KEPT_ITS_TASK: &str = "loom-tests/teeth/inflight.rs::a_task_that_outlives_its_set_is_found";

pub(super) const PATTERN: Pattern = Pattern {
    name: "race",
    has_x: true,
    numbers: &["RACE1", "RACE2", "RACE3", "RACE4"],
    proofs: &[
        (
            "race/X1",
            &[(
                "tests/sim/join.rs::races_can_be_dropped_at_every_poll",
                Mutant("src/race/future.rs::poll"),
            )],
        ),
        (
            "race/X2",
            &[
                (
                    "loom-tests/inflight.rs::a_bell_that_rings_during_a_drop_keeps_nothing",
                    Model(KEPT_ITS_TASK),
                ),
                (
                    "tests/sim/join.rs::races_can_be_dropped_at_every_poll",
                    Mutant("src/race/future.rs::poll"),
                ),
            ],
        ),
        (
            "race/X3",
            &[
                (
                    "tests/it/race/hedge.rs::the_other_attempts_go_on_after_a_panic",
                    Mutant("src/inflight/set.rs::drop"),
                ),
                (
                    "tests/it/race/first.rs::a_panic_goes_on_and_the_others_are_dropped",
                    Mutant("src/inflight/set.rs::drop"),
                ),
                (
                    "tests/it/race/first.rs::a_loser_whose_drop_panics_leaks_nobody",
                    Mutant("src/race/future.rs::poll"),
                ),
                (
                    "tests/it/race/hedge.rs::a_panicking_attempt_takes_the_hedge_with_it",
                    Mutant("src/race/hedge.rs::poll"),
                ),
            ],
        ),
        (
            "race/X4",
            &[(
                "tests/it/race/polls.rs::a_waker_that_wakes_others_meets_no_lock",
                Mutant("src/inflight/desk.rs::ring"),
            )],
        ),
        (
            "race/X5",
            &[(
                "tests/it/race/first.rs::futures_may_borrow_and_stay_on_their_thread",
                Mutant("src/race/future.rs::poll"),
            )],
        ),
        (
            "race/X6",
            &[
                ("tests/it/race/first.rs::sets_of_any_size_race", Mutant("src/race/field.rs::run")),
                (
                    "tests/it/race/hedge.rs::delays_of_any_size_work",
                    Mutant("src/race/hedge.rs::due"),
                ),
                (
                    "tests/it/api.rs::a_panic_over_a_bad_argument_points_to_its_caller",
                    Mutant("src/race/hedge.rs::max"),
                ),
            ],
        ),
        (
            "race/X9",
            &[
                (
                    "tests/it/race/polls.rs::neighbours_run_beside_races_that_are_ready",
                    Mutant("src/race/field.rs::run"),
                ),
                (
                    "tests/it/race/hedge.rs::a_spent_budget_makes_no_spare",
                    Mutant("src/race/hedge.rs::poll"),
                ),
            ],
        ),
        (
            "race/X10",
            &[(
                "tests/it/race/first.rs::a_year_passes_under_a_paused_clock",
                Mutant("src/race/future.rs::deadline"),
            )],
        ),
        (
            "race/X11",
            &[(
                "tests/it/race/hedge.rs::spares_are_made_by_the_timetable",
                Mutant("src/race/hedge.rs::poll"),
            )],
        ),
        (
            "race/X13",
            &[
                (
                    "loom-tests/inflight.rs::a_bell_that_rings_during_a_poll_is_heard",
                    Model(ANSWERED_LATE),
                ),
                ("loom-tests/inflight.rs::two_bells_at_once_are_both_heard", Model(LOWERED_LATE)),
                (
                    "loom-tests/inflight.rs::a_bell_that_rings_while_the_waker_is_replaced_is_heard",
                    Model(LOOKED_FIRST),
                ),
                (
                    "loom-tests/inflight.rs::a_bell_that_rings_during_a_clear_takes_nothing",
                    Model(STAYED_UP),
                ),
                (
                    "loom-tests/inflight.rs::a_stale_bell_takes_nothing_from_the_next_future",
                    Model(STAYED_UP),
                ),
                (
                    "tests/it/race/hedge.rs::a_stale_waker_takes_nothing_from_the_next_attempt",
                    Mutant("src/inflight/set.rs::take_turn"),
                ),
                (
                    "tests/it/race/polls.rs::spurious_polls_and_replaced_wakers_are_harmless",
                    Mutant("src/inflight/set.rs::register"),
                ),
                (
                    "tests/it/race/polls.rs::in_a_large_race_only_who_was_woken_is_polled",
                    Mutant("src/inflight/set.rs::take_turn"),
                ),
            ],
        ),
        (
            "race/RACE1",
            &[
                (
                    "tests/it/deadline/inside.rs::a_race_without_a_deadline_has_none",
                    Mutant("src/race/future.rs::poll"),
                ),
                (
                    "tests/it/race/polls.rs::greedy_futures_put_off_no_deadline",
                    Mutant("src/deadline/last_call.rs::poll"),
                ),
                (
                    "tests/props/join.rs::a_race_ends_with_its_earliest_success",
                    Mutant("src/race/end.rs::judge"),
                ),
                (
                    "tests/it/race/first.rs::the_first_success_wins_over_earlier_errors",
                    Mutant("src/race/end.rs::judge"),
                ),
                (
                    "tests/it/race/first.rs::all_errors_come_in_the_order_of_the_futures",
                    Mutant("src/race/end.rs::sorted"),
                ),
                (
                    "tests/it/race/first.rs::a_race_ends_at_its_deadline",
                    Mutant("src/race/future.rs::poll"),
                ),
                (CLAIMS, Twin("textbook")),
            ],
        ),
        (
            "race/RACE2",
            &[
                (
                    "tests/it/race/first.rs::the_first_one_wins_and_nobody_else_is_left",
                    Mutant("src/race/future.rs::poll"),
                ),
                (CLAIMS, Twin("detached")),
            ],
        ),
        (
            "race/RACE3",
            &[
                (
                    "tests/it/race/hedge.rs::a_spent_budget_makes_no_spare",
                    Mutant("src/race/hedge.rs::poll"),
                ),
                (
                    "tests/it/race/hedge.rs::a_hedge_is_not_polled_after_its_end",
                    Mutant("src/race/hedge.rs::poll"),
                ),
                (
                    "tests/it/deadline/inside.rs::a_scope_brings_no_spare_forward",
                    Mutant("src/race/hedge.rs::poll"),
                ),
                (
                    "tests/it/race/hedge.rs::spares_are_made_by_the_timetable",
                    Mutant("src/race/hedge.rs::due"),
                ),
                (
                    "tests/it/race/hedge.rs::a_late_poll_makes_all_that_is_due",
                    Mutant("src/race/hedge.rs::poll"),
                ),
                (CLAIMS, Twin("tireless")),
            ],
        ),
        (
            "race/RACE4",
            &[
                (
                    "tests/it/race/polls.rs::a_greedy_future_starves_no_other",
                    Mutant("src/race/field.rs::run"),
                ),
                (
                    "tests/it/race/ties.rs::each_one_that_is_ready_wins_its_share",
                    Mutant("src/race/field.rs::below"),
                ),
                (
                    "tests/it/race/ties.rs::a_seed_gives_the_same_winner_again",
                    Mutant("src/race/field.rs::new"),
                ),
                (
                    "tests/it/race/ties.rs::later_ties_are_fair_too",
                    Mutant("src/race/field.rs::run"),
                ),
                ("tests/sim/join.rs::a_schedule_breaks_ties", Mutant("src/race/field.rs::new")),
                (CLAIMS, Twin("biased")),
            ],
        ),
    ],
    does_not_apply: &[
        ("race/X7", "a race owns its futures and is used by one caller: there is nothing to close"),
        (
            "race/X8",
            "nobody waits for a race's turn; who of its futures is first is what it decides, by RACE4",
        ),
        ("race/X12", "a race grants nothing: a grant that a future in it holds is that future's"),
    ],
    survivors: &[],
};
