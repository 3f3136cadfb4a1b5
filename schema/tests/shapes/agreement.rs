//! The judge against the crate `jsonschema`: both say the same of real shapes and of changed messages.

use crate::messages::{Dice, changed, made};
use jsonschema::Validator;
use schema::{Judge, Kind, Kit, Set, Shape};
use serde_json::{Map, Value, json};

/// A shape as a JSON schema.
fn schema_of(shape: &Shape) -> Value {
    match shape {
        Shape::Any => json!(true),
        Shape::Null => json!({ "type": "null" }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Text => json!({ "type": "string" }),
        Shape::Number => json!({ "type": "number" }),
        Shape::Whole(None) => json!({ "type": "integer" }),
        Shape::Whole(Some(least)) => json!({ "type": "integer", "minimum": least }),
        Shape::Words(words) => json!({ "enum": words }),
        Shape::Named(name) => json!({ "$ref": format!("#/definitions/{name}") }),
        Shape::List(each) => json!({ "type": "array", "items": schema_of(each) }),
        Shape::Either(shapes) => {
            json!({ "anyOf": shapes.iter().map(schema_of).collect::<Vec<_>>() })
        }
        Shape::Object(object) => {
            let members = object.members.iter();
            let required = members.clone().filter(|(_, member)| member.required);
            let required: Vec<_> = required.map(|(name, _)| name).collect();
            let members: Map<String, Value> =
                members.map(|(name, member)| (name.clone(), schema_of(&member.shape))).collect();
            let mut schema =
                json!({ "type": "object", "properties": members, "required": required });
            if let Some(rest) = &object.rest {
                schema["additionalProperties"] = schema_of(rest);
            }
            schema
        }
    }
}

/// A validator of one message, with the definitions that it uses.
fn validator(set: &Set, kind: Kind, method: &str) -> Validator {
    let shape = set.message(kind, method).unwrap();
    let mut schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#", "allOf": [schema_of(shape)], "definitions": {},
    });
    let mut open = Vec::new();
    shape.names(&mut |name| open.push(name));
    while let Some(name) = open.pop() {
        if schema["definitions"].get(name).is_none() {
            let shape = set.definition(name).unwrap();
            schema["definitions"][name] = schema_of(shape);
            shape.names(&mut |name| open.push(name));
        }
    }
    jsonschema::options().should_validate_formats(false).build(&schema).unwrap()
}

/// How often both said the same, and how often that was a refusal.
fn compare(name: &str, kind: Kind, rounds: usize, dice: &mut Dice) -> (usize, usize) {
    let set = Kit::carried().set(name).unwrap();
    let judge = Judge::new(vec![set.clone()], true);
    let (mut compared, mut refused) = (0, 0);
    for method in set.methods(kind) {
        let validator = validator(&set, kind, method);
        for _ in 0..rounds {
            let shape = set.message(kind, method).unwrap();
            let whole = made(&set, shape, dice, 0);
            let mut bent = whole.clone();
            for value in [whole, {
                changed(&mut bent, dice);
                bent
            }] {
                let found = judge.value(kind, method, &value, "").unwrap();
                let theirs = validator.is_valid(&value);
                let ours = found.flaws.is_empty();
                assert_eq!(ours, theirs, "{name}: {kind} {method}: {:?}\n{value}", found.flaws);
                compared += 1;
                refused += usize::from(!ours);
            }
        }
    }
    (compared, refused)
}

#[test]
fn both_say_the_same_of_made_and_changed_messages() {
    let mut dice = Dice::new(14);
    let (mut compared, mut refused) = (0, 0);
    for name in ["0.58.0", "0.98.0", "0.120.0+experimental", "0.171.0", "0.171.0+experimental"] {
        for kind in
            [Kind::Notification, Kind::ServerRequest, Kind::Result, Kind::Error, Kind::Event]
        {
            let (all, bad) = compare(name, kind, 6, &mut dice);
            compared += all;
            refused += bad;
        }
    }
    assert!(compared > 5_000 && refused > 1_000, "{compared} compared, {refused} refused");
}

#[test]
fn several_sets_allow_what_one_of_them_allows() {
    let mut dice = Dice::new(7);
    let names = ["0.98.0", "0.107.0", "0.120.0"];
    let sets: Vec<Set> = names.iter().map(|name| Kit::carried().set(name).unwrap()).collect();
    let judge = Judge::new(sets.clone(), true);
    let mut seen = 0;
    for set in &sets {
        for kind in [Kind::Notification, Kind::ServerRequest, Kind::Result] {
            for method in set.methods(kind) {
                let shape = set.message(kind, method).unwrap();
                for _ in 0..5 {
                    let value = made(set, shape, &mut dice, 0);
                    let found = judge.value(kind, method, &value, "").unwrap();
                    assert!(
                        found.flaws.is_empty(),
                        "{}: {method}: {:?}\n{value}",
                        set.name,
                        found.flaws
                    );
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 500, "{seen}");
}
