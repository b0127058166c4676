use super::Rejects::{Model, Mutant, Twin};
use super::{CLAIMS, Pattern, Proof};

const LEFT_WITH_SLOT: &str =
    "loom-tests/teeth/channel.rs::a_sender_that_leaves_with_its_slot_is_found";
const LOOKED_THEN_PARKED: &str =
    "loom-tests/teeth/channel.rs::a_receiver_that_looks_then_parks_is_found";
const LEFT_HALFWAY: &str = "loom-tests/teeth/channel.rs::a_publisher_that_leaves_halfway_is_found";

const PRIORITY_LISTS: &str =
    "tests/props/channel/priority.rs::the_priority_machine_is_a_list_per_level";
const PUBLISH_LISTS: &str =
    "tests/props/channel/publish.rs::the_publish_machine_is_a_list_per_subscriber";
const HISTORIES: &str =
    "tests/props/channel/history.rs::every_history_of_the_priority_channel_is_linearizable";
const FAN_IN_TASKS: &str =
    "tests/props/channel/tasks.rs::a_fan_in_gives_all_in_order_and_ends_with_its_producers";
const REQUEST_TASKS: &str = "tests/props/channel/tasks.rs::every_call_gets_exactly_one_true_answer";
const PUBLISH_TASKS: &str =
    "tests/props/channel/tasks.rs::every_subscriber_sees_the_same_but_for_what_it_is_told";

pub(super) const PATTERN: Pattern = Pattern {
    name: "channel",
    has_x: true,
    numbers: &["CHAN1", "CHAN2", "CHAN3", "CHAN4", "CHAN5", "RACE5"],
    proofs: PROOFS,
    does_not_apply: &[],
    survivors: &[
        (
            "src/channel/fan_in/stream.rs: replace == with != in FanIn<T>::producer",
            "when the handles of those that have ended are let go: each time but when there is no room",
        ),
        (
            "src/channel/publish/core.rs: replace - with + in Room<T>::len",
            "an allocation more where another subscriber has left, which tests/alloc.rs sees and this run does not ask",
        ),
        (
            "src/channel/publish/core.rs: replace > with >= in Room<T>::deliver",
            "an allocation more for a single subscriber, which tests/alloc.rs sees and this run does not ask",
        ),
        (
            "src/channel/publish/core.rs: replace > with >= in Core<T>::take_plain",
            "a shortcut: without it the longer way finds the same",
        ),
        (
            "src/channel/publish/subscriber.rs: replace match guard Arc::strong_count(&part) > 1 with false in Share<T>::into_value",
            "a shortcut: to try to unwrap a part that others have, fails, and then clones it",
        ),
        (
            "src/channel/publish/subscriber.rs: replace > with < in Share<T>::into_value",
            "the same shortcut: a count is never below one",
        ),
    ],
};

