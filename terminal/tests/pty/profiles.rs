//! Profiles that are nothing but data, as docs/pty.md shows them.

use terminal::repl::{INPUTRC, Input, Marks, Profile, Prompts};

/// A REPL that needs no more than data, and lines of one session: what is typed and what that
/// prints.
pub(crate) struct Other {
    pub(crate) profile: Profile,
    /// Wide characters; a question to the terminal whose answer nobody reads; the terminal's echo
    /// switched on, where a command can do that and it can be switched off again.
    pub(crate) typed: Vec<(&'static str, &'static str)>,
    /// Switches the terminal's echo on where a line editor keeps it: the next command is refused.
    pub(crate) loud: Option<&'static str>,
}

/// A question where the cursor is, as a program prints it.
pub(crate) const ASKED: &str = "\x1b[6n";

pub(crate) fn set(first: &str, command: &str) -> Prompts {
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

fn perl() -> Profile {
    Profile::new("perl", "perl", "print '{left}'.'{right}', \"\\n\"", "q")
        .args(["-CS", "-de1"])
        .env("TERM", "dumb")
        .env("PERLDB_OPTS", "ReadLine=0")
        .file(
            ".perldb",
            "{ package DB; my $number = {seed};\n\
             sub afterinit { no warnings; *DB::readline = sub {\n\
             use integer; my $more = $_[0] =~ /cont/;\n\
             $number = $number * {factor} + {term} unless $more;\n\
             local $| = 1; print STDOUT $more ? \"{c:$number}\" : \"{p:$number}\";\n\
             my $line = <STDIN>; chomp $line if defined $line; $line } } }\n1;\n",
        )
}

fn fish() -> Profile {
    Profile {
        input: Input::Paste,
        enter: "\r".to_owned(),
        marks: Marks { start: true, end: true, more: false },
        ..Profile::new("fish", "fish", "echo '{left}''{right}'", "exit")
    }
    .env("TERM", "dumb")
    .env("LC_ALL", "C.UTF-8")
    .env("XDG_CONFIG_HOME", "{home}")
    .env("XDG_DATA_HOME", "{home}")
    .args(["--private", "--no-config", "--init-command", "source {home}/start.fish"])
    .file(
        "start.fish",
        // From 4 on it writes a mark for terminals behind each output, which no setting switches off.
        "if not string match -q '3.*' $version; echo \"fish $version marks outputs itself\"; exit 1; end\n\
         function fish_title; end\nset -g fish_greeting\nset -g fish_autosuggestion_enabled 0\n\
         function proctor_next; set -g proctor (sh -c 'echo $(($0 * {factor} + {term}))' $proctor); end\n\
         set -g proctor {seed}; proctor_next\n\
         function fish_prompt; printf '{p:%s}' $proctor; end\n\
         function proctor_s --on-event fish_preexec; printf '{s:%s}' $proctor; end\n\
         function proctor_e --on-event fish_postexec; printf '{e:%s}' $proctor; proctor_next; end\n",
    )
}

/// Those that `scripts/bootstrap` fetches if they are not installed.
pub(crate) fn others() -> Vec<Other> {
    let other = |profile, typed: &[_]| Other { profile, typed: typed.to_vec(), loud: None };
    let loud = |loud, profile, typed: &[_]| Other { loud: Some(loud), ..other(profile, typed) };
    vec![
        loud(
            "_ = os.execute('stty echo')",
            lua(),
            &[("print('é 漢')", "é 漢\n"), ("_ = io.write('\\27[6n')", ASKED)],
        ),
        loud(
            ".system stty echo",
            sqlite(),
            &[("select 'é 漢';", "é 漢\n"), (".print \"\\033[6n\"", "\x1b[6n\n")],
        ),
        other(
            tclsh(),
            &[
                ("puts {é 漢}", "é 漢\n"),
                ("puts -nonewline \"\\x1b\\[6n\"", ASKED),
                ("exec stty echo", ""),
            ],
        ),
        loud(
            "shell stty echo",
            gdb(),
            &[("python print('é 漢')", "é 漢\n"), ("echo \\033[6n", ASKED)],
        ),
        other(
            php(),
            &[
                ("echo \"é 漢\\n\";", "é 漢\n"),
                ("echo \"\\x1b[6n\";", "\x1b[6n\n"),
                ("system('stty echo');", ""),
            ],
        ),
        other(zsh(), &[("echo 'é 漢'", "é 漢\n"), ("printf '\\033[6n'", ASKED), ("stty echo", "")]),
        other(
            guile(),
            &[
                ("(begin (display \"é 漢\") (newline))", "é 漢\n"),
                ("(display \"\\x1b[6n\")", ASKED),
                ("(begin (system \"stty echo\") (if #f #f))", ""),
            ],
        ),
        other(
            perl(),
            &[
                ("print \"é 漢\\n\"", "é 漢\n\n"),
                ("print \"\\e[6n\"", "\x1b[6n\n"),
                ("system 'stty echo'", "\n"),
            ],
        ),
        other(
            fish(),
            &[("echo 'é 漢'", "é 漢\n"), ("printf '\\033[6n'", ASKED), ("stty echo", "")],
        ),
    ]
}
