//! Answered: every request is answered, in every state.

use harness::{Course, Event, Result, law};

/// What is answered only when something ends, which nobody need bring about: a program, or a turn.
const LASTS: [&str; 4] =
    ["command/exec", "execOneOffCommand", "process/spawn", "interruptConversation"];

/// A server MUST answer every request.
///
/// A request counts as unanswered when the server had the time to answer and nothing else to do: it
/// used no processor time and sent nothing for a second.
#[law(
    v1(fixed_in("0.47", "a request that cannot be read is not answered")),
    v2(fixed_in("0.169", "an interrupt is not answered when no turn runs")),
    source = "JSON-RPC 2.0 §5; app-server README, Protocol",
    faults(REQUEST_SWALLOWED)
)]
fn every_request_is_answered(course: &Course<'_>) -> Result {
    for (process, ended) in course.processes.iter().enumerate() {
        let lines = ended.unanswered.iter();
        let entries = ended.transcript.entries();
        let mut due = lines.filter_map(|line| {
            let method = entries.get(*line)?.method()?;
            (!LASTS.contains(&method)).then_some((*line, method))
        });
        if let Some((line, method)) = due.next() {
            let mut later = entries.iter().enumerate().skip(line + 1);
            let last = later.rfind(|(_, entry)| entry.is_from_subject());
            let place =
                |line: usize| Event { at: entries[line].at, process, line, entry: &entries[line] };
            let what = format!("the answer to `{method}`");
            let expected = "a result or an error";
            let silent = "nothing, though the server had nothing else to do for a second";
            return Err(match last {
                Some((after, _)) => course.contradiction(
                    what,
                    (&place(line), expected),
                    (&place(after), format!("{silent}; this is the last that it sent")),
                ),
                None => course.fault_at(what, expected, (&place(line), silent)),
            });
        }
    }
    Ok(())
}
