//! A command line that makes no sense: one clear line, exit code 2, nothing started.

use crate::world::World;

#[test]
fn bad_arguments_get_one_line() {
    let world = World::new();
    let missing = "known failures in missing";
    for (args, says) in [
        (&[][..], "no command is given; the commands are run, list"),
        (&["rnu"], "unrecognized subcommand 'rnu'"),
        (&["run", "--jsn", "x"], "unexpected argument '--jsn' found"),
        (
            &["run", "my-server", "app-server"],
            "write `--` before the command: proctor run -- my-server app-server",
        ),
        (
            &["run", "--suite", "auth", "./my server", "--port", "1"],
            "write `--` before the command: proctor run --suite auth -- './my server' --port 1",
        ),
        (&["proxy", "x"], "write `--` before the command: proctor proxy -- x"),
        (&["run", "--fail-fast=0"], "0 is not in 1..=100000"),
        (&["run", "--rerun", "missing"], "cannot rerun missing: No such file"),
        (&["run", "--dialect", "v3"], "unknown dialect `v3`, expected v1, v2 or mcp"),
        (&["run", "--level", "must-not"], "unknown level `must-not`, expected must, should or may"),
        (&["run", "--suite", "nosuch"], "no suite is called `nosuch`; there are "),
        (&["run", "--check", "nosuch::*"], "no check matches `nosuch::*`"),
        (&["run", "--check", "[a"], "`[a` is not a glob"),
        (
            &["run", "--suite", "initialize", "--check", "wire::*"],
            "no check passes these filters together",
        ),
        (&["run", "--shard", "0/3"], "the part is a number from 1 to 3"),
        (&["run", "--shard", "3"], "expected a form like 2/3"),
        (&["run", "--deadline", "soon"], "expected a form like 30s or 5m"),
        (&["run", "--check-timeout", "0s"], "expected more than nothing"),
        (&["run", "--jobs", "0"], "expected auto, or a number from 1 to 1000"),
        (&["run", "--as-release", "old"], "expected a release such as 0.98.0, or newest"),
        (&["run", "--repeat", "-1"], "unexpected argument '-1' found"),
        (&["run", "--seed", "x"], "invalid digit found in string"),
        (&["run", "--env", "NAME"], "expected a form like NAME=value"),
        (&["run", "--known-failures", "missing"], missing),
        (&["run", "--known-failures-dir", "missing"], missing),
        (
            &["run", "--known-failures-dir", ".", "--known-failures", "missing"],
            "cannot be used with",
        ),
        (&["report", "releases"], "the following required arguments were not provided: <REPORT>"),
        (&["run", "--home-template", "missing"], "cannot read the home template missing"),
        (&["list", "--suite", "nosuch"], "no suite is called `nosuch`"),
        (&["list", "extra"], "unexpected argument 'extra' found"),
        (&["explain"], "the following required arguments were not provided: <CHECK>"),
        (&["explain", "no_such_thing_at_all"], "no check is called `no_such_thing_at_all`"),
        (&["prove", "--check", "nosuch"], "no check matches `nosuch`"),
        (&["mock-model", "--port", "65536"], "65536 is not in 0..=65535"),
        (&["mock-model", "--script", "missing"], "cannot read the script missing"),
    ] {
        world.proctor(args).exits(2).says_only(says);
    }
}

#[test]
fn a_control_character_in_an_argument_is_not_obeyed() {
    let ran = World::new().proctor(["explain", "\u{1b}[2J\n\u{7}"]).exits(2);
    assert!(ran.stderr.contains("\\u{1b}[2J"), "{:?}", ran.stderr);
    assert!(
        ran.stderr.chars().all(|letter| letter == '\n' || !letter.is_control()),
        "{:?}",
        ran.stderr
    );
}

#[test]
fn known_failures_without_a_reason_are_refused() {
    let world = World::new();
    world.write("known", "# why\nwire::*\n");
    world
        .proctor(["run", "--known-failures", "known"])
        .exits(2)
        .says_only("line 2 of the known failures has no reason");
}

#[test]
fn a_script_that_is_none_is_refused() {
    let world = World::new();
    world.write("script.json", r#"{ "replys": [] }"#);
    world
        .proctor(["mock-model", "--script", "script.json"])
        .exits(2)
        .says_only("unknown field `replys`");
}

#[test]
fn help_and_version_are_no_errors() {
    let world = World::new();
    assert!(world.proctor(["--help"]).exits(0).stdout.contains("Usage: proctor <COMMAND>"));
    assert!(
        world.proctor(["run", "--help"]).exits(0).stdout.contains("--write-known-failures <FILE>")
    );
    assert!(world.proctor(["--version"]).exits(0).stdout.starts_with("proctor "));
}
