//! `proctor run --transport`: the same checks over a WebSocket and over a unix socket.

use pretty_assertions::assert_eq;

use crate::world::World;

#[test]
fn the_checks_hold_over_each_transport_and_the_report_names_it() {
    for transport in ["ws", "unix"] {
        let world = World::new();
        let args =
            ["run", "--transport", transport, "--check", "lifecycle::*@v2", "--json", "r.json"];
        world.proctor(args).exits(0);
        let report = world.json("r.json");
        assert_eq!(report["subject"]["transport"], transport);
        let checks = report["checks"].as_array().unwrap();
        let outcome = |id: &str| {
            let check = checks.iter().find(|check| check["id"] == id).unwrap();
            (check["outcome"].clone(), check["reason"].clone(), check["repeat"].clone())
        };
        let (outcome_of_sigterm, _, repeat) = outcome("lifecycle::sigterm_ends_it");
        assert_eq!(outcome_of_sigterm, "passed");
        let repeat = repeat.as_str().unwrap().to_owned();
        assert!(repeat.contains(&format!(" --transport {transport}")), "{repeat}");
        let (outcome, reason, _) = outcome("lifecycle::end_of_input_ends_it");
        assert_eq!(outcome, "not_applicable");
        assert!(reason.as_str().unwrap().starts_with("applies over stdio only"), "{reason}");
    }
}

#[test]
fn a_server_that_does_not_listen_cannot_be_examined() {
    let world = World::new();
    let args = ["run", "--transport", "ws", "--json", "r.json", "--", "/bin/cat"];
    let ran = world.proctor(args).exits(3);
    assert!(ran.stderr.contains("a WebSocket as the transport"), "{}", ran.stderr);
    assert!(ran.stderr.contains("--listen ws://127.0.0.1:0"), "{}", ran.stderr);
    assert_eq!(world.json("r.json")["subject"]["transport"], "ws");
}

#[test]
fn a_transport_has_a_name() {
    let world = World::new();
    let ran = world.proctor(["run", "--transport", "tcp"]).exits(2);
    assert!(ran.stderr.contains("expected stdio, ws or unix"), "{}", ran.stderr);
}
