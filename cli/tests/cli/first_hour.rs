//! What somebody meets who has never used it: scripts that the subject cannot find, and a settings
//! file to begin with.

use std::path::Path;

use crate::world::World;

#[test]
fn the_script_of_an_interpreter_is_named_in_full_or_not_started() {
    let world = World::new();
    world.write("server.py", "raise SystemExit(3)\n");
    let told = "`server.py` is relative to the subject's own directory, not to this one; write \"$PWD/server.py\"";
    for program in ["python3", "sh"] {
        world.proctor(["run", "--", program, "server.py", "app-server"]).exits(2).says_only(told);
    }
    // As the settings name it, too.
    world.write("proctor.toml", "command = ['python3', 'server.py']");
    world.proctor(["run"]).exits(2).says_only(told);
}

#[test]
fn another_file_that_lies_here_is_a_note_and_no_refusal() {
    let world = World::new();
    world.write("data/my.db", "");
    world.write("app-server", "a file that is called as the subcommand is\n");
    let binary = crate::world::binary();
    let binary = binary.to_str().unwrap();
    let select = ["run", "--check", "initialize::only_once@v2"];
    let plain = ["--", binary, "reference", "app-server"];
    assert_eq!(world.proctor([&select[..], &plain].concat()).exits(0).stderr, "");
    let script = r#"exec "$0" reference app-server"#;
    let with_file = ["--", "sh", "-c", script, binary, "data/my.db"];
    let ran = world.proctor([&select[..], &with_file].concat()).exits(0);
    let note = "note: `data/my.db` is relative to the subject's own directory, not to this one; write \"$PWD/data/my.db\"\n";
    assert_eq!(ran.stderr, note);
}

#[test]
fn init_writes_a_file_that_run_reads_and_never_overwrites_one() {
    let world = World::new();
    let ran = world.proctor(["init"]).exits(0);
    assert_eq!(ran.stdout, "wrote proctor.toml; name your server in it, then: proctor run\n");
    let text = world.read("proctor.toml");
    world.proctor(["run", "--check", "initialize::only_once@v2"]).exits(0);
    world.proctor(["init"]).exits(2).says_only("proctor.toml exists already and was not changed");
    assert_eq!(world.read("proctor.toml"), text);

    let other = World::new();
    let binary = crate::world::binary();
    let subject = ["--", binary.to_str().unwrap(), "reference", "app-server"];
    other.proctor([&["init"], &subject[..]].concat()).exits(0);
    other.proctor(["run", "--check", "initialize::only_once@v2", "--json", "r.json"]).exits(0);
    let command = &other.json("r.json")["subject"]["command"];
    assert_eq!(command[0], binary.to_str().unwrap());
}

#[test]
fn every_key_is_in_the_help() {
    let world = World::new();
    world.proctor(["init"]).exits(0);
    let file = world.read("proctor.toml");
    let keys = file.lines().filter_map(|line| line.strip_prefix("# ")?.split_once(" = "));
    let keys: Vec<_> = keys.map(|(key, _)| format!("  {key:15} ")).collect();
    assert!(keys.len() >= 10, "{file}");
    for command in ["run", "init"] {
        let help = world.proctor([command, "--help"]).exits(0).stdout;
        for key in &keys {
            assert!(help.lines().any(|line| line.starts_with(key)), "no {key:?} in {help}");
        }
    }
}

#[test]
fn the_reference_has_help_and_claims_what_it_is_told() {
    let world = World::new();
    let help = world.proctor(["reference", "--help"]).exits(0).stdout;
    assert!(help.contains("--version-as X.Y.Z"), "{help}");
    let binary = crate::world::binary();
    let subject =
        ["--", binary.to_str().unwrap(), "reference", "app-server", "--version-as", "0.171.0"];
    let run = ["run", "--check", "initialize::only_once@v2", "--json", "r.json"];
    world.proctor([&run[..], &subject].concat()).exits(0);
    assert_eq!(world.json("r.json")["subject"]["version"], "0.171.0");
}

/// The reference subject for a test of the library.
async fn server(script: &str) -> harness::AppServer {
    let binary = crate::world::binary();
    let args = ["-c", script, binary.to_str().unwrap()];
    harness::AppServer::builder("/bin/sh").args(args).spawn().await.unwrap()
}

#[tokio::test]
async fn a_failure_of_the_library_shows_the_conversation() {
    let mut server = server(r#"exec "$0" reference app-server"#).await;
    let failure = server.request("no/such", serde_json::json!({})).await.unwrap_err();
    let told = format!("{failure:?}");
    assert_eq!(told, failure.to_string());
    assert!(told.starts_with("reply to `no/such`\n  expected  a result\n"), "{told}");
    let (_, talk) = told.split_once("\n  transcript\n").unwrap();
    let lines: Vec<_> = talk.lines().collect();
    assert!(lines.len() >= 4 && lines.len() <= 13, "{told}");
    assert!(lines.iter().any(|line| line.contains(r#"-> {"id":2,"method":"no/such""#)), "{told}");
    assert!(lines.last().unwrap().contains(r#"<- {"error":{"#), "{told}");
    let report = server.shutdown().await.unwrap();
    assert!(report.is_clean(), "{report:?}");
    let told = format!("{report:?}");
    assert_eq!(told, report.to_string());
    let words = "ended by the end of its input, with exit code 0; left nothing behind\n  steps ";
    assert!(told.contains(words), "{told}");
}

#[tokio::test]
async fn what_a_server_leaves_behind_is_told_by_its_report() {
    let server = server(r#"(setsid sleep 3132 &); exec "$0" reference app-server"#).await;
    let report = server.shutdown().await.unwrap();
    assert!(!report.is_clean());
    let told = format!("{report:?}");
    assert!(told.contains("; 1 process was left behind\nsleep 3132 (pid "), "{told}");
    assert!(told.contains("in a session of its own (setsid)"), "{told}");
}

#[test]
fn the_page_about_the_library_shows_the_example_that_is_tested() {
    let read = |name: &str| {
        let file = utils_cargo_bin::find_resource!(Path::new("..").join(name).as_path());
        let file = file.unwrap_or_else(|error| panic!("the sources must be here: {error}"));
        std::fs::read_to_string(file).unwrap()
    };
    let (page, tested) = (read("docs/library.md"), read("harness/src/lib.rs"));
    let block = page.split("```rust\n").nth(1).unwrap().split("```").next().unwrap();
    let mut tested =
        tested.lines().filter_map(|line| line.strip_prefix("//!")).map(str::trim_start);
    for line in block.lines() {
        assert!(
            tested.any(|other| other == line),
            "{line:?} is not in the example, or not in order"
        );
    }
    assert!(block.lines().count() > 10, "{block}");
}
