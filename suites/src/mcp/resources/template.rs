//! URI templates: the form of RFC 6570.

/// What is wrong with a template, if anything is.
pub(super) fn flaw(template: &str) -> Option<String> {
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        if rest[at..].starts_with('}') {
            return Some("a brace is closed that was not opened".to_owned());
        }
        let Some(end) = rest[at..].find('}') else {
            return Some("a brace is not closed".to_owned());
        };
        let expression = &rest[at + 1..at + end];
        if !is_expression(expression) {
            return Some(format!("{{{expression}}} is no expression"));
        }
        rest = &rest[at + end + 1..];
    }
    None
}

/// Whether this can stand between braces: an operator, and names of variables with modifiers.
fn is_expression(text: &str) -> bool {
    let names = text.strip_prefix(|first| "+#./;?&=,!@|".contains(first)).unwrap_or(text);
    let is_name = |name: &str| {
        let name = name.strip_suffix('*').unwrap_or(name);
        let name = name.split_once(':').map_or(name, |(name, _)| name);
        let of_name = |letter: char| letter.is_alphanumeric() || "_%.-".contains(letter);
        !name.is_empty() && name.chars().all(of_name)
    };
    names.split(',').all(is_name)
}

#[cfg(test)]
mod tests {
    use super::flaw;

    #[test]
    fn templates_of_the_standard_have_no_flaw() {
        for template in ["a://b", "a://{b}/{+c}", "a://{b}{?c,d*,e:3}", "a://{b_c}"] {
            assert_eq!(flaw(template), None, "{template}");
        }
        for template in ["a://{b", "a://b}", "a://{}", "a://{b{c}}", "a://{b c}"] {
            assert!(flaw(template).is_some(), "{template}");
        }
    }
}
