use super::Rejects::{Model, Mutant, Twin};
use super::{CLAIMS, Pattern};

const FREED_TOO_EARLY: &str =
    "loom-tests/teeth/pool.rs::a_permit_freed_before_the_connection_is_back_is_found";
const LEFT_WITH_GRANT: &str =
    "loom-tests/teeth/waiters.rs::a_waiter_that_leaves_with_its_grant_is_found";
const LEFT_WITH_NUDGE: &str =
    "loom-tests/teeth/waiters.rs::a_waiter_that_leaves_with_its_nudge_is_found";
const CHECKED_TOO_EARLY: &str =
    "loom-tests/teeth/waiters.rs::a_check_before_the_lock_that_parks_is_found";

pub(super) const PATTERN: Pattern = Pattern {
    name: "pool",
    has_x: true,
    numbers: &[
        "POOL1", "POOL2", "POOL3", "POOL4", "POOL5", "POOL6", "POOL7", "POOL8", "POOL9", "POOL10",
        "POOL11", "POOL12", "POOL13", "POOL14",
    ],
    proofs: &[
        (
            "pool/X1",
            &[
                (
                    "tests/sim/pool/cancellation.rs::acquire_can_be_dropped_at_every_poll",
                    Mutant("src/pool/core/machine.rs::withdraw"),
                ),
                (
                    "tests/sim/pool/cancellation.rs::acquire_within_can_be_dropped_at_every_poll",
                    Mutant("src/pool/core/machine.rs::withdraw"),
                ),
                (
                    "tests/sim/pool/cancellation.rs::close_can_be_dropped_at_every_poll",
                    Mutant("src/pool/core/close.rs::note_end"),
                ),
                (
                    "tests/sim/pool/cancellation.rs::close_within_can_be_dropped_at_every_poll",
                    Mutant("src/pool/core/close.rs::note_end"),
                ),
                (
                    "tests/sim/pool/cancellation.rs::warm_up_can_be_dropped_at_every_poll",
                    Mutant("src/pool/core/upkeep.rs::warm_up"),
                ),
            ],
        ),
        (
            "pool/X2",
            &[
                (CLAIMS, Twin("handover")),
                (CLAIMS, Twin("wakers")),
                (
                    "loom-tests/pool.rs::a_waiter_that_leaves_while_a_connection_returns_passes_it_on",
                    Model(LEFT_WITH_GRANT),
                ),
                (
                    "loom-tests/pool.rs::a_waiter_that_leaves_while_a_slot_comes_free_passes_the_nudge_on",
                    Model(LEFT_WITH_NUDGE),
                ),
            ],
        ),
        (
            "pool/X3",
            &[
                (
                    "tests/it/pool/panics.rs::a_panicking_check_costs_one_connection",
                    Mutant("src/pool/check.rs::check"),
                ),
                (
                    "tests/it/pool/panics.rs::a_connection_that_panics_in_its_drop_frees_its_slot",
                    Mutant("src/pool/closing.rs::drop"),
                ),
                (
                    "tests/it/pool/panics.rs::a_waker_that_panics_does_not_keep_the_close_from_others",
                    Mutant("src/waiters/wakers.rs::wake"),
                ),
            ],
        ),
        (
            "pool/X4",
            &[(
                "tests/it/pool/wakers.rs::a_waker_that_uses_the_pool_does_not_deadlock",
                Mutant("src/pool/shared.rs::settle_returned"),
            )],
        ),
        (
            "pool/X5",
            &[
                (
                    "tests/it/pool/returns.rs::a_return_needs_no_runtime",
                    Mutant("src/pool/shared.rs::put_back"),
                ),
                (
                    "tests/it/pool/runtimes.rs::a_broken_connection_may_be_dropped_outside_a_runtime",
                    Mutant("src/pool/closing.rs::close"),
                ),
                (
                    "loom-tests/pool.rs::the_last_handle_and_the_last_loan_end_in_any_order",
                    Mutant("src/pool/core/machine.rs::hand_on"),
                ),
            ],
        ),
        (
            "pool/X6",
            &[
                (
                    "tests/it/pool/sizes.rs::build_names_every_bad_field",
                    Mutant("src/pool/builder.rs::build"),
                ),
                (
                    "tests/it/pool/limits.rs::limits_of_any_size_outlast_a_year",
                    Mutant("src/deadline/moment.rs::after"),
                ),
            ],
        ),
        (
            "pool/X7",
            &[
                (
                    "loom-tests/pool.rs::a_close_that_meets_an_acquire_leaves_nobody_waiting",
                    Model(CHECKED_TOO_EARLY),
                ),
                (
                    "tests/sim/pool/mod.rs::a_close_leaves_no_waiter_and_no_connection",
                    Mutant("src/pool/core/close.rs::close"),
                ),
            ],
        ),
        (
            "pool/X8",
            &[
                (
                    "tests/it/pool/order.rs::callers_are_served_in_order_of_arrival",
                    Mutant("src/waiters/queue.rs::push"),
                ),
                (
                    "tests/it/pool/checks.rs::a_failed_check_does_not_cost_the_place_in_the_queue",
                    Mutant("src/waiters/queue.rs::push"),
                ),
            ],
        ),
        (
            "pool/X9",
            &[
                (
                    "tests/it/pool/order.rs::a_loop_over_what_is_always_ready_lets_its_neighbours_run",
                    Mutant("src/pool/wait.rs::poll"),
                ),
                (
                    "tests/it/pool/order.rs::a_spent_budget_delays_and_never_refuses",
                    Mutant("src/pool/wait.rs::poll"),
                ),
                (
                    "tests/it/pool/order.rs::who_comes_with_its_budget_spent_is_not_overtaken",
                    Mutant("src/pool/core/machine.rs::set_aside"),
                ),
                (
                    "tests/sim/arrivals.rs::a_spent_budget_costs_nobody_its_place",
                    Mutant("src/pool/wait.rs::poll"),
                ),
            ],
        ),
        (
            "pool/X10",
            &[(
                "tests/it/pool/limits.rs::limits_of_any_size_outlast_a_year",
                Mutant("src/rt/direct.rs::now"),
            )],
        ),
        (
            "pool/X11",
            &[(
                "loom-tests/pool.rs::a_status_adds_up_at_every_moment",
                Mutant("src/pool/core/machine.rs::put_back"),
            )],
        ),
        (
            "pool/X12",
            &[(
                "tests/sim/pool/mod.rs::a_granted_waiter_that_is_not_polled_is_named",
                Mutant("src/sim/engine/state.rs::stuck"),
            )],
        ),
        (
            "pool/X13",
            &[
                (
                    "tests/it/pool/wakers.rs::spurious_polls_are_harmless",
                    Mutant("src/waiters/queue.rs::take"),
                ),
                (
                    "tests/it/pool/wakers.rs::the_latest_waker_is_woken",
                    Mutant("src/waiters/queue.rs::take"),
                ),
            ],
        ),
        (
            "pool/POOL1",
            &[
                (CLAIMS, Twin("textbook")),
                (
                    "loom-tests/pool.rs::two_that_share_one_slot_both_get_the_one_connection",
                    Model(FREED_TOO_EARLY),
                ),
            ],
        ),
        (
            "pool/POOL2",
            &[
                (CLAIMS, Twin("barging")),
                (
                    "tests/it/pool/order.rs::a_hog_has_one_turn_before_a_waiter",
                    Mutant("src/pool/core/machine.rs::hand_on"),
                ),
            ],
        ),
        (
            "pool/POOL3",
            &[
                (CLAIMS, Twin("textbook")),
                (
                    "loom-tests/pool.rs::a_connect_whose_caller_leaves_serves_the_next",
                    Mutant("src/pool/core/machine.rs::withdraw"),
                ),
            ],
        ),
        (
            "pool/POOL4",
            &[
                (CLAIMS, Twin("textbook")),
                (
                    "tests/it/pool/spike.rs::a_spike_is_served_by_the_connections_there_are",
                    Mutant("src/pool/core/machine.rs::wanted"),
                ),
                (
                    "tests/it/pool/connects.rs::a_burst_of_short_queries_opens_one_connection",
                    Mutant("src/pool/core/machine.rs::connect_ended"),
                ),
            ],
        ),
        (
            "pool/POOL5",
            &[
                (CLAIMS, Twin("textbook")),
                (
                    "loom-tests/pool.rs::a_return_reaches_who_asks_meanwhile",
                    Model(CHECKED_TOO_EARLY),
                ),
            ],
        ),
        (
            "pool/POOL6",
            &[
                (CLAIMS, Twin("textbook")),
                (CLAIMS, Twin("permits")),
                (
                    "tests/it/pool/connects.rs::a_hanging_connect_frees_its_slot_at_its_limit",
                    Mutant("src/pool/connect.rs::attempt"),
                ),
            ],
        ),
        (
            "pool/POOL7",
            &[
                (CLAIMS, Twin("textbook")),
                (
                    "tests/it/pool/connects.rs::a_failed_connect_reaches_exactly_the_first_waiter",
                    Mutant("src/pool/core/machine.rs::report"),
                ),
                (
                    "tests/sim/pool/mod.rs::a_caller_waits_no_longer_than_its_limit",
                    Mutant("src/deadline/timer.rs::poll_elapsed"),
                ),
            ],
        ),
        (
            "pool/POOL8",
            &[
                (CLAIMS, Twin("textbook")),
                (
                    "tests/it/pool/checks.rs::a_failed_check_costs_the_connection_and_not_the_caller",
                    Mutant("src/pool/check.rs::check"),
                ),
            ],
        ),
        (
            "pool/POOL9",
            &[
                (CLAIMS, Twin("textbook")),
                (
                    "tests/it/pool/year.rs::a_busy_year_does_not_drift",
                    Mutant("src/pool/core/idle.rs::take_due"),
                ),
                (
                    "tests/it/pool/lifetimes.rs::jitter_spreads_the_ends_of_lives",
                    Mutant("src/pool/config.rs::dates_of_new"),
                ),
                (
                    "tests/it/pool/keep.rs::an_idle_connection_is_checked_in_every_period",
                    Mutant("src/pool/config.rs::next_keep_alive"),
                ),
                (
                    "tests/props/pool/dated.rs::upkeep_sleeps_until_the_first_is_due",
                    Mutant("src/pool/core/upkeep.rs::park_upkeep"),
                ),
            ],
        ),
        (
            "pool/POOL10",
            &[
                (CLAIMS, Twin("textbook")),
                (
                    "loom-tests/pool.rs::a_close_ends_after_the_last_return",
                    Mutant("src/pool/core/close.rs::note_end"),
                ),
                (
                    "tests/it/pool/close.rs::close_tells_waiters_at_once_and_ends_with_the_last_return",
                    Mutant("src/pool/core/close.rs::close"),
                ),
            ],
        ),
        (
            "pool/POOL11",
            &[
                (CLAIMS, Twin("permits")),
                (
                    "tests/it/pool/resize.rs::a_shrink_converges_as_connections_return",
                    Mutant("src/pool/core/machine.rs::is_oversize"),
                ),
                (
                    "tests/it/pool/resize.rs::a_growth_connects_for_waiters_at_once",
                    Mutant("src/pool/core/machine.rs::nudge"),
                ),
                (
                    "tests/props/pool/dated.rs::a_shrink_converges_as_connections_return",
                    Mutant("src/pool/core/machine.rs::resize"),
                ),
            ],
        ),
        (
            "pool/POOL12",
            &[
                (CLAIMS, Twin("wakers")),
                (
                    "loom-tests/pool.rs::a_status_adds_up_at_every_moment",
                    Mutant("src/pool/core/machine.rs::put_back"),
                ),
            ],
        ),
        (
            "pool/POOL14",
            &[(
                "examples/tests/postgres_pool.rs::the_books_of_the_tasks_the_pool_and_the_server_agree",
                Model("examples/tests/postgres_pool.rs::no_number_can_be_changed_without_a_breach"),
            )],
        ),
        (
            "pool/POOL13",
            &[
                (CLAIMS, Twin("permits")),
                (
                    "tests/it/pool/panics.rs::a_panicking_check_costs_one_connection",
                    Mutant("src/pool/check.rs::check"),
                ),
            ],
        ),
    ],
    does_not_apply: &[],
    survivors: &[
        (
            "src/pool/core/idle.rs: replace < with <= in Idle<C>::push_quietly",
            "of two that were used last in the same instant the newer goes to the end either way, \
         by a search here",
        ),
        (
            "src/pool/core/upkeep.rs: replace > with >= in Core<C, E>::lets_upkeep_sleep",
            "a shortcut: what it does not let sleep is asked about again on the long way",
        ),
        (
            "src/pool/core/upkeep.rs: replace Core<C, E>::lets_upkeep_sleep -> bool with false",
            "the same: it only takes the long way always",
        ),
        (
            "src/pool/manage.rs: replace Manage::is_broken -> bool with false",
            "that is what its default says",
        ),
        (
            "src/pool/wait.rs: replace poll_idle -> Poll<Option<Entry<M>>> with Poll::from(None)",
            "a shortcut: whoever finds nothing by it looks again where it waits",
        ),
    ],
};
