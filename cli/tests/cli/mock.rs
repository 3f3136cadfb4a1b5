//! `proctor mock-model` and `proctor doctor`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};

use crate::world::{World, bounded};

#[test]
fn it_serves_its_script_until_it_is_interrupted() {
    let world = World::new();
    world.write("script.json", r#"{ "replies": [{ "send": [{ "says": "hello there" }] }, {}] }"#);
    let mut child = world
        .command(["mock-model", "--script", "script.json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let stdout = child.stdout.take().unwrap();
    let (url, mut stdout) = bounded("the address", move || {
        let mut reader = BufReader::new(stdout);
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        (line.trim().to_owned(), reader)
    });
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let body = r#"{"model":"m","input":[]}"#;
    let request = format!(
        "POST /{path}/responses HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let host = host.to_owned();
    let answer = bounded("the answer", move || {
        let mut socket = TcpStream::connect(host).unwrap();
        socket.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        answer
    });
    assert!(answer.contains("hello there"), "{answer}");

    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let rest = bounded("the summary", move || {
        let mut rest = String::new();
        stdout.read_to_string(&mut rest).unwrap();
        rest
    });
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(rest.starts_with("1 requests; 1 scripted replies left\n"), "{rest}");
    assert!(rest.contains("POST /v1/responses"), "{rest}");
}

#[test]
fn a_port_that_is_taken_is_told() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let says = format!("cannot listen on port {port} of 127.0.0.1: ");
    World::new().proctor(["mock-model", "--port", &port]).exits(3).says_only(&says);
}

#[test]
fn the_doctor_says_one_line_about_each_thing() {
    let ran = World::new().proctor(["doctor"]).exits(0);
    for line in ran.stdout.lines() {
        let state = line.split_whitespace().next().unwrap();
        assert!(["ok", "limited", "missing"].contains(&state), "{line}");
    }
    for name in [
        "platform",
        "mechanism",
        "guardian",
        "loopback",
        "temp directory",
        "terminals",
        "cargo-nextest",
        "npm",
    ] {
        assert_eq!(
            ran.stdout.lines().filter(|line| line[9..].starts_with(name)).count(),
            1,
            "{name}: {}",
            ran.stdout
        );
    }
}

#[test]
fn the_doctor_fails_when_a_run_could_not_be() {
    let world = World::new();
    let output = world.command(["doctor"]).env("TMPDIR", world.path("missing")).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(
        told.contains("missing  temp directory") && told.contains("(needed by `run`)"),
        "{told}"
    );
}
