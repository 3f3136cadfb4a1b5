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
fn the_table_is_aligned_and_says_the_same() {
    let table = World::new().proctor(["list"]).exits(0).stdout;
    let checks = listed(&[]);
    assert_eq!(table.lines().count(), checks.len());
    let level_at: Vec<_> =
        table.lines().map(|line| line.find("  M").or(line.find("  S")).unwrap()).collect();
    assert!(level_at.iter().all(|at| *at + 2 >= level_at[0]), "{level_at:?}");
    for (line, check) in table.lines().zip(&checks) {
        assert!(line.starts_with(check["id"].as_str().unwrap()), "{line}");
        assert!(line.ends_with(check["requirement"].as_str().unwrap()), "{line}");
    }
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
        listed(&["--check", "turn::interrupt::another_turn_is_refused"]).try_into().unwrap();
    let fixed = &check["dialects"][0]["fixed_in"];
    assert_eq!(fixed["release"], "0.130.0");
    let defect = fixed["defect"].as_str().unwrap();
    let page = World::new().proctor(["explain", check["id"].as_str().unwrap()]).exits(0).stdout;
    assert!(page.contains(&format!("before 0.130.0: {defect}")), "{page}");
}
