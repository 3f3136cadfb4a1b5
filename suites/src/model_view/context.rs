//! The context that a server sends beside the user's messages: instructions, permissions, environment.

use harness::{Context, OrInconclusive, Result, check, ensure, ensure_eq};
use mock_model::says;
use serde_json::json;

use super::{asked, one_turn, only};
use crate::client::{ContextExt, Settings, Start};

/// How the message about permissions begins.
const PERMISSIONS: &str = "<permissions instructions>";

/// How many messages about permissions there are in a request to the model.
async fn permission_messages(cx: &Context, number: usize) -> Result<usize> {
    let request = asked(cx, number).await?;
    Ok(request.developer_texts().iter().filter(|text| text.contains(PERMISSIONS)).count())
}

/// A server MUST send the permissions to the model in exactly one developer message at the start of
/// a conversation.
#[check(
    v1(since = "0.90"),
    v2(since = "0.90"),
    source = "app-server tests, send_message: developer message with permissions",
    faults(PERMISSIONS_UNTOLD),
    shared
)]
async fn permissions_are_sent_at_the_start(cx: &mut Context) -> Result {
    one_turn(cx).await?;
    ensure_eq!(
        permission_messages(cx, 1).await?,
        1,
        "messages about permissions in the first request"
    );
    Ok(())
}

/// A server MUST NOT repeat the permissions message as long as the permissions stay the same.
#[check(
    v1(since = "0.90"),
    v2(since = "0.90"),
    source = "prompt caching; every release since does",
    faults(PERMISSIONS_EVERY_TURN),
    shared
)]
async fn permissions_are_not_repeated(cx: &mut Context) -> Result {
    let (thread, _) = one_turn(cx).await?;
    cx.model.script([says("again")]);
    cx.client().turn(&thread, "and now?").await?;
    ensure_eq!(
        permission_messages(cx, 2).await?,
        1,
        "messages about permissions in the second request"
    );
    Ok(())
}

/// A server MUST add only the new messages of agent and user to the next request as long as the
/// context stays the same.
#[check(
    v1,
    v2,
    source = "prompt caching; every release does",
    faults(PERMISSIONS_EVERY_TURN),
    shared
)]
async fn only_new_messages_are_added(cx: &mut Context) -> Result {
    let (thread, _) = one_turn(cx).await?;
    cx.model.script([says("again")]);
    cx.client().turn(&thread, "and now?").await?;
    let (first, second) = (asked(cx, 1).await?, asked(cx, 2).await?);
    let (old, new) = (first.input_items(), second.input_items());
    let roles: Vec<_> = new.iter().skip(old.len()).map(|item| item["role"].clone()).collect();
    ensure_eq!(roles, ["assistant", "user"], "roles of the items that the second request adds");
    Ok(())
}

/// A server MUST send exactly one more permissions message to the model when the approval policy
/// changes.
#[check(
    v1(since = "0.90", fixed_in("0.98", "a change is sent in more than one message")),
    v2(since = "0.90", fixed_in("0.98", "a change is sent in more than one message")),
    source = "app-server README, Turns: overrides; every release since does",
    faults(PERMISSION_CHANGE_UNTOLD),
    shared
)]
async fn permissions_are_sent_when_they_change(cx: &mut Context) -> Result {
    let (thread, _) = one_turn(cx).await?;
    cx.model.script([says("again"), says("and again")]);
    let settings = Settings { approval: Some("on-request"), ..Settings::default() };
    cx.client().turn_with(&thread, "hello", settings).await?;
    ensure_eq!(permission_messages(cx, 2).await?, 2, "messages about permissions after the change");
    cx.client().turn(&thread, "once more").await?;
    ensure_eq!(
        permission_messages(cx, 3).await?,
        2,
        "messages about permissions in the turn after the change"
    );
    Ok(())
}

