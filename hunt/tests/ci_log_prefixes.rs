//! Logs whose lines have a prefix that changes in width and content from line to line.

#![expect(clippy::unwrap_used, reason = "a failure of a helper fails the test")]

use std::io::Write;

use hunt::ci_log;
use pretty_assertions::assert_eq;

/// A number without a pattern, the same in every run of the tests.
fn noise(index: usize) -> usize {
    (index * 2_654_435_761 + 97) % 1_000_003
}

/// The seconds since the start of the log, a little more with each line.
fn seconds(index: usize) -> f64 {
    index as f64 * 0.37 + noise(index) as f64 / 1e7
}

type Form = (&'static str, fn(usize, &str) -> String);

/// Forms of many tools, and of none: what is between their marks changes with each line.
const FORMS: [Form; 30] = [
    ("docker build", |n, line| format!("#14 {} {line}", &format!("{:.3}", seconds(n))[..5])),
    ("docker build, long", |n, line| format!("#{} {:.3} {line}", 9 + n / 40, seconds(n))),
    ("dagger", |n, line| format!("12  : [{:.1}s] | {line}", seconds(n))),
    ("dagger, nested", |n, line| format!("12  :   ┃ [{:.1}s] {line}", seconds(n))),
    ("grep -n", |n, line| format!("{}:{line}", n + 1)),
    ("grep -Hn", |n, line| format!("logs/ci.log:{}:{line}", n + 1)),
    ("cat -n", |n, line| format!("{:6}\t{line}", n + 1)),
    ("nl", |n, line| format!("{:4}  {line}", n + 1)),
    ("less -N", |n, line| format!("{:7} {line}", n + 1)),
    ("ts -s", |n, line| format!("00:{:02}:{:02} {line}", n / 60, n % 60)),
    ("ts -s %.s", |n, line| format!("{:.6} {line}", seconds(n))),
    ("dmesg", |n, line| format!("[{:12.6}] {line}", seconds(n))),
    ("time in brackets", |n, line| format!("[{:.2}s] {line}", seconds(n))),
    ("time and thread", |n, line| format!("[{:.2}s worker-{}] {line}", seconds(n), noise(n) % 17)),
    ("place in brackets", |n, line| {
        let place = ["src/main.rs", "lib.rs", "runner/exec.rs"][n % 3];
        format!("[{place}:{}] {line}", noise(n) % 1000)
    }),
    ("level and time", |n, line| {
        format!("[{}][{:.1}] {line}", ["INFO", "WARN", "DEBUG"][noise(n) % 3], seconds(n))
    }),
    ("parentheses", |n, line| format!("(step {} of 9, {:.0}%) {line}", n % 9, seconds(n))),
    ("angle brackets", |n, line| format!("<{}> {line}", noise(n))),
    ("bazel", |n, line| format!("({:02}:{:02}:{:02}) {line}", 9 + n / 3600, n / 60 % 60, n % 60)),
    ("hexadecimal id", |n, line| format!("[{:x}] {line}", noise(n))),
    ("a word that changes", |n, line| {
        format!("{}: {line}", ["alpha", "be", "gamma-ray"][noise(n) % 3])
    }),
    ("filled up", |n, line| format!("{:<9}{line}", format!("{:.1}s", seconds(n)))),
    ("filled up in brackets", |n, line| format!("{:<12} {line}", format!("[{:.2}]", seconds(n)))),
    ("concourse", |n, line| format!("12:{:02}:{:02}\x20\x20{line}", n / 60, n % 60)),
    ("tab and time", |n, line| format!("{:.1}\t{line}", seconds(n))),
    ("a bar", |n, line| format!("{:>5} │ {line}", n + 1)),
    ("json-file of docker", |n, line| {
        let time = format!("2026-11-20T10:11:12.{}Z", noise(n));
        serde_json::json!({ "log": format!("{line}\n"), "stream": "stdout", "time": time })
            .to_string()
    }),
    ("a list of ansible", |_, line| format!("            {},", serde_json::json!(line))),
    ("json with a message", |n, line| {
        serde_json::json!({ "ts": seconds(n), "level": "info", "message": line }).to_string()
    }),
    ("docker compose and time", |n, line| format!("tests-1  | [{:.1}s] {line}", seconds(n))),
];

/// What a log says of each test, and the number of results.
fn said(bytes: &[u8]) -> (Vec<String>, usize) {
    let log = ci_log::read(bytes);
    let said = log.findings.iter().map(|finding| {
        let statuses = finding.sightings.iter().map(|sighting| sighting.status.to_string());
        format!(
            "{} {}: {}",
            finding.binary_id,
            finding.test,
            statuses.collect::<Vec<_>>().join(", ")
        )
    });
    (said.collect(), log.results)
}

fn decorated(log: &str, form: fn(usize, &str) -> String) -> String {
    log.lines().enumerate().map(|(index, line)| form(index, line) + "\n").collect()
}

const LOGS: [(&str, &str); 4] = [
    ("default", include_str!("data/ci_log/default.log")),
    ("retries", include_str!("data/ci_log/retries.log")),
    ("no-capture", include_str!("data/ci_log/no-capture.log")),
    ("stress", include_str!("data/ci_log/stress.log")),
];

#[test]
fn every_form_says_the_same_as_the_bare_log() {
    let mut wrong = Vec::new();
    for (name, log) in LOGS {
        let expected = said(log.as_bytes());
        for (tool, form) in FORMS {
            let found = said(decorated(log, form).as_bytes());
            if found != expected {
                wrong.push(format!("{name}, {tool}: {} of {} results", found.1, expected.1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn both_leaks_of_docker_build_are_found() {
    let log = "#14 9.102     Starting 3 tests across 1 binary\n\
               #14 9.951         LEAK [   0.212s] (1/3) shop::server one\n\
               #14 9.99         PASS [   0.012s] (2/3) shop::server two\n\
               #14 10.05         LEAK [   0.212s] (3/3) shop::server three\n\
               #14 10.061 ────────────\n\
               #14 10.1      Summary [   0.500s] 3 tests run: 3 passed (2 leaky), 0 skipped\n";
    let (said, results) = said(log.as_bytes());
    assert_eq!(said, ["shop::server one: LEAK", "shop::server three: LEAK"]);
    assert_eq!(results, 3);
}

#[test]
fn log_within_a_log_does_not_end_the_one_around_it() {
    let run = |first: usize, inner: &str| {
        format!(
            "    Starting {first} tests across 1 binary\n        \
             LEAK [   0.212s] (  1/{first}) a::b before{first}\n{inner}        \
             LEAK [   0.212s] (  2/{first}) a::b after{first}\n     \
             Summary [   0.500s] {first} tests run: {first} passed, 0 skipped\n"
        )
    };
    let inner = run(7, "");
    let log = ci_log::parse(&run(9, &inner));
    let names: Vec<_> = log.findings.iter().map(|finding| finding.test.as_str()).collect();
    assert_eq!(names, ["before9", "after9"], "the inner run is output of a test");
    assert_eq!(log.unread, [4, 5], "and is said");
    // Two runs, the first of which was cut off.
    let cut = run(9, "").lines().take(2).map(|line| format!("{line}\n")).collect::<String>();
    let log = ci_log::parse(&(cut + &inner));
    let names: Vec<_> = log.findings.iter().map(|finding| finding.test.as_str()).collect();
    assert_eq!(names, ["before9", "before7", "after7"]);
}

#[test]
fn compressed_logs_and_archives_are_opened() {
    let log = LOGS[0].1;
    let expected = said(log.as_bytes());
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(log.as_bytes()).unwrap();
    assert_eq!(said(&gz.finish().unwrap()), expected, "gzip");
    for packed in [false, true] {
        assert_eq!(said(&zip(log.as_bytes(), packed)), expected, "zip, packed {packed}");
    }
    let broken = zip(log.as_bytes(), true);
    assert_eq!(said(&broken[..broken.len() / 2]).1, 0, "half an archive has no directory");
}

/// An archive of one file.
fn zip(content: &[u8], packed: bool) -> Vec<u8> {
    let mut data = content.to_vec();
    if packed {
        let mut encoder =
            flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(content).unwrap();
        data = encoder.finish().unwrap();
    }
    let method = if packed { 8_u16 } else { 0 };
    let size = u32::try_from(data.len()).unwrap();
    // From the version to the lengths of the name and of the extra field.
    let mut common = Vec::new();
    common.extend([20, 0, 0, 0]);
    common.extend(method.to_le_bytes());
    common.extend([0; 8]);
    common.extend(size.to_le_bytes());
    common.extend(u32::try_from(content.len()).unwrap().to_le_bytes());
    common.extend([3, 0, 0, 0]);
    let mut archive = [b"PK\x03\x04".as_slice(), &common, b"log", &data].concat();
    let directory = u32::try_from(archive.len()).unwrap();
    archive.extend([b"PK\x01\x02".as_slice(), &[20, 0], &common, &[0; 14], b"log"].concat());
    let length = u32::try_from(archive.len()).unwrap() - directory;
    archive.extend([b"PK\x05\x06".as_slice(), &[0, 0, 0, 0, 1, 0, 1, 0]].concat());
    archive.extend(length.to_le_bytes());
    archive.extend(directory.to_le_bytes());
    archive.extend([0, 0]);
    archive
}
