//! The trap rejects and records every request, and survives invalid ones.

#![expect(clippy::unwrap_used, reason = "a failure of a helper fails the test")]

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use harness::trap::Trap;

fn ask(url: &str, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    let mut answer = Vec::new();
    // Too much invalid input is answered by a reset, which any of these calls may meet.
    let _ = stream.write_all(request);
    let _ = stream.shutdown(Shutdown::Write);
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

async fn asked(requests: &[&'static [u8]]) -> (Vec<String>, Vec<String>) {
    let trap = Trap::start().await.unwrap();
    let mut answers = Vec::new();
    for request in requests.iter().copied() {
        let url = trap.url();
        answers.push(tokio::task::spawn_blocking(move || ask(&url, request)).await.unwrap());
    }
    (answers, trap.attempts().into_iter().map(|attempt| attempt.target).collect())
}

#[tokio::test]
async fn requests_are_refused_and_noted() {
    let (answers, targets) = asked(&[
        b"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n",
        b"GET http://example.com/secret HTTP/1.1\r\n\r\n",
    ])
    .await;
    for answer in answers {
        assert!(answer.starts_with("HTTP/1.1 502 "), "{answer}");
    }
    assert_eq!(targets, ["CONNECT example.com:443", "GET example.com"]);
}

#[tokio::test]
async fn rubbish_is_survived() {
    static LONG: [u8; 100_000] = [b'a'; 100_000];
    let (_, targets) = asked(&[
        b"",
        b"\x16\x03\x01\x02\x00",
        b"\r\n\r\n",
        &LONG,
        b"GET / HTTP/1.1",
        b"CONNECT example.org:443 HTTP/1.1\r\n\r\n",
    ])
    .await;
    assert_eq!(targets.len(), 6);
    assert_eq!(targets[1], r#"no request: "\x16\x03\x01\x02\x00""#);
    assert_eq!(targets[5], "CONNECT example.org:443");
}

#[tokio::test]
async fn only_so_many_attempts_are_kept() {
    let trap = Trap::start().await.unwrap();
    let url = trap.url();
    tokio::task::spawn_blocking(move || {
        for _ in 0..1_010 {
            ask(&url, b"CONNECT example.com:443 HTTP/1.1\r\n\r\n");
        }
    })
    .await
    .unwrap();
    assert_eq!((trap.attempts().len(), trap.total()), (1_000, 1_010));
}

#[tokio::test]
async fn silent_connection_delays_no_other() {
    let trap = Trap::start().await.unwrap();
    let address = trap.url().strip_prefix("http://").unwrap().to_owned();
    let silent: Vec<_> = (0..10).map(|_| TcpStream::connect(&address).unwrap()).collect();
    let url = trap.url();
    let request = b"CONNECT example.com:443 HTTP/1.1\r\n\r\n";
    let answer = tokio::task::spawn_blocking(move || ask(&url, request)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 502 "), "{answer}");
    drop(silent);
}

#[tokio::test]
async fn variables_lead_here_and_spare_this_machine() {
    let trap = Trap::start().await.unwrap();
    let mut variables: Vec<(String, String)> = trap
        .env()
        .into_iter()
        .map(|(name, value)| (name.into_string().unwrap(), value.into_string().unwrap()))
        .collect();
    variables.sort();
    let direct = "127.0.0.1,localhost,::1";
    let url = trap.url();
    let expected = [
        ("ALL_PROXY", url.as_str()),
        ("HTTPS_PROXY", &url),
        ("HTTP_PROXY", &url),
        ("NO_PROXY", direct),
        ("all_proxy", &url),
        ("http_proxy", &url),
        ("https_proxy", &url),
        ("no_proxy", direct),
    ];
    assert_eq!(variables, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}
