//! Whether a failure is worded so that somebody understands it who has never seen the check.
//!
//! What a person has to understand cannot be tested; what a person certainly does not is: forms of the language in which
//! the checks are written, an empty side of a comparison, paths that were gone before anybody could look.

use harness::Failure;

/// How long the name of what was looked at may be, in characters: longer ones are not read.
const NAME: usize = 240;
/// Forms of Rust that no reader has to know.
const FORMS: [&str; 6] = ["Some(", "Ok(", "Err(", "Mismatch", "Value::", "::Kind"];

/// What is wrong with the words of a failure, if anything is.
pub(super) fn flaw(failure: &Failure) -> Option<String> {
    let parts = failure.parts();
    let length = parts.what.chars().count();
    if length > NAME {
        return Some(format!("what was looked at takes {length} characters to say"));
    }
    for (name, text) in
        [("what", &parts.what), ("expected", &parts.expected), ("observed", &parts.observed)]
    {
        if text.trim().is_empty() {
            return Some(format!("`{name}` is empty"));
        }
        // The value of a member, which is named between backticks, may be one.
        if matches!(text.as_str(), "true" | "false") && !parts.what.contains('`') {
            return Some(format!("`{name}` is a bare truth value"));
        }
        if let Some(form) = FORMS.iter().find(|form| text.contains(**form)) {
            return Some(format!("`{name}` has {form:?} in it"));
        }
        if text.split(|letter: char| !letter.is_alphanumeric()).any(|word| word == "None") {
            return Some(format!("`{name}` has \"None\" in it"));
        }
        if text.contains("/proctor-") {
            return Some(format!("`{name}` has the path of a home in it that is gone by now"));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::flaw;
    use harness::Failure;

    #[test]
    fn plain_words_have_no_flaw() {
        let failure = Failure::mismatch("mode of auth.json", "600", "644");
        assert_eq!(flaw(&failure), None);
        let quoted = Failure::mismatch("the answer", "nothing (null)", "None of them, Nonetheless");
        assert_eq!(flaw(&quoted).as_deref(), Some("`observed` has \"None\" in it"));
    }

    #[test]
    fn forms_of_the_language_are_flaws() {
        for (expected, observed, said) in [
            ("Some(\"a\")", "b", "`expected` has \"Some(\" in it"),
            ("an id", "None", "`observed` has \"None\" in it"),
            ("an id", " ", "`observed` is empty"),
            ("true", "no", "`expected` is a bare truth value"),
            (
                "a",
                "/tmp/proctor-x1/home",
                "`observed` has the path of a home in it that is gone by now",
            ),
        ] {
            assert_eq!(flaw(&Failure::mismatch("it", expected, observed)).as_deref(), Some(said));
        }
        let long = flaw(&Failure::mismatch("x".repeat(300), "a", "b"));
        assert_eq!(long.as_deref(), Some("what was looked at takes 300 characters to say"));
    }
}
