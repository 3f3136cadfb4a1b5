//! Known failures: listed ones are expected, and a list that is not true any more fails the run.

use crate::world::{FAILING, World};

const CHECK: &str = "conversation::no_version_member@v2";

#[test]
fn what_is_listed_may_fail() {
    let world = World::new();
    world.write("known", "conversation::no_version_*  # it always says 2.0\n");
    let ran = world
        .behind(
            FAILING,
            &["run", "--check", CHECK, "--known-failures", "known", "--json", "r.json"],
        )
        .exits(0);
    assert!(ran.stdout.contains(&format!("  {CHECK}  it always says 2.0\n")), "{}", ran.stdout);
    let check = &world.json("r.json")["checks"][0];
    assert_eq!(check["outcome"], "known_failure");
    assert_eq!(check["reason"], "it always says 2.0");
    assert!(check["failure"].is_object(), "{check}");
}

#[test]
fn an_observer_may_be_expected_to_fail_in_some_conversations_only() {
    let world = World::new();
    let line = format!("{CHECK} in initialize::*  # it always says 2.0\n");
    world.write("known", &line);
    let run = |more: &[&str]| {
        let run = ["run", "--check", "initialize::only_once@v2", "--known-failures", "known"];
        let write = ["--write-known-failures", "again", "--json", "r.json"];
        world.behind(FAILING, &[&run[..], &write, more].concat())
    };
    let observer = || {
        let report = world.json("r.json");
        let checks = report["checks"].as_array().expect("checks");
        let name = CHECK.strip_suffix("@v2").expect("a dialect");
        checks.iter().find(|check| check["id"] == name).expect("the observer").clone()
    };
    run(&[]).exits(0);
    assert_eq!(observer()["outcome"], "known_failure");
    assert!(world.read("again").contains(&line), "{}", world.read("again"));
    run(&["--check", "basics::answers_a_client_without_jsonrpc_member@v2"]).exits(1);
    assert_eq!(observer()["outcome"], "failed");
    let first = &observer()["failure"]["notes"][0];
    assert_eq!(first, "in the conversation of basics::answers_a_client_without_jsonrpc_member@v2");
}

#[test]
fn what_is_listed_and_passes_fails_the_run() {
    let world = World::new();
    world.write("known", "\ninitialize::only_once@v2  # it forgets\n");
    let ran = world
        .proctor(["run", "--check", "initialize::only_once@v2", "--known-failures", "known"])
        .exits(1);
    assert!(
        ran.stdout.contains("listed as failing (line 2: it forgets), and it passed"),
        "{}",
        ran.stdout
    );
}

#[test]
fn what_fails_only_sometimes_may_pass_and_fail_and_stays_listed() {
    let world = World::new();
    let line = |check: &str| format!("{check}  # sometimes: a race that is not ours\n");
    world.write("known", &(line(CHECK) + &line("initialize::only_once@v2")));
    let run = [
        "run",
        "--check",
        CHECK,
        "--check",
        "initialize::only_once@v2",
        "--known-failures",
        "known",
        "--write-known-failures",
        "again",
        "--json",
        "r.json",
    ];
    world.behind(FAILING, &run).exits(0);
    let report = world.json("r.json");
    let outcomes: Vec<_> = [CHECK, "initialize::only_once@v2"]
        .map(|case| {
            let checks = report["checks"].as_array().expect("checks");
            let id = case.trim_end_matches("@v2");
            checks.iter().find(|check| check["id"] == id).expect("the case")["outcome"].clone()
        })
        .to_vec();
    assert_eq!(outcomes, ["known_failure", "passed"]);
    let (read, again) = (world.read("known"), world.read("again"));
    for line in read.lines() {
        assert!(again.contains(line), "{again}");
    }
}