const PROOFS: &[(&str, &[Proof])] = &[
    (
        "channel/X1",
        &[
            (
                "tests/sim/channel/cancellation.rs::a_priority_send_can_be_dropped_at_every_poll",
                Mutant("src/channel/priority/core.rs::withdraw"),
            ),
            (
                "tests/sim/channel/cancellation.rs::a_priority_reserve_can_be_dropped_at_every_poll",
                Mutant("src/channel/priority/core.rs::withdraw"),
            ),
            (
                "tests/sim/channel/cancellation.rs::a_priority_recv_can_be_dropped_at_every_poll",
                Mutant("src/channel/priority/core.rs::offer"),
            ),
            (
                "tests/sim/channel/cancellation.rs::a_publish_can_be_dropped_at_every_poll",
                Mutant("src/channel/publish/core.rs::withdraw"),
            ),
            (
                "tests/sim/channel/cancellation.rs::a_subscriber_s_next_can_be_dropped_at_every_poll",
                Mutant("src/channel/publish/core.rs::serve_waiting"),
            ),
            (
                "tests/sim/channel/cancellation.rs::a_producer_s_send_can_be_dropped_at_every_poll",
                Mutant("src/channel/fan_in/sender.rs::send"),
            ),
            (
                "tests/sim/channel/cancellation.rs::a_fan_in_s_next_can_be_dropped_at_every_poll",
                Mutant("src/channel/fan_in/stream.rs::poll_next"),
            ),
            (
                "tests/sim/channel/cancellation.rs::a_call_can_be_dropped_at_every_poll",
                Mutant("src/channel/request/client.rs::call"),
            ),
            (
                "tests/sim/channel/cancellation.rs::a_call_within_can_be_dropped_at_every_poll",
                Mutant("src/channel/request/client.rs::call_within"),
            ),
            (
                "tests/sim/channel/cancellation.rs::a_server_s_next_can_be_dropped_at_every_poll",
                Mutant("src/channel/request/server.rs::next"),
            ),
            (
                "tests/sim/channel/cancellation.rs::abandoned_can_be_dropped_at_every_poll",
                Mutant("src/channel/request/reply.rs::abandoned"),
            ),
            (PRIORITY_LISTS, Mutant("src/channel/priority/core.rs::withdraw")),
            (PUBLISH_LISTS, Mutant("src/channel/publish/core.rs::unsubscribe")),
        ],
    ),
    (
        "channel/X2",
        &[
            (
                "tests/it/channel/wakers.rs::a_wait_that_is_dropped_keeps_no_waker",
                Mutant("src/channel/publish/subscriber.rs::drop"),
            ),
            (CLAIMS, Twin("handover")),
            (
                "loom-tests/channel.rs::a_slot_granted_to_a_sender_that_leaves_goes_to_the_next",
                Model(LEFT_WITH_SLOT),
            ),
            (
                "tests/sim/channel/mod.rs::dropped_tasks_leave_the_levels_whole",
                Mutant("src/channel/priority/core.rs::withdraw"),
            ),
        ],
    ),
    (
        "channel/X3",
        &[
            (
                "tests/it/channel/panics.rs::a_sender_s_waker_that_panics_costs_the_receiver_nothing",
                Mutant("src/channel/priority/receiver.rs::hand_out"),
            ),
            (
                "tests/it/channel/panics.rs::a_request_that_panics_at_its_end_takes_no_other",
                Mutant("src/channel/request/server.rs::drop"),
            ),
            (
                "tests/it/channel/panics.rs::a_clone_that_panics_costs_one_subscriber_one_value",
                Mutant("src/channel/publish/subscriber.rs::drop"),
            ),
            (
                "tests/it/channel/panics.rs::a_drop_that_panics_leaves_the_channel_working",
                Mutant("src/channel/publish/core.rs::evict"),
            ),
            (
                "tests/it/channel/panics.rs::a_waker_that_panics_keeps_no_other_from_being_woken",
                Mutant("src/waiters/wakers.rs::wake"),
            ),
            (
                "tests/sim/channel/mod.rs::whoever_panics_leaves_the_others_working",
                Mutant("src/channel/priority/sender.rs::drop"),
            ),
        ],
    ),
    (
        "channel/X4",
        &[
            (
                "tests/it/channel/wakers.rs::a_waker_may_use_the_priority_channel",
                Mutant("src/channel/priority/sender.rs::ask_again"),
            ),
            (
                "tests/it/channel/wakers.rs::a_waker_may_use_the_publish_channel",
                Mutant("src/channel/publish/subscriber.rs::poll_take"),
            ),
        ],
    ),
    (
        "channel/X5",
        &[
            (
                "tests/it/channel/fan_in.rs::a_stream_outlives_its_runtime",
                Mutant("src/channel/fan_in/stream.rs::producer"),
            ),
            (
                "tests/it/channel/request.rs::handles_may_be_dropped_outside_of_a_runtime",
                Mutant("src/channel/request/client.rs::call"),
            ),
            (
                "tests/it/channel/priority.rs::a_receiver_that_is_dropped_answers_everybody",
                Mutant("src/channel/priority/core.rs::close"),
            ),
        ],
    ),
    (
        "channel/X6",
        &[
            (
                "tests/it/channel/sizes.rs::a_size_that_makes_no_sense_panics_at_the_call",
                Mutant("src/channel/priority/sender.rs::channel"),
            ),
            (
                "tests/it/channel/sizes.rs::the_largest_sizes_work",
                Mutant("src/urgency/core.rs::served"),
            ),
            (
                "tests/it/channel/request.rs::limits_of_any_size_work",
                Mutant("src/channel/request/client.rs::call_within"),
            ),
        ],
    ),
    (
        "channel/X7",
        &[
            (
                "tests/it/channel/priority.rs::a_close_delivers_what_was_accepted",
                Mutant("src/channel/priority/core.rs::close"),
            ),
            (
                "tests/sim/channel/mod.rs::a_close_leaves_no_sender_waiting_and_no_value_behind",
                Mutant("src/channel/priority/core.rs::is_over"),
            ),
            (
                "tests/sim/channel/mod.rs::a_server_that_goes_leaves_no_caller_waiting",
                Mutant("src/channel/request/server.rs::drop"),
            ),
            (
                "tests/sim/channel/mod.rs::a_subscriber_that_goes_lets_publishers_go_on",
                Mutant("src/channel/publish/core.rs::unsubscribe"),
            ),
            (
                "loom-tests/channel.rs::a_send_that_meets_a_close_is_received_or_comes_back",
                Mutant("src/channel/priority/core.rs::offer"),
            ),
            (
                "loom-tests/channel.rs::the_last_sender_that_goes_ends_the_receive",
                Model(LOOKED_THEN_PARKED),
            ),
        ],
    ),
    (
        "channel/X8",
        &[
            (PRIORITY_LISTS, Mutant("src/channel/priority/core.rs::refill")),
            (PUBLISH_LISTS, Mutant("src/channel/publish/core.rs::serve_waiting")),
            (
                "tests/sim/channel/mod.rs::nobody_overtakes_a_sender_that_waits",
                Mutant("src/channel/priority/core.rs::refill"),
            ),
            (
                "tests/sim/channel/mod.rs::nobody_overtakes_a_publisher_that_waits",
                Mutant("src/channel/publish/core.rs::serve_waiting"),
            ),
        ],
    ),
    (
        "channel/X9",
        &[
            (
                "tests/it/channel/busy.rs::a_loop_over_what_is_left_lets_its_neighbours_run",
                Mutant("src/channel/request/server.rs::next"),
            ),
            (
                "tests/sim/channel/mod.rs::spent_budgets_and_spurious_polls_change_nothing",
                Mutant("src/channel/priority/core.rs::refill"),
            ),
            (
                "tests/it/channel/busy.rs::a_loop_over_a_ready_channel_lets_its_neighbours_run",
                Mutant("src/channel/publish/subscriber.rs::poll_take"),
            ),
            (
                "tests/it/channel/busy.rs::a_loop_over_an_ended_channel_lets_its_neighbours_run",
                Mutant("src/rt/budget.rs::poll"),
            ),
            (
                "tests/it/channel/busy.rs::who_comes_with_its_budget_spent_is_not_overtaken",
                Mutant("src/rt/budget.rs::poll"),
            ),
            (
                "tests/sim/arrivals.rs::a_spent_budget_costs_nobody_its_place",
                Mutant("src/rt/budget.rs::poll"),
            ),
        ],
    ),
    (
        "channel/X10",
        &[(
            "tests/it/channel/request.rs::limits_of_any_size_work",
            Mutant("src/channel/request/client.rs::call_within"),
        )],
    ),
    (
        "channel/X11",
        &[
            (PRIORITY_LISTS, Mutant("src/channel/priority/core.rs::fulfil")),
            (PUBLISH_LISTS, Mutant("src/channel/publish/core.rs::take")),
        ],
    ),
    (
        "channel/X12",
        &[
            (
                "tests/sim/channel/mod.rs::a_granted_reserve_that_is_not_polled_is_named",
                Mutant("src/sim/engine/state.rs::stuck"),
            ),
            (
                "tests/sim/channel/mod.rs::a_send_that_is_not_polled_holds_up_nobody",
                Mutant("src/channel/priority/core.rs::refill"),
            ),
        ],
    ),
    (
        "channel/X13",
        &[
            (PRIORITY_LISTS, Mutant("src/channel/priority/core.rs::ask_again")),
            (PUBLISH_LISTS, Mutant("src/channel/publish/core.rs::ask_again")),
            (
                "tests/it/channel/priority.rs::the_waker_of_the_last_poll_counts",
                Mutant("src/channel/priority/core.rs::take_or_wait"),
            ),
            (
                "tests/it/channel/publish.rs::the_waker_of_the_last_poll_counts",
                Mutant("src/channel/publish/core.rs::take_or_wait"),
            ),
        ],
    ),
    (
        "channel/CHAN1",
        &[
            (
                "tests/it/channel/fan_in.rs::a_producer_that_is_added_late_costs_nothing",
                Mutant("src/channel/fan_in/stream.rs::sender"),
            ),
            (CLAIMS, Twin("textbook")),
            (CLAIMS, Twin("unowned")),
            (FAN_IN_TASKS, Mutant("src/channel/fan_in/stream.rs::poll_next")),
            (
                "tests/it/channel/fan_in.rs::a_sender_that_lives_on_keeps_nobody_waiting",
                Mutant("src/channel/fan_in/stream.rs::producer"),
            ),
            (
                "tests/sim/channel/mod.rs::a_dropped_fan_in_leaves_no_producer",
                Mutant("src/spawn/task.rs::drop"),
            ),
        ],
    ),
    (
        "channel/CHAN2",
        &[
            (CLAIMS, Twin("textbook")),
            (REQUEST_TASKS, Mutant("src/channel/request/server.rs::drop")),
            (
                "tests/it/channel/request.rs::a_call_ends_at_its_limit",
                Mutant("src/channel/request/client.rs::call_within"),
            ),
        ],
    ),
    (
        "channel/CHAN3",
        &[
            (
                "tests/it/channel/publish.rs::a_value_is_cloned_once_less_than_it_is_taken",
                Mutant("src/channel/publish/subscriber.rs::into_value"),
            ),
            (CLAIMS, Twin("textbook")),
            (CLAIMS, Twin("one_by_one")),
            (PUBLISH_LISTS, Mutant("src/channel/publish/core.rs::evict")),
            (PUBLISH_TASKS, Mutant("src/channel/publish/core.rs::deliver")),
            (
                "loom-tests/channel.rs::a_publish_that_leaves_at_its_turn_reached_both_or_none",
                Model(LEFT_HALFWAY),
            ),
        ],
    ),
    (
        "channel/CHAN4",
        &[
            (CLAIMS, Twin("handover")),
            (PRIORITY_LISTS, Mutant("src/urgency/core.rs::next")),
            (
                HISTORIES,
                Model(
                    "tests/props/channel/history.rs::a_bad_history_of_the_priority_channel_is_rejected",
                ),
            ),
            (
                "loom-tests/channel.rs::a_value_that_comes_while_the_receiver_parks_wakes_it",
                Model(LOOKED_THEN_PARKED),
            ),
            (
                "loom-tests/channel.rs::a_send_that_leaves_at_its_turn_has_sent_or_not",
                Mutant("src/channel/priority/core.rs::refill"),
            ),
        ],
    ),
    (
        "channel/CHAN5",
        &[
            (CLAIMS, Twin("biased")),
            (PRIORITY_LISTS, Mutant("src/channel/priority/core.rs::is_over")),
            (PUBLISH_LISTS, Mutant("src/channel/publish/core.rs::remove_publisher")),
            (
                "tests/it/channel/request.rs::a_close_answers_what_was_accepted",
                Mutant("src/channel/request/server.rs::close"),
            ),
        ],
    ),
    (
        "channel/RACE5",
        &[
            (CLAIMS, Twin("biased")),
            (PRIORITY_LISTS, Mutant("src/urgency/core.rs::served")),
            (
                "tests/props/channel/priority.rs::no_level_is_passed_more_often_than_promised",
                Mutant("src/urgency/core.rs::next"),
            ),
        ],
    ),
];
