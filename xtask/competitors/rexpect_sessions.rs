//! First commands through rexpect: `rexpect_sessions KIND PROGRAM SESSIONS`.

use std::time::Instant;

use rexpect::error::Error;
use rexpect::session::{PtyReplSession, spawn_bash};
use rexpect::spawn;

/// After so many lost sessions it is over.
const MOST_LOST: usize = 5;

fn start(kind: &str, program: &str) -> Result<PtyReplSession, Error> {
    // begin user
    let limit = Some(5_000);
    let (prompt, quit) = match kind {
        "python" => (">>> ", "exit()"),
        "bash" => return spawn_bash(limit),
        _ => ("> ", ".exit"),
    };
    let mut repl = PtyReplSession::new(spawn(program, limit)?, prompt.to_owned())
        .echo_on(true)
        .quit_command(Some(quit.to_owned()));
    repl.wait_for_prompt()?;
    // end user
    Ok(repl)
}

fn ask(repl: &mut PtyReplSession, kind: &str, number: usize) -> Result<(bool, String), Error> {
    let (command, after) = match kind {
        "python" => (format!("print('first', 6 * {number}, 'é', '\\n', end='.\\n')"), ""),
        "bash" => (format!("printf 'first %d é \\n.\\n' $((6 * {number}))"), ""),
        _ => (format!("console.log('first', 6 * {number}, 'é', '\\n.')"), "undefined\n"),
    };
    repl.send_line(&command)?;
    // The one translation that a terminal makes.
    let shown = repl.wait_for_prompt()?.replace("\r\n", "\n");
    Ok((shown == format!("first {} é \n.\n{after}", 6 * number), shown))
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let (kind, program, sessions) = (&args[1], &args[2], args[3].parse::<usize>().expect("a number"));
    let (mut exact, mut garbled, mut lost, mut times) = (0, 0, 0, Vec::new());
    let mut example = None;
    for number in 0..sessions {
        // Each takes the whole limit, and more of them say nothing new.
        if lost == MOST_LOST {
            break;
        }
        let since = Instant::now();
        let mut repl = match start(kind, program) {
            Ok(repl) => repl,
            Err(error) => {
                lost += 1;
                example.get_or_insert(error.to_string());
                continue;
            }
        };
        times.push(since.elapsed());
        // Its Drop waits for ever for a bash, which ignores SIGTERM, and which the `quit` that it types does not end.
        repl.process_mut().set_kill_timeout(Some(100));
        match ask(&mut repl, kind, number) {
            Ok((true, _)) => exact += 1,
            Ok((false, shown)) => {
                garbled += 1;
                example.get_or_insert(shown);
            }
            Err(error) => {
                lost += 1;
                example.get_or_insert(error.to_string());
            }
        }
    }
    times.sort_unstable();
    let ready = times.get(times.len() / 2).map_or("never ready".to_owned(), |time| {
        format!("ready {:.1} ms", time.as_secs_f64() * 1e3)
    });
    let begun = exact + garbled + lost;
    println!("  rexpect {begun:5} sessions: {exact:5} exact, {garbled} garbled, {lost} lost; {ready}");
    if let Some(example) = example {
        println!("    for example {:?}", example.chars().take(160).collect::<String>());
    }
}