#[test]
fn the_list_is_that_of_the_claimed_release() {
    let world = World::new();
    world.write("lists/0.98.0.txt", "initialize::only_once@v2  # it forgets\n");
    world.write("lists/0.169.0.txt", "# Nothing.\n");
    let run = |release: &str| {
        let select = ["run", "--check", "initialize::only_once@v2", "--as-release", release];
        world.proctor(select.into_iter().chain(["--known-failures-dir", "lists"]))
    };
    let ran = run("0.98.0").exits(1);
    assert!(ran.stdout.contains("listed as failing (line 1: it forgets)"), "{}", ran.stdout);
    run("0.169.0").exits(0);

    // What the list says of checks that were not selected is kept when it is written anew.
    world.write("lists/0.107.0.txt", "wire::*@v1  # another day\n");
    let select = ["run", "--check", "initialize::only_once@v2", "--as-release", "0.107.0"];
    let again = ["--known-failures-dir", "lists", "--write-known-failures", "again"];
    world.proctor(select.into_iter().chain(again)).exits(0);
    assert!(world.read("again").contains("wire::*@v1  # another day"), "{}", world.read("again"));

    let ran = run("0.171.0").exits(2);
    assert!(ran.stderr.contains("known failures in lists/0.171.0.txt"), "{}", ran.stderr);
    let ran = run("newest").exits(2);
    assert!(ran.stderr.contains("the subject claims no release"), "{}", ran.stderr);
}

#[test]
fn an_old_name_is_answered_with_the_new_one() {
    const OLD: &str = "auth::notices::a_logout_of_nobody_is_told";
    const NOW: &str = "auth::notices::a_logout_without_a_login_is_announced";
    let world = World::new();
    world.write("known", &format!("# a list\n{OLD}@v2  # it is late\n"));
    let ran = world.proctor(["run", "--check", NOW, "--known-failures", "known"]).exits(2);
    let answer = format!("line 2: `{OLD}@v2` is called `{NOW}@v2` now");
    assert!(ran.stderr.contains(&answer), "{}", ran.stderr);
    world
        .proctor(["list", "--check", OLD])
        .exits(2)
        .says_only(&format!("`{OLD}` is called `{NOW}` now"));
}

#[test]
fn reports_of_several_releases_make_one_page() {
    let world = World::new();
    world.write("known", "conversation::no_version_*  # it always says 2.0\n");
    let run = ["run", "--check", CHECK, "--known-failures", "known", "--json"];
    world.behind(FAILING, &[&run[..], &["first.json"]].concat()).exits(0);
    world.proctor(["run", "--check", CHECK, "--json", "second.json"]).exits(0);
    let page = world.proctor(["report", "releases", "first.json", "second.json"]).exits(0).stdout;
    let rows = page.lines().filter(|line| line.starts_with("| 0.0.0 |")).count();
    assert_eq!(rows, 2, "{page}");
    let section = format!("### `{CHECK}`\n");
    assert!(page.contains(&section) && page.contains("- reason: it always says 2.0\n"), "{page}");
    let page = world.proctor(["report", "servers", "first.json"]).exits(0).stdout;
    let row = page.lines().find(|line| line.starts_with("| first | "));
    assert!(
        row.is_some() && page.contains(&section) && page.contains("- servers: first\n"),
        "{page}"
    );
    world.write("broken.json", "{}");
    world
        .proctor(["report", "releases", "broken.json"])
        .exits(3)
        .says_only("cannot read the report broken.json");
}

#[test]
fn a_line_that_matches_no_check_fails_the_run() {
    let world = World::new();
    world.write("known", "gone::long_ago  # nobody remembers\n");
    let ran = world
        .proctor(["run", "--check", "initialize::only_once@v2", "--known-failures", "known"])
        .exits(1);
    let end = "note: known failures, line 1: `gone::long_ago` matches no check that applies to the subject\n\
               verdict: nonconformant, since a line of the known failures is stale\n";
    assert!(ran.stdout.ends_with(end), "{}", ran.stdout);
}

#[test]
fn a_list_that_was_written_is_one_that_can_be_read() {
    let world = World::new();
    let write = [
        "run",
        "--check",
        CHECK,
        "--check",
        "initialize::only_once@v2",
        "--write-known-failures",
        "known",
    ];
    world.behind(FAILING, &write).exits(1);
    let list = world.read("known");
    let lines: Vec<_> = list.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(lines.len(), 1, "{list}");
    assert!(lines[0].starts_with(&format!("{CHECK}  # ")), "{list}");

    let read = [
        "run",
        "--check",
        CHECK,
        "--check",
        "initialize::only_once@v2",
        "--known-failures",
        "known",
    ];
    world.behind(FAILING, &read).exits(0);
    // Written again from a run that knows them, the reasons stay.
    let again = [&read[..], &["--write-known-failures", "again"]].concat();
    world.behind(FAILING, &again).exits(0);
    assert_eq!(world.read("again"), list);
}

