//! Messages against their schemas, and what changed between two: as users run it.

mod changes;
mod drift;

use std::fs;

use crate::world::World;

/// A schema in which a turn that starts has one member more.
const STRICTER: &str = r##"{
    "oneOf": [{ "type": "object", "required": ["method", "params"], "properties": {
        "method": { "enum": ["turn/started"] }, "params": { "$ref": "#/definitions/Started" }
    } }],
    "definitions": { "Started": {
        "type": "object", "required": ["threadId", "mood"], "properties": { "mood": { "type": "string" } }
    } }
}"##;

#[test]
fn a_directory_replaces_the_schemas_that_are_carried() {
    let world = World::new();
    fs::create_dir(world.path("schemas")).unwrap();
    fs::write(world.path("schemas/ServerNotification.json"), STRICTER).unwrap();
    let args = ["run", "--check", "schema::*@v2", "--schema", "schemas", "--json", "r.json"];
    let ran = world.proctor(args).exits(1);
    for said in [
        "MUST schema::notifications_match_their_schema@v2: ",
        "`/params/mood` in the notification `turn/started`",
        "nothing (required member missing)",
        "the schemas that it was held to: schemas",
        "--schema schemas",
    ] {
        assert!(ran.stdout.contains(said), "{said}: {}", ran.stdout);
    }
    // What no schema names is no failure, and no matter of the verdict.
    let said = "named by no schema";
    assert!(!ran.stdout.contains(said), "{}", ran.stdout);
    assert!(world.json("r.json")["notes"].to_string().contains(said));
}

#[test]
fn a_directory_without_schemas_is_refused_before_anything_starts() {
    let world = World::new();
    fs::create_dir(world.path("empty")).unwrap();
    world
        .proctor(["run", "--schema", "empty"])
        .exits(2)
        .says_only("generate-json-schema --out DIR");
}
