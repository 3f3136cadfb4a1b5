//! `proctor.toml` in the working directory.

use crate::world::{World, binary};

#[test]
fn the_file_names_the_subject_and_the_command_line_wins() {
    let world = World::new();
    let settings = "command = 'false'\nargs = ['app-server']\n[env]\nPROBE = 'x'\n";
    world.write("proctor.toml", settings);
    let check = ["run", "--check", "initialize::only_once@v2"];
    let ran = world.proctor(check).exits(3);
    assert!(ran.stderr.starts_with("error: the subject cannot be examined: "), "{}", ran.stderr);
    let binary = binary();
    let command = ["--", binary.to_str().unwrap(), "reference", "app-server"];
    world.proctor(check.iter().chain(&command)).exits(0);
}

#[test]
fn a_release_that_is_claimed_decides_what_applies() {
    let world = World::new();
    world.write("proctor.toml", "release = '0.58.0'");
    let ran = world.proctor(["run", "--suite", "initialize", "--json", "r.json"]);
    assert!(ran.stdout.contains("the subject is tested as 0.58.0"), "{}", ran.stdout);
    let exempt = world.json("r.json")["summary"]["not_applicable"].as_u64().unwrap();
    assert!(exempt > 0, "{}", ran.stdout);
}

#[test]
fn a_mistake_in_the_file_is_one_line() {
    let world = World::new();
    world.write("proctor.toml", "# about\ncomand = 'x'\n");
    world
        .proctor(["run"])
        .exits(2)
        .says_only("proctor.toml, line 2: unknown field `comand`, expected one of `command`");
}

#[test]
fn known_failures_of_the_file_count() {
    let world = World::new();
    world.write("proctor.toml", "known-failures = 'list/known'");
    world.write("list/known", "initialize::only_once@v2  # it forgets\n");
    world.proctor(["run", "--check", "initialize::only_once@v2"]).exits(1);
    world.write("none", "");
    world
        .proctor(["run", "--check", "initialize::only_once@v2", "--known-failures", "none"])
        .exits(0);
}
