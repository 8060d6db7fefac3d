//! The list of all rules, and running one of them.

use std::panic::{AssertUnwindSafe, resume_unwind};

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;

use super::bench::{Bench, RULE_LIMIT};
use super::{copy, create, drops, errors, events, exec, figures, images, lifecycle, list, logs, volumes};

/// One rule, ready to run on the thread that asks for it.
pub type Rule = fn(Bench) -> LocalBoxFuture<'static, ()>;

/// Hands every rule, as `area: rule, rule; area: …;`, to another macro of this crate.
#[doc(hidden)]
#[macro_export]
macro_rules! conformance_rules {
    ($then:ident! { $($args:tt)* }) => {
        $crate::$then! {
            { $($args)* }
            lifecycle:
                the_engine_says_who_it_is,
                start_is_idempotent,
                stop_is_idempotent,
                stop_sends_the_signal_asked_for,
                stop_kills_after_the_grace,
                stop_ends_a_paused_one,
                kill_sends_any_signal_and_again_is_already_so,
                restart_runs_again,
                pause_and_unpause_are_idempotent,
                pause_needs_a_running_one,
                rename_changes_only_the_name,
                rename_to_a_taken_name_is_refused,
                remove_is_idempotent,
                remove_of_a_running_one_needs_force,
                wait_tells_the_exit_code,
                wait_for_the_next_exit_misses_nothing,
                wait_for_removal_ends_with_it,
                wait_on_a_stopped_one_answers_at_once,
                an_end_is_seen_in_inspect;
            create:
                create_is_idempotent,
                create_names_the_fields_that_differ,
                create_leaves_a_foreign_name_alone,
                create_refuses_an_invalid_specification,
                create_refuses_a_missing_bind_source,
                create_needs_the_image,
                a_single_string_runs_through_the_shell,
                a_longer_command_keeps_the_images_entry_point,
                an_explicit_entry_point_is_used_as_given,
                settings_reach_the_process,
                settings_are_seen_again,
                mounts_are_seen_again_and_in_force,
                init_is_put_in_front;
            list:
                list_filters_by_label,
                list_filters_by_part_of_a_name_taken_literally,
                list_filters_by_state,
                list_filters_by_volume,
                a_container_goes_by_id_short_id_and_name,
                top_shows_the_processes;
            exec:
                streams_come_apart_with_the_exit_code,
                environment_user_and_directory_are_as_asked,
                standard_input_reaches_the_command_and_ends,
                without_standard_input_it_reads_an_end,
                a_terminal_is_one_stream,
                a_terminal_has_the_size_asked_for_and_is_resized,
                terminal_output_may_begin_with_any_byte,
                big_output_is_complete_and_in_order,
                collecting_stops_at_the_limit,
                a_stopped_container_runs_nothing,
                a_missing_command_is_told,
                an_empty_command_is_invalid,
                a_dropped_session_leaves_the_command_running,
                commands_end_with_their_container;
            logs:
                a_log_is_complete,
                streams_come_apart,
                tail_gives_the_last_entries,
                since_is_exact,
                until_is_exact,
                resuming_loses_and_doubles_nothing,
                follow_ends_with_the_container,
                follow_shows_what_is_printed_later,
                times_never_go_back,
                a_long_line_comes_in_pieces,
                a_terminals_log_is_one_stream,
                an_unread_follower_blocks_nothing,
                a_restarted_container_keeps_its_log;
            events:
                a_life_is_told_in_order,
                what_happens_from_now_on_is_heard;
            figures:
                stats_once_of_a_running_one,
                stats_follow,
                stats_of_a_stopped_one_are_zero,
                disk_usage_has_the_volume_and_its_users;
            copy:
                files_go_in_and_out,
                a_stopped_container_is_copied_too,
                what_was_copied_in_is_seen_inside,
                a_path_is_looked_at_without_reading_it,
                a_missing_path_is_not_found,
                a_missing_directory_takes_nothing,
                a_volume_outlives_its_container;
            volumes:
                create_volume_is_idempotent,
                create_volume_names_what_differs,
                volumes_are_listed_and_inspected,
                a_volume_in_use_stays,
                a_missing_volume;
            images:
                an_image_is_there_or_not,
                images_are_listed,
                an_image_in_use_stays,
                removing_a_missing_image_is_nothing;
            errors:
                an_unknown_container_is_not_found,
                an_unknown_exec_is_not_found,
                errors_name_what_they_are_about;
            drops:
                a_dropped_create_is_found_or_made_again,
                a_dropped_stop_goes_on,
                dropped_requests_leave_the_state_consistent;
        }
    };
}

/// Makes a test of every rule: `conformance_tests!([#[tokio::test] …] maker)`, where `maker` is a function of the
/// calling module that is called once a test and whose future gives the [`Bench`]. The attributes go on each test.
#[macro_export]
macro_rules! conformance_tests {
    ([$(#[$attribute:meta])+] $maker:expr) => {
        $crate::conformance_rules! { conformance_each_test! { [$(#[$attribute])+] $maker } }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! conformance_each_test {
    ({ $with:tt $maker:expr } $($area:ident: $($rule:ident),+;)+) => {
        $(mod $area {
            use super::*;
            $($crate::conformance_one_test! { $with $area $rule $maker })+
        })+
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! conformance_one_test {
    ([$(#[$attribute:meta])+] $area:ident $rule:ident $maker:expr) => {
        $(#[$attribute])+
        async fn $rule() {
            let bench = ($maker)().await;
            let name = concat!(stringify!($area), "::", stringify!($rule));
            $crate::engine::conformance::run(bench, name).await;
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! conformance_table {
    ({} $($area:ident: $($rule:ident),+;)+) => {
        &[$($((
            concat!(stringify!($area), "::", stringify!($rule)),
            |bench| async move { $area::$rule(&bench).await }.boxed_local(),
        ),)+)+]
    };
}

/// Every rule, by its area and name.
pub const ALL: &[(&str, Rule)] = crate::conformance_rules! { conformance_table! {} };

/// Runs one rule of [`ALL`] and removes what it made, however it ended.
///
/// # Panics
/// When the rule is broken, takes longer than [`RULE_LIMIT`], is unknown, or leaves something that cannot be
/// removed.
pub async fn run(bench: Bench, name: &str) {
    let Some((_, rule)) = ALL.iter().find(|(known, _)| *known == name) else {
        panic!("there is no rule {name}")
    };
    let work = tokio::time::timeout(RULE_LIMIT, rule(bench.clone()));
    let outcome = AssertUnwindSafe(work).catch_unwind().await;
    let swept = AssertUnwindSafe(bench.sweep()).catch_unwind().await;
    match outcome {
        Err(broken) => resume_unwind(broken),
        Ok(Err(_)) => panic!("{name} took longer than {RULE_LIMIT:?}"),
        Ok(Ok(())) => {}
    }
    if let Err(left) = swept {
        resume_unwind(left);
    }
}
