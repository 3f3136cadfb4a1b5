//! A subject that sends without end causes a clear failure, soon, and with bounded memory.

use std::fs;
use std::time::Instant;

use harness::Kind;
use serde_json::json;

use crate::alone::alone;
use crate::subject::{LONG, bounded, end, fails, impatient, peer, runtime, shows};

/// The peak memory of this process, in kilobytes.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().trim().parse().unwrap()
}

/// Runs a test in a process of its own, which may use at most this many megabytes.
fn within(megabytes: u64, test: &str, body: impl AsyncFnOnce()) {
    alone(test, || {
        runtime().block_on(async {
            let before = peak();
            body().await;
            let grown = (peak() - before) / 1024;
            assert!(grown < megabytes, "{grown} MB");
        });
    });
}

/// A wait that fails long before its deadline, because of a flood.
async fn floods(script: &str, parts: &[&str]) {
    let mut peer = peer(script);
    let began = Instant::now();
    let failure = peer.next("done").await.unwrap_err();
    assert!(began.elapsed() < LONG, "{:?}", began.elapsed());
    assert_eq!(failure.kind(), Kind::Mismatch);
    shows(
        &failure,
        &["what the subject sent\n  expected  the notification `done`, and no flood of messages"],
    );
    shows(&failure, parts);
    // It may be blocked in a write, so that only a kill ends it.
    end(&mut peer).await;
    let transcript = &peer.ended()[0].transcript;
    assert!(transcript.entries().len() <= 20_001);
    if transcript.left_out() > 0 {
        let told = format!("… {} more lines were not kept …", transcript.left_out());
        assert_eq!(transcript.to_lines(10, 100).last(), Some(&told));
    }
}

