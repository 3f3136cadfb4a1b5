//! The arguments of the attribute: dialects with their ranges, the source of the rule, and the
//! faults that the check must find.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Expr, Ident, LitStr, Path, Token, parenthesized};

/// The contents of the brackets of `#[check(…)]`.
pub(crate) struct Scope {
    pub(crate) applies: Vec<Range>,
    pub(crate) source: LitStr,
    /// The features that other checks may rely on if this one holds.
    pub(crate) grants: Vec<Expr>,
    /// The faults that the check must find, as paths from the `faults` of its crate.
    pub(crate) faults: Vec<Path>,
    /// The capabilities that a server must declare to be held to the check.
    pub(crate) declares: Vec<Expr>,
    /// The name of the conversation that the check shares with others.
    pub(crate) shared: Option<LitStr>,
    /// Whether the check may run in the process of another of its module.
    pub(crate) company: bool,
    /// Whether it ends the shared conversation.
    pub(crate) last: bool,
    /// Why the check applies over stdio alone, if it does.
    pub(crate) stdio: Option<LitStr>,
}

/// One dialect, with the first and the last release that the check applies to.
pub(crate) struct Range {
    dialect: &'static str,
    /// The first and the last revision, of a range of revisions.
    revisions: Option<(usize, usize)>,
    since: Option<[u32; 3]>,
    until: Option<[u32; 3]>,
    fixed_in: Option<([u32; 3], LitStr)>,
}

