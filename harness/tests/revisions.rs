//! Which revisions of the Model Context Protocol a server is found to have, and what it declares.

#![expect(clippy::unwrap_used, reason = "what a test's helper cannot do fails the test")]

use harness::profile::{Claims, Profile};
use harness::{Dialect, Family, Revision, Subject};
use pretty_assertions::assert_eq;

/// A server in a shell: the answers to `initialize`, `server/discover` and `tools/list`, and how any
/// other request is answered; an empty answer is silence.
fn examine(
    initialize: &str,
    discover: &str,
    others: &str,
    claims: Claims,
) -> harness::Result<Profile> {
    let script = format!(
        r#"while read -r line; do
            id=${{line#*\"id\":}}; id=${{id%%,*}}
            case $line in
                *'"id"'*) ;;
                *) continue ;;
            esac
            case $line in
                *'"initialize"'*) answer='{initialize}' ;;
                *'"server/discover"'*) answer='{discover}' ;;
                *'"tools/list"'*) answer='"result":{{"tools":[{{"name":"add"}}]}}' ;;
                *'"ping"'*) answer='"result":{{}}' ;;
                *) answer='{others}' ;;
            esac
            [ -z "$answer" ] || printf '{{"jsonrpc":"2.0","id":%s,%s}}\n' "$id" "$answer"
        done"#
    );
    let mut subject = Subject::new(["sh", "-c", &script]).unwrap();
    subject.claims = claims;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(subject.examine()).map(|examined| examined.profile)
}

/// The answer to `initialize` of a server that has this revision.
fn gives(version: &str) -> String {
    format!(
        r#""result":{{"protocolVersion":"{version}","capabilities":{{"tools":{{}}}},"serverInfo":{{"name":"x","version":"1"}}}}"#
    )
}

const DISCOVERED: &str =
    r#""result":{"supportedVersions":["2026-07-28"],"capabilities":{"prompts":{}}}"#;
const UNKNOWN: &str = r#""error":{"code":-32601,"message":"no such method"}"#;

fn revisions(profile: &Profile) -> Vec<Dialect> {
    assert!(profile.is_mcp());
    profile.dialects.clone()
}

#[test]
fn a_server_with_sessions_is_examined_in_the_revision_that_it_gives() {
    let profile = examine(&gives("2025-03-26"), UNKNOWN, UNKNOWN, Claims::default()).unwrap();
    assert_eq!(revisions(&profile), [Dialect::Mcp(Revision::R20250326)]);
    let declared = &profile.revisions[&Revision::R20250326];
    assert_eq!((declared.has("tools"), declared.has("prompts")), (true, false));
    assert_eq!((declared.has("tool:add"), declared.has("tool:other")), (true, false));
}

#[test]
fn silence_is_no_revision_without_sessions() {
    let profile = examine(&gives("2025-11-25"), "", "", Claims::default()).unwrap();
    assert_eq!(revisions(&profile), [Dialect::Mcp(Revision::R20251125)]);
}

#[test]
fn a_server_of_both_eras_is_examined_in_both() {
    let profile = examine(&gives("2025-11-25"), DISCOVERED, UNKNOWN, Claims::default()).unwrap();
    assert_eq!(revisions(&profile), [Revision::R20251125, Revision::R20260728].map(Dialect::Mcp));
    let declares = |revision, name| profile.revisions[&revision].has(name);
    assert!(declares(Revision::R20251125, "tools") && !declares(Revision::R20251125, "prompts"));
    assert!(declares(Revision::R20260728, "prompts") && !declares(Revision::R20260728, "tools"));
}

#[test]
fn a_server_without_sessions_needs_none() {
    let profile = examine(UNKNOWN, DISCOVERED, UNKNOWN, Claims::default()).unwrap();
    assert_eq!(revisions(&profile), [Dialect::Mcp(Revision::R20260728)]);
}

#[test]
fn an_answer_to_everything_is_no_app_server() {
    let profile =
        examine(&gives("2025-11-25"), UNKNOWN, r#""result":{}"#, Claims::default()).unwrap();
    assert_eq!(revisions(&profile), [Dialect::Mcp(Revision::R20251125)]);
}

#[test]
fn a_revision_that_is_asked_for_must_be_given() {
    let claims = Claims { revisions: vec![Revision::R20250618], ..Claims::default() };
    let failure = examine(&gives("2025-11-25"), UNKNOWN, UNKNOWN, claims).unwrap_err();
    assert_eq!(
        failure.parts().observed,
        "the server does not give it: asked for it, it answers 2025-11-25"
    );
}

#[test]
fn whoever_says_mcp_is_believed() {
    let claims = Claims { dialects: vec![Family::Mcp], ..Claims::default() };
    let profile = examine(&gives("2024-11-05"), UNKNOWN, UNKNOWN, claims).unwrap();
    assert_eq!(revisions(&profile), [Dialect::Mcp(Revision::R20241105)]);
}
