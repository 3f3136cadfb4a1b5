//! `proctor list`.

use std::process::Stdio;

use serde_json::Value;

use crate::world::World;

fn listed(args: &[&str]) -> Vec<Value> {
    let ran = World::new().proctor(["list", "--json"].iter().chain(args)).exits(0);
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn every_check_has_all_its_facts() {
    let checks = listed(&[]);
    assert!(checks.len() > 20, "{}", checks.len());
    for check in &checks {
        let text =
            |name: &str| check[name].as_str().unwrap_or_else(|| panic!("no {name} in {check}"));
        assert!(text("id").starts_with(&format!("{}::", text("suite"))), "{check}");
        assert!(text("requirement").contains(text("level")), "{check}");
        assert!(!text("source").is_empty() && text("place").starts_with("suites/src/"), "{check}");
        assert!(!check["dialects"].as_array().unwrap().is_empty(), "{check}");
    }
    let ids: Vec<_> = checks.iter().map(|check| check["id"].as_str().unwrap()).collect();
    assert!(ids.is_sorted(), "{ids:?}");
}

#[test]
fn people_read_it_by_chapter_and_in_80_columns() {
    let list = World::new().proctor(["list"]).exits(0).stdout;
    let checks = listed(&[]);
    for line in list.lines() {
        assert!(line.chars().count() <= 80 || line.split_whitespace().count() <= 2, "{line}");
    }
    // Wrapped as it is, it says the same in the same order.
    let words: Vec<_> = list.split_whitespace().collect();
    let flowing = words.join(" ");
    let mut rest = flowing.as_str();
    for check in &checks {
        let text = |name: &str| check[name].as_str().unwrap();
        let entry = format!("{} {} {} applies to ", text("level"), text("id"), text("requirement"));
        let (_, after) =
            rest.split_once(&entry).unwrap_or_else(|| panic!("no {entry:?} in {rest}"));
        rest = after;
    }
    let headings: Vec<_> = list.lines().filter(|line| line.starts_with("== ")).collect();
    let of = |suite: &str| checks.iter().filter(|check| check["suite"] == suite).count();
    assert!(headings.contains(&format!("== wire ({})", of("wire")).as_str()), "{headings:?}");
    assert!(list.contains("\nThe line protocol: framing, ids, and what a server survives.\n"));
}

#[test]
fn chapters_have_a_count_and_a_sentence() {
    let list = World::new().proctor(["list", "--suites"]).exits(0).stdout;
    assert!(list.lines().all(|line| line.chars().count() <= 80), "{list}");
    let checks = listed(&[]);
    let suites: std::collections::BTreeSet<_> =
        checks.iter().map(|check| check["suite"].as_str().unwrap()).collect();
    let mut named = Vec::new();
    for line in list.lines().filter(|line| !line.starts_with(' ')) {
        let (name, rest) = line.split_once(' ').unwrap();
        let (count, about) = rest.trim_start().split_once("  ").unwrap();
        let of = checks.iter().filter(|check| check["suite"] == name).count();
        assert_eq!(count.parse(), Ok(of), "{line}");
        assert!(about.len() > 10, "a chapter without a sentence: {line}");
        named.push(name);
    }
    assert_eq!(named, suites.into_iter().collect::<Vec<_>>());
    let one = World::new().proctor(["list", "--suites", "--suite", "exec"]).exits(0).stdout;
    assert!(one.starts_with("exec ") && one.lines().count() == 1, "{one}");
}

#[test]
fn filters_let_through_what_they_say() {
    let all = listed(&[]).len();
    let suite = listed(&["--suite", "initialize"]);
    assert!(!suite.is_empty() && suite.len() < all);
    assert!(suite.iter().all(|check| check["suite"] == "initialize"));
    let two = listed(&["--suite", "initialize", "--suite", "wire"]);
    assert!(two.len() > suite.len() && two.len() < all);
    let must = listed(&["--level", "must"]).len();
    let others = listed(&["--level", "should", "--level", "may"]).len();
    assert_eq!(must + others, all);
    let one = listed(&["--check", "initialize::only_once@v2"]);
    assert_eq!(one.len(), 1);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let mut child = World::new()
        .command(["list", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}

#[test]
fn what_older_releases_do_wrong_is_listed() {
    let [check] =
        listed(&["--check", "turn::interrupt::another_turn_is_rejected"]).try_into().unwrap();
    let fixed = &check["dialects"][0]["fixed_in"];
    assert_eq!(fixed["release"], "0.130.0");
    let defect = fixed["defect"].as_str().unwrap();
    let page = World::new().proctor(["explain", check["id"].as_str().unwrap()]).exits(0).stdout;
    assert!(page.contains(&format!("before 0.130.0: {defect}")), "{page}");
}
