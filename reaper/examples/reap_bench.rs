//! Measures what a process costs to start and to end: `cargo run --release -p harness --example
//! reap_bench [ROUNDS]`.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use reaper::process::{EndedBy, Exit, Ladder, Launch, Process, take_undelivered};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

type Times = Vec<Duration>;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rounds = std::env::args().nth(1).map_or(Ok(300), |rounds| rounds.parse())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut out = io::stdout().lock();
    writeln!(out, "{:<44} {:>9} {:>9} {:>9}", "", "median", "p99", "max")?;
    for (what, times) in runtime.block_on(measure(rounds))? {
        print(&mut out, what, times)?;
    }
    Ok(())
}

async fn measure(rounds: usize) -> Result<Vec<(&'static str, Times)>, Box<dyn std::error::Error>> {
    let (mut started, mut bare) = (Times::new(), Times::new());
    let (mut dropped, mut shut_down, mut killed) = (Times::new(), Times::new(), Times::new());
    let cat = launch("/bin/cat", &[]);
    let stubborn = "trap '' TERM; echo ready; while :; do read line; done";
    let stubborn = launch("/bin/sh", &["-c", stubborn]);
    let at_once = Ladder { eof: Duration::ZERO, term: Duration::ZERO, ..Ladder::default() };
    for _ in 0..rounds {
        let since = Instant::now();
        let mut child = std::process::Command::new("/bin/true").spawn()?;
        bare.push(since.elapsed());
        child.wait()?;

        let since = Instant::now();
        let (process, mut stdin, mut stdout) = Process::spawn(&cat)?;
        started.push(since.elapsed());
        stdin.write_all(b"ready\n").await?;
        stdout.read_exact(&mut [0; 6]).await?;
        let since = Instant::now();
        drop(stdin);
        drop(process);
        dropped.push(since.elapsed());

        let (mut process, mut stdin, mut stdout) = Process::spawn(&cat)?;
        stdin.write_all(b"ready\n").await?;
        stdout.read_exact(&mut [0; 6]).await?;
        let since = Instant::now();
        let report = process.shutdown(Some(stdin), &Ladder::default()).await;
        shut_down.push(since.elapsed());
        assert_eq!((report.exit, report.ended_by), (Some(Exit::Code(0)), EndedBy::Eof));

        let (mut process, stdin, mut stdout) = Process::spawn(&stubborn)?;
        stdout.read_exact(&mut [0; 6]).await?;
        let since = Instant::now();
        let report = process.shutdown(Some(stdin), &at_once).await;
        killed.push(since.elapsed());
        assert_eq!((report.exit, report.ended_by), (Some(Exit::Signal(9)), EndedBy::Kill));
    }
    let unclean = take_undelivered().into_iter().filter(|report| !report.is_clean()).count();
    assert_eq!(unclean, 0, "reports of dropped processes that are not clean");
    Ok(vec![
        ("std: spawn of `true`", bare),
        ("Process::spawn of `cat`", started),
        ("end of input and drop -> reaped", dropped),
        ("shutdown().await, ends at end of input", shut_down),
        ("shutdown().await, killed at once", killed),
    ])
}

fn launch(program: &str, args: &[&str]) -> Launch {
    Launch {
        program: program.into(),
        args: args.iter().map(Into::into).collect(),
        env: BTreeMap::from([("PATH".into(), "/usr/bin:/bin".into())]),
        cwd: std::env::temp_dir(),
        stderr_cap: 4096,
        label: program.to_owned(),
    }
}

fn print(out: &mut impl Write, what: &str, mut times: Times) -> io::Result<()> {
    times.sort_unstable();
    let at = |share: usize| times.get((times.len() * share / 100).min(times.len() - 1)).copied();
    let ms = |time: Option<Duration>| time.unwrap_or_default().as_secs_f64() * 1e3;
    writeln!(
        out,
        "{what:<44} {:>6.3} ms {:>6.3} ms {:>6.3} ms",
        ms(at(50)),
        ms(at(99)),
        ms(at(100))
    )
}
