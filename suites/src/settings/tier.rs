//! The service tier: how requests name it, and for how long it is in force.

use harness::{Context, Failure, Result, check, ensure_eq};
use mock_model::Request;
use serde_json::{Value, json};

use super::findings::Findings;
use super::kept::all_kept;
use super::look::run;
use super::table::{Effect, Row, Seen};
use super::{Opening, begin, open, restart, stored};

/// The tier that is asked for.
fn tier(request: &Request) -> Seen {
    Seen(request.body()["service_tier"].as_str().map(str::to_owned).into_iter().collect())
}

fn row(name: &'static str, members: Value) -> Row {
    Row { name, members, effect: Effect::Request(tier, "flex".to_owned()) }
}

fn flex() -> Row {
    row("serviceTier", json!({ "serviceTier": "flex" }))
}

fn configured() -> Row {
    row("config.service_tier", json!({ "config": { "service_tier": "flex" } }))
}

/// Fails, as not applicable, unless the subject takes the tier for this model: it says so in its
/// answer to the start of a thread.
async fn needs_tiers(cx: &mut Context) -> Result {
    let started = open(cx, Opening::Start, flex().members).await?;
    match started {
        Some(thread) if thread.result["serviceTier"] == "flex" => Ok(()),
        _ => Err(Failure::lacks("`serviceTier` of `thread/start`")),
    }
}

/// A server MUST send the service tier of a start, a fork, a resume or a turn to the model in all
/// following turns.
#[check(
    v2(since = "0.120"),
    source = "app-server protocol, serviceTier; every release that names it in its answer does",
    faults(FORK_DROPS_THE_TIER, RESUME_DROPS_THE_TIER, TURN_TIER_IGNORED)
)]
async fn the_tier_wins(cx: &mut Context) -> Result {
    begin(cx).await?;
    needs_tiers(cx).await?;
    let mut findings = Findings::default();
    let original = stored(cx, Value::Null).await?;
    let openings =
        [(Opening::Start, configured(), "a start"), (Opening::Fork(&original), flex(), "a fork")];
    for (opening, row, what) in openings {
        let Some(thread) = open(cx, opening, row.members.clone()).await? else { continue };
        let named = &thread.result["serviceTier"];
        ensure_eq!(*named, "flex", "`serviceTier` in the answer to {what} with `{}`", row.name);
        let seen = row.look(cx, &thread).await?;
        findings.note(format!("`{}` of {what}, in the first turn", row.name), seen);
    }
    let thread = stored(cx, Value::Null).await?;
    if let Some(ran) = run(cx, &thread, Some(flex().members)).await? {
        findings.note("`serviceTier` of a turn, in that turn", flex().missing(&ran));
        let seen = flex().look(cx, &thread).await?;
        findings.note("`serviceTier` of a turn, in the next turn", seen);
    }
    restart(cx, &[&original]).await?;
    let resumed = open(cx, Opening::Resume(&original), flex().members).await?;
    if let Some(thread) = resumed {
        let seen = flex().look(cx, &thread).await?;
        findings.note("`serviceTier` of the resume of a stored conversation", seen);
    }
    findings.end()
}

/// A server MUST resume a stored thread with the service tier with which it last ran.
#[check(
    v2(since = "0.120", fixed_in("0.169", "a resumed thread has no service tier")),
    source = "app-server README, thread/resume: request, persisted, configured",
    faults(RESTART_FORGETS_THE_TIER)
)]
async fn the_tier_is_kept(cx: &mut Context) -> Result {
    begin(cx).await?;
    needs_tiers(cx).await?;
    let thread = stored(cx, Value::Null).await?;
    let ran = run(cx, &thread, Some(flex().members)).await?;
    let all: Vec<_> = ran.map(|_| (thread, flex(), "a turn")).into_iter().collect();
    all_kept(cx, &all).await
}
