//! How much of the reference server is not the server: its planted faults and legal variants.

use std::collections::BTreeSet;

use proc_macro2::{Spacing, TokenTree};

use super::measure::{Measure, Value};
use super::sources::{File, Tree};
use super::tokens::{inside, is_block, is_punct, is_word};

/// The measures about the reference server.
pub(crate) fn measures(tree: &Tree) -> Vec<Measure> {
    let (mut lines, mut own, mut guarded) = (0, 0, 0);
    for file in tree.crates.iter().flat_map(|member| &member.files).filter(|file| is_server(file)) {
        let found = planted(&file.tokens);
        lines += file.text.lines().count();
        own += found.own.len();
        guarded += found.own.union(&found.guarded).count();
    }
    let share = |part: usize| Value::percent(100.0 * part as f64 / lines.max(1) as f64);
    vec![
        Measure::new("lines of the reference server", lines),
        Measure::new("of them in fault! and variant!", own),
        Measure::new("of them in fault! and variant!, share", share(own)),
        Measure::new("of them with the code that these guard", guarded),
        Measure::new("of them with the code that these guard, share", share(guarded)),
    ]
}

/// The server itself: without the tables of its faults and variants.
fn is_server(file: &File) -> bool {
    let path = file.path.to_string_lossy();
    let tables = ["reference/src/faults", "reference/src/fault.", "reference/src/variant"];
    (path.starts_with("fixtures/src/reference") || path.starts_with("reference/src/"))
        && !tables.iter().any(|table| path.starts_with(table))
}

/// The lines of the invocations themselves, and of the code that runs only where one of them holds.
#[derive(Default)]
struct Planted {
    own: BTreeSet<usize>,
    guarded: BTreeSet<usize>,
}

fn planted(tokens: &[TokenTree]) -> Planted {
    let mut found = Planted::default();
    found.read(tokens);
    found
}

impl Planted {
    fn read(&mut self, tokens: &[TokenTree]) {
        for (at, token) in tokens.iter().enumerate() {
            let rest = &tokens[at..];
            if let Some(end) = invocation(rest) {
                self.own.extend(lines(token, end));
            } else if is_word(token, "if") {
                self.guard(rest);
            } else if is_word(token, "match") {
                self.arms(rest);
            }
            if let TokenTree::Group(group) = token {
                self.read(&inside(group));
            }
        }
    }

    /// `if … fault!(…) … { wrong } else { right }`: the wrong half with its condition.
    fn guard(&mut self, tokens: &[TokenTree]) {
        let Some(block) = tokens.iter().position(is_block) else { return };
        match condition(&tokens[1..block]) {
            Some(Sense::Planted) => self.guarded.extend(lines(&tokens[0], &tokens[block])),
            Some(Sense::Denied) => {
                self.guarded.extend(lines(&tokens[0], &tokens[block - 1]));
                if let [word, wrong, ..] = &tokens[block + 1..]
                    && is_word(word, "else")
                    && is_block(wrong)
                {
                    self.guarded.extend(lines(word, wrong));
                }
            }
            None => {}
        }
    }

    /// `match fault!(…) { true => wrong, false => right }`: the wrong arm.
    fn arms(&mut self, tokens: &[TokenTree]) {
        let Some(block) = tokens.iter().position(is_block) else { return };
        let TokenTree::Group(group) = &tokens[block] else { return };
        if condition(&tokens[1..block]) != Some(Sense::Planted) {
            return;
        }
        let body = inside(group);
        let starts = |at: &usize, word| {
            is_word(&body[*at], word) && body.get(at + 1).is_some_and(|next| is_punct(next, '='))
        };
        let Some(wrong) = (0..body.len()).find(|at| starts(at, "true")) else { return };
        let end = (wrong + 1..body.len()).find(|at| starts(at, "false")).unwrap_or(body.len());
        self.guarded.extend(lines(&body[wrong], &body[end - 1]));
    }
}

#[derive(Debug, PartialEq)]
enum Sense {
    /// What follows runs where the fault is active.
    Planted,
    /// What follows runs where it is not.
    Denied,
}

/// How an invocation stands in a condition, at whatever depth.
fn condition(tokens: &[TokenTree]) -> Option<Sense> {
    (0..tokens.len()).find_map(|at| {
        if invocation(&tokens[at..]).is_some() {
            let denied = at > 0
                && matches!(&tokens[at - 1], TokenTree::Punct(mark)
                    if mark.as_char() == '!' && mark.spacing() == Spacing::Alone);
            return Some(if denied { Sense::Denied } else { Sense::Planted });
        }
        match &tokens[at] {
            TokenTree::Group(group) => condition(&inside(group)),
            _ => None,
        }
    })
}

/// The last token of `fault!(…)` or `variant!(…)`, if one begins here.
fn invocation(tokens: &[TokenTree]) -> Option<&TokenTree> {
    match tokens {
        [name, mark, group @ TokenTree::Group(_), ..]
            if (is_word(name, "fault") || is_word(name, "variant")) && is_punct(mark, '!') =>
        {
            Some(group)
        }
        _ => None,
    }
}

fn lines(first: &TokenTree, last: &TokenTree) -> std::ops::RangeInclusive<usize> {
    first.span().start().line..=last.span().end().line
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::planted;
    use crate::house::tokens;

    fn of(text: &str) -> (Vec<usize>, Vec<usize>) {
        let found = planted(&tokens::of(text).unwrap());
        (found.own.into_iter().collect(), found.guarded.into_iter().collect())
    }

    #[test]
    fn an_invocation_takes_its_own_lines() {
        let text = "fn f() {\nlet odd = fault!(\n\"a\",\n[]\n);\nright();\n}";
        assert_eq!(of(text), (vec![2, 3, 4, 5], vec![]));
    }

    #[test]
    fn the_block_behind_a_fault_is_not_the_servers() {
        let text = "fn f() {\nif ready\n&& fault!(A)\n{\nwrong();\n} else {\nright();\n}\n}";
        assert_eq!(of(text), (vec![3], vec![2, 3, 4, 5, 6]));
    }

    #[test]
    fn the_block_behind_no_fault_is_the_servers() {
        let text = "fn f() {\nif !variant!(A) {\nright();\n} else {\nother();\n}\n}";
        assert_eq!(of(text), (vec![2], vec![2, 4, 5, 6]));
    }

    #[test]
    fn of_two_arms_the_wrong_one_counts() {
        let text = "fn f() {\nmatch fault!(A) {\ntrue => wrong(),\nfalse => right(),\n}\n}";
        assert_eq!(of(text), (vec![2], vec![3]));
    }
}
