//! `proctor drift`: directories, releases, reports, commands.

use std::fs;

use serde_json::{Value, json};

use crate::world::World;

#[test]
fn releases_are_compared_by_the_schemas_that_are_carried() {
    let world = World::new();
    let ran = world
        .proctor(["drift", "0.169.0", "0.171.0", "--json", "d.json", "--page", "d.md"])
        .exits(0);
    let line =
        "breaks servers             server request `currentTime/read`: removed (experimental)";
    assert!(ran.stdout.contains(line), "{}", ran.stdout);
    assert!(ran.stdout.starts_with("0.169.0 -> 0.171.0\n"), "{}", ran.stdout);
    let drift: Value = serde_json::from_str(&world.read("d.json")).unwrap();
    assert_eq!((&drift["schema"], &drift["breaks"]), (&json!("proctor.drift/1"), &json!(true)));
    assert_eq!((&drift["checks"], &drift["messages"]), (&Value::Null, &Value::Null));
    let page = world.read("d.md");
    assert!(
        page.contains("| request `thread/search/stream` | added (experimental) | harmless |"),
        "{page}"
    );
}

#[test]
fn what_breaks_can_be_denied() {
    let world = World::new();
    world.proctor(["drift", "0.169.0", "0.171.0", "--deny", "breaking"]).exits(1);
    world.proctor(["drift", "0.171.0", "0.171.0", "--deny", "breaking"]).exits(0);
}

#[test]
fn reports_are_compared_by_their_checks() {
    let world = World::new();
    let check = "basics::lists_threads@v2";
    world.proctor(["run", "--check", check, "--json", "a.json"]).exits(0);
    let mut report: Value = serde_json::from_str(&world.read("a.json")).unwrap();
    report["checks"][0]["outcome"] = json!("failed");
    fs::write(world.path("b.json"), report.to_string()).unwrap();
    let ran = world.proctor(["drift", "a.json", "b.json", "--deny", "breaking"]).exits(1);
    assert!(ran.stdout.contains(&format!("passed -> failed  {check}")), "{}", ran.stdout);
    assert!(
        ran.stdout.contains("1 checks with another outcome, 1 of them fail now"),
        "{}",
        ran.stdout
    );
    world
        .proctor(["drift", "a.json", "0.171.0"])
        .exits(2)
        .says_only("nothing that can be compared");
}

#[test]
fn commands_are_compared_by_what_they_send() {
    let world = World::new();
    let proctor = utils_cargo_bin::cargo_bin("proctor").unwrap();
    let server = |fault: &str| format!("'{}' reference app-server{fault}", proctor.display());
    let (before, after) = (server(""), server(" --fault started-turn-without-items"));
    let args =
        ["drift", before.as_str(), after.as_str(), "--check", "basics::*@v2", "--deny", "breaking"];
    let ran = world.proctor(args).exits(1);
    for said in [
        "notification `turn/started`: `/turn/items` is sent only by the older",
        "not reported -> failed  schema::notifications_match_their_schema@v2",
    ] {
        assert!(ran.stdout.contains(said), "{said}: {}", ran.stdout);
    }
}

#[test]
fn what_is_neither_is_refused() {
    let world = World::new();
    world
        .proctor(["drift", "0.99.0", "0.171.0"])
        .exits(2)
        .says_only("no schemas of 0.99.0 are carried");
    world.proctor(["drift", "no-such-server", "0.171.0"]).exits(3).says_only("no-such-server");
}