#[test]
fn a_line_over_more_than_was_selected_is_not_judged() {
    let world = World::new();
    world.write("known", "initialize::only_once  # only one of its dialects\n");
    world
        .proctor(["run", "--check", "initialize::only_once@v2", "--known-failures", "known"])
        .exits(0);
    world
        .proctor(["run", "--check", "initialize::only_once", "--known-failures", "known"])
        .exits(1);
}

#[test]
fn writing_the_list_keeps_what_it_says_of_checks_that_were_not_selected() {
    let world = World::new();
    world.write("known", "wire::*@v1  # another day\ngone::long_ago  # nobody remembers\n");
    let both = ["--known-failures", "known", "--write-known-failures", "known"];
    let select = ["run", "--check", "initialize::only_once@v2"];
    world.proctor(select.into_iter().chain(both)).exits(1);
    let written = world.read("known");
    assert!(written.contains("wire::*@v1  # another day"), "{written}");
    assert!(!written.contains("gone::long_ago"), "{written}");
}

#[test]
fn two_runs_write_the_same_list() {
    let world = World::new();
    let binary = crate::world::binary();
    let faulty = |fault: &str, check: &str, file: &str| {
        let subject = ["--", binary.to_str().unwrap(), "reference", "app-server", "--fault", fault];
        let args = ["run", "--check", check, "--write-known-failures", file];
        world.proctor(args.iter().chain(&subject)).exits(1);
        world.read(file)
    };
    // Ids that the server makes up, ports of the model, paths of the home, times.
    for (fault, check) in [
        ("login-id-reused", "auth::pending::another_one_may_follow"),
        ("archive-copies", "archive::loaded::moves_with_all_that_was_said"),
        ("busy-loses-the-model", "turn::reply::serves_requests_while_the_model_is_silent"),
        ("fork-shares-the-file", "resume::fork::is_a_conversation_of_its_own"),
        ("key-logged", "auth::notices::the_key_is_never_revealed"),
    ] {
        let first = faulty(fault, check, "first");
        assert!(first.lines().count() > 1, "{first}");
        assert_eq!(first, faulty(fault, check, "again"), "{fault}");
    }
}

/// The reference subject, to which any id of a turn means the one that runs.
const CARELESS: &str = r#"exec "$0" reference app-server --fault turn-id-unchecked"#;

#[test]
fn what_older_releases_do_wrong_is_a_known_defect_of_theirs_alone() {
    let world = World::new();
    let run = ["run", "--check", "turn::interrupt::another_turn_is_rejected", "--json", "r.json"];
    let outcome = |claim: &str, code: i32| {
        world.write("proctor.toml", &format!("release = '{claim}'"));
        world.behind(CARELESS, &run).exits(code);
        world.json("r.json")["checks"][0].clone()
    };
    let older = outcome("0.120.0", 0);
    assert_eq!(older["outcome"], "known_failure");
    let reason = "a known defect of releases before 0.130.0: ";
    assert!(older["reason"].as_str().unwrap().starts_with(reason), "{older}");
    assert!(older["failure"].is_object(), "{older}");
    assert_eq!(outcome("0.130.0", 1)["outcome"], "failed");
    // Where it is right nothing is unexpected: a fork may have mended it.
    world.write("proctor.toml", "release = '0.120.0'");
    world.proctor(run).exits(0);
    assert_eq!(world.json("r.json")["checks"][0]["outcome"], "passed");
}

#[test]
fn a_defect_that_the_check_knows_needs_no_line() {
    let world = World::new();
    world.write("proctor.toml", "release = '0.120.0'");
    let run = ["run", "--check", "turn::interrupt::another_turn_is_rejected"];
    let write = [&run[..], &["--write-known-failures", "known"]].concat();
    world.behind(CARELESS, &write).exits(0);
    assert!(world.read("known").lines().all(|line| line.starts_with('#')));
}
