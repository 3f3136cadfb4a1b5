//! Many commands supervised at a time from one process, each told apart from the others.

use std::path::PathBuf;
use std::time::Duration;

use reaper::leak::Class;
use reaper::supervise::{SuperviseError, Supervised};

use crate::stage::{Stage, ends, leaky, proctor};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn leaks_of_many_at_a_time_are_told_apart() {
    let stage = Stage::new();
    let kinds = ["clean", "stdout", "daemon", "cleared", "clean-threads", "chatty", "chain"];
    runtime().block_on(async {
        let mut runs = tokio::task::JoinSet::new();
        for number in 0..14 {
            let pids = stage.path(&format!("pids-{number}"));
            runs.spawn(run(kinds[number % kinds.len()], pids));
        }
        while let Some(done) = runs.join_next().await {
            done.unwrap();
        }
    });
}

async fn run(kind: &str, pids: PathBuf) {
    let file = pids.clone().into_os_string();
    let command = [leaky().into_os_string(), "--pids".into(), file, kind.into()];
    let report = Supervised::new(command).run_apart(&proctor()).await.unwrap();
    let left: Vec<u32> = report.leaks.iter().map(|leak| leak.pid).collect();
    let meant = std::fs::read_to_string(pids).unwrap_or_default();
    let meant = meant.lines().map(|line| line.rsplit_once(' ').unwrap().1.parse().unwrap());
    assert_eq!(left, meant.collect::<Vec<u32>>(), "{kind}");
}

#[test]
fn output_is_captured_and_the_tail_is_exact() {
    let script = "echo out; echo err >&2; printf é";
    let supervised = Supervised::new(["sh", "-c", script]);
    let report = runtime().block_on(supervised.run_apart(&proctor())).unwrap();
    assert!(report.is_clean(), "{report:?}");
    let (out, err) = (report.stdout.unwrap(), report.stderr.unwrap());
    assert_eq!((out.tail.as_str(), out.total), ("out\né", 6));
    assert_eq!((err.tail.as_str(), err.total), ("err\n", 4));
    assert!(out.first <= out.last && out.last.unwrap() <= report.duration + Duration::from_secs(1));
    assert!(report.tail.stdout.is_some() && report.tail.stderr.is_some(), "{:?}", report.tail);

    let late = Supervised {
        grace: Duration::from_secs(30),
        ..Supervised::new([leaky().as_os_str(), "short:1000".as_ref()])
    };
    let report = runtime().block_on(late.run_apart(&proctor())).unwrap();
    assert!(report.leaks.is_empty(), "{report:?}");
    assert!(report.tail.stderr.is_some_and(|tail| tail.as_millis() >= 500), "{:?}", report.tail);
}

#[test]
fn what_cannot_be_started_is_said() {
    let missing = Supervised::new(["/no/such/program"]);
    let error = runtime().block_on(missing.run_apart(&proctor())).unwrap_err();
    assert!(matches!(error, SuperviseError::NotStarted { .. }), "{error}");
}

#[test]
fn run_that_is_given_up_ends() {
    let stage = Stage::new();
    let file = stage.path("pid");
    let script = format!("echo $$ >'{0}.new'; mv '{0}.new' '{0}'; exec sleep 1000", file.display());
    let supervised = Supervised::new(["sh", "-c", &script]);
    let proctor = proctor();
    let pid: u32 = runtime().block_on(async {
        let run = supervised.run_apart(&proctor);
        let seen = async {
            loop {
                if let Ok(text) = std::fs::read_to_string(&file) {
                    return text.trim().parse().unwrap();
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            pid = seen => pid,
            report = run => panic!("{report:?}"),
        }
    });
    assert!(ends(pid), "{pid} was left");
}

#[test]
fn holder_that_does_not_descend_from_the_command_is_a_sibling() {
    let stage = Stage::new();
    let socket = stage.path("socket");
    // A server that is nobody's child here is sent the command's stdout and keeps it.
    let server = "import array, socket, sys\n\
        s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(1); print('ready', flush=True)\n\
        c, _ = s.accept(); got = c.recvmsg(1, socket.CMSG_SPACE(4)); c.send(b'x')\n\
        sys.stdin.read()";
    let client = "import array, socket, sys\n\
        s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])\n\
        s.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [1]))]); s.recv(1)";
    let mut server = std::process::Command::new("python3")
        .args(["-c", server])
        .arg(&socket)
        .env("NEXTEST_ATTEMPT_ID", "another")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut ready = [0; 6];
    std::io::Read::read_exact(server.stdout.as_mut().unwrap(), &mut ready).unwrap();
    let command = ["python3".into(), "-c".into(), client.into(), socket.clone().into_os_string()];
    let report = runtime().block_on(Supervised::new(command).run_apart(&proctor())).unwrap();
    let [sibling] = report.leaks.as_slice() else { panic!("{report:#?}") };
    assert_eq!((sibling.pid, sibling.class), (server.id(), Class::Sibling));
    assert_eq!(sibling.tag.id.as_deref(), Some("another"));
    assert!(report.noted.is_empty() && report.tail.stdout.is_none(), "{report:#?}");
    drop(server.stdin.take());
    server.wait().unwrap();
}
