//! Read-only commands: they may run without approval, a command line that writes may not.

use harness::{Context, OrInconclusive, Result, check, ensure_eq};
use mock_model::{runs_command, says};

use crate::client::{ContextExt, Decision};
use crate::turn::approval::session::approval_requests;
use crate::turn::observed::{call_of, output};

/// A server MAY run a read-only command without a request for approval, even under the policy
/// `untrusted`.
#[check(v1, v2, source = "releases before 0.150 do, later ones ask", faults(NOTHING_IS_SAFE))]
async fn read_only_commands_run_without_approval(cx: &mut Context) -> Result {
    let thread = cx.client().start_untrusted().await?;
    let file = cx.home.work().join("a b");
    std::fs::write(file, "what it holds\n").or_inconclusive("writing a file")?;
    cx.client().decide(Decision::Deny);
    for line in ["ls", "ls -la", "cat 'a b'", "cat \"a b\"", "pwd && cat 'a b' | wc -l"] {
        let asked = cx.model.requests().len();
        cx.model.script([runs_command(line).id("the_call"), says("done")]);
        let turn = cx.client().turn(&thread, "look").await?;
        ensure_eq!(approval_requests(&turn.calls), 0, "requests for approval of `{line}`");
        let output = output(cx, asked + 2, "the_call").await?;
        ensure_eq!(output.contains("reject"), false, "whether `{line}` was rejected");
    }
    Ok(())
}

/// A server MUST ask for approval of a command line under the policy `untrusted` if any part of it
/// writes, even if other parts are read-only.
#[check(
    v1,
    v2,
    source = "app-server README, Approvals; every release does",
    faults(SAFE_BY_ITS_BEGINNING)
)]
async fn any_write_in_a_command_line_needs_approval(cx: &mut Context) -> Result {
    let thread = cx.client().start_untrusted().await?;
    for (number, line) in [
        "ls && touch made",
        "ls || touch made",
        "ls; touch made",
        "ls | tee made",
        "ls & touch made",
        "ls\ntouch made",
        "ls > made",
        "cat <(touch made)",
        "echo $(touch made)",
        "echo \"$(touch made)\"",
        "echo `touch made`",
        "(touch made)",
        "touch made && ls",
    ]
    .into_iter()
    .enumerate()
    {
        let id = format!("call_{number}");
        cx.model.script([runs_command(line).id(&id), says("a pity")]);
        let begun = cx.client().begin_turn(&thread, "look").await?;
        let request = cx.client().approval().await?;
        ensure_eq!(call_of(&request)?, id, "the call in the request for `{line}`");
        cx.client().answer(&request, Decision::Deny).await?;
        let turn = cx.client().end_turn(&thread, &begun).await?;
        ensure_eq!(turn.said, ["a pity"], "the agent's messages after `{line}`");
        ensure_eq!(cx.home.work().join("made").exists(), false, "whether `{line}` ran");
    }
    Ok(())
}
