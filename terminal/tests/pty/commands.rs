//! A command returns exactly the bytes that it printed, whatever they are.

use pretty_assertions::assert_eq;
use terminal::repl::ReplError;

use crate::interpreters::{end, language, profiles, start};

/// A command and its output, in each language.
struct Case {
    what: &'static str,
    shell: &'static str,
    python: &'static str,
    node: &'static str,
    printed: String,
}

fn cases() -> Vec<Case> {
    let case = |what, shell, python, node, printed: &str| Case {
        what,
        shell,
        python,
        node,
        printed: printed.to_owned(),
    };
    vec![
        case("one line", "echo $((6*7))", "print(6*7)", "console.log(6*7); void 0", "42\n"),
        case("nothing", "true", "x = 1", "", ""),
        case(
            "no line end",
            "printf abc",
            "import sys; _ = sys.stdout.write('abc')",
            "process.stdout.write('abc'); void 0",
            "abc",
        ),
        case(
            "blank lines",
            "printf '\\n\\na\\n\\n'",
            "print('\\n\\na\\n')",
            "console.log('\\n\\na\\n'); void 0",
            "\n\na\n\n",
        ),
        case("UTF-8", "echo 'é ☃ 𝄞'", "print('é ☃ 𝄞')", "console.log('é ☃ 𝄞'); void 0", "é ☃ 𝄞\n"),
        case(
            "carriage returns",
            "printf 'a\\r\\nb\\rc\\n'",
            "print('a\\r\\nb\\rc')",
            "console.log('a\\r\\nb\\rc'); void 0",
            "a\r\nb\rc\n",
        ),
        case(
            "escapes",
            "printf '\\033[31mred\\033[0m\\033[2K\\n'",
            "print('\\x1b[31mred\\x1b[0m\\x1b[2K')",
            "console.log('\\x1b[31mred\\x1b[0m\\x1b[2K'); void 0",
            "\u{1b}[31mred\u{1b}[0m\u{1b}[2K\n",
        ),
        case(
            "what looks like a prompt",
            "echo '>>> {p:1} {e:1} $ '",
            "print('>>> {p:1} {e:1} $ ')",
            "console.log('>>> {p:1} {e:1} $ '); void 0",
            ">>> {p:1} {e:1} $ \n",
        ),
        case(
            "two lines",
            "for i in 1 2; do\necho $i\ndone",
            "for i in 1, 2:\n    print(i)\n",
            "for (const i of [1, 2]) {\nconsole.log(i) }; void 0",
            "1\n2\n",
        ),
    ]
}

fn printed(case: &Case, language: &str) -> String {
    match language {
        // It shows the value of every expression.
        "node" if case.node.ends_with("void 0") => format!("{}undefined\n", case.printed),
        _ => case.printed.clone(),
    }
}

#[tokio::test]
async fn output_is_exact_whatever_is_printed() {
    for profile in profiles() {
        let mut repl = start(&profile).await;
        for case in cases() {
            let code = match language(&profile) {
                "shell" => case.shell,
                "python" => case.python,
                _ => case.node,
            };
            let output = repl
                .run(code)
                .await
                .unwrap_or_else(|error| panic!("{}: {}: {error}", profile.name, case.what));
            let expected = printed(&case, language(&profile));
            assert_eq!(output.text(), expected, "{}: {}", profile.name, case.what);
        }
        end(repl).await;
    }
}

#[tokio::test]
async fn megabyte_is_exact() {
    for profile in profiles() {
        let mut repl = start(&profile).await;
        let code = match language(&profile) {
            "shell" => {
                "i=0; while [ $i -lt 16384 ]; do echo 'x23456789012345678901234567890123456789012345678901234567890123'; i=$((i+1)); done"
            }
            "python" => {
                "print('x23456789012345678901234567890123456789012345678901234567890123\\n' * 16384, end='')"
            }
            _ => {
                "process.stdout.write('x23456789012345678901234567890123456789012345678901234567890123\\n'.repeat(16384)); void 0"
            }
        };
        let output =
            repl.run(code).await.unwrap_or_else(|error| panic!("{}: {error}", profile.name));
        let line = b"x23456789012345678901234567890123456789012345678901234567890123\n";
        let tail: &[u8] = if language(&profile) == "node" { b"undefined\n" } else { b"" };
        assert_eq!(output.bytes.len(), (1 << 20) + tail.len(), "{}", profile.name);
        assert!(output.bytes == [line.repeat(16384).as_slice(), tail].concat(), "{}", profile.name);
        end(repl).await;
    }
}

#[tokio::test]
async fn unfinished_command_is_abandoned_and_the_next_one_works() {
    for profile in profiles() {
        let mut repl = start(&profile).await;
        let (unfinished, next, expected) = match language(&profile) {
            "shell" => ("for i in 1 2; do", "echo next", "next\n"),
            "python" => ("x = '''never", "print('next')", "next\n"),
            _ => ("const a = [1,", "'next'", "'next'\n"),
        };
        let error = repl.run(unfinished).await.expect_err("it needs more");
        assert!(matches!(error, ReplError::Unfinished { .. }), "{}: {error}", profile.name);
        let output =
            repl.run(next).await.unwrap_or_else(|error| panic!("{}: {error}", profile.name));
        assert_eq!(output.text(), expected, "{}", profile.name);
        end(repl).await;
    }
}

#[tokio::test]
async fn endless_command_is_interrupted_and_the_next_one_works() {
    for profile in profiles() {
        let mut repl = start(&profile).await;
        let (endless, next, expected) = match language(&profile) {
            "shell" => ("echo begun; while :; do :; done", "echo next", "next\n"),
            "python" => ("exec('print(\"begun\")\\nwhile True: pass')", "print('next')", "next\n"),
            // Interrupted within `console.log`, which goes on after its text is out, Node.js 20
            // prints nothing ever again.
            _ => ("fs.writeSync(1, 'begun\\n'); while (true);", "'next'", "'next'\n"),
        };
        repl.begin(endless).await.unwrap_or_else(|error| panic!("{}: {error}", profile.name));
        repl.pty()
            .expect("begun\n")
            .await
            .unwrap_or_else(|error| panic!("{}: {error}", profile.name));
        let output =
            repl.interrupt().await.unwrap_or_else(|error| panic!("{}: {error}", profile.name));
        assert!(output.text().starts_with("begun\n"), "{}: {output:?}", profile.name);
        let output =
            repl.run(next).await.unwrap_or_else(|error| panic!("{}: {error}", profile.name));
        assert_eq!(output.text(), expected, "{}", profile.name);
        end(repl).await;
    }
}
