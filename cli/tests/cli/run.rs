//! `proctor run` on the reference subject, and on the reference subject behind a script that spoils it.

use std::collections::BTreeSet;

use pretty_assertions::assert_eq;
use serde_json::Value;

use crate::world::{FAILING, LONG, Ran, World, binary, subject};

fn cases(report: &Value) -> Vec<String> {
    let checks = report["checks"].as_array().unwrap();
    checks
        .iter()
        .map(|check| {
            format!("{}@{}", check["id"].as_str().unwrap(), check["dialect"].as_str().unwrap())
        })
        .collect()
}

#[test]
fn the_reference_holds_and_every_form_says_so() {
    let world = World::new();
    let args = [
        "run",
        "--suite",
        "initialize",
        "--json",
        "r.json",
        "--junit",
        "r.xml",
        "--html",
        "r.html",
    ];
    let ran = world.proctor(args).exits(0);
    let end = ran.stdout.lines().last().unwrap();
    assert!(end.starts_with("verdict: conformant in ") && end.ends_with(" checks"), "{end}");
    assert!(!ran.stdout.contains('\u{1b}'), "{:?}", ran.stdout);
    assert_eq!(ran.stderr, "");

    let report = world.json("r.json");
    let summary = &report["summary"];
    assert_eq!(
        (&report["schema"], &report["verdict"]),
        (&"proctor.report/1".into(), &"conformant".into())
    );
    assert_eq!(summary["expected"], summary["run"]);
    assert_eq!(summary["passed"], summary["run"]);
    let command = report["subject"]["command"].as_array().unwrap();
    assert_eq!(command[1..], ["reference", "app-server"]);
    let junit = quick_junit::Report::deserialize_from_str(&world.read("r.xml")).unwrap();
    assert_eq!(junit.tests, report["checks"].as_array().unwrap().len());
    assert_eq!((junit.failures, junit.errors), (0, 0));
    assert!(world.read("r.html").contains("<p class=\"verdict good\">conformant</p>"));
}

#[test]
fn what_the_caller_has_open_does_not_reach_the_subject() {
    let world = World::new();
    let (seen, binary) = (world.path("seen"), binary());
    let look =
        format!("if [ -e /dev/fd/9 ]; then echo open; else echo closed; fi >>'{}'", seen.display());
    let caller = format!("exec 9</dev/null; {look}; exec \"$0\" \"$@\"");
    let script = format!("{look}; exec \"$0\" reference app-server");
    let mut command = assert_cmd::Command::new("sh");
    command.current_dir(world.path(".")).args(["-c", &caller]).arg(&binary);
    command.args(["run", "--check", "wire::ids_are_returned_unchanged"]);
    command.args(subject(&script, &binary)).timeout(LONG);
    Ran::of(command.output().unwrap()).exits(0);
    let seen = world.read("seen");
    let (caller, subjects) = seen.split_once('\n').unwrap();
    assert_eq!(caller, "open");
    assert!(subjects.lines().count() >= 2, "{seen}");
    assert!(subjects.lines().all(|line| line == "closed"), "{seen}");
}

#[test]
fn a_failure_is_told_with_all_that_one_needs() {
    let world = World::new();
    let ran = world
        .behind(
            FAILING,
            &["run", "--check", "conversation::no_version_member@v2", "--json", "r.json"],
        )
        .exits(1);
    let told = ran.stdout.matches("\nMUST conversation::no_version_member@v2: ").count();
    assert_eq!(told, 1, "{}", ran.stdout);
    let end = "\n== failed (1)\n  conversation::no_version_member@v2  shown above\n";
    assert!(ran.stdout.contains(end), "{}", ran.stdout);
    for label in [
        "  expected  ",
        "  observed  ",
        "  source    ",
        "  check     suites/src/conversation.rs:",
        "  transcript\n",
    ] {
        assert!(ran.stdout.contains(label), "no {label:?} in {}", ran.stdout);
    }
    assert!(ran.stdout.ends_with("verdict: nonconformant\n"), "{}", ran.stdout);

    // The command that repeats it does: a shell gives it back as it was.
    let report = world.json("r.json");
    let repeat = report["checks"][0]["repeat"].as_str().unwrap();
    let words = shlex::split(repeat).unwrap();
    assert_eq!(words[..2], ["proctor", "run"]);
    let again = world.proctor(&words[1..]).exits(1);
    assert!(again.stdout.contains("MUST conversation::no_version_member@v2: "), "{}", again.stdout);
}

