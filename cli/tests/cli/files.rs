//! Files that a run writes.

use std::fs;

use serde_json::Value;

use crate::world::World;

const CHECK: [&str; 3] = ["run", "--check", "initialize::only_once@v2"];

#[test]
fn what_cannot_be_written_is_told_before_the_run() {
    let world = World::new();
    world.write("file", "");
    for option in ["--json", "--junit", "--html", "--write-known-failures", "--transcripts"] {
        // A subject that does not exist would be told first, were it looked at first.
        let args = [option, "file/below", "--", "true"];
        world.proctor(CHECK.iter().chain(&args)).exits(3).says_only("cannot write file/below: ");
    }
    world
        .proctor(["prove", "--json", "file/below"])
        .exits(3)
        .says_only("cannot write file/below: ");
}

#[test]
fn a_full_disk_is_told_after_the_run() {
    let ran = World::new().proctor(CHECK.iter().chain(&["--json", "/dev/full"])).exits(3);
    assert!(ran.stdout.contains("\nverdict: conformant in 1 of "), "{}", ran.stdout);
    assert!(ran.stderr.starts_with("error: cannot write /dev/full: "), "{}", ran.stderr);
}

#[test]
fn directories_come_to_be() {
    let world = World::new();
    world.proctor(CHECK.iter().chain(&["--json", "a/b/r.json"])).exits(0);
    assert_eq!(world.json("a/b/r.json")["verdict"], "conformant");
    assert_eq!(fs::read_dir(world.path("a/b")).unwrap().count(), 1);
}

#[test]
fn each_process_of_each_attempt_has_its_transcript() {
    let world = World::new();
    world.proctor(CHECK.iter().chain(&["--repeat", "2", "--transcripts", "talk"])).exits(0);
    let mut names: Vec<_> = fs::read_dir(world.path("talk"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["initialize__only_once@v2.1.1.jsonl", "initialize__only_once@v2.2.1.jsonl"]);
    let lines: Vec<Value> = world
        .read("talk/initialize__only_once@v2.1.1.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!((&lines[0]["dir"], &lines[0]["msg"]["method"]), (&">".into(), &"initialize".into()));
    assert!(lines.iter().any(|line| line["dir"] == "<"), "{lines:?}");
}

#[test]
fn one_file_for_two_reports_is_refused_before_the_run() {
    let world = World::new();
    let same = [
        ["--json", "r", "--html", "./r"],
        ["--junit", "a/../r", "--write-known-failures", "r"],
        ["--json", "a/r", "--junit", "a/b/../r"],
    ];
    std::fs::create_dir_all(world.path("a/b")).unwrap();
    for args in same {
        let says = format!("{} and {} name the same file", args[0], args[2]);
        world.proctor(CHECK.iter().chain(&args)).exits(2).says_only(&says);
    }
    assert!(!world.path("r").exists() && !world.path("a/r").exists());
    // A device takes everything, and keeps nothing.
    world.proctor(CHECK.iter().chain(&["--json", "/dev/null", "--html", "/dev/null"])).exits(0);
}
