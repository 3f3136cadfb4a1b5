//! What a subject offers is asked, kept, corrected, and said otherwise by whoever knows better.

use serde_json::Value;

use crate::world::World;

/// A server that answers what it is greeted with and refuses everything else, by `code`.
const REFUSES: &str = r#"while read -r line; do
    id=${line##*\"id\":}; id=${id%%,*}
    case $line in
        *\"initialize\"*) printf '{"id":%s,"result":{"userAgent":"mine/0.98.0"}}\n' "$id" ;;
        *\"id\":*) printf '{"id":%s,"error":{"code":-32601,"message":"no"}}\n' "$id" ;;
    esac
done"#;

#[test]
fn a_refusal_says_what_was_asked_what_came_and_what_goes_on() {
    let ran = World::new().behind(REFUSES, &["run"]).exits(3);
    for said in ["asked      initialize: ", "thread/list (v2): no such method", "--dialect v2"] {
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
}

#[test]
fn a_dialect_that_is_asked_for_is_a_claim() {
    let world = World::new();
    let args = ["run", "--check", "basics::*", "--dialect", "v2", "--json", "r.json"];
    world.behind(REFUSES, &args);
    let report: Value = serde_json::from_str(&world.read("r.json")).unwrap();
    assert_eq!(report["subject"]["dialects"], serde_json::json!(["v2"]));
    let list = &report["checks"].as_array().unwrap();
    let find = |id: &str| list.iter().find(|check| check["id"] == id).unwrap();
    assert_eq!(find("basics::answers_a_client_without_jsonrpc_member")["outcome"], "passed");
    let lists = find("basics::lists_threads");
    assert_eq!(lists["outcome"], "not_applicable");
    assert_eq!(lists["reason"], "the subject does not offer `thread/start`");
}

#[test]
fn who_is_held_to_a_release_is_held_to_its_methods() {
    let world = World::new();
    let args = [
        "run",
        "--check",
        "basics::starts_a_thread@v2",
        "--dialect",
        "v2",
        "--as-release",
        "0.98.0",
    ];
    world.behind(REFUSES, &args).exits(1);
}

#[test]
fn the_profile_is_written_once_and_then_read() {
    let world = World::new();
    let args = ["run", "--profile", "p.json", "--check", "basics::lists_threads@v2"];
    world.proctor(args).exits(0);
    let mut profile: Value = serde_json::from_str(&world.read("p.json")).unwrap();
    assert_eq!(profile["schema"], "proctor.profile/1");
    assert_eq!(profile["dialects"], serde_json::json!(["v1", "v2"]));
    assert!(profile["tools"].as_array().unwrap().iter().any(|tool| tool == "exec_command"));
    // A correction counts, right or wrong.
    profile["methods"]["v2"]["thread/list"] = false.into();
    world.write("p.json", &profile.to_string());
    let told = world.proctor(args).exits(4);
    assert!(told.stdout.contains("does not offer `thread/list`"), "{}", told.stdout);
    world.write("p.json", "{");
    world.proctor(args).exits(2).says_only("p.json: not a profile: ");
}
