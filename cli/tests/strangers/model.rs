//! A server that does not ask our model: every bridge to another one.

use crate::examined::{examine, examine_twice};
use crate::program::Language;

const ARGS: [&str; 6] =
    ["--check", "initialize::*", "--check", "turn::interrupt::*", "--check", "turn::reply::*"];

#[test]
fn one_with_a_model_of_its_own_is_found_out_once() {
    for language in [Language::Python, Language::Node] {
        let examined = examine(language, "own-model", &ARGS).opens_with(&["model"]);
        assert_eq!(examined.outcome("initialize::only_once"), "passed");
        examined
            .could_not_tell("turn::interrupt::ends_the_turn_while_the_model_speaks", &["model"]);
        assert_eq!(examined.count("failed"), 0, "{:?}", examined.amiss());
    }
}

/// It is not wrong about homes, links or notifications: it says something else than our model.
#[test]
fn nothing_else_is_blamed_for_it() {
    let args =
        ["--check", "lifecycle::home::may_be_a_link", "--check", "initialize::opt_out_is_honored"];
    let examined = examine_twice(Language::Python, "own-model", &args);
    for id in ["lifecycle::home::may_be_a_link", "initialize::opt_out_is_honored"] {
        examined.could_not_tell(id, &["model"]);
    }
}
