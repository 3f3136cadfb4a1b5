//! `--rerun REPORT`: only what did not pass in an earlier run.

use crate::world::{FAILING, World};

const CHECK: &str = "conversation::no_version_member";
const HOLDS: &str = "initialize::only_once";

/// The cases of a report, in order.
fn cases(world: &World, name: &str) -> Vec<String> {
    let report = world.json(name);
    let checks = report["checks"].as_array().unwrap();
    let text = |check: &serde_json::Value, name: &str| check[name].as_str().unwrap().to_owned();
    checks.iter().map(|check| format!("{}@{}", text(check, "id"), text(check, "dialect"))).collect()
}

#[test]
fn only_what_did_not_pass_is_run_again() {
    let world = World::new();
    let first = ["run", "--check", CHECK, "--check", HOLDS, "--json", "first.json"];
    world.behind(FAILING, &first).exits(1);
    assert_eq!(cases(&world, "first.json").len(), 4);

    let again = ["run", "--rerun", "first.json", "--json", "again.json"];
    let ran = world.proctor(again).exits(0);
    assert!(cases(&world, "again.json").contains(&format!("{CHECK}@v2")));
    assert!(cases(&world, "again.json").iter().all(|case| case.starts_with(CHECK)));
    assert!(ran.stdout.contains("verdict: conformant in 2 of "), "{}", ran.stdout);

    let filtered = [&again[..], &["--dialect", "v2"]].concat();
    world.behind(FAILING, &filtered).exits(1);
    assert_eq!(cases(&world, "again.json"), [format!("{CHECK}@v2")]);
    world
        .proctor([&again[..], &["--check", HOLDS]].concat())
        .exits(2)
        .says_only("cannot rerun first.json: none of its unfinished checks passes the filters");
}

#[test]
fn an_observer_comes_with_the_conversation_in_which_it_found_something() {
    let world = World::new();
    let seen = world.path("seen");
    std::fs::create_dir(&seen).unwrap();
    // The first start is the observer's own conversation; only the second is wrong.
    let script = r#"n=$(ls seen | wc -l); : > seen/$$; [ $n = 1 ] && set -- --fault item-completes-twice; exec "$0" reference app-server "$@""#;
    let script = script.replace("seen", seen.to_str().unwrap());
    let observer = "conversation::turns::an_item_ends_once@v2";
    let case = "model_view::nothing_is_stored@v2";
    let run = ["run", "--check", observer, "--check", case, "--jobs", "1", "--json", "first.json"];
    let known = world.known();
    world.behind(&script, &[&run[..], &known].concat()).exits(1);
    let report = world.json("first.json");
    assert_eq!(report["summary"]["failed"], 1, "{}", report["summary"]);

    let rerun = ["run", "--rerun", "first.json", "--json", "again.json"];
    world.behind(&script, &[&rerun[..], &known].concat()).exits(0);
    assert_eq!(cases(&world, "again.json"), [observer, case]);
}

#[test]
fn what_was_not_run_is_left_open() {
    let world = World::new();
    let args = ["run", "--check", CHECK, "--check", HOLDS, "--jobs", "1", "--fail-fast"];
    world.behind(FAILING, &[&args[..], &["--json", "first.json"]].concat()).exits(1);
    let report = world.json("first.json");
    let checks = report["checks"].as_array().unwrap();
    assert!(checks.iter().any(|check| check["reason"] == "not run"), "{report}");
    let open = checks.iter().filter(|check| check["outcome"] != "passed").count();
    world.proctor(["run", "--rerun", "first.json", "--json", "again.json"]).exits(0);
    // What failed, and all that the run did not come to.
    assert_eq!(cases(&world, "again.json").len(), open);
}

#[test]
fn what_is_no_report_of_ours_or_leaves_nothing_is_refused() {
    let world = World::new();
    world.proctor(["run", "--check", HOLDS, "--json", "good.json"]).exits(0);
    world.write("text", "hello");
    world.write("other.json", r#"{ "schema": "proctor.hunt/1" }"#);
    world.write("none.json", "{}");
    world.write("part.json", r#"{ "schema": "proctor.report/1" }"#);
    for (file, says) in [
        ("good.json", "all its cases passed, and a run without checks proves nothing"),
        ("text", "it is not a report: expected value at line 1 column 1"),
        ("other.json", r#"it is a "proctor.hunt/1", not a "proctor.report/1""#),
        ("none.json", r#"it is not marked as a "proctor.report/1""#),
        ("part.json", "it is not a report: missing field"),
        ("missing", "No such file or directory"),
    ] {
        let told = format!("cannot rerun {file}: {says}");
        world.proctor(["run", "--rerun", file]).exits(2).says_only(&told);
    }
}
