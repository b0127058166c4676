use super::Rejects::{Model, Mutant, Twin};
use super::{CLAIMS, Pattern};

const ANSWERED_LATE: &str = "loom-tests/teeth/inflight.rs::a_bell_answered_after_the_poll_is_found";
const LOWERED_LATE: &str = "loom-tests/teeth/inflight.rs::a_sign_lowered_outside_the_lock_is_found";
const LOOKED_FIRST: &str =
    "loom-tests/teeth/inflight.rs::a_look_before_the_waker_is_registered_is_found";
const STAYED_UP: &str = "loom-tests/teeth/inflight.rs::a_stale_bell_that_stays_up_is_found";
const KEPT_ITS_TASK: &str = "loom-tests/teeth/inflight.rs::a_task_that_outlives_its_set_is_found";

pub(super) const PATTERN: Pattern = Pattern {
    name: "join",
    has_x: true,
    numbers: &["JOIN1", "JOIN2", "JOIN3", "JOIN4"],
    proofs: &[
        (
            "join/X1",
            &[(
                "tests/sim/join.rs::joins_can_be_dropped_at_every_poll",
                Mutant("src/inflight/desk.rs::ring"),
            )],
        ),
        (
            "join/X2",
            &[
                (
                    "loom-tests/inflight.rs::a_bell_that_rings_during_a_drop_keeps_nothing",
                    Model(KEPT_ITS_TASK),
                ),
                (
                    "tests/sim/join.rs::joins_can_be_dropped_at_every_poll",
                    Mutant("src/inflight/desk.rs::ring"),
                ),
            ],
        ),
        (
            "join/X3",
            &[
                (
                    "tests/it/join/failure.rs::a_panic_goes_on_and_the_others_are_dropped",
                    Mutant("src/inflight/set.rs::drop"),
                ),
                (
                    "tests/it/join/failure.rs::a_join_that_panicked_never_ends_well",
                    Mutant("src/inflight/set.rs::drop"),
                ),
                (
                    "tests/it/join/failure.rs::a_drop_that_panics_leaks_nobody",
                    Mutant("src/inflight/places.rs::get"),
                ),
            ],
        ),
        (
            "join/X4",
            &[(
                "tests/it/join/polls.rs::a_waker_that_wakes_others_meets_no_lock",
                Mutant("src/inflight/desk.rs::ring"),
            )],
        ),
        (
            "join/X5",
            &[
                (
                    "tests/it/join/polls.rs::a_join_may_be_dropped_outside_its_runtime",
                    Mutant("src/join/future.rs::poll"),
                ),
                (
                    "tests/it/join/times.rs::futures_may_borrow_and_stay_on_their_thread",
                    Mutant("src/join/future.rs::poll"),
                ),
            ],
        ),
        (
            "join/X6",
            &[
                (
                    "tests/it/join/times.rs::sets_and_limits_of_any_size_work",
                    Mutant("src/inflight/set.rs::has_room"),
                ),
                (
                    "tests/it/join/deadline.rs::deadlines_of_any_size_work",
                    Mutant("src/join/future.rs::poll"),
                ),
                (
                    "tests/it/api.rs::a_panic_over_a_bad_argument_points_to_its_caller",
                    Mutant("src/join/future.rs::limit"),
                ),
            ],
        ),
        (
            "join/X9",
            &[
                (
                    "tests/it/join/polls.rs::neighbours_run_beside_joins_that_are_ready",
                    Mutant("src/join/few.rs::poll"),
                ),
                (
                    "tests/it/join/deadline.rs::busy_futures_do_not_starve_the_deadline",
                    Mutant("src/deadline/timer.rs::poll_elapsed"),
                ),
            ],
        ),
        (
            "join/X10",
            &[(
                "tests/it/join/times.rs::a_year_passes_under_a_paused_clock",
                Mutant("src/join/future.rs::deadline"),
            )],
        ),
        (
            "join/X11",
            &[("tests/it/join/times.rs::as_many_run_as_may", Mutant("src/join/few.rs::poll"))],
        ),
        (
            "join/X13",
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
                    "tests/it/join/polls.rs::only_who_was_woken_is_polled",
                    Mutant("src/inflight/set.rs::take_turn"),
                ),
                (
                    "tests/it/join/polls.rs::spurious_polls_and_wake_ups_are_harmless",
                    Mutant("src/inflight/set.rs::take_turn"),
                ),
                (
                    "tests/it/join/polls.rs::the_waker_of_the_last_poll_is_woken",
                    Mutant("src/inflight/set.rs::register"),
                ),
            ],
        ),
        (
            "join/JOIN1",
            &[
                (
                    "tests/props/join.rs::a_join_keeps_the_timetable",
                    Mutant("src/join/each.rs::poll"),
                ),
                (
                    "tests/it/join/times.rs::a_join_takes_as_long_as_its_slowest_future",
                    Mutant("src/join/few.rs::poll"),
                ),
                (
                    "tests/it/join/times.rs::a_limited_join_keeps_its_timetable",
                    Mutant("src/join/each.rs::poll"),
                ),
                (
                    "tests/it/join/times.rs::nothing_starts_before_the_first_poll",
                    Mutant("src/join/each.rs::poll"),
                ),
                (
                    "tests/it/join/deadline.rs::all_ends_at_its_deadline",
                    Mutant("src/join/kind.rs::miss"),
                ),
            ],
        ),
        (
            "join/JOIN2",
            &[
                (
                    "tests/props/join.rs::a_join_keeps_the_timetable",
                    Mutant("src/join/each.rs::poll"),
                ),
                (
                    "tests/it/join/times.rs::outputs_are_in_the_order_of_the_futures",
                    Mutant("src/join/each.rs::poll"),
                ),
                (CLAIMS, Twin("gathered")),
            ],
        ),
        (
            "join/JOIN3",
            &[
                (
                    "tests/props/join.rs::a_join_keeps_the_timetable",
                    Mutant("src/join/each.rs::poll"),
                ),
                ("tests/it/join/times.rs::as_many_run_as_may", Mutant("src/join/few.rs::poll")),
                (
                    "tests/it/join/times.rs::a_future_that_is_ready_holds_no_place",
                    Mutant("src/join/each.rs::poll"),
                ),
                (CLAIMS, Twin("batches")),
            ],
        ),
        (
            "join/JOIN4",
            &[
                (
                    "tests/it/join/deadline.rs::the_deadline_asks_who_runs_and_begins_nobody",
                    Mutant("src/deadline/last_call.rs::poll"),
                ),
                (
                    "tests/it/join/deadline.rs::greedy_futures_put_off_no_deadline",
                    Mutant("src/deadline/last_call.rs::poll"),
                ),
                (
                    "tests/it/join/failure.rs::the_first_error_drops_the_rest",
                    Mutant("src/join/future.rs::poll"),
                ),
                (
                    "tests/it/join/failure.rs::settle_runs_all_to_their_ends",
                    Mutant("src/join/kind.rs::sort"),
                ),
                (
                    "tests/it/join/deadline.rs::settle_keeps_what_there_is_at_its_deadline",
                    Mutant("src/join/few.rs::expire"),
                ),
                (CLAIMS, Twin("textbook")),
                (CLAIMS, Twin("detached")),
            ],
        ),
    ],
    does_not_apply: &[
        ("join/X7", "a join owns its futures and is used by one caller: there is nothing to close"),
        (
            "join/X8",
            "nobody waits for a join's turn but its own futures, which it polls as they were woken",
        ),
        ("join/X12", "a join grants nothing: a grant that a future in it holds is that future's"),
    ],
    survivors: &[
        (
            "src/inflight/desk.rs: replace Desk<T>::has_rung -> bool with true",
            "a shortcut: without it the lock is taken, and nothing is found",
        ),
        (
            "src/inflight/places.rs: replace > with < in Places<T>::filled",
            "which kind of room the futures have: the same futures, the same polls",
        ),
        (
            "src/inflight/places.rs: replace > with == in Places<T>::filled",
            "which kind of room the futures have: the same futures, the same polls",
        ),
        (
            "src/inflight/places.rs: replace > with >= in Places<T>::filled",
            "which kind of room the futures have: the same futures, the same polls",
        ),
    ],
};
