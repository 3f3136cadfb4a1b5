//! What the judge says of a message that breaks its shape: the place, the rule, the value.

use schema::{Judge, Kind, Kit, Rule, Set, Shape};
use serde_json::{Value, json};

fn judge_of(names: &[&str]) -> Judge {
    Judge::new(names.iter().map(|name| Kit::carried().set(name).unwrap()).collect(), true)
}

/// A set with one notification, `m`, of this compact shape.
fn set(name: &str, params: &Value) -> Set {
    let mut set = Set::new(name);
    set.insert(Kind::Notification, "m", Shape::of_compact(params).unwrap());
    set
}

/// The places and rules of the flaws, and what is not named.
fn found(judge: &Judge, value: &Value) -> (Vec<(String, Rule)>, Vec<String>) {
    let found = judge.value(Kind::Notification, "m", value, "").unwrap();
    let flaws = found.flaws.into_iter().map(|flaw| (flaw.pointer, flaw.rule));
    (flaws.collect(), found.unnamed.into_iter().collect())
}

fn turn_started(status: &str) -> Value {
    json!({ "method": "turn/started", "params": {
        "threadId": "t", "turn": { "id": "1", "items": [], "status": status, "error": null },
    } })
}

#[test]
fn a_flaw_names_place_rule_and_value() {
    let judge = judge_of(&["0.171.0"]);
    let said =
        |message: &Value| judge.message(Kind::Notification, "turn/started", message).unwrap();
    assert!(said(&turn_started("inProgress")).flaws.is_empty());

    let found = said(&turn_started("resting"));
    let [flaw] = found.flaws.as_slice() else { panic!("{found:?}") };
    assert_eq!((flaw.pointer.as_str(), flaw.rule), ("/params/turn/status", Rule::UnknownValue));
    assert_eq!(flaw.expected, r#"one of "completed", "interrupted", "failed", "inProgress""#);
    assert_eq!(flaw.observed, r#""resting""#);

    let mut without = turn_started("completed");
    without["params"]["turn"].as_object_mut().unwrap().shift_remove("items");
    let found = said(&without);
    let [flaw] = found.flaws.as_slice() else { panic!("{found:?}") };
    assert_eq!((flaw.pointer.as_str(), flaw.rule), ("/params/turn/items", Rule::Missing));
    assert_eq!((flaw.expected.as_str(), flaw.observed.as_str()), ("an array", "nothing"));
}

#[test]
fn a_flaw_is_inside_the_alternative_that_the_type_selects() {
    let judge = judge_of(&["0.171.0"]);
    let item = |item: Value| {
        let message =
            json!({ "params": { "threadId": "t", "turnId": "u", "startedAtMs": 1, "item": item } });
        let found = judge.message(Kind::Notification, "item/started", &message).unwrap();
        found.flaws.into_iter().map(|flaw| (flaw.pointer, flaw.rule)).collect::<Vec<_>>()
    };
    assert_eq!(item(json!({ "type": "agentMessage", "id": "1", "text": "" })), []);
    let wrong = item(json!({ "type": "agentMessage", "id": "1", "text": 4 }));
    assert_eq!(wrong, [("/params/item/text".to_owned(), Rule::WrongType)]);
    let unknown = item(json!({ "type": "acme", "id": "1" }));
    assert_eq!(unknown, [("/params/item/type".to_owned(), Rule::UnknownValue)]);
    let without = item(json!({ "id": "1", "text": "" }));
    assert_eq!(without, [("/params/item/type".to_owned(), Rule::Missing)]);
}

#[test]
fn what_is_not_named_is_no_flaw() {
    let judge = Judge::new(vec![set("1.0.0", &json!({ "a!": ["l", { "x": "s" }] }))], true);
    let value = json!({ "a": [{ "x": "1" }, { "y": 1 }, { "y": 2 }], "b": {} });
    assert_eq!(found(&judge, &value), (vec![], vec!["/a/*/y".to_owned(), "/b".to_owned()]));
    assert!(judge.value(Kind::Notification, "n", &value, "").is_none());
}

#[test]
fn an_object_without_a_type_is_the_one_that_fits_best() {
    let shape = json!(["|", "s", { "ok!": { "n!": "i" } }, { "failed!": "s" }]);
    let judge = Judge::new(vec![set("1.0.0", &shape)], true);
    assert_eq!(found(&judge, &json!({ "failed": "why" })).0, []);
    let inside = found(&judge, &json!({ "ok": { "n": "7" } })).0;
    assert_eq!(inside, [("/ok/n".to_owned(), Rule::WrongType)]);
    let none = found(&judge, &json!({ "acme": 1 })).0;
    assert_eq!(none, [(String::new(), Rule::NoAlternative)]);
    assert_eq!(found(&judge, &json!(7)).0, [(String::new(), Rule::WrongType)]);
}

#[test]
fn numbers_are_whole_and_not_too_small() {
    let judge = Judge::new(vec![set("1.0.0", &json!({ "n": "i0" }))], true);
    for (value, rule) in [
        (json!(0), None),
        (json!(3.0), None),
        (json!(u64::MAX), None),
        (json!(1.5), Some(Rule::WrongType)),
        (json!("1"), Some(Rule::WrongType)),
        (json!(-1), Some(Rule::TooSmall)),
    ] {
        let rules: Vec<_> =
            found(&judge, &json!({ "n": value })).0.into_iter().map(|(_, rule)| rule).collect();
        assert_eq!(rules, Vec::from_iter(rule), "{value}");
    }
}

#[test]
fn only_what_no_release_allows_is_a_flaw() {
    let old = set("1.0.0", &json!({ "id!": "s", "old!": "s", "kind!": ["=", "a"] }));
    let new =
        set("2.0.0", &json!({ "id!": "s", "new!": "i", "kind!": ["=", "a", "b"], "size!": "i" }));
    let judge = Judge::new(vec![old, new], true);
    // Something of each, and a new member of another type, which the old release does not know.
    let mixed = json!({ "id": "1", "kind": "b", "new": "text" });
    assert_eq!(found(&judge, &mixed), (vec![], vec!["/new".to_owned()]));
    let wrong = found(&judge, &json!({ "id": 1, "kind": "c" })).0;
    assert_eq!(
        wrong,
        [("/id".to_owned(), Rule::WrongType), ("/kind".to_owned(), Rule::UnknownValue)]
    );
}

#[test]
fn the_sets_of_one_release_complete_each_other() {
    let stable = set("1.0.0", &json!({ "id!": "s" }));
    let all = set("1.0.0+experimental", &json!({ "id!": "s", "more": "i" }));
    let judge = Judge::new(vec![stable, all], true);
    assert_eq!(found(&judge, &json!({ "id": "1", "more": 1 })), (vec![], vec![]));
    let wrong = found(&judge, &json!({ "id": "1", "more": "1" })).0;
    assert_eq!(wrong, [("/more".to_owned(), Rule::WrongType)]);
}

#[test]
fn new_values_may_be_allowed() {
    let shape = json!({ "kind!": ["=", "a"], "of": ["|", { "x!": "s" }, { "y!": "s" }] });
    let judge = Judge::new(vec![set("1.0.0", &shape)], false);
    let (flaws, unnamed) = found(&judge, &json!({ "kind": "b", "of": { "z": 1 } }));
    assert_eq!(flaws, []);
    assert_eq!(unnamed, ["/kind \"b\"", "/of"]);
    // Another type is another matter.
    assert_eq!(found(&judge, &json!({ "kind": 7 })).0, [("/kind".to_owned(), Rule::WrongType)]);
}
