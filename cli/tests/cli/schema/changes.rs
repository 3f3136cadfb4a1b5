//! Of a thousand random changes of messages that the reference sent, nearly all are reported, each at
//! its place.

use std::collections::{BTreeMap, HashMap};
use std::fs;

use schema::{EXPERIMENTAL, Kind, Kit, Object, Offer, Set, Shape};
use serde_json::{Value, json};

use crate::world::World;

/// The changes that are tried, and how many of them must be reported.
const CHANGES: usize = 1_000;
const REPORTED: usize = 950;

/// A message of the reference.
struct Sent {
    kind: Kind,
    method: String,
    value: Value,
}

/// One change: the place, and what is there afterwards; nothing if the member is dropped.
#[derive(Clone, Debug)]
struct Change {
    pointer: String,
    value: Option<Value>,
}

/// All messages of some conversations.
fn sent(world: &World) -> Vec<Sent> {
    let mut all = Vec::new();
    let mut files: Vec<_> =
        fs::read_dir(world.path("talk")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let mut open: HashMap<String, String> = HashMap::new();
        for line in fs::read_to_string(file).unwrap().lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let message = &line["msg"];
            let (id, method) = (message.get("id"), message["method"].as_str());
            let own = |kind, method: &str, value: &Value| Sent {
                kind,
                method: method.to_owned(),
                value: value.clone(),
            };
            match (line["dir"] == "<", method, id) {
                (false, Some(method), Some(id)) => {
                    open.insert(id.to_string(), method.to_owned());
                }
                (true, Some(method), Some(_)) => {
                    all.push(own(Kind::ServerRequest, method, message));
                }
                (true, Some(method), None) => all.push(own(Kind::Notification, method, message)),
                (true, None, Some(id)) if message.get("result").is_some() => {
                    let method = open.remove(&id.to_string());
                    all.extend(method.map(|method| own(Kind::Result, &method, &message["result"])));
                }
                _ => {}
            }
        }
    }
    all
}

/// What a value may be: names followed, alternatives put in a row.
fn flat<'a>(set: &'a Set, shape: &'a Shape, all: &mut Vec<&'a Shape>) {
    match shape {
        Shape::Named(name) => flat(set, set.definition(name).unwrap(), all),
        Shape::Either(shapes) => shapes.iter().for_each(|shape| flat(set, shape, all)),
        other => all.push(other),
    }
}

fn allows(shapes: &[&Shape], value: &Value) -> bool {
    shapes.iter().any(|shape| match shape {
        Shape::Any => true,
        Shape::Null => value.is_null(),
        Shape::Flag => value.is_boolean(),
        Shape::Text => value.is_string(),
        Shape::Number | Shape::Whole(_) => value.is_number(),
        Shape::Words(words) => words.contains(value),
        Shape::List(_) => value.is_array(),
        Shape::Object(_) => value.is_object(),
        Shape::Named(_) | Shape::Either(_) => false,
    })
}

/// Whether the listed values of an object's members are those of the value.
fn is_meant(set: &Set, object: &Object, value: &Value) -> bool {
    object.members.iter().filter(|(_, member)| member.required).all(|(name, member)| {
        let mut shapes = Vec::new();
        flat(set, &member.shape, &mut shapes);
        let words = shapes.iter().all(|shape| matches!(shape, Shape::Words(_)));
        value.get(name).is_some_and(|value| !words || allows(&shapes, value))
    })
}

/// Every change that breaks the shape, below `at`.
fn places(set: &Set, shape: &Shape, value: &Value, at: &str, all: &mut Vec<Change>) {
    let mut shapes = Vec::new();
    flat(set, shape, &mut shapes);
    if !at.is_empty() && !shapes.iter().any(|shape| matches!(shape, Shape::Any)) {
        let words = shapes.iter().any(|shape| matches!(shape, Shape::Words(_)));
        let others =
            [json!(7), json!(true), json!("unheard-of"), json!(null), json!([]), json!({})];
        let wrong = others.into_iter().filter(|other| !allows(&shapes, other));
        // An unknown value counts as much as a wrong type.
        let wrong = wrong.filter(|other| !words || other.is_string()).take(2);
        all.extend(wrong.map(|value| Change { pointer: at.to_owned(), value: Some(value) }));
    }
    for shape in shapes {
        match (shape, value) {
            (Shape::List(each), Value::Array(items)) => {
                for (number, item) in items.iter().enumerate() {
                    places(set, each, item, &format!("{at}/{number}"), all);
                }
            }
            (Shape::Object(object), Value::Object(members)) if is_meant(set, object, value) => {
                for (name, member) in &object.members {
                    let Some(value) = members.get(name) else { continue };
                    let pointer = format!("{at}/{name}");
                    if member.required {
                        all.push(Change { pointer: pointer.clone(), value: None });
                    }
                    places(set, &member.shape, value, &pointer, all);
                }
            }
            _ => {}
        }
    }
}

fn apply(value: &mut Value, change: &Change) {
    let (parent, name) = change.pointer.rsplit_once('/').unwrap();
    let parent = value.pointer_mut(parent).unwrap();
    match (&change.value, parent) {
        (None, Value::Object(members)) => drop(members.shift_remove(name)),
        (Some(other), Value::Object(members)) => {
            drop(members.insert(name.to_owned(), other.clone()));
        }
        (Some(other), Value::Array(items)) => {
            let number: usize = name.parse().unwrap();
            items[number] = other.clone();
        }
        (_, other) => panic!("{}: {other}", change.pointer),
    }
}

/// A number below `sides`.
fn roll(state: &mut u64, sides: usize) -> usize {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    usize::try_from((mixed ^ (mixed >> 31)) % sides as u64).unwrap()
}

#[test]
fn nearly_every_change_is_reported_at_its_place() {
    let world = World::new();
    let suites = ["schema", "thread", "review", "servers", "rollback"];
    let suites = suites.iter().flat_map(|suite| ["--suite", suite]);
    let args = ["run", "--dialect", "v2", "--transcripts", "talk", "--profile", "p.json"];
    world.proctor(args.into_iter().chain(suites)).exits(0);
    let profile: Value = serde_json::from_str(&world.read("p.json")).unwrap();
    let methods: BTreeMap<String, bool> =
        serde_json::from_value(profile["methods"]["v2"].clone()).unwrap();
    let kit = Kit::carried();
    let judge = kit.judge_of(&Offer { claimed: None, methods: &methods }).unwrap();
    // What the newest release says of a message.
    let newest = kit.names().iter().rfind(|name| name.ends_with(EXPERIMENTAL)).unwrap();
    let set = kit.set(newest).unwrap();

    let sent = sent(&world);
    assert!(sent.len() > 1_000, "{} messages", sent.len());
    let (mut state, mut tried, mut missed) = (14, 0, Vec::new());
    while tried < CHANGES {
        let Sent { kind, method, value } = &sent[roll(&mut state, sent.len())];
        let Some(shape) = set.message(*kind, method) else { continue };
        let mut changes = Vec::new();
        places(&set, shape, value, "", &mut changes);
        if changes.is_empty() {
            continue;
        }
        let change = changes.swap_remove(roll(&mut state, changes.len()));
        let mut changed = value.clone();
        apply(&mut changed, &change);
        tried += 1;
        let found = judge.value(*kind, method, &changed, "").unwrap();
        if !found.flaws.iter().any(|flaw| flaw.pointer == change.pointer) {
            missed.push(format!("{kind} {method}: {change:?}"));
        }
    }
    missed.sort();
    assert!(tried - missed.len() >= REPORTED, "{} missed:\n{}", missed.len(), missed.join("\n"));
}
