//! First commands at REPLs, judged byte by byte: `pty_bench PART SESSIONS [JOBS] [NAME...]`, with
//! the Pythons of `PATH`. `cargo xtask bench pty` calls it and says what the parts are.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::process::{Command, ExitCode};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use terminal::pty::{Pty, Terminal};
use terminal::repl::{Flavour, Profile, Python, Repl, ReplError};

const LONG: Duration = Duration::from_secs(120);

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<ExitCode, Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let part = args.first().map_or("ready", String::as_str);
    let sessions = args.get(1).map_or(Ok(100), |number| number.parse())?;
    let jobs = args.get(2).map_or(Ok(1), |number| number.parse())?;
    let wanted = args.get(3..).unwrap_or_default();
    let mut all_held = true;
    for subject in subjects() {
        if !wanted.is_empty() && !wanted.contains(&subject.name) {
            continue;
        }
        let held = match part {
            "names" => say(&subject.name)?,
            "ready" => ready(&subject, sessions, jobs)?,
            "control" => control(&subject, sessions)?,
            other => return Err(format!("no part {other}").into()),
        };
        all_held &= held;
    }
    Ok(if all_held { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A REPL, and the same without anything of ours: its first prompt is what readiness is compared
/// with.
struct Subject {
    name: String,
    profile: Profile,
    bare: Profile,
    prompt: &'static str,
    /// What prints the number that stands for `{}` and some text that is hard to carry.
    command: &'static str,
    after: &'static str,
}

fn subjects() -> Vec<Subject> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let pythons = Python::among(std::env::split_paths(&path));
    let flavours = |python: &Python| match python.minor {
        13.. => vec![Flavour::Pyrepl, Flavour::Readline],
        _ => vec![Flavour::Readline],
    };
    let python = |python: &Python, flavour: Flavour| {
        let profile = Profile::python(&python.program, flavour);
        let mut bare = profile.clone();
        bare.env.remove("PYTHONSTARTUP");
        Subject {
            name: format!("python3.{}-{}", python.minor, flavour.name()),
            profile,
            bare,
            prompt: ">>> ",
            command: "print('first', 6 * {}, 'é', '\\n', end='.\\n')",
            after: "",
        }
    };
    let mut subjects: Vec<Subject> = Vec::new();
    for found in &pythons {
        subjects.extend(flavours(found).into_iter().map(|flavour| python(found, flavour)));
    }
    for profile in [Profile::bash(), Profile::sh()] {
        let mut bare = profile.clone().env("PS1", ">>> ");
        bare.args = ["--norc", "--noprofile", "-i"].map(str::to_owned).into();
        if profile.name == "sh" {
            bare.args = vec!["-i".to_owned()];
            bare.env.remove("ENV");
        }
        let command = "printf 'first %d é \\n.\\n' $((6 * {}))";
        let name = profile.name.clone();
        subjects.push(Subject { name, profile, bare, prompt: ">>> ", command, after: "" });
    }
    let command = "console.log('first', 6 * {}, 'é', '\\n.')";
    let (profile, mut bare) = (Profile::node(), Profile::node());
    bare.args.clear();
    let name = "node".to_owned();
    subjects.push(Subject { name, profile, bare, prompt: "> ", command, after: "undefined\n" });
    subjects
}

impl Subject {
    fn command(&self, number: usize) -> String {
        self.command.replace("{}", &number.to_string())
    }

    fn expected(&self, number: usize) -> String {
        format!("first {} é \n.\n{}", 6 * number, self.after)
    }

    /// Without the start-up file, and with the echo that a terminal has.
    fn bare(&self, echo: bool) -> Result<Pty, Failure> {
        let mut command = Command::new(&self.bare.program);
        command.args(&self.bare.args);
        command.envs(self.bare.env.iter().filter(|(_, value)| !value.contains("{home}")));
        Ok(Pty::spawn(&command, Terminal { echo, ..Terminal::default() })?)
    }
}

#[derive(Default)]
struct Tally {
    outcomes: BTreeMap<&'static str, usize>,
    ready: Vec<Duration>,
    bare: Vec<Duration>,
    examples: Vec<String>,
}

impl Tally {
    fn note(&mut self, outcome: &'static str, example: impl FnOnce() -> String) {
        *self.outcomes.entry(outcome).or_default() += 1;
        if outcome != "exact" && self.examples.len() < 3 {
            self.examples.push(example());
        }
    }
}

/// Sessions from the start to the end, and every fifth time the bare prompt beside.
fn ready(subject: &Subject, sessions: usize, jobs: usize) -> Result<bool, Failure> {
    let tally = Mutex::new(Tally::default());
    let next = AtomicUsize::new(0);
    let work = || -> Result<(), String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| error.to_string())?;
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= sessions {
                return Ok(());
            }
            runtime
                .block_on(session(subject, number, &tally))
                .map_err(|error| error.to_string())?;
        }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..jobs).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| {
            thread.join().map_err(|_| "a session panicked".to_owned()).and_then(|done| done)
        })
    })?;
    let mut tally = tally.into_inner()?;
    let count = |outcome| tally.outcomes.get(outcome).copied().unwrap_or(0);
    let exact = count("exact");
    let cost = median(&mut tally.ready).saturating_sub(median(&mut tally.bare));
    let line = format!(
        "{:22} {sessions:5} sessions: {exact:5} exact, {} garbled, {} lost, {} leaked; ready {} (p99 {}), bare prompt {}, handshake {}",
        subject.name,
        count("garbled"),
        count("lost"),
        count("leaked"),
        shown(median(&mut tally.ready)),
        shown(p99(&mut tally.ready)),
        shown(median(&mut tally.bare)),
        shown(cost),
    );
    say(&line)?;
    for example in &tally.examples {
        say(example)?;
    }
    Ok(exact == sessions)
}

