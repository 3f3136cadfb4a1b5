//! Instructions, tools and settings that every request to the model service repeats.

use harness::{Context, OrInconclusive, Result, check, ensure};
use mock_model::{Request, runs_command, says};

use super::{asked, one_turn, only};
use crate::client::{ContextExt, Settings};

/// The first input of the model: the instructions, or where newer releases have them.
fn instructions(request: &Request) -> String {
    let first = request.instructions().map(str::to_owned);
    first
        .or_else(|| request.developer_texts().first().map(|text| (*text).to_owned()))
        .unwrap_or_default()
}

/// A server MUST send the same instructions, tools and settings with every request of a
/// conversation to the model service.
#[check(
    v1,
    v2,
    source = "Responses API: nothing is kept between requests; every release does",
    faults(TOOLS_OFFERED_AT_FIRST),
    shared
)]
async fn instructions_and_tools_are_in_every_request(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([runs_command("echo one"), says("first"), says("second")]);
    cx.client().turn(&thread, "hello").await?;
    cx.client().turn(&thread, "and now?").await?;
    let first = asked(cx, 1).await?;
    for number in 2..=3 {
        let request = asked(cx, number).await?;
        ensure!(
            instructions(&request) == instructions(&first),
            format!("the instructions in request {number}"),
            "those of request 1",
            instructions(&request)
        );
        for member in ["tools", "store", "stream", "tool_choice", "prompt_cache_key"] {
            ensure!(
                request.body()[member] == first.body()[member],
                format!("`{member}` in request {number}"),
                "that of request 1",
                harness::show(&request.body()[member])
            );
        }
    }
    Ok(())
}

/// A server MUST send the `AGENTS.md` of its home to the model in exactly one user message.
#[check(
    v1,
    v2,
    source = "AGENTS.md: global instructions; every release does",
    faults(HOME_INSTRUCTIONS_IGNORED)
)]
async fn instructions_of_the_home_are_shown(cx: &mut Context) -> Result {
    let rule = "Never mention rule 4714.";
    std::fs::write(cx.home.join("AGENTS.md"), rule).or_inconclusive("writing AGENTS.md")?;
    let (_, request) = one_turn(cx).await?;
    only(
        &request.user_texts(),
        "messages of the user with the text of the home's AGENTS.md",
        |text| text.contains(rule),
    )?;
    Ok(())
}

/// A server MUST send the new working directory to the model when a turn changes the working
/// directory.
#[check(
    v1(fixed_in("0.40", "a changed directory is not sent to the model")),
    v2,
    source = "app-server tests, turn_start: cwd per turn; every release since does",
    faults(NEW_DIRECTORY_UNTOLD),
    shared
)]
async fn a_changed_directory_is_sent(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let other = cx.home.work().join("another directory");
    std::fs::create_dir(&other).or_inconclusive("making a directory")?;
    cx.model.script([says("one"), says("two")]);
    cx.client().turn(&thread, "hello").await?;
    let settings = Settings { cwd: Some(other.clone()), ..Settings::default() };
    cx.client().turn_with(&thread, "hello", settings).await?;
    let (before, after) = (asked(cx, 1).await?, asked(cx, 2).await?);
    let names =
        |request: &Request| request.body()["input"].to_string().contains("/another directory");
    ensure!(!names(&before), "input of request 1", "nothing of the other directory", "it names it");
    ensure!(
        names(&after),
        "input of request 2, after the change",
        format!("the new working directory, {}", other.display()),
        "it is not named"
    );
    Ok(())
}
