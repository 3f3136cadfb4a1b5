//! Programs that are no subject: told as such, within bounded time, and nothing of them is left.

use std::fs;

use crate::world::{Witness, World, subject};

#[test]
fn a_program_that_does_not_exist_is_one_line() {
    let world = World::new();
    world
        .proctor(["run", "--", "/no/such/program"])
        .exits(3)
        .says_only("the program `/no/such/program` was not found");
    world
        .proctor(["run", "--", "no-such-program"])
        .exits(3)
        .says_only("the program `no-such-program` was not found in PATH");
}

#[test]
fn a_file_that_cannot_be_executed_is_told() {
    let world = World::new();
    let path = world.write("plain", "text");
    let ran = world.proctor(["run", "--", path.to_str().unwrap()]).exits(3);
    assert!(ran.stderr.starts_with("error: the subject cannot be examined: "), "{}", ran.stderr);
}

/// What is not a server, what is said of it, and the verdict: it is the leak alone that is known for sure.
const RUBBISH: [(&str, &str, &str); 6] = [
    ("true", "had ended: exit code 0", "incomplete"),
    ("echo oops >&2; exit 7", "stderr    oops", "incomplete"),
    ("cat", "greeting the subject", "incomplete"),
    ("yes", "unread messages", "incomplete"),
    ("exec sleep 1000", "observed  nothing came", "incomplete"),
    // Deaf to everything but a kill, and with a daemon in a session of its own.
    (
        "trap '' TERM INT HUP; setsid sleep 1000 & while :; do sleep 1000; done",
        "observed  nothing came",
        "nonconformant",
    ),
];

#[test]
fn rubbish_is_told_and_nothing_of_it_is_left() {
    std::thread::scope(|scope| {
        for (script, says, verdict) in RUBBISH {
            scope.spawn(move || {
                let world = World::new();
                let witness = Witness::new(&world);
                let script = format!("exec 9>{}; {script}", witness.path.display());
                let args =
                    ["run", "--check-timeout", "1s", "--json", "r.json", "--", "sh", "-c", &script];
                let ran = world.proctor(args).exits(3);
                assert!(
                    ran.stderr.starts_with("error: the subject cannot be examined: "),
                    "{script}: {}",
                    ran.stderr
                );
                assert!(ran.stderr.contains(says), "{script}: {}", ran.stderr);
                assert_eq!(ran.stdout, "", "{script}");
                assert_eq!(world.json("r.json")["verdict"], verdict, "{script}");
                witness.ends();
            });
        }
    });
}

#[test]
fn the_deadline_holds_for_a_subject_that_does_not_answer() {
    let world = World::new();
    let witness = Witness::new(&world);
    let script = format!("exec 9>{}; exec sleep 1000", witness.path.display());
    let ran = world
        .proctor(["run", "--deadline", "200ms", "--json", "r.json", "--", "sh", "-c", &script])
        .exits(4);
    assert!(
        ran.stdout.contains("the deadline of 200ms passed before the subject was examined"),
        "{}",
        ran.stdout
    );
    assert_eq!(world.json("r.json")["verdict"], "incomplete");
    witness.ends();
}

#[test]
fn no_home_is_left() {
    let world = World::new();
    let temp = world.path("temp");
    fs::create_dir(&temp).unwrap();
    let script = subject(r#"exec "$0" reference app-server"#, &crate::world::binary());
    let args = ["run", "--suite", "initialize"].map(str::to_owned).into_iter().chain(script);
    let output = world.command(args).env("TMPDIR", &temp).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(fs::read_dir(&temp).unwrap().count(), 0);
}
