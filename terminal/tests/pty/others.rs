//! REPLs whose profiles are nothing but data, as docs/pty.md shows them. A missing one fails the test.

use terminal::repl::{INPUTRC, Profile, Prompts, Repl, ReplError};

use crate::interpreters::{self, LONG};

/// A REPL that needs no more than data, what to type, and what that prints.
struct Other {
    profile: Profile,
    code: &'static str,
    printed: &'static str,
    asks: &'static str,
    asked: &'static str,
}

fn set(first: &str, command: &str) -> Prompts {
    Prompts::Set { first: first.to_owned(), command: command.to_owned() }
}

fn lua() -> Profile {
    Profile {
        prompts: set("> ", "_PROMPT, _PROMPT2 = '{prompt}', '{more}'"),
        ..Profile::new("lua", "lua5.4", "print('{left}' .. '{right}')", "os.exit()")
    }
    .env("INPUTRC", "{home}/inputrc")
    .env("TERM", "dumb")
    .file("inputrc", INPUTRC)
}

fn sqlite() -> Profile {
    Profile {
        prompts: set("sqlite> ", ".prompt '{prompt}' '{more}'"),
        short: true,
        ..Profile::new("sqlite3", "sqlite3", "select '{left}' || '{right}';", ".exit")
    }
    .env("INPUTRC", "{home}/inputrc")
    .env("TERM", "dumb")
    .file("inputrc", INPUTRC)
}

fn tclsh() -> Profile {
    Profile {
        prompts: set(
            "% ",
            "fconfigure stdout -translation lf; set tcl_prompt1 {puts -nonewline \"{prompt}\"; flush stdout}; \
             set tcl_prompt2 {puts -nonewline \"{more}\"; flush stdout}; list",
        ),
        ..Profile::new("tclsh", "tclsh", "puts \"{left}[list]{right}\"", "exit")
    }
}

fn gdb() -> Profile {
    Profile {
        prompts: set("(gdb) ", "set prompt {prompt}"),
        ..Profile::new("gdb", "gdb", "python print('{left}' '{right}')", "quit")
    }
    .args(["-q", "-nx"])
    .env("INPUTRC", "{home}/inputrc")
    .env("TERM", "dumb")
    .file("inputrc", INPUTRC)
}

fn php() -> Profile {
    Profile {
        prompts: set("php > ", "#cli.prompt={prompt}"),
        ..Profile::new("php", "php", "echo '{left}' . '{right}', \"\\n\";", "exit")
    }
    .args(["-a"])
    .env("TERM", "dumb")
}

fn zsh() -> Profile {
    Profile::new("zsh", "zsh", "(s=$?; echo '{left}''{right}'; exit $s)", "exit")
        .args(["-i", "+Z"])
        .env("ZDOTDIR", "{home}")
        .env("TERM", "dumb")
        .file(
            ".zshrc",
            "setopt promptsubst\nunsetopt promptcr promptsp zle\nPROCTOR_N={seed}\n\
             PS1='{p:$((PROCTOR_N=PROCTOR_N*{factor}+{term})):$?}'\nPS2='{c:$PROCTOR_N}'\n",
        )
}

fn guile() -> Profile {
    Profile {
        prompts: set("scheme@(guile-user)> ", ",option prompt \"{prompt}\""),
        ..Profile::new(
            "guile",
            "guile",
            "(begin (display \"{left}\") (display \"{right}\") (newline))",
            "(exit)",
        )
    }
    .args(["--no-auto-compile", "-q"])
    .env("INPUTRC", "{home}/inputrc")
    .env("TERM", "dumb")
    .file("inputrc", INPUTRC)
}

/// The profiles that docs/pty.md shows, what to type, and what that prints.
fn others() -> Vec<Other> {
    let other = |profile, code, printed, asks, asked| Other { profile, code, printed, asks, asked };
    vec![
        other(lua(), "print('é 漢')", "é 漢\n", "_ = io.write('\\27[6n')", "\x1b[6n"),
        other(sqlite(), "select 'é 漢';", "é 漢\n", ".print \"\\033[6n\"", "\x1b[6n\n"),
        other(tclsh(), "puts {é 漢}", "é 漢\n", "puts -nonewline \"\\x1b\\[6n\"", "\x1b[6n"),
        other(gdb(), "python print('é 漢')", "é 漢\n", "echo \\033[6n", "\x1b[6n"),
        other(php(), "echo \"é 漢\\n\";", "é 漢\n", "echo \"\\x1b[6n\";", "\x1b[6n\n"),
        other(zsh(), "echo 'é 漢'", "é 漢\n", "printf '\\033[6n'", "\x1b[6n"),
        other(
            guile(),
            "(begin (display \"é 漢\") (newline))",
            "é 漢\n",
            "(display \"\\x1b[6n\")",
            "\x1b[6n",
        ),
    ]
}

#[tokio::test]
async fn others_are_exact_too() {
    let mut wrong = Vec::new();
    for other in others() {
        if let Err(error) = exact(&other).await {
            wrong.push(format!("{}: {error}", other.profile.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn exact(other: &Other) -> Result<(), String> {
    let said = |error: ReplError| error.to_string();
    let program =
        interpreters::other(&other.profile.program).ok_or("missing: run scripts/bootstrap")?;
    let profile = Profile { program, ..other.profile.clone() };
    let mut repl = Repl::start(&profile, LONG).await.map_err(said)?;
    for _ in 0..5 {
        for (code, expected) in [(other.code, other.printed), (other.asks, other.asked)] {
            let output = repl.run(code).await.map_err(said)?.text();
            if output != expected {
                return Err(format!("{code} printed {output:?}, expected {expected:?}"));
            }
        }
    }
    repl.end().await.clean().map(drop).map_err(|left| left.to_string())
}
