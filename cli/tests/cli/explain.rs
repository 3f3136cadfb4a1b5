//! `proctor explain`.

use crate::world::World;

#[test]
fn the_page_says_all_that_is_known() {
    let page = World::new().proctor(["explain", "initialize::only_once"]).exits(0).stdout;
    let mut lines = page.lines();
    assert_eq!(lines.next(), Some("MUST initialize::only_once"));
    assert!(lines.next().unwrap().contains("MUST"), "{page}");
    for label in
        ["applies to v1, v2", "source     ", "check      suites/src/initialize.rs:", "proven by  "]
    {
        assert!(
            page.lines().any(|line| line.trim_start().starts_with(label)),
            "no {label:?} in {page}"
        );
    }
    assert!(page.contains("proctor run --check 'initialize::only_once' -- COMMAND"), "{page}");
}

#[test]
fn a_suite_is_told_with_the_way_to_its_checks() {
    let page = World::new().proctor(["explain", "turn"]).exits(0).stdout;
    assert!(page.starts_with("suite turn, "), "{page}");
    for line in [
        "  A turn: the user's input, the model's answer and the notifications to the client, in order.",
        "  its checks  proctor list --suite turn",
        "  run it      proctor run --suite turn -- COMMAND",
    ] {
        assert!(page.lines().any(|told| told == line), "no {line:?} in {page}");
    }
}

#[test]
fn the_end_of_an_id_and_a_dialect_are_enough() {
    let world = World::new();
    let page = world.proctor(["explain", "initialize::only_once"]).exits(0).stdout;
    for name in ["only_once", "only_once@v2", "initialize::only_once@v1"] {
        assert_eq!(world.proctor(["explain", name]).exits(0).stdout, page, "{name}");
    }
}

#[test]
fn a_typing_mistake_is_understood() {
    let world = World::new();
    world
        .proctor(["explain", "initialise::only_onse"])
        .exits(2)
        .says_only("did you mean initialize::only_once");
}

#[test]
fn a_name_without_end_is_refused_at_once() {
    // Compared letter by letter with every id, it would take minutes.
    let name = "x".repeat(100_000);
    let ran = World::new().proctor(["explain", &name]).exits(2);
    assert!(ran.stderr.len() < 500, "{}", ran.stderr);
    assert!(ran.stderr.ends_with("; `proctor list` shows them all\n"), "{}", ran.stderr);
}
