//! The attributes that turn a function and its doc comment into a check.

mod requirement;
mod scope;

use proc_macro::TokenStream;
use proc_macro2::TokenStream as Tokens;
use quote::{format_ident, quote};
use syn::{Ident, ItemFn, parse_macro_input};

use crate::requirement::Requirement;
use crate::scope::Scope;

/// Registers an `async fn(cx: &mut Context) -> Result` as the check of the requirement in its doc
/// comment.
///
/// The first paragraph of the doc comment is the requirement and holds exactly one of MUST, SHOULD
/// and MAY. The attribute names the dialects, each with an optional range of releases, and the
/// source of the rule:
/// `#[check(v1(until = "0.107"), v2(since = "0.80"), source = "app-server README, Threads")]`.
///
/// A range is a claim. `since` is the release that introduced the method or member, `until` the
/// last release that has it: for other releases the check is not applicable. If older releases have
/// it with a defect, the check still runs: `fixed_in("0.147", "an interrupt of a turn that is over
/// is never answered")` reports a failure of an older release as a known defect, and a pass as a
/// pass.
///
/// With `faults(LOGOUT_KEEPS_AUTH)` the check names the faults that it must find: constants in the
/// module `faults` of its crate, each with a `name`.
///
/// A range of `mcp` has revisions: `mcp(since = "2025-06-18", until = "2025-11-25")`. With
/// `declares("resources.subscribe")` the check applies only to servers that declare all these
/// capabilities.
///
/// Checks with the same `shared = "questions"` share one conversation, one after the other in the order
/// of their ids; each must leave it as it was, but for the one that is `last`, which ends it. If the subject ends, or does not answer, the next one begins a
/// fresh conversation.
///
/// With `grants("thread/start")` a check is run before all others. If it does not hold, no other
/// check relies on what it grants.
///
/// With `shared` a check may run in one process with the other such checks of its module. It begins
/// with the greeting and a thread of its own, looks at nothing else, and leaves the configuration and
/// the process as they are. If anything is found there, it runs again in a process of its own, and
/// only that counts.
#[proc_macro_attribute]
pub fn check(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let scope = parse_macro_input!(attribute as Scope);
    let function = parse_macro_input!(item as ItemFn);
    let name = &function.sig.ident;
    let body = quote!(::harness::Body::Converse(|cx| ::std::boxed::Box::pin(#name(cx))));
    register(&scope, &function, &body).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Registers a `fn(conversation: &Conversation) -> Result` that judges every conversation of a run.
///
/// The doc comment and the attribute are as for [`macro@check`].
#[proc_macro_attribute]
pub fn observer(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let scope = parse_macro_input!(attribute as Scope);
    let function = parse_macro_input!(item as ItemFn);
    let name = &function.sig.ident;
    let body = quote!(::harness::Body::Observe(#name));
    register(&scope, &function, &body).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Registers a `fn(course: &Course) -> Result` that judges everything that each home of a run saw:
/// all its processes, its model service and its files.
///
/// The doc comment and the attribute are as for [`macro@check`].
#[proc_macro_attribute]
pub fn law(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let scope = parse_macro_input!(attribute as Scope);
    let function = parse_macro_input!(item as ItemFn);
    let name = &function.sig.ident;
    let body = quote!(::harness::Body::Judge(#name));
    register(&scope, &function, &body).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Registers the `async fn(cx: &mut Context) -> Result` that asks the subject, at the end of each
/// conversation, what laws compare with the rest.
#[proc_macro_attribute]
pub fn inquiry(_attribute: TokenStream, item: TokenStream) -> TokenStream {
    converse(item, &format_ident!("INQUIRY"))
}

/// Registers the `async fn(cx: &mut Context) -> Result` whose conversation an observer watches when
/// it runs on its own; with `#[tour(laws)]`, the one that laws watch; with `#[tour(mcp)]`, the one in
/// the Model Context Protocol.
#[proc_macro_attribute]
pub fn tour(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let slice = match attribute.to_string().as_str() {
        "laws" => "TOUR_OF_LAWS",
        "mcp" => "TOUR_OF_MCP",
        _ => "TOUR",
    };
    converse(item, &format_ident!("{slice}"))
}

/// Registers a conversation in this slice of the harness.
fn converse(item: TokenStream, slice: &Ident) -> TokenStream {
    let function: ItemFn = match syn::parse(item) {
        Ok(function) => function,
        Err(error) => return error.into_compile_error().into(),
    };
    let name = &function.sig.ident;
    quote! {
        #function

        const _: () = {
            use ::harness::private::linkme;
            #[linkme::distributed_slice(::harness::#slice)]
            #[linkme(crate = linkme)]
            static ONE: ::harness::private::Converse = |cx| ::std::boxed::Box::pin(#name(cx));
        };
    }
    .into()
}

fn register(scope: &Scope, function: &ItemFn, body: &Tokens) -> syn::Result<Tokens> {
    let Requirement { sentence, level } = Requirement::of(function)?;
    let level = format_ident!("{level}");
    let name = &function.sig.ident;
    let Scope { source, applies, grants, faults, declares, shared, company, last, stdio } = scope;
    let shared = match shared {
        Some(name) => quote!(::core::option::Option::Some(#name)),
        None => quote!(::core::option::Option::None),
    };
    let stdio = match stdio {
        Some(why) => quote!(::core::option::Option::Some(#why)),
        None => quote!(::core::option::Option::None),
    };
    Ok(quote! {
        #function

        const _: () = {
            use ::harness::private::linkme;
            #[linkme::distributed_slice(::harness::CHECKS)]
            #[linkme(crate = linkme)]
            static CHECK: ::harness::Check = ::harness::Check {
                module: module_path!(),
                name: stringify!(#name),
                requirement: #sentence,
                level: ::harness::Level::#level,
                applies: &[#(#applies),*],
                source: #source,
                grants: &[#(#grants),*],
                declares: &[#(#declares),*],
                shared: #shared,
                last: #last,
                company: #company,
                stdio: #stdio,
                faults: &[#(crate::faults::#faults.name),*],
                file: file!(),
                line: line!(),
                body: #body,
            };
        };
    })
}
