//! Profiles that are nothing but data, as docs/pty.md shows them, of REPLs that cost more to fetch.

use terminal::repl::{INPUTRC, Profile};

use crate::profiles::{ASKED, Other, set};

fn irb() -> Profile {
    Profile {
        prompts: set(
            "> ",
            "conf.prompt_i = '{prompt}'; conf.prompt_c = conf.prompt_s = '{more}'; nil",
        ),
        ..Profile::new("irb", "irb", "puts '{left}' + '{right}'", "exit")
    }
    .args(["-f", "--nomultiline", "--nosingleline", "--prompt", "simple", "--noecho"])
    .env("TERM", "dumb")
    .env("LC_ALL", "C.UTF-8")
}

fn iex() -> Profile {
    Profile {
        prompts: set(
            "> ",
            "IEx.configure(colors: [enabled: false], default_prompt: \"{prompt}\", continuation_prompt: \"{more}\")",
        ),
        ..Profile::new("iex", "iex", "IO.puts(\"{left}\" <> \"{right}\")", "System.halt(0)")
    }
    .env("TERM", "dumb")
    .env("LC_ALL", "C.UTF-8")
}

fn r() -> Profile {
    Profile {
        prompts: set("> ", "options(prompt='{prompt}', continue='{more}')"),
        ..Profile::new("R", "R", "cat('{left}', '{right}\\n', sep='')", "q('no')")
    }
    .args(["--vanilla", "--quiet", "--no-readline"])
    .env("TERM", "dumb")
    .env("LC_ALL", "C.UTF-8")
}

fn ghci() -> Profile {
    Profile {
        prompts: set("> ", ":set prompt \"{prompt}\""),
        ..Profile::new("ghci", "ghci", "putStrLn (\"{left}\" ++ \"{right}\")", ":quit")
    }
    .args(["-ignore-dot-ghci", "-v0"])
    .env("TERM", "dumb")
    .env("LC_ALL", "C.UTF-8")
}

fn ipython() -> Profile {
    Profile {
        close: Some(String::new()),
        ..Profile::new("ipython", "ipython", "print('{left}' '{right}')", "exit")
    }
    .args(["--simple-prompt", "--nosep", "--no-banner", "--no-confirm-exit", "--colors=NoColor"])
    .args(["--InteractiveShellApp.exec_files={home}/start.py"])
    .env("IPYTHONDIR", "{home}")
    .env("INPUTRC", "{home}/inputrc")
    .env("TERM", "dumb")
    .file("inputrc", INPUTRC)
    .file(
        "start.py",
        "from IPython.terminal.prompts import Prompts\n\
         class Counted(Prompts):\n\
         \x20   number = {seed}\n\
         \x20   def in_prompt_tokens(self):\n\
         \x20       self.number = (self.number * {factor} + {term} + 2**63) % 2**64 - 2**63\n\
         \x20       return [(None, '{p:%d}' % self.number)]\n\
         \x20   def continuation_prompt_tokens(self, *_, **__):\n\
         \x20       return [(None, '{c:%d}' % self.number)]\n\
         get_ipython().prompts = Counted(get_ipython())\n",
    )
}

/// Each of them, with what is typed into it.
pub(crate) fn dear() -> Vec<Other> {
    let other = |profile, typed: &[_]| Other { profile, typed: typed.to_vec(), loud: None };
    vec![
        other(
            irb(),
            &[
                ("puts 'é 漢'", "é 漢\n\n"),
                ("print \"\\e[6n\"", "\x1b[6n\n"),
                ("system('stty echo')", "\n"),
            ],
        ),
        other(
            iex(),
            &[("IO.puts(\"é 漢\")", "é 漢\n:ok\n"), ("IO.write(\"\\e[6n\")", "\x1b[6n:ok\n")],
        ),
        other(
            r(),
            &[
                ("cat('é 漢\\n')", "é 漢\n"),
                ("cat('\\033[6n')", ASKED),
                ("invisible(system('stty echo'))", ""),
            ],
        ),
        other(
            ghci(),
            &[("putStrLn \"é 漢\"", "é 漢\n"), ("putStr \"\\ESC[6n\"", ASKED), (":!stty echo", "")],
        ),
        other(
            ipython(),
            &[
                ("print('é 漢')", "é 漢\n"),
                ("print('\\033[6n', end='')", ASKED),
                ("import os; _ = os.system('stty echo')", ""),
            ],
        ),
    ]
}
