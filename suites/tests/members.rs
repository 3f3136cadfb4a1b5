//! Every row of the tables of `members`: a message with all of its members is legal, and is not
//! when one of the required ones is missing, null or of another kind.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use suites::members::shape::{Member, Row, Shape};
use suites::members::{ANSWERS, NOTIFICATIONS, REQUESTS, v1};

fn rows() -> impl Iterator<Item = &'static Row> {
    let tables = [ANSWERS, NOTIFICATIONS, REQUESTS].into_iter().flatten();
    tables.chain([v1::EVENTS]).flatten().copied().flatten()
}

/// Legal values of a shape: one for each of its types, each with all members.
fn legal(shape: &Shape) -> Vec<Value> {
    match shape {
        Shape::Any | Shape::Text => vec![json!("text")],
        Shape::Whole => vec![json!(1)],
        Shape::Number => vec![json!(1.5)],
        Shape::Flag => vec![json!(true)],
        Shape::List(each) => vec![Value::Array(legal(each))],
        Shape::Map(each) => {
            let values = legal(each).into_iter().enumerate();
            vec![values.map(|(number, value)| (format!("key {number}"), value)).collect()]
        }
        Shape::Object(members) => vec![object(members)],
        Shape::Tagged(tag, cases) => {
            let cases = cases.iter().flat_map(|case| {
                legal(&case.shape).into_iter().map(|mut value| {
                    value[tag] = json!(case.name);
                    value
                })
            });
            cases.chain([json!({ *tag: "a type that is new" })]).collect()
        }
        Shape::Either(shapes) => shapes.iter().flat_map(legal).take(1).collect(),
    }
}

fn object(members: &[Member]) -> Value {
    let mut object = Map::new();
    for member in members {
        // A member of several types has the first of them: the others are told apart elsewhere. A
        // later row of the same member says more about it.
        object.insert(member.name.to_owned(), legal(&member.shape).swap_remove(0));
    }
    Value::Object(object)
}

/// Other kinds of value than this one, null first.
fn others(value: &Value) -> [Value; 2] {
    [json!(null), if value.is_string() { json!(7) } else { json!("7") }]
}

/// Every way to spoil one required member of a value, with its path.
fn spoiled(shape: &Shape, value: &Value, path: &str) -> Vec<(String, Value)> {
    match shape {
        Shape::Object(members) => of_members(members, value, path),
        Shape::Tagged(tag, cases) => {
            let mut all = Vec::new();
            let mut without = value.clone();
            without.as_object_mut().map(|members| members.remove(*tag));
            all.push((format!("{path}.{tag}"), without));
            let case = cases.iter().find(|case| value[tag] == case.name);
            all.extend(case.into_iter().flat_map(|case| spoiled(&case.shape, value, path)));
            all
        }
        Shape::List(each) => {
            let values = value.as_array().into_iter().flatten().enumerate();
            let each = values.flat_map(|(number, inner)| {
                spoiled(each, inner, &format!("{path}[{number}]"))
                    .into_iter()
                    .map(move |(path, bad)| (path, number, bad))
            });
            each.map(|(path, number, bad)| {
                let mut whole = value.clone();
                whole[number] = bad;
                (path, whole)
            })
            .collect()
        }
        Shape::Map(each) => {
            let values = value.as_object().into_iter().flatten();
            let each = values.flat_map(|(name, inner)| {
                spoiled(each, inner, &format!("{path}.{name}"))
                    .into_iter()
                    .map(move |(path, bad)| (path, name.clone(), bad))
            });
            each.map(|(path, name, bad)| {
                let mut whole = value.clone();
                whole[name] = bad;
                (path, whole)
            })
            .collect()
        }
        Shape::Any
        | Shape::Text
        | Shape::Whole
        | Shape::Number
        | Shape::Flag
        | Shape::Either(_) => Vec::new(),
    }
}

fn of_members(members: &[Member], value: &Value, path: &str) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    for member in members {
        let path = format!("{path}.{}", member.name);
        let with = |inner: Option<Value>| {
            let mut whole = value.as_object().cloned().unwrap_or_default();
            whole.remove(member.name);
            whole.extend(inner.map(|inner| (member.name.to_owned(), inner)));
            (path.clone(), Value::Object(whole))
        };
        if member.required {
            all.push(with(None));
        }
        let free = matches!(member.shape, Shape::Any | Shape::Either(_));
        let wrong = others(&value[member.name]).into_iter().filter(|_| !free);
        all.extend(wrong.skip(usize::from(!member.required)).map(|wrong| with(Some(wrong))));
        let inner = spoiled(&member.shape, &value[member.name], &path).into_iter();
        all.extend(inner.map(|(path, bad)| {
            let mut whole = value.clone();
            whole[member.name] = bad;
            (path, whole)
        }));
    }
    all
}

#[test]
fn a_complete_message_is_legal_and_one_with_a_spoiled_member_is_not() {
    let mut judged = 0;
    for row in rows() {
        for message in legal(&row.shape) {
            let flaws = row.flaws(&message, None);
            assert!(flaws.is_empty(), "{}: {flaws:?} in {message}", row.name);
            for (path, bad) in spoiled(&row.shape, &message, "") {
                let flaws = row.flaws(&bad, None);
                let path = path.trim_start_matches('.');
                // What is in a list that is a text is missing with it.
                let found = flaws.iter().any(|flaw| path.starts_with(&flaw.path));
                assert!(found, "{}: `{path}` is not missed: {flaws:?} in {bad}", row.name);
                judged += 1;
            }
        }
        assert!(!row.flaws(&json!("text"), None).is_empty(), "{}", row.name);
    }
    assert!(judged > 5_000, "{judged} spoiled messages");
}

#[test]
fn no_table_has_a_message_twice() {
    for tables in [ANSWERS, NOTIFICATIONS, REQUESTS, [v1::EVENTS, &[]]] {
        let all: Vec<_> = tables.into_iter().flatten().copied().flatten().collect();
        let names: BTreeSet<_> = all.iter().map(|row| row.name).collect();
        assert_eq!(names.len(), all.len());
    }
}

/// The methods that checks send are in the tables, so that no result of theirs goes unjudged.
#[test]
fn the_result_of_every_method_that_is_sent_is_in_the_tables() {
    let known: BTreeSet<_> =
        ANSWERS.into_iter().flatten().copied().flatten().map(|row| row.name).collect();
    let unknown: Vec<_> = suites::METHODS
        .iter()
        .map(|method| method.name)
        .filter(|name| !known.contains(name))
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}
