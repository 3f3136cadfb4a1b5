//! Files that a run writes.

use std::fs;

use serde_json::{Value, json};

use crate::world::World;

const CHECK: [&str; 3] = ["run", "--check", "initialize::only_once@v2"];

#[test]
fn what_cannot_be_written_is_told_before_the_run() {
    let world = World::new();
    world.write("file", "");
    for option in
        ["--json", "--junit", "--html", "--coverage", "--write-known-failures", "--transcripts"]
    {
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
fn what_the_checks_touch_is_counted() {
    let world = World::new();
    world.write("proctor.toml", "methods = [\"my/method\"]");
    let check = "turn::tool::the_start_of_a_command_is_reported@v2";
    world.proctor(["run", "--check", check, "--coverage", "c.json", "--html", "r.html"]).exits(0);
    let covered = world.json("c.json");
    assert_eq!(covered["schema"], "proctor.coverage/1");
    assert_eq!(covered["checks"], 1);
    let request = |method: &str| covered["requests"][method].clone();
    for method in ["initialize", "thread/start", "turn/start"] {
        let count = request(method);
        assert_eq!(count["offered"], true, "{method}: {count}");
        assert_eq!(count["sent"], 1, "{method}: {count}");
        assert_eq!(count["answered"], 1, "{method}: {count}");
        assert_eq!(count["asserted"], 1, "{method}: {count}");
    }
    assert_eq!(request("turn/start")["members"], json!({ "input": 1, "threadId": 1 }));
    let untouched =
        json!({ "offered": true, "sent": 0, "answered": 0, "refused": 0, "asserted": 0 });
    assert_eq!(request("thread/archive"), untouched);
    assert_eq!(request("my/method"), untouched);
    assert_eq!(covered["notifications"]["turn/completed"]["seen"], 1);
    assert_eq!(covered["items"]["commandExecution"], 1);
    let page = world.read("r.html");
    assert!(page.contains("<tr><td>turn/start</td><td>yes</td><td>1</td><td>1</td>"), "{page}");

    let printed = world.proctor(["report", "coverage", "c.json"]).exits(0).stdout;
    assert!(printed.contains("\n| `turn/start` | 1 |\n"), "{printed}");
    world.proctor(["report", "coverage", "proctor.toml"]).exits(2);
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
