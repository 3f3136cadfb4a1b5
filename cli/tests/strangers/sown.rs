//! A server that tells everything that may come at any time between all that has to come.

use crate::examined::examine_twice;
use crate::program::Language;

#[test]
fn what_may_come_at_any_time_is_no_obstacle() {
    let args = [
        "--check",
        "turn::the_*",
        "--check",
        "turn::b*",
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
