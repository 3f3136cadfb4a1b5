//! The requirement: the first paragraph of the doc comment, with its one RFC 2119 keyword.

use syn::{Attribute, Expr, ExprLit, ItemFn, Lit, Meta};

/// The sentence above a check and the level that its keyword gives.
pub(crate) struct Requirement {
    pub(crate) sentence: String,
    pub(crate) level: &'static str,
}

impl Requirement {
    pub(crate) fn of(function: &ItemFn) -> syn::Result<Self> {
        let lines: Vec<_> = function.attrs.iter().filter_map(doc_line).collect();
        let paragraph: Vec<_> =
            lines.iter().map(|line| line.trim()).take_while(|line| !line.is_empty()).collect();
        let sentence = paragraph.join(" ");
        match keywords(&sentence).as_slice() {
            [level] => Ok(Self { sentence, level }),
            _ => Err(syn::Error::new_spanned(
                &function.sig.ident,
                "state the requirement in the doc comment, with one of MUST, SHOULD or MAY",
            )),
        }
    }
}

fn doc_line(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(meta) = &attribute.meta else { return None };
    let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &meta.value else { return None };
    meta.path.is_ident("doc").then(|| text.value())
}

fn keywords(sentence: &str) -> Vec<&'static str> {
    sentence
        .split(|letter: char| !letter.is_alphanumeric())
        .filter_map(|word| match word {
            "MUST" => Some("Must"),
            "SHOULD" => Some("Should"),
            "MAY" => Some("May"),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::Requirement;

    #[test]
    fn the_first_paragraph_is_the_requirement() {
        let requirement = Requirement::of(&parse_quote! {
            /// A server MUST answer,
            /// in one line.
            ///
            /// It MAY do so late.
            fn answers() {}
        })
        .unwrap();
        assert_eq!(requirement.sentence, "A server MUST answer, in one line.");
        assert_eq!(requirement.level, "Must");
    }

    #[test]
    fn no_keyword_or_two_are_refused() {
        for function in [
            parse_quote! { /// A server answers.
            fn f() {} },
            parse_quote! { /// A server MUST answer and SHOULD be quick.
            fn f() {} },
            parse_quote! { fn f() {} },
        ] {
            let error = Requirement::of(&function).err().unwrap();
            assert!(error.to_string().starts_with("state the requirement"), "{error}");
        }
    }

    #[test]
    fn a_keyword_inside_a_word_does_not_count() {
        let function = parse_quote! { /// A server MUST NOT show MAYBE.
        fn f() {} };
        assert_eq!(Requirement::of(&function).unwrap().level, "Must");
    }
}