/// A server MUST send the working directory and the shell to the model in exactly one environment
/// context.
#[check(
    v1,
    v2,
    source = "app-server tests, send_message: environment context; every release does",
    faults(SHELL_UNTOLD),
    shared
)]
async fn the_environment_is_sent(cx: &mut Context) -> Result {
    let (_, request) = one_turn(cx).await?;
    let texts = request.user_texts();
    let context = only(&texts, "messages with an environment context", |text| {
        text.starts_with("<environment_context>")
    })?;
    let cwd = format!("<cwd>{}</cwd>", cx.home.work().display());
    ensure!(context.contains(&cwd), "the environment context", cwd.clone(), format!("{context:?}"));
    ensure!(
        context.contains("<shell>"),
        "the environment context",
        "a <shell>",
        format!("{context:?}")
    );
    Ok(())
}

/// A server MUST NOT include the approval policy or the sandbox mode in the environment context.
#[check(
    v1(since = "0.90"),
    v2(since = "0.90"),
    source = "prompt caching; every release since does",
    faults(POLICY_IN_THE_ENVIRONMENT),
    shared
)]
async fn the_environment_holds_no_policy(cx: &mut Context) -> Result {
    let (_, request) = one_turn(cx).await?;
    let texts = request.user_texts();
    let context = only(&texts, "messages with an environment context", |text| {
        text.starts_with("<environment_context>")
    })?;
    for member in ["<approval_policy>", "<sandbox_mode>"] {
        ensure!(
            !context.contains(member),
            "the environment context",
            format!("no {member}"),
            format!("{context:?}")
        );
    }
    Ok(())
}

/// A server MUST NOT repeat the environment context as long as the environment stays the same.
#[check(
    v1,
    v2,
    source = "prompt caching; every release does",
    faults(ENVIRONMENT_EVERY_TURN),
    shared
)]
async fn the_environment_is_not_repeated(cx: &mut Context) -> Result {
    let (thread, _) = one_turn(cx).await?;
    cx.model.script([says("again")]);
    cx.client().turn(&thread, "and now?").await?;
    let request = asked(cx, 2).await?;
    only(&request.user_texts(), "messages with an environment context", |text| {
        text.starts_with("<environment_context>")
    })?;
    Ok(())
}

/// A server MUST send the `AGENTS.md` of the working directory to the model in exactly one user
/// message.
#[check(
    v1,
    v2,
    source = "AGENTS.md; app-server tests, send_message; every release does",
    faults(PROJECT_INSTRUCTIONS_IGNORED),
    shared
)]
async fn project_instructions_are_shown(cx: &mut Context) -> Result {
    let rule = "Always answer in rhyme, says rule 4711.";
    std::fs::write(cx.home.work().join("AGENTS.md"), rule).or_inconclusive("writing AGENTS.md")?;
    let (_, request) = one_turn(cx).await?;
    only(&request.user_texts(), "messages of the user with the text of AGENTS.md", |text| {
        text.contains(rule)
    })?;
    Ok(())
}

/// A server MUST send exactly these `AGENTS.md` files, in order: the one of its home, then those
/// from the top of the repository down to the working directory.
#[check(v1, v2, source = "AGENTS.md; every release does", faults(PARENTS_INSTRUCTIONS_UNREAD))]
async fn instructions_of_the_repository_are_shown(cx: &mut Context) -> Result {
    let top = cx.home.work().join("top");
    let inside = top.join("middle").join("inside");
    std::fs::create_dir_all(&inside).or_inconclusive("making folders")?;
    std::fs::create_dir(top.join(".git")).or_inconclusive("making a folder")?;
    let (above, home) = (cx.home.work().to_owned(), cx.home.path().to_owned());
    let rules = ["above-4721", "home-4722", "top-4723", "inside-4724"];
    for (folder, rule) in [above, home, top, inside.clone()].iter().zip(rules) {
        std::fs::write(folder.join("AGENTS.md"), rule).or_inconclusive("writing AGENTS.md")?;
    }
    cx.client().initialize().await?;
    let thread = cx.client().start_with(Start { cwd: Some(inside), ..Start::default() }).await?;
    cx.model.script([says("done")]);
    cx.client().turn(&thread, "hello").await?;
    let shown = asked(cx, 1).await?.user_texts().join("\n");
    let mut found: Vec<_> =
        rules.iter().filter_map(|rule| shown.find(rule).map(|at| (at, *rule))).collect();
    found.sort_unstable();
    let order: Vec<_> = found.into_iter().map(|(_, rule)| rule).collect();
    ensure_eq!(order, ["home-4722", "top-4723", "inside-4724"], "the instructions, in order");
    Ok(())
}