async fn session(subject: &Subject, number: usize, tally: &Mutex<Tally>) -> Result<(), Failure> {
    let since = Instant::now();
    let started = Repl::start(&subject.profile, LONG).await;
    let ready = since.elapsed();
    let outcome = match started {
        Ok(mut repl) => {
            repl.set_deadline(LONG);
            let answer = repl.run(&subject.command(number)).await;
            (answer, Some(repl.end().await))
        }
        Err(error) => (Err(error), None),
    };
    let bare = match number % 5 {
        0 => Some(bare_prompt(subject).await?),
        _ => None,
    };
    let mut tally = tally.lock().map_err(|_| "another session panicked")?;
    tally.ready.push(ready);
    tally.bare.extend(bare);
    let (answer, finished) = outcome;
    let is_clean = finished.is_none_or(|finished| finished.report.is_clean());
    match judge(subject, number, &answer) {
        "exact" if !is_clean => tally.note("leaked", || "something was left".to_owned()),
        outcome => tally.note(outcome, || format!("  {answer:?}")),
    }
    Ok(())
}

fn judge(
    subject: &Subject,
    number: usize,
    answer: &Result<terminal::repl::Output, ReplError>,
) -> &'static str {
    match answer {
        Ok(output) if output.bytes == subject.expected(number).as_bytes() => "exact",
        Ok(_) => "garbled",
        Err(_) => "lost",
    }
}

async fn bare_prompt(subject: &Subject) -> Result<Duration, Failure> {
    let since = Instant::now();
    let mut pty = subject.bare(false)?;
    pty.expect_within(subject.prompt, LONG).await?;
    let took = since.elapsed();
    drop(pty.finish().await);
    Ok(took)
}

/// What happens without a handshake: typed at once, and after a fixed 50 ms.
fn control(subject: &Subject, sessions: usize) -> Result<bool, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for wait in [Duration::ZERO, Duration::from_millis(50)] {
        let mut garbled = 0;
        for number in 0..sessions {
            garbled += usize::from(runtime.block_on(is_garbled(subject, number, wait))?);
        }
        let line =
            format!("{:22} typed after {wait:?}: {garbled} of {sessions} garbled", subject.name);
        say(&line)?;
    }
    Ok(true)
}

async fn is_garbled(subject: &Subject, number: usize, wait: Duration) -> Result<bool, Failure> {
    let mut pty = subject.bare(true)?;
    #[expect(clippy::disallowed_methods, reason = "the mistake that is measured")]
    tokio::time::sleep(wait).await;
    let command = subject.command(number);
    pty.send(format!("{command}\n")).await?;
    let before = pty.expect_within(subject.prompt, LONG).await?.before;
    let after = pty.expect_within(subject.prompt, LONG).await;
    drop(pty.finish().await);
    let expected = format!("{command}\n{}", subject.expected(number));
    Ok(before.contains(&command) || after.map_or(true, |after| after.before != expected))
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn p99(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() * 99 / 100).copied().unwrap_or_default()
}

fn shown(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

fn say(line: &str) -> Result<bool, Failure> {
    writeln!(io::stdout(), "{line}")?;
    Ok(true)
}
