//! What the code of some crates must not do.

use std::collections::BTreeSet;

use crate::tree::{Source, members, sources};

/// Files of `harness` that send the handshake, and so name its methods.
const HANDSHAKE: [&str; 2] = ["harness/src/app_server.rs", "harness/src/mcp.rs"];

/// The one file of `suites` that connects to something: the login page on loopback.
const BROWSER: &str = "suites/src/auth/browser.rs";

/// Crates whose subjects are started by `reaper`, never by themselves.
const START_NOTHING: [&str; 6] =
    ["harness/src", "suites/src", "prove/src", "report/src", "shown/src", "mock-model/src"];

/// Every place that sleeps, and why no event can be waited for.
const SLEEPS: [(&str, &str); 8] = [
    ("fixtures/mcp-servers/rmcp-3/src/main.rs", "a tool that takes as long as it is told"),
    ("harness/src/looks.rs", "nothing announces what is looked for"),
    ("mock-model/src/server.rs", "the system has no event for a free descriptor"),
    ("mock-model/src/service.rs", "the script asks for the delay"),
    ("reaper/src/process/unix/patience.rs", "without a pidfd the system has no event for an exit"),
    ("reaper/src/stdin.rs", "the system has no event for a pipe that has been read empty"),
    ("reference/src/turn/retry.rs", "a service that fails is to be left alone for a while"),
    ("terminal/examples/pty_bench.rs", "the benchmark measures clients that sleep"),
];

/// The methods that the suites use, and the beginnings of those with a slash: `thread/`, `turn/`.
struct Methods {
    names: BTreeSet<String>,
    spaces: BTreeSet<String>,
}

fn methods() -> Methods {
    let sources = sources(["suites/src"]);
    let table = sources.iter().find(|source| source.path == "suites/src/methods.rs").unwrap();
    let names: BTreeSet<String> = table.strings().into_iter().collect();
    let mut spaces: BTreeSet<String> =
        names.iter().filter_map(|name| Some(format!("{}/", name.split_once('/')?.0))).collect();
    spaces.extend(["item/", "tools/"].map(str::to_owned));
    Methods { names, spaces }
}

impl Methods {
    /// The strings in a source that name a method of the protocol.
    fn named(&self, source: &Source) -> Vec<String> {
        let is_method = |text: &String| {
            self.names.contains(text) || self.spaces.iter().any(|space| text.starts_with(space))
        };
        source.strings().into_iter().filter(is_method).collect()
    }
}

#[test]
fn the_harness_names_no_method_outside_its_handshake() {
    let (methods, sources) = (methods(), sources(["harness/src"]));
    let (handshake, others): (Vec<_>, Vec<_>) =
        sources.iter().partition(|source| HANDSHAKE.contains(&source.path.as_str()));
    for source in others {
        assert_eq!(methods.named(source), [""; 0], "{}", source.path);
    }
    assert!(handshake.iter().all(|source| !methods.named(source).is_empty()), "{HANDSHAKE:?}");
}

#[test]
fn the_proxy_names_no_method() {
    let methods = methods();
    for source in sources(["proxy/src"]) {
        assert_eq!(methods.named(&source), [""; 0], "{}", source.path);
    }
}

#[test]
fn the_suites_read_no_environment_and_print_nothing() {
    let forbidden = [
        "env::var",
        "env::vars",
        "env::args",
        "env::current_dir",
        "option_env!",
        "println!",
        "eprintln!",
        "print!",
        "eprint!",
        "dbg!",
    ];
    for source in sources(["suites/src"]) {
        for code in forbidden {
            assert!(!source.has(code), "{} has {code}", source.path);
        }
    }
}

#[test]
fn the_suites_connect_to_the_login_page_only() {
    let connects = |source: &Source| {
        ["TcpStream", "TcpListener", "UnixStream", "UnixListener", "UdpSocket"]
            .into_iter()
            .any(|code| source.has(code))
    };
    let found: Vec<_> =
        sources(["suites/src"]).into_iter().filter(connects).map(|source| source.path).collect();
    assert_eq!(found, [BROWSER]);
}

#[test]
fn only_the_reaper_starts_subjects() {
    for source in sources(START_NOTHING) {
        for code in ["Command::new", "process::Command", ".exec()"] {
            assert!(!source.has(code), "{} has {code}", source.path);
        }
    }
    assert!(sources(["reaper/src"]).iter().any(|source| source.has("Command::new")));
}

#[test]
fn nothing_sleeps_without_a_reason() {
    let members = members();
    let folders = members.iter().map(|member| member.name.as_str());
    let sleeping = sources(folders)
        .into_iter()
        .filter(|source| ["thread::sleep", "time::sleep"].into_iter().any(|code| source.has(code)));
    let found: BTreeSet<String> = sleeping.map(|source| source.path).collect();
    let listed = SLEEPS.map(|(path, _)| path.to_owned()).into();
    assert_eq!(found, listed, "files that sleep, and files with a reason to");
}

#[test]
fn checks_share_no_state() {
    let changing = |word: &String| {
        let cells = ["Mutex", "RwLock", "OnceLock", "LazyLock", "OnceCell", "RefCell", "Cell"];
        cells.contains(&word.as_str()) || word.starts_with("Atomic") || word == "mut"
    };
    for source in sources(["suites/src"]) {
        // From `static`, which a quote makes a lifetime, to the value.
        let tokens = source.tokens();
        let starts =
            (1..tokens.len()).filter(|at| tokens[*at] == "static" && tokens[at - 1] != "'");
        for at in starts {
            let declared: Vec<_> = tokens[at..].iter().take_while(|token| *token != "=").collect();
            let changes = declared.iter().any(|word| changing(word));
            assert!(!changes, "{} has a static that changes: {declared:?}", source.path);
        }
        assert!(!source.has("thread_local!"), "{} has a static of each thread", source.path);
    }
}