/// A server MUST use the `baseInstructions` of a start request, for that conversation only, instead
/// of its own instructions.
#[check(
    v1,
    v2,
    source = "app-server protocol, baseInstructions; every release does",
    faults(BASE_INSTRUCTIONS_IGNORED),
    shared
)]
async fn base_instructions_replace_its_own(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mine = "You are a test of instruction 4712.";
    let plain = cx.client().start_thread().await?;
    let thread = cx
        .client()
        .start_with(Start { more: json!({ "baseInstructions": mine }), ..Start::default() })
        .await?;
    cx.model.script([says("one"), says("two")]);
    cx.client().turn(&plain, "hello").await?;
    cx.client().turn(&thread, "hello").await?;
    let (own, given) = (asked(cx, 1).await?, asked(cx, 2).await?);
    // Newer releases send them as the first message of the developer.
    let begin = |request: &mock_model::Request| {
        let first = request.instructions().map(str::to_owned);
        first
            .or_else(|| request.developer_texts().first().map(|text| (*text).to_owned()))
            .unwrap_or_default()
    };
    ensure_eq!(begin(&given), mine, "instructions of the conversation that was given some");
    ensure!(
        !begin(&own).is_empty() && begin(&own) != mine,
        "instructions of the other conversation",
        "its own",
        begin(&own)
    );
    Ok(())
}

/// A server MUST send the `developerInstructions` of a start request to the model in exactly one
/// developer message.
#[check(
    v1(since = "0.53"),
    v2,
    source = "app-server protocol, developerInstructions; app-server tests, send_message",
    faults(DEVELOPER_INSTRUCTIONS_DROPPED),
    shared
)]
async fn developer_instructions_are_passed_on(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mine = "Mind instruction 4713.";
    let thread = cx
        .client()
        .start_with(Start { more: json!({ "developerInstructions": mine }), ..Start::default() })
        .await?;
    cx.model.script([says("one"), says("two")]);
    cx.client().turn(&thread, "hello").await?;
    cx.client().turn(&thread, "and now?").await?;
    let request = asked(cx, 2).await?;
    only(&request.developer_texts(), "messages of the developer with the instructions", |text| {
        text.contains(mine)
    })?;
    Ok(())
}

/// A server MUST send each conversation's own working directory in the environment context of that
/// conversation.
#[check(
    v1,
    v2,
    source = "app-server tests, turn_start: cwd; every release does",
    faults(DIRECTORY_OF_THE_PROCESS),
    shared
)]
async fn conversations_have_their_own_directory(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let other = cx.home.work().join("elsewhere");
    std::fs::create_dir(&other).or_inconclusive("making a directory")?;
    let first = cx.client().start_thread().await?;
    let second =
        cx.client().start_with(Start { cwd: Some(other.clone()), ..Start::default() }).await?;
    cx.model.script([says("one"), says("two")]);
    cx.client().turn(&first, "hello").await?;
    cx.client().turn(&second, "hello").await?;
    for (number, cwd) in [(1, cx.home.work()), (2, other.as_path())] {
        let request = asked(cx, number).await?;
        let texts = request.user_texts();
        let context = only(&texts, "messages with an environment context", |text| {
            text.starts_with("<environment_context>")
        })?;
        let wanted = format!("<cwd>{}</cwd>", cwd.display());
        ensure!(
            context.contains(&wanted),
            format!("the environment context in request {number}"),
            wanted.clone(),
            format!("{context:?}")
        );
    }
    Ok(())
}
