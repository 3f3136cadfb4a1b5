//! A server that tells everything that may come at any time between all that has to come.

use crate::examined::examine_twice;
use crate::program::Language;

#[test]
fn what_may_come_at_any_time_is_no_obstacle() {
    let args = [
        "--check",
        "turn::the_answer_names_a_turn_in_progress",
        "--check",
        "turn::the_turn_keeps_its_id",
        "--check",
        "turn::the_end_says_completed",
        "--check",
        "turn::the_end_names_the_last_message",
        "--check",
        "turn::the_status_follows_the_turn",
        "--check",
        "turn::start_message_and_end_are_in_order",
        "--check",
        "turn::tokens_are_counted",
        "--check",
        "turn::interrupt::*",
        "--check",
        "turn::approval::notice::*",
        "--check",
        "conversation::*",
    ];
    examine_twice(Language::Python, "sows", &args).exits(0).nothing_amiss(30);
}
