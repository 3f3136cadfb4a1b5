//! `match` on a bool, which is better written with `if`.

use proc_macro2::TokenTree;

use super::measure::Measure;
use super::sources::Tree;
use super::tokens::{inside, is_block, is_punct, is_word, sequences};

/// How many there are, and where.
pub(crate) fn measure(tree: &Tree) -> Measure {
    let mut places = Vec::new();
    for file in tree.crates.iter().flat_map(|member| &member.files) {
        let lines = matches_on_bool(&file.tokens);
        places.extend(lines.iter().map(|line| format!("{}:{line}", file.path.display())));
    }
    Measure::new("match on a bool", places.len()).with(places)
}

/// The lines of each `match` with an arm that begins with `true =>` or `false =>`.
fn matches_on_bool(tokens: &[TokenTree]) -> Vec<usize> {
    let mut found = Vec::new();
    sequences(tokens, &mut |tokens| {
        for (at, token) in tokens.iter().enumerate() {
            let arms = tokens[at..].iter().find(|token| is_block(token));
            if is_word(token, "match")
                && let Some(TokenTree::Group(arms)) = arms
                && has_bool_arm(&inside(arms))
            {
                found.push(token.span().start().line);
            }
        }
    });
    found.sort_unstable();
    found
}

fn has_bool_arm(arms: &[TokenTree]) -> bool {
    (0..arms.len()).any(|at| {
        let begins = at == 0 || is_punct(&arms[at - 1], ',') || is_block(&arms[at - 1]);
        let word = is_word(&arms[at], "true") || is_word(&arms[at], "false");
        begins && word && arms.get(at + 1).is_some_and(|next| is_punct(next, '='))
    })
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::matches_on_bool;
    use crate::house::tokens;

    #[test]
    fn only_arms_of_bools_count() {
        let text = "
            fn a() { match x { true => 1, false => 2 } }
            fn b() { vec![match y { Some(true) => 1, _ if true => 2, _ => { true } }] }
            fn c() { format!(\"{}\", match z { _ if odd => {} true => {} }) }
        ";
        assert_eq!(matches_on_bool(&tokens::of(text).unwrap()), [2, 4]);
    }
}