#[test]
fn shards_have_everything_exactly_once() {
    let world = World::new();
    world.proctor(["run", "--suite", "initialize", "--json", "all.json"]).exits(0);
    let mut parts = Vec::new();
    for part in 1..=3 {
        let (shard, file) = (format!("{part}/3"), format!("{part}.json"));
        world
            .proctor(["run", "--suite", "initialize", "--shard", &shard, "--json", &file])
            .exits(0);
        parts.extend(cases(&world.json(&file)));
    }
    parts.sort();
    let mut all = cases(&world.json("all.json"));
    all.sort();
    assert_eq!(parts, all);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
}

#[test]
fn an_empty_shard_proves_nothing() {
    let ran = World::new()
        .proctor(["run", "--check", "initialize::only_once@v2", "--shard", "2/2"])
        .exits(4);
    assert!(
        ran.stdout.ends_with("verdict: incomplete, since no check was run\n"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_dialect_that_the_subject_does_not_speak_proves_nothing() {
    let world = World::new();
    world.write("proctor.toml", "dialects = ['v1']");
    let ran = world.proctor(["run", "--suite", "initialize", "--dialect", "v2"]).exits(4);
    assert!(
        ran.stdout.contains("not applicable: the subject does not speak v2\n"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout.ends_with("verdict: incomplete, since no check applies to the subject\n"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_check_that_passes_at_the_second_try_is_flaky() {
    let world = World::new();
    let script = r#"n=$(ls seen | wc -l); : > seen/$$; [ $n = 0 ] && exit 3; exec "$0" reference app-server"#;
    let seen = world.path("seen");
    std::fs::create_dir(&seen).unwrap();
    let script = script.replace("seen", seen.to_str().unwrap());
    let args = [
        "run",
        "--check",
        "initialize::only_once@v2",
        "--jobs",
        "1",
        "--retries",
        "2",
        "--json",
        "r.json",
    ];
    let ran = world.behind(&script, &[&args[..], &world.known()].concat()).exits(0);
    assert!(ran.stdout.contains("== flaky (1): passed in the end\n"), "{}", ran.stdout);
    let report = world.json("r.json");
    assert_eq!(report["summary"]["flaky"], 1);
    assert_eq!(report["checks"][0]["attempts"], 2);
    assert_eq!(report["checks"][0]["outcome"], "passed");
}

#[test]
fn what_an_observer_sees_only_at_the_first_try_is_flaky() {
    let world = World::new();
    let seen = world.path("seen");
    std::fs::create_dir(&seen).unwrap();
    let script = r#"n=$(ls seen | wc -l); : > seen/$$; [ $n = 0 ] && set -- --fault item-completes-twice; exec "$0" reference app-server "$@""#;
    let script = script.replace("seen", seen.to_str().unwrap());
    let observer = "conversation::turns::an_item_ends_once@v2";
    let run = ["run", "--check", observer, "--jobs", "1", "--json", "r.json"];
    let args = [&run[..], &world.known()].concat();
    let ran = world.behind(&script, &[&args[..], &["--retries", "1"]].concat()).exits(0);
    let line = format!(
        "== flaky (1): passed in the end\n  {observer}  flaky: held in 1 of 2 attempts; `item/completed` in line "
    );
    assert!(ran.stdout.contains(&line), "{}", ran.stdout);
    assert!(
        ran.stdout.contains(&format!("(in the conversation of {observer})\n")),
        "{}",
        ran.stdout
    );
    let report = world.json("r.json");
    assert_eq!(report["summary"]["flaky"], 1);

    std::fs::remove_dir_all(&seen).unwrap();
    std::fs::create_dir(&seen).unwrap();
    world.behind(&script, &args).exits(1);
}

#[test]
fn what_is_known_to_fail_is_not_tried_again() {
    let world = World::new();
    std::fs::write(world.path("known"), "initialize::only_once@v2  # is not refused\n").unwrap();
    let script = r#"exec "$0" reference app-server --fault initialize-repeatable"#;
    let known = world.path("known");
    let known = known.to_str().unwrap();
    let mut args =
        vec!["run", "--check", "initialize::only_once@v2", "--retries", "3", "--json", "r.json"];
    world.behind(script, &args).exits(1);
    assert_eq!(world.json("r.json")["checks"][0]["attempts"], 4);
    args.extend(["--known-failures", known]);
    world.behind(script, &args).exits(0);
    assert_eq!(world.json("r.json")["checks"][0]["attempts"], 1);
}

#[test]
fn what_outlives_the_subject_is_a_leak_and_is_named() {
    let world = World::new();
    let script = r#"(setsid sleep 3131 &); exec "$0" reference app-server"#;
    let ran = world
        .behind(script, &["run", "--check", "initialize::only_once@v2", "--json", "r.json"])
        .exits(1);
    assert!(
        ran.stdout
            .contains("\n== leaked (1): everything held, but something outlived the subject\n"),
        "{}",
        ran.stdout
    );
    let leak = &world.json("r.json")["checks"][0]["leaks"][0];
    assert_eq!(leak["command"], "sleep 3131");
    let pid = leak["pid"].as_u64().unwrap();
    let left = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    assert_ne!(left, b"sleep\x003131\0");
}

#[test]
fn quiet_says_the_counts_and_the_verdict() {
    let ran =
        World::new().proctor(["run", "--check", "initialize::only_once@v2", "--quiet"]).exits(0);
    let lines: Vec<_> = ran.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{}", ran.stdout);
    assert!(lines[0].starts_with("1 of 1 checks run: 1 passed; "), "{}", ran.stdout);
    let all = lines[1].strip_prefix("verdict: conformant in 1 of ").unwrap();
    assert!(all.ends_with(" checks"), "{all}");
}

#[test]
fn variables_and_the_home_reach_the_subject() {
    let world = World::new();
    world.write("home/own.conf", "model {{model_url}} home {{home}}\n");
    let script =
        r#"{ cat "$CODEX_HOME/own.conf"; echo "$PROBE"; } >> out; exec "$0" reference app-server"#;
    let script = script.replace(">> out", &format!(">> {}", world.path("out").display()));
    let args = [
        "run",
        "--check",
        "initialize::only_once@v2",
        "--home-template",
        "home",
        "--env",
        "PROBE=at {{model_url}}",
    ];
    world.behind(&script, &args).exits(0);
    let out = world.read("out");
    let lines: Vec<_> = out.lines().collect();
    assert!(
        lines[0].starts_with("model http://127.0.0.1:") && lines[0].contains(" home /"),
        "{out}"
    );
    assert!(lines[1].starts_with("at http://127.0.0.1:"), "{out}");
    assert!(!out.contains("{{"), "{out}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_subject_ignores_no_signal_that_our_caller_ignores() {
    let world = World::new();
    let script = format!(
        "grep SigIgn: /proc/$$/status >'{}'; exec \"$0\" reference app-server",
        world.path("ignored").display()
    );
    let mut caller = std::process::Command::new("sh");
    caller.args(["-c", "trap '' HUP QUIT WINCH; exec \"$@\"", "sh"]).arg(binary());
    caller.args(["run", "--check", "initialize::only_once@v2"]).args(subject(&script, &binary()));
    let output = caller.current_dir(world.path(".")).output().unwrap();
    Ran::of(output).exits(0);
    let line = world.read("ignored");
    let mask = u64::from_str_radix(line.trim_start_matches("SigIgn:").trim(), 16).unwrap();
    // 32 and 33 are the C library's own, which leaves them ignored in what it starts.
    assert_eq!(mask & 0x7fff_ffff, 0, "{line}");
}

#[test]
fn what_is_wrong_in_a_conversation_is_wrong_whatever_was_selected() {
    let world = World::new();
    let noisy = r#"exec "$0" reference app-server --fault banner-on-stdout"#;
    let run = ["run", "--check", "initialize::only_once@v2", "--json", "r.json"];
    world.behind(noisy, &run).exits(1);
    let report = world.json("r.json");
    let checks = report["checks"].as_array().unwrap();
    let told: Vec<_> = checks.iter().map(|check| (&check["id"], &check["outcome"])).collect();
    assert_eq!(
        told,
        [
            (&"conversation::only_messages_on_stdout".into(), &"failed".into()),
            (&"initialize::only_once".into(), &"passed".into()),
        ]
    );
    assert_eq!((&report["summary"]["expected"], &report["summary"]["run"]), (&2.into(), &2.into()));
    // Of those that have nothing against it, nothing is said.
    world.proctor(run).exits(0);
    assert_eq!(world.json("r.json")["checks"].as_array().unwrap().len(), 1);
}
