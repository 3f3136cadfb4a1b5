//! Source text as tokens, without comments and without what only tests compile.

use std::str::FromStr as _;

use proc_macro2::{Delimiter, Group, LexError, TokenStream, TokenTree};

/// The tokens of a source text without doc comments and without items under `#[cfg(test)]`.
pub(crate) fn of(text: &str) -> Result<Vec<TokenTree>, LexError> {
    // A first line for an interpreter is no token.
    let text = if text.starts_with("#!/") {
        text.split_once('\n').map_or("", |(_, rest)| rest)
    } else {
        text
    };
    Ok(product(TokenStream::from_str(text)?))
}

fn product(stream: TokenStream) -> Vec<TokenTree> {
    let all: Vec<TokenTree> = stream.into_iter().collect();
    let mut kept = Vec::new();
    let mut at = 0;
    while at < all.len() {
        match attribute(&all, at) {
            Some((Attribute::Doc, next)) => at = next,
            Some((Attribute::Test, next)) => at = after_item(&all, next),
            None => {
                kept.push(match &all[at] {
                    TokenTree::Group(group) => TokenTree::Group(rebuilt(group)),
                    other => other.clone(),
                });
                at += 1;
            }
        }
    }
    kept
}

fn rebuilt(group: &Group) -> Group {
    let mut new = Group::new(group.delimiter(), product(group.stream()).into_iter().collect());
    new.set_span(group.span());
    new
}

enum Attribute {
    Doc,
    Test,
}

/// The attribute that begins here, if it is one of those that are left out, and where it ends.
fn attribute(all: &[TokenTree], at: usize) -> Option<(Attribute, usize)> {
    if !is_punct(all.get(at)?, '#') {
        return None;
    }
    let at = at + 1 + usize::from(all.get(at + 1).is_some_and(|token| is_punct(token, '!')));
    let TokenTree::Group(group) = all.get(at)? else { return None };
    if group.delimiter() != Delimiter::Bracket {
        return None;
    }
    let text = group.stream().to_string().replace(' ', "");
    if text.starts_with("doc") {
        Some((Attribute::Doc, at + 1))
    } else if text == "cfg(test)" || text == "test" {
        Some((Attribute::Test, at + 1))
    } else {
        None
    }
}

/// Behind the item that begins here: its block or its semicolon.
fn after_item(all: &[TokenTree], from: usize) -> usize {
    let end = all[from..].iter().position(|token| is_block(token) || is_punct(token, ';'));
    end.map_or(all.len(), |end| from + end + 1)
}

/// Whether this is `{ … }`.
pub(crate) fn is_block(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

/// Whether this is that character.
pub(crate) fn is_punct(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}

/// Whether this is that word.
pub(crate) fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

/// The tokens of a group.
pub(crate) fn inside(group: &Group) -> Vec<TokenTree> {
    group.stream().into_iter().collect()
}

/// Calls `look` with every sequence of tokens: this one, and that of each group in it.
pub(crate) fn sequences(tokens: &[TokenTree], look: &mut impl FnMut(&[TokenTree])) {
    look(tokens);
    for token in tokens {
        if let TokenTree::Group(group) = token {
            sequences(&inside(group), look);
        }
    }
}

/// The values of all string literals in their order, with their lines.
pub(crate) fn strings(tokens: &[TokenTree]) -> Vec<(String, usize)> {
    let found = tokens.iter().flat_map(|token| match token {
        TokenTree::Group(group) => strings(&inside(group)),
        TokenTree::Literal(literal) => match syn::Lit::new(literal.clone()) {
            syn::Lit::Str(text) => vec![(text.value(), literal.span().start().line)],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::{of, strings};

    #[test]
    fn neither_comments_nor_tests_are_code() {
        let text = r##"
            //! "header"
            /// "doc"
            fn a() -> &'static str { x!("in a macro", ["deep"]); r#"raw"# }
            // "comment"
            #[cfg(test)]
            #[expect(dead_code)]
            mod tests { const A: &str = "test"; }
            #[test]
            fn b() { "test" }
            const C: &str = "last";
        "##;
        let found: Vec<String> =
            strings(&of(text).unwrap()).into_iter().map(|(text, _)| text).collect();
        assert_eq!(found, ["in a macro", "deep", "raw", "last"]);
    }
}