#[test]
fn of_notifications() {
    within(100, "floods::of_notifications", async || {
        let parts = [
            "observed  it floods us: 20001 unread messages in ",
            "came      … 19989 messages left out …",
            "came      {\"method\":\"noise\"}",
        ];
        floods(r#"exec yes '{"method":"noise"}'"#, &parts).await;
    });
}

#[test]
fn of_rubbish() {
    within(100, "floods::of_rubbish", async || {
        let parts =
            ["20001 unread messages in ", "came      y  <== not a message: not JSON at byte 0"];
        floods("exec yes", &parts).await;
    });
}

#[test]
fn of_random_bytes() {
    within(150, "floods::of_random_bytes", async || {
        floods(
            "exec cat /dev/urandom",
            &["it floods us: ", "<== not a message: not UTF-8 at byte "],
        )
        .await;
    });
}

#[test]
fn of_large_messages() {
    within(250, "floods::of_large_messages", async || {
        let script = r#"line=$(head -c 1000000 /dev/zero | tr '\0' x)
            while :; do printf '{"method":"noise","params":"%s"}\n' "$line"; done"#;
        floods(
            script,
            &["it floods us: more than the 67108864 bytes that are kept of a conversation in "],
        )
        .await;
    });
}

#[test]
fn of_requests_whose_answers_it_does_not_read() {
    within(100, "floods::of_requests_whose_answers_it_does_not_read", async || {
        let parts = [
            "it floods us: 1000 requests whose answers it does not read in ",
            "refused   unexpected requests of the subject: `ask`, `ask`",
        ];
        floods(r#"exec yes '{"id":1,"method":"ask"}'"#, &parts).await;
    });
}

#[test]
fn line_without_end() {
    within(100, "floods::line_without_end", async || {
        let script = r"head -c 67108864 /dev/zero | tr '\0' x; exec sleep 1000";
        let mut peer = impatient(script);
        let failure = fails(&mut peer, "m").await;
        assert_eq!(failure.kind(), Kind::Timeout);
        shows(&failure, &["observed  nothing came", " bytes without a line end: xxxx"]);
        end(&mut peer).await;
    });
}

#[test]
fn long_line_is_skipped() {
    within(100, "floods::long_line_is_skipped", async || {
        let script =
            r#"head -c 67108864 /dev/zero | tr '\0' x; printf '\n{"method":"done"}\n'; exec cat"#;
        let mut peer = peer(script);
        peer.next("done").await.unwrap();
        let transcript = peer.transcript().unwrap();
        assert_eq!(transcript.entries()[0].line, [b'x'; 512]);
        assert_eq!(
            transcript.entries()[0].message,
            harness::Message::Pollution("a line of 67108864 bytes, longer than is read".to_owned())
        );
        end(&mut peer).await;
    });
}

#[test]
fn many_values_on_one_line() {
    within(100, "floods::many_values_on_one_line", async || {
        // 8 MB of text, and 300 MB of values.
        let script = r#"printf '[0'; yes ,0 | head -n 4000000 | tr -d '\n'; printf ']\n{"method":"done"}\n'; exec cat"#;
        let mut peer = peer(script);
        peer.next("done").await.unwrap();
        let transcript = peer.transcript().unwrap();
        let why = "a line of 8000003 bytes with more values than are kept".to_owned();
        assert_eq!(transcript.entries()[0].message, harness::Message::Pollution(why));
        end(&mut peer).await;
    });
}

#[test]
fn stderr_does_not_disturb() {
    within(50, "floods::stderr_does_not_disturb", async || {
        let script = r#"read -r a; head -c 100000000 /dev/zero | tr '\0' e >&2
            echo last words >&2; printf '{"id":1,"result":{}}\n'; read -r b"#;
        let mut peer = peer(script);
        peer.call("m", json!({})).await.unwrap();
        let stderr = peer.stderr();
        assert!(stderr.len() <= 1_024 && stderr.ends_with("eelast words\n"), "{stderr}");
        end(&mut peer).await;
    });
}

#[test]
fn answer_behind_a_flood_is_no_answer() {
    runtime().block_on(async {
        // A dropped message might be one that the check needs: the answer proves nothing any more.
        let script = r#"read -r a; yes '{"method":"noise"}' | head -n 200; printf '{"id":1,"result":{}}\n'; read -r b"#;
        let mut peer = bounded(script, |settings| settings.unread = 100);
        let failure = fails(&mut peer, "m").await;
        shows(&failure, &["the answer to `m` (id 1), and no flood of messages", "101 unread messages"]);
        end(&mut peer).await;
    });
}

#[test]
fn long_conversation_is_no_flood() {
    runtime().block_on(async {
        // Answers that were taken do not count as unread.
        let mut peer = bounded(crate::subject::SERVE, |settings| settings.unread = 20);
        for _ in 0..200 {
            peer.call("m", json!({})).await.unwrap();
        }
        end(&mut peer).await;
    });
}

#[test]
fn untaken_answers_are_no_flood() {
    runtime().block_on(async {
        let mut peer = bounded(crate::subject::SERVE, |settings| settings.unread = 20);
        let mut tickets = Vec::new();
        for _ in 0..200 {
            tickets.push(peer.send("m", json!({})).await.unwrap());
        }
        for ticket in tickets.iter().rev() {
            peer.answer(ticket).await.unwrap();
        }
        end(&mut peer).await;
    });
}

#[test]
fn unrequested_answers_are_a_flood() {
    runtime().block_on(async {
        let script = r#"read -r a; yes '{"id":2,"result":{}}' | head -n 200; read -r b"#;
        let mut peer = bounded(script, |settings| settings.unread = 100);
        let failure = fails(&mut peer, "m").await;
        assert_eq!(failure.kind(), Kind::Mismatch);
        shows(&failure, &["it floods us: 101 unread messages"]);
        end(&mut peer).await;
    });
}

#[test]
fn our_own_flood_is_not_held_against_the_subject() {
    runtime().block_on(async {
        let mut peer = bounded(crate::subject::SERVE, |settings| settings.transcript = 100_000);
        let failure = loop {
            if let Err(failure) = peer.call("m", json!({})).await {
                break failure;
            }
        };
        assert_eq!(failure.kind(), Kind::Inconclusive);
        shows(
            &failure,
            &["our own requests and their answers fill it: more than the 100000 bytes"],
        );
        end(&mut peer).await;
    });
}

#[test]
fn answer_without_measure_is_held_against_it() {
    runtime().block_on(async {
        let script = r#"read -r a; printf '{"id":1,"result":"'; head -c 400000 /dev/zero | tr '\0' x; echo '"}'; read -r b"#;
        let mut peer = bounded(script, |settings| settings.transcript = 500_000);
        let failure = fails(&mut peer, "m").await;
        assert_eq!(failure.kind(), Kind::Mismatch);
        shows(&failure, &["it floods us: more than the 500000 bytes"]);
        end(&mut peer).await;
    });
}

#[test]
fn leaves_the_others_of_its_thread_their_turn() {
    runtime().block_on(async {
        let mut peer = bounded(r#"exec yes '{"method":"noise"}'"#, |settings| {
            settings.unread = usize::MAX;
        });
        peer.next("noise").await.unwrap();
        let mut before = peer.mark();
        for _ in 0..200 {
            // One read brings three thousand lines; a deadline may pass at any of these moments.
            tokio::task::yield_now().await;
            let after = peer.mark();
            assert!(after - before <= 500, "{} lines at once", after - before);
            before = after;
        }
        end(&mut peer).await;
    });
}

#[test]
fn many_waits_beside_many_messages_cost_little() {
    runtime().block_on(async {
        let large = json!({ "list": vec![0; 200] }).to_string();
        let script = format!(
            r#"yes '{{"method":"noise","params":{large}}}' | head -n 1000; yes '{{"method":"wanted"}}' | head -n 100; exec cat"#
        );
        let mut peer = peer(&script);
        let began = Instant::now();
        for _ in 0..100 {
            // None of the thousand messages is copied for a look.
            peer.next_matching("wanted", |call| call.method == "wanted").await.unwrap();
        }
        assert!(began.elapsed() < LONG, "{:?}", began.elapsed());
        let noise = peer.next("noise").await.unwrap();
        assert_eq!(noise.params["list"].as_array().unwrap().len(), 200);
        assert_eq!(peer.calls_since(0).len(), 1_100);
        end(&mut peer).await;
    });
}