impl Parse for Scope {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut applies = Vec::new();
        let mut source = None;
        let mut grants = Vec::new();
        let mut faults = Vec::new();
        let mut declares = Vec::new();
        let mut shared = None;
        let mut company = false;
        let mut last = false;
        let mut stdio = None;
        while !input.is_empty() {
            let name: Ident = input.parse()?;
            match name.to_string().as_str() {
                "v1" => applies.push(Range::parse("V1", input)?),
                "v2" => applies.push(Range::parse("V2", input)?),
                "mcp" => applies.push(Range::parse_revisions(input)?),
                "source" => {
                    input.parse::<Token![=]>()?;
                    source = Some(input.parse()?);
                }
                "stdio" => {
                    input.parse::<Token![=]>()?;
                    stdio = Some(input.parse()?);
                }
                "shared" if input.peek(Token![=]) => {
                    input.parse::<Token![=]>()?;
                    shared = Some(input.parse()?);
                }
                "shared" => company = true,
                "last" => last = true,
                "declares" => declares.extend(list(input, Expr::parse)?),
                "grants" => grants.extend(list(input, Expr::parse)?),
                "faults" => faults.extend(list(input, Path::parse_mod_style)?),
                _ => {
                    let wanted = "expected v1, v2, mcp, source, grants, declares, shared, last, stdio or faults";
                    return Err(syn::Error::new(name.span(), wanted));
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        let source =
            source.ok_or_else(|| input.error("say where the rule is written: source = \"…\""))?;
        if applies.is_empty() {
            return Err(input.error("name at least one dialect: v1, v2 or mcp"));
        }
        Ok(Self { applies, source, grants, faults, declares, shared, company, last, stdio })
    }
}

/// `(ONE, OTHER)`.
fn list<T>(
    input: ParseStream<'_>,
    one: fn(ParseStream<'_>) -> syn::Result<T>,
) -> syn::Result<Punctuated<T, Token![,]>> {
    let content;
    parenthesized!(content in input);
    content.parse_terminated(one, Token![,])
}

/// The revisions of the Model Context Protocol, with the names of their constants, oldest first.
const REVISIONS: [(&str, &str); 5] = [
    ("2024-11-05", "R20241105"),
    ("2025-03-26", "R20250326"),
    ("2025-06-18", "R20250618"),
    ("2025-11-25", "R20251125"),
    ("2026-07-28", "R20260728"),
];

impl Range {
    /// All releases of a dialect.
    fn whole(dialect: &'static str) -> Self {
        Self { dialect, revisions: None, since: None, until: None, fixed_in: None }
    }

    /// `(since = "2025-06-18", until = "2025-11-25")`, or nothing.
    fn parse_revisions(input: ParseStream<'_>) -> syn::Result<Self> {
        let (mut first, mut last) = (0, REVISIONS.len() - 1);
        if input.peek(syn::token::Paren) {
            let content;
            parenthesized!(content in input);
            while !content.is_empty() {
                let name: Ident = content.parse()?;
                match name.to_string().as_str() {
                    "since" => first = revision(&value(&content)?)?,
                    "until" => last = revision(&value(&content)?)?,
                    _ => return Err(syn::Error::new(name.span(), "expected since or until")),
                }
                if !content.is_empty() {
                    content.parse::<Token![,]>()?;
                }
            }
        }
        if first > last {
            return Err(input.error("the range holds no revision"));
        }
        Ok(Self { revisions: Some((first, last)), ..Self::whole("Mcp") })
    }

    fn parse(dialect: &'static str, input: ParseStream<'_>) -> syn::Result<Self> {
        let mut range = Self::whole(dialect);
        if !input.peek(syn::token::Paren) {
            return Ok(range);
        }
        let content;
        parenthesized!(content in input);
        while !content.is_empty() {
            let name: Ident = content.parse()?;
            match name.to_string().as_str() {
                "since" => range.since = Some(release(&value(&content)?, 0)?),
                // An upper end covers every patch of its minor release, unless it names one.
                "until" => range.until = Some(release(&value(&content)?, u32::MAX)?),
                "fixed_in" => range.fixed_in = Some(fix(&content)?),
                _ => {
                    let says = "expected since, until or fixed_in";
                    return Err(syn::Error::new(name.span(), says));
                }
            }
            if !content.is_empty() {
                content.parse::<Token![,]>()?;
            }
        }
        Ok(range)
    }
}

fn value(content: ParseStream<'_>) -> syn::Result<LitStr> {
    content.parse::<Token![=]>()?;
    content.parse()
}

/// `("0.147", "what older releases do")`.
fn fix(content: ParseStream<'_>) -> syn::Result<([u32; 3], LitStr)> {
    let inner;
    parenthesized!(inner in content);
    let first: LitStr = inner.parse()?;
    inner.parse::<Token![,]>()?;
    let defect: LitStr = inner.parse()?;
    if !inner.is_empty() {
        inner.parse::<Token![,]>()?;
    }
    Ok((release(&first, 0)?, defect))
}

/// The number of a revision in [`REVISIONS`].
fn revision(text: &LitStr) -> syn::Result<usize> {
    let known = REVISIONS.iter().position(|(name, _)| *name == text.value());
    known.ok_or_else(|| {
        let names = REVISIONS.map(|(name, _)| name).join(", ");
        syn::Error::new(text.span(), format!("expected a revision: {names}"))
    })
}

fn release(text: &LitStr, patch: u32) -> syn::Result<[u32; 3]> {
    let wrong =
        || syn::Error::new(text.span(), "expected a release such as \"0.98\" or \"0.98.0\"");
    let value = text.value();
    let numbers: Vec<u32> =
        value.split('.').map(str::parse).collect::<Result<_, _>>().map_err(|_| wrong())?;
    match numbers.as_slice() {
        [major, minor] => Ok([*major, *minor, patch]),
        [major, minor, patch] => Ok([*major, *minor, *patch]),
        _ => Err(wrong()),
    }
}

impl ToTokens for Range {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let dialect = format_ident!("{}", self.dialect);
        let dialects: Vec<TokenStream> = match self.revisions {
            None => vec![quote!(::harness::Dialect::#dialect)],
            Some((first, last)) => REVISIONS[first..=last]
                .iter()
                .map(|(_, constant)| {
                    let constant = format_ident!("{constant}");
                    quote!(::harness::Dialect::Mcp(::harness::Revision::#constant))
                })
                .collect(),
        };
        let [since, until] = [self.since, self.until].map(|end| match end {
            Some([major, minor, patch]) => quote! {
                ::core::option::Option::Some(::harness::Release::new(#major, #minor, #patch))
            },
            None => quote!(::core::option::Option::None),
        });
        let fixed_in = match &self.fixed_in {
            Some(([major, minor, patch], defect)) => quote! {
                ::core::option::Option::Some(::harness::FixedIn {
                    release: ::harness::Release::new(#major, #minor, #patch),
                    defect: #defect,
                })
            },
            None => quote!(::core::option::Option::None),
        };
        let applies = dialects.iter().map(|dialect| {
            quote! {
                ::harness::Applies {
                    dialect: #dialect,
                    since: #since,
                    until: #until,
                    fixed_in: #fixed_in,
                }
            }
        });
        tokens.extend(quote!(#(#applies),*));
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_str;

    use super::Scope;

    #[test]
    fn ranges_are_read() {
        let scope: Scope =
            parse_str(r#"v1(since = "0.36", until = "0.80"), v2, source = "x""#).unwrap();
        assert_eq!(scope.applies[0].since, Some([0, 36, 0]));
        assert_eq!(scope.applies[0].until, Some([0, 80, u32::MAX]));
        assert_eq!(scope.applies[1].since, None);
    }

    #[test]
    fn a_range_of_revisions_is_one_dialect_each() {
        let scope: Scope = parse_str(
            r#"mcp(since = "2025-06-18", until = "2025-11-25"), declares("tools"), shared = "tour", source = "x""#,
        )
        .unwrap();
        assert_eq!(scope.applies[0].revisions, Some((2, 3)));
        assert_eq!(scope.declares.len(), 1);
        assert_eq!(scope.shared.unwrap().value(), "tour");
    }

    #[test]
    fn a_fix_has_a_release_and_the_defect_of_older_ones() {
        let scope: Scope = parse_str(
            r#"v2(since = "0.80", fixed_in("0.147", "it is never answered"),), source = "x""#,
        )
        .unwrap();
        let (release, defect) = scope.applies[0].fixed_in.as_ref().unwrap();
        assert_eq!((*release, defect.value().as_str()), ([0, 147, 0], "it is never answered"));
    }

    #[test]
    fn faults_are_named_by_their_constants() {
        let scope: Scope = parse_str(r#"v1, source = "x", faults(ONE, other::TWO,)"#).unwrap();
        let names: Vec<_> = scope
            .faults
            .iter()
            .map(|path| path.segments.last().unwrap().ident.to_string())
            .collect();
        assert_eq!(names, ["ONE", "TWO"]);
    }

    #[test]
    fn a_check_is_shared_only_if_it_says_so() {
        for (text, shared) in
            [(r#"v2, source = "x", shared"#, true), (r#"v2, source = "x""#, false)]
        {
            assert_eq!(parse_str::<Scope>(text).unwrap().company, shared, "{text}");
        }
    }

    #[test]
    fn a_missing_argument_is_named() {
        for (text, says) in [
            ("v1", "say where the rule is written"),
            (r#"source = "x""#, "name at least one dialect"),
            (r#"v3, source = "x""#, "expected v1, v2, mcp, source"),
            (r#"mcp(since = "2025-01-01"), source = "x""#, "expected a revision"),
            (r#"mcp(since = "2026-07-28", until = "2025-11-25"), source = "x""#, "no revision"),
            (r#"v1, source = "x", faults("one-thing-wrong")"#, "expected identifier"),
            (r#"v1(since = "x"), source = "x""#, "expected a release"),
            (r#"v1(fixed_in("0.47")), source = "x""#, "expected `,`"),
            (r#"v1(from = "0.47"), source = "x""#, "expected since, until or fixed_in"),
        ] {
            let error = parse_str::<Scope>(text).err().unwrap();
            assert!(error.to_string().contains(says), "{text}: {error}");
        }
    }
}
