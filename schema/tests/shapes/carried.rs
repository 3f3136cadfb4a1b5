//! The shapes that the kit carries: all of them can be read, and lead somewhere.

use std::collections::BTreeMap;

use schema::{EXPERIMENTAL, Kind, Kit, Offer, Set, Shape, pack};

fn set(name: &str) -> Set {
    Kit::carried().set(name).unwrap()
}

fn all() -> Vec<Set> {
    Kit::carried().names().iter().map(|name| set(name)).collect()
}

#[test]
fn what_is_carried_is_what_would_be_written() {
    assert_eq!(pack(&all()), include_str!("../../data/shapes.txt"));
}

#[test]
fn every_release_that_prints_a_schema_is_there() {
    let carried = Kit::carried().names();
    let releases: Vec<_> = carried.iter().filter(|name| !name.ends_with(EXPERIMENTAL)).collect();
    let expected =
        ["0.58.0", "0.66.0", "0.90.0", "0.98.0", "0.101.0", "0.107.0", "0.120.0", "0.147.0"];
    assert_eq!(releases[..8], expected);
    assert_eq!(carried.len() - releases.len(), 7, "{carried:?}");
}

#[test]
fn no_name_leads_nowhere() {
    for set in all() {
        for kind in Kind::ALL {
            for method in set.methods(kind) {
                let mut names = Vec::new();
                set.message(kind, method).unwrap().names(&mut |name| names.push(name));
                let lost: Vec<_> =
                    names.iter().filter(|name| set.definition(name).is_none()).collect();
                assert!(lost.is_empty(), "{}: {kind} {method}: {lost:?}", set.name);
            }
        }
    }
}

#[test]
fn nearly_every_request_has_a_result() {
    for set in all() {
        let results = set.methods(Kind::Result);
        let without: Vec<_> = set.methods(Kind::Request).difference(&results).copied().collect();
        assert!(without.is_empty(), "{}: {without:?}", set.name);
        assert!(set.message(Kind::Error, "").is_some(), "{}", set.name);
    }
    assert!(set("0.98.0").message(Kind::Event, "").is_some());
    assert!(set("0.171.0").message(Kind::Event, "").is_none());
}

#[test]
fn what_is_experimental_comes_beside_the_rest() {
    let (stable, all) = (set("0.171.0"), set("0.171.0+experimental"));
    let (fewer, more) = (stable.methods(Kind::Request), all.methods(Kind::Request));
    assert!(fewer.is_subset(&more));
    assert!(!fewer.contains("thread/search/stream") && more.contains("thread/search/stream"));
}

/// The sets by which a server that has the methods of these lists is judged.
fn judged(claimed: Option<[u32; 3]>, lists: &[&str]) -> Vec<String> {
    let lists: Vec<Set> = lists.iter().map(|list| set(list)).collect();
    let has = |method: &str| lists.iter().any(|list| list.message(Kind::Request, method).is_some());
    let mut methods: BTreeMap<String, bool> = BTreeMap::new();
    for set in &all() {
        let known = set.methods(Kind::Request);
        methods.extend(known.into_iter().map(|method| (method.to_owned(), has(method))));
    }
    let judge = Kit::carried().judge_of(&Offer { claimed, methods: &methods });
    judge.map(|judge| judge.names().map(str::to_owned).collect()).unwrap_or_default()
}

#[test]
fn a_server_is_judged_by_what_it_could_be() {
    let newest = ["0.171.0", "0.171.0+experimental"];
    let claims = |minor| Some([0, minor, 0]);
    // Its claim, if its methods agree.
    assert_eq!(judged(claims(171), &["0.171.0+experimental"]), newest);
    assert_eq!(judged(claims(90), &["0.90.0"]), ["0.90.0"]);
    // Without a claim, its methods.
    assert_eq!(judged(None, &["0.171.0+experimental"]), newest);
    // A claim that its methods belie counts for nothing.
    assert_eq!(judged(claims(98), &["0.171.0+experimental"]), newest);
    // Between two releases it may have something of both; beyond the newest, that is what is known.
    let between = ["0.120.0", "0.120.0+experimental", "0.147.0", "0.147.0+experimental"];
    assert_eq!(judged(claims(130), &["0.120.0+experimental"]), between);
    assert_eq!(judged(claims(999), &["0.171.0+experimental"]), newest);
    // Nothing is known of what came before.
    assert!(judged(claims(47), &["0.58.0"]).is_empty());
    // With something of several, all of these and what lies between.
    let mixed = judged(None, &["0.98.0", "0.107.0"]);
    assert!(mixed.contains(&"0.101.0".to_owned()), "{mixed:?}");
}

#[test]
fn shapes_hold_no_descriptive_text() {
    fn longest(shape: &Shape) -> usize {
        match shape {
            Shape::Words(words) => {
                words.iter().map(|word| word.to_string().len()).max().unwrap_or(0)
            }
            Shape::List(each) => longest(each),
            Shape::Either(shapes) => shapes.iter().map(longest).max().unwrap_or(0),
            Shape::Object(object) => {
                let members = object.members.iter();
                let members = members.map(|(name, member)| name.len().max(longest(&member.shape)));
                members.max().unwrap_or(0)
            }
            _ => 0,
        }
    }
    for set in all() {
        for method in set.methods(Kind::Notification) {
            let length = longest(set.message(Kind::Notification, method).unwrap());
            assert!(length < 80, "{method}: {length}");
        }
    }
}
