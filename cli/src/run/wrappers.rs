//! Prepares `npx` and `uvx`, which fetch a server before they start it: they have to find it in their cache, because the server
//! gets neither a network nor the user's home.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use harness::Subject;
use reaper::process::{Ladder, Launch, Process, SpawnError};
use tokio::io::AsyncReadExt;

use crate::exit_code::Stop;
use crate::interrupt::Interrupt;
use crate::terminal;

/// How long a server may take to be fetched.
const PATIENCE: Duration = Duration::from_secs(300);

/// The number of bytes of an answer that are read.
const OUTPUT: u64 = 4_096;

/// Options of `uvx` that are followed by a value.
const WITH_VALUE: [&str; 9] = [
    "--from",
    "--with",
    "--python",
    "-p",
    "--index",
    "--index-url",
    "--extra-index-url",
    "--default-index",
    "--prerelease",
];

/// Programs that fetch what they run, and that are not prepared.
const OTHERS: [&str; 8] = ["bunx", "deno", "docker", "pipx", "pnpm", "pnpx", "podman", "yarn"];

/// Fetches the server of such a command, and shows it where the caches are.
pub(super) fn prepare(subject: &mut Subject, interrupt: &Interrupt) -> Result<(), Stop> {
    let words: Vec<String> =
        subject.command.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let Some((program, args)) = words.split_first() else { return Ok(()) };
    let name = Path::new(program).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let steps = match name.as_str() {
        "npx" | "npm" => npm(&name, args),
        "uvx" | "uv" => uv(&name, args),
        _ => {
            if OTHERS.contains(&name.as_str()) {
                terminal::complain("note", &foreign(&name));
            }
            return Ok(());
        }
    };
    let done = interrupt.or_cancelled(async {
        if let Some(fetch) = &steps.fetch {
            terminal::complain("note", &format!("`{name}` fetches the server before the run"));
            printed(fetch).await.map_err(|why| refused(&name, fetch, &why))?;
        }
        let mut env = Vec::new();
        for (variable, question) in &steps.places {
            let place = printed(question).await.map_err(|why| refused(&name, question, &why))?;
            env.push(((*variable).to_owned(), place));
        }
        Ok::<_, Stop>(env)
    });
    let mut env = done.unwrap_or_else(|| Ok(Vec::new()))?;
    env.extend(steps.fixed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    // What the user says of a variable comes last and counts.
    subject.env.splice(0..0, env);
    Ok(())
}

/// What is done for one command.
struct Steps {
    /// Fetches the server and does not start it.
    fetch: Option<Vec<String>>,
    /// Variables, and the commands that print their values.
    places: Vec<(&'static str, Vec<String>)>,
    /// Variables with their values.
    fixed: &'static [(&'static str, &'static str)],
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn npm(name: &str, args: &[String]) -> Steps {
    let fetch = packages(args).filter(|_| name == "npx").map(|packages| {
        let named = packages.into_iter().flat_map(|package| ["--package".to_owned(), package]);
        let (before, after) = (words(&["npm", "exec", "--yes"]), words(&["--call", "true"]));
        before.into_iter().chain(named).chain(after).collect()
    });
    Steps {
        fetch,
        places: vec![("npm_config_cache", words(&["npm", "config", "get", "cache"]))],
        fixed: &[("npm_config_prefer_offline", "true"), ("npm_config_update_notifier", "false")],
    }
}

/// The packages that `npx` fetches; nothing if it is not clear.
fn packages(args: &[String]) -> Option<Vec<String>> {
    let (mut packages, mut args) = (Vec::new(), args.iter());
    while let Some(arg) = args.next() {
        match (arg.as_str(), arg.split_once('=')) {
            ("-y" | "--yes" | "-q" | "--quiet" | "--", _) => {}
            ("-p" | "--package", _) => packages.push(args.next()?.clone()),
            (_, Some(("-p" | "--package", package))) => packages.push(package.to_owned()),
            (option, _) if option.starts_with('-') => return None,
            _ if packages.is_empty() => return Some(vec![arg.clone()]),
            _ => return Some(packages),
        }
    }
    None
}

fn uv(name: &str, args: &[String]) -> Steps {
    let place = |question: &[&str]| words(&[&["uv"], question].concat());
    Steps {
        fetch: environment(args).filter(|_| name == "uvx"),
        places: vec![
            ("UV_CACHE_DIR", place(&["cache", "dir"])),
            ("UV_PYTHON_INSTALL_DIR", place(&["python", "dir"])),
            ("UV_TOOL_DIR", place(&["tool", "dir"])),
        ],
        fixed: &[("UV_OFFLINE", "1")],
    }
}

/// The command that makes the environment of an `uvx` command and starts only an empty program in it.
fn environment(args: &[String]) -> Option<Vec<String>> {
    let (mut fetch, mut args) = (words(&["uvx"]), args.iter());
    let mut is_named = false;
    while let Some(arg) = args.next() {
        is_named |= arg == "--from" || arg.starts_with("--from=");
        if WITH_VALUE.contains(&arg.as_str()) {
            fetch.extend([arg.clone(), args.next()?.clone()]);
        } else if arg.starts_with('-') {
            fetch.push(arg.clone());
        } else {
            if !is_named {
                fetch.extend(["--from".to_owned(), arg.clone()]);
            }
            fetch.extend(words(&["python", "-c", ""]));
            return Some(fetch);
        }
    }
    None
}

/// What a command of the user's prints: its first line.
async fn printed(command: &[String]) -> Result<String, String> {
    let Some((program, args)) = command.split_first() else { return Ok(String::new()) };
    let launch = Launch {
        program: program.into(),
        args: args.iter().map(OsString::from).collect(),
        // It is a command of the user's, not the subject.
        env: std::env::vars_os().collect::<BTreeMap<_, _>>(),
        // Not the working directory: the subject has another one, and must find the same packages.
        cwd: std::env::temp_dir(),
        stderr_cap: 1 << 16,
        label: program.clone(),
    };
    let (mut process, stdin, stdout) =
        Process::spawn(&launch).map_err(|error: SpawnError| error.to_string())?;
    drop(stdin);
    let mut output = Vec::new();
    let mut answer = stdout.take(OUTPUT);
    let read = tokio::time::timeout(PATIENCE, answer.read_to_end(&mut output)).await;
    drop(answer);
    let exit = process.wait(Duration::from_secs(5)).await;
    let stderr = process.shutdown(None, &Ladder::default()).await.stderr;
    if read.is_err() {
        return Err(format!("it did not end within {PATIENCE:?}"));
    }
    if !exit.is_some_and(|exit| exit.success()) {
        return Err(stderr.text().trim().to_owned());
    }
    let text = String::from_utf8_lossy(&output);
    Ok(text.lines().next().unwrap_or_default().trim().to_owned())
}

fn refused(name: &str, command: &[String], why: &str) -> Stop {
    let command = command.join(" ");
    Stop::unable(format!(
        "`{name}` cannot be prepared: `{command}` failed; install the server and give its own command instead\n{why}"
    ))
}

fn foreign(name: &str) -> String {
    format!(
        "the server's environment is empty but for PATH, and it gets no network; if `{name}` needs your home, add --env HOME=\"$HOME\""
    )
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::{environment, npm, packages, words};

    #[test]
    fn the_package_of_npx_is_found() {
        for (args, package) in [
            (&["-y", "a@1"][..], Some("a@1")),
            (&["@x/a", "--flag", "b"], Some("@x/a")),
            (&["--yes", "--package=a", "a-bin"], Some("a")),
            (&["-p", "a", "a-bin", "/dir"], Some("a")),
            (&["-c", "a"], None),
            (&[], None),
        ] {
            let found = packages(&words(args)).map(|found| found.join(" "));
            assert_eq!(found.as_deref(), package, "{args:?}");
        }
        let fetch = npm("npx", &words(&["a"])).fetch.unwrap().join(" ");
        assert_eq!(fetch, "npm exec --yes --package a --call true");
        assert_eq!(npm("npm", &words(&["run", "a"])).fetch, None);
    }

    #[test]
    fn the_environment_of_uvx_is_made_without_starting_the_server() {
        for (args, fetch) in [
            (&["a@1", "--port", "1"][..], "uvx --from a@1 python -c "),
            (&["--from", "a", "serve"], "uvx --from a python -c "),
            (
                &["--python", "3.12", "--quiet", "a"],
                "uvx --python 3.12 --quiet --from a python -c ",
            ),
        ] {
            assert_eq!(environment(&words(args)).unwrap().join(" "), fetch, "{args:?}");
        }
    }
}
