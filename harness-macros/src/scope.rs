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
    /// Whether the check may run in the process of another.
    pub(crate) shared: bool,
}

/// One dialect, with the first and the last release that the check applies to.
pub(crate) struct Range {
    dialect: &'static str,
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
        let mut shared = false;
        while !input.is_empty() {
            let name: Ident = input.parse()?;
            match name.to_string().as_str() {
                "v1" => applies.push(Range::parse("V1", input)?),
                "v2" => applies.push(Range::parse("V2", input)?),
                "mcp" => applies.push(Range::parse("Mcp", input)?),
                "source" => {
                    input.parse::<Token![=]>()?;
                    source = Some(input.parse()?);
                }
                "grants" => grants.extend(list(input, Expr::parse)?),
                "faults" => faults.extend(list(input, Path::parse_mod_style)?),
                "shared" => shared = true,
                _ => {
                    let wanted = "expected v1, v2, mcp, source, grants, faults or shared";
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
        Ok(Self { applies, source, grants, faults, shared })
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

impl Range {
    fn parse(dialect: &'static str, input: ParseStream<'_>) -> syn::Result<Self> {
        let mut range = Self { dialect, since: None, until: None, fixed_in: None };
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
        tokens.extend(quote! {
            ::harness::Applies {
                dialect: ::harness::Dialect::#dialect,
                since: #since,
                until: #until,
                fixed_in: #fixed_in,
            }
        });
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
            assert_eq!(parse_str::<Scope>(text).unwrap().shared, shared, "{text}");
        }
    }

    #[test]
    fn a_missing_argument_is_named() {
        for (text, says) in [
            ("v1", "say where the rule is written"),
            (r#"source = "x""#, "name at least one dialect"),
            (r#"v3, source = "x""#, "expected v1, v2, mcp, source, grants, faults or shared"),
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
