use super::Pattern;
use super::Rejects::{Model, Mutant};

const NO_QUEUE: &str = "nobody waits in it for another: it has one caller, and no queue";
const AXUM_ALONE: &str =
    "examples/tests/http_shutdown.rs::the_server_s_own_graceful_shutdown_fails_the_same_audit";

pub(super) const PATTERN: Pattern = Pattern {
    name: "app",
    has_x: true,
    // Of `shutdown`'s, those that need a process.
    numbers: &["APP1", "APP2", "STOP3", "STOP9", "STOP10"],
    proofs: &[
        (
            "app/APP1",
            &[
                (
                    "src/app/core.rs::the_worst_that_applies_is_the_exit_code",
                    Mutant("src/app/core.rs::exit_code"),
                ),
                ("tests/it/app/codes.rs::success_is_0", Mutant("src/app/core.rs::exit_code")),
                (
                    "tests/it/app/codes.rs::an_error_is_1_with_its_whole_chain",
                    Mutant("src/app/stderr.rs::chain"),
                ),
                (
                    "tests/it/app/codes.rs::an_error_of_a_worker_is_1_too",
                    Mutant("src/app/stderr.rs::report"),
                ),
                ("tests/it/app/codes.rs::a_panic_is_101", Mutant("src/app/run.rs::to_the_end")),
                ("tests/it/app/codes.rs::the_worst_code_counts", Mutant("src/app/run.rs::serve")),
                (
                    "tests/it/app/stragglers.rs::a_straggler_is_124_and_named",
                    Mutant("src/app/builder.rs::drain_limit"),
                ),
                (
                    "tests/it/app/signals.rs::a_signal_stops_in_order",
                    Mutant("src/app/run.rs::steer"),
                ),
                (
                    "tests/it/app/signals.rs::a_main_that_returns_drains",
                    Mutant("src/app/run.rs::steer"),
                ),
                (
                    "tests/it/app/signals.rs::a_service_that_stops_itself_drains",
                    Mutant("src/app/run.rs::steer"),
                ),
                (
                    "tests/it/app/signals.rs::a_delay_lasts_until_main_returns",
                    Mutant("src/app/builder.rs::pre_stop_delay"),
                ),
                ("tests/it/app/signals.rs::a_delay_ends", Mutant("src/app/run.rs::steer")),
            ],
        ),
        (
            "app/APP2",
            &[(
                "tests/it/app/signals.rs::a_signal_during_start_up_is_not_lost",
                Mutant("src/app/run.rs::serve"),
            )],
        ),
        (
            "app/STOP3",
            &[
                (
                    "tests/it/app/stragglers.rs::a_task_that_blocks_every_thread_is_named_stuck",
                    Mutant("src/app/run.rs::serve"),
                ),
                (
                    "tests/it/app/stragglers.rs::blocking_work_that_is_tracked_is_named_stuck",
                    Mutant("src/app/run.rs::serve"),
                ),
                (
                    "tests/it/app/stragglers.rs::blocking_work_does_not_hold_up_the_exit",
                    Mutant("src/app/run.rs::serve"),
                ),
            ],
        ),
        (
            "app/STOP9",
            &[
                (
                    "tests/it/app/signals.rs::a_second_signal_ends_it_at_once",
                    Mutant("src/app/run.rs::steer"),
                ),
                (
                    "tests/it/app/signals.rs::two_signals_at_once_are_two",
                    Mutant("src/shutdown/signal.rs::poll_next"),
                ),
                (
                    "tests/it/app/signals.rs::a_second_signal_ends_a_start_up_that_hangs",
                    Mutant("src/app/run.rs::serve"),
                ),
                (
                    "tests/it/app/signals.rs::the_first_signal_of_a_drain_is_no_hurry",
                    Mutant("src/app/run.rs::steer"),
                ),
                (
                    "tests/it/app/signals.rs::a_delay_ends_with_the_second_signal",
                    Mutant("src/app/run.rs::steer"),
                ),
            ],
        ),
        (
            "app/STOP10",
            &[
                (
                    "examples/tests/http_shutdown.rs::sigterm_loses_no_request_that_was_accepted",
                    Model(AXUM_ALONE),
                ),
                (
                    "examples/tests/http_shutdown.rs::sigterm_loses_no_request_that_was_accepted",
                    Mutant("examples/src/http/service.rs::manners"),
                ),
                (
                    "examples/tests/http_shutdown.rs::sigterm_loses_no_request_that_was_accepted",
                    Mutant("examples/src/http/service.rs::close"),
                ),
            ],
        ),
        (
            "app/X3",
            &[
                ("tests/it/app/codes.rs::a_panic_is_101", Mutant("src/app/run.rs::serve")),
                (
                    "tests/it/app/codes.rs::a_panic_over_the_report_is_101",
                    Mutant("src/app/run.rs::serve"),
                ),
            ],
        ),
        (
            "app/X5",
            &[(
                "tests/it/app/stragglers.rs::what_nobody_tracks_is_dropped",
                Mutant("src/app/run.rs::serve"),
            )],
        ),
        (
            "app/X6",
            &[
                (
                    "tests/it/app/codes.rs::bad_options_are_1_and_named",
                    Mutant("src/app/builder.rs::shutdown"),
                ),
                (
                    "tests/it/app/signals.rs::a_delay_lasts_until_main_returns",
                    Mutant("src/app/run.rs::steer"),
                ),
            ],
        ),
        (
            "app/X7",
            &[(
                "tests/it/app/signals.rs::two_signals_at_once_are_two",
                Mutant("src/shutdown/signal.rs::poll_next"),
            )],
        ),
    ],
    does_not_apply: &[
        ("app/X1", "it has no public future: `run` blocks its thread until the end"),
        ("app/X2", NO_QUEUE),
        ("app/X4", "it holds no waker: what it waits for belongs to `shutdown` and to Tokio"),
        ("app/X8", NO_QUEUE),
        ("app/X9", "its one loop is over signals, on a thread that runs nothing else"),
        (
            "app/X10",
            "it has no clock of its own; its limits are those of `shutdown` and `deadline`",
        ),
        ("app/X11", "it keeps no counter: what is counted, `shutdown` counts"),
        ("app/X12", NO_QUEUE),
        ("app/X13", "it has no future that anybody else could poll"),
    ],
    survivors: &[],
};
