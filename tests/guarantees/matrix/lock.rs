use super::Rejects::{Model, Mutant, Twin};
use super::{CLAIMS, Pattern};

const LOOKED_TOO_EARLY: &str =
    "loom-tests/teeth/lock.rs::a_look_before_the_lock_that_parks_is_found";
const LEFT_WITH_TURN: &str =
    "loom-tests/teeth/lock.rs::a_waiter_that_leaves_with_its_turn_is_found";
const LEAKED_MARK: &str = "loom-tests/teeth/lock.rs::a_leader_that_leaks_its_mark_is_found";
const BAD_HISTORIES: &str = "tests/props/lock/histories.rs::bad_histories_are_rejected";

pub(super) const PATTERN: Pattern = Pattern {
    name: "lock",
    has_x: true,
    numbers: &["LOCK1", "LOCK2", "LOCK3", "LOCK4"],
    proofs: &[
        (
            "lock/X1",
            &[
                (
                    "tests/sim/lock/cancellation.rs::lock_can_be_dropped_at_every_poll",
                    Mutant("src/lock/core/turns.rs::withdraw"),
                ),
                (
                    "tests/sim/lock/cancellation.rs::get_can_be_dropped_at_every_poll",
                    Mutant("src/lock/core/turns.rs::withdraw"),
                ),
                (
                    "tests/props/lock/machine.rs::places_are_used_again",
                    Mutant("src/lock/core/turns.rs::give_up_seat"),
                ),
                (
                    "tests/sim/lock/cancellation.rs::changed_can_be_dropped_at_every_poll",
                    Mutant("src/lock/watcher.rs::news"),
                ),
            ],
        ),
        (
            "lock/X2",
            &[
                (
                    "loom-tests/lock/keyed.rs::a_waiter_that_leaves_while_the_key_is_unlocked_passes_it_on",
                    Model(LEFT_WITH_TURN),
                ),
                (
                    "loom-tests/lock/single_flight.rs::a_leader_that_leaves_hands_over",
                    Model(LEAKED_MARK),
                ),
                (
                    "tests/sim/lock/mod.rs::dropped_users_leave_no_key",
                    Mutant("src/lock/core/turns.rs::withdraw"),
                ),
            ],
        ),
        (
            "lock/X3",
            &[
                (
                    "tests/it/lock/guarded.rs::a_panic_leaves_the_value_to_the_next",
                    Mutant("src/sync.rs::with"),
                ),
                (
                    "tests/it/lock/odd.rs::a_key_that_panics_leaves_all_as_it_was",
                    Mutant("src/lock/core/turns.rs::try_take"),
                ),
                (
                    "tests/it/lock/wakers.rs::a_waker_that_panics_keeps_nothing_from_the_others",
                    Mutant("src/waiters/wakers.rs::wake"),
                ),
                (
                    "tests/it/lock/flights_end.rs::a_load_that_panics_in_its_drop_hands_over",
                    Mutant("src/lock/turns.rs::drop"),
                ),
            ],
        ),
        (
            "lock/X4",
            &[
                (
                    "tests/it/lock/wakers.rs::a_waker_that_uses_the_lock_does_not_deadlock",
                    Mutant("src/lock/core/turns.rs::settle"),
                ),
                (
                    "tests/it/lock/odd.rs::keys_are_dropped_outside_the_lock",
                    Mutant("src/lock/core/turns.rs::hand_on"),
                ),
                (
                    "tests/it/lock/snapshot.rs::a_replaced_value_is_dropped_outside_the_lock",
                    Mutant("src/lock/snapshot.rs::replace"),
                ),
            ],
        ),
        (
            "lock/X5",
            &[
                (
                    "tests/it/lock/keyed.rs::guards_need_no_runtime",
                    Mutant("src/lock/turns.rs::drop"),
                ),
                (
                    "tests/it/lock/flights_end.rs::a_leader_that_goes_with_its_runtime_hands_over",
                    Mutant("src/lock/turns.rs::drop"),
                ),
            ],
        ),
        (
            "lock/X7",
            &[
                (
                    "loom-tests/lock/snapshot.rs::a_store_reaches_who_looks_meanwhile",
                    Model(LOOKED_TOO_EARLY),
                ),
                (
                    "loom-tests/lock/snapshot.rs::the_last_handle_tells_who_watches",
                    Mutant("src/lock/snapshot.rs::drop"),
                ),
                (
                    "tests/sim/lock/mod.rs::watchers_see_the_last_value_and_the_end",
                    Mutant("src/lock/snapshot.rs::since"),
                ),
            ],
        ),
        (
            "lock/X8",
            &[
                (
                    "tests/props/lock/keys.rs::keys_go_to_who_came_first",
                    Mutant("src/waiters/queue.rs::push"),
                ),
                (
                    "tests/sim/lock/mod.rs::a_key_goes_round_in_order_of_arrival",
                    Mutant("src/lock/core/turns.rs::hand_on"),
                ),
                (
                    "loom-tests/lock/keyed.rs::nobody_slips_in_before_a_waiter",
                    Mutant("src/lock/core/turns.rs::hand_on"),
                ),
            ],
        ),
        (
            "lock/X9",
            &[
                (
                    "tests/it/lock/keyed.rs::a_spent_budget_does_not_cost_the_turn",
                    Mutant("src/lock/turns.rs::poll"),
                ),
                (
                    "tests/it/lock/flights.rs::a_loop_over_loads_lets_its_neighbours_run",
                    Mutant("src/rt/budget.rs::poll"),
                ),
                (
                    "tests/it/lock/keyed.rs::who_comes_with_its_budget_spent_is_not_overtaken",
                    Mutant("src/rt/budget.rs::poll"),
                ),
                (
                    "tests/sim/arrivals.rs::a_spent_budget_costs_nobody_its_place",
                    Mutant("src/rt/budget.rs::poll"),
                ),
                (
                    "tests/it/lock/snapshot.rs::a_loop_over_news_lets_its_neighbours_run",
                    Mutant("src/lock/watcher.rs::poll"),
                ),
            ],
        ),
        (
            "lock/X11",
            &[
                (
                    "tests/props/lock/machine.rs::turns_are_lists_by_key",
                    Mutant("src/lock/core/keys.rs::unlist"),
                ),
                (
                    "loom-tests/lock/snapshot.rs::the_last_handle_tells_who_watches",
                    Mutant("src/lock/snapshot.rs::clone"),
                ),
            ],
        ),
        (
            "lock/X12",
            &[(
                "tests/sim/lock/mod.rs::a_granted_waiter_that_is_not_polled_is_named",
                Mutant("src/sim/engine/state.rs::stuck"),
            )],
        ),
        (
            "lock/X13",
            &[
                (
                    "tests/it/lock/wakers.rs::the_latest_waker_is_woken",
                    Mutant("src/waiters/queue.rs::take"),
                ),
                (
                    "tests/sim/lock/mod.rs::a_key_goes_round_in_order_of_arrival",
                    Mutant("src/lock/core/turns.rs::ask_again"),
                ),
            ],
        ),
        (
            "lock/LOCK1",
            &[
                (CLAIMS, Twin("held-guard")),
                (
                    "tests/it/lock/guarded.rs::a_guarded_value_cannot_be_held_across_an_await",
                    Mutant("src/lock/guarded.rs::with"),
                ),
            ],
        ),
        (
            "lock/LOCK2",
            &[
                (CLAIMS, Twin("held-write")),
                (CLAIMS, Twin("read-then-write")),
                (CLAIMS, Twin("look-then-wait")),
                (
                    "loom-tests/lock/snapshot.rs::a_store_reaches_who_looks_meanwhile",
                    Model(LOOKED_TOO_EARLY),
                ),
                (
                    "loom-tests/lock/snapshot.rs::no_update_is_lost",
                    Mutant("src/lock/snapshot.rs::update"),
                ),
                (
                    "tests/props/lock/histories.rs::histories_of_snapshots_are_linearizable",
                    Model(BAD_HISTORIES),
                ),
            ],
        ),
        (
            "lock/LOCK3",
            &[
                (CLAIMS, Twin("removed-key")),
                (CLAIMS, Twin("left-key")),
                (
                    "loom-tests/lock/keyed.rs::a_waiter_that_leaves_while_the_key_is_unlocked_passes_it_on",
                    Model(LEFT_WITH_TURN),
                ),
                (
                    "tests/it/lock/keyed.rs::unrelated_keys_never_wait_for_each_other",
                    Mutant("src/lock/core/keys.rs::find"),
                ),
                (
                    "tests/props/lock/histories.rs::histories_of_keys_are_linearizable",
                    Model(BAD_HISTORIES),
                ),
                (
                    "tests/props/lock/keys.rs::keys_go_to_who_came_first",
                    Mutant("src/lock/core/turns.rs::hand_on"),
                ),
            ],
        ),
        (
            "lock/LOCK4",
            &[
                (CLAIMS, Twin("herd")),
                (CLAIMS, Twin("left-mark")),
                (
                    "loom-tests/lock/single_flight.rs::a_leader_that_leaves_hands_over",
                    Model(LEAKED_MARK),
                ),
                (
                    "tests/it/lock/flights.rs::a_load_is_gone_before_the_next_leader_is_woken",
                    Mutant("src/lock/single_flight.rs::get"),
                ),
                (
                    "tests/it/lock/flights.rs::a_panic_is_shared_and_not_kept",
                    Mutant("src/lock/core/turns.rs::land"),
                ),
                (
                    "tests/props/lock/flights.rs::a_load_serves_all_that_wait_at_its_end",
                    Mutant("src/lock/core/turns.rs::land"),
                ),
            ],
        ),
    ],
    does_not_apply: &[
        ("lock/X6", "no lock takes a duration, a size or a limit"),
        ("lock/X10", "no lock reads a clock or has a time limit"),
    ],
    survivors: &[
        (
            "src/lock/core/keys.rs: replace * with + in Keys<K, E>::grow",
            "how many chains there are: the same keys are found, in longer chains",
        ),
        (
            "src/lock/core/keys.rs: replace * with / in Keys<K, E>::grow",
            "how many chains there are: the same keys are found, in longer chains",
        ),
    ],
};
