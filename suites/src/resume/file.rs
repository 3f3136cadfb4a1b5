//! The rollout of a resumed conversation: unchanged until the next turn, then appended to, never duplicated.

use std::io::Write;

use harness::{Context, OrInconclusive, Result, check, ensure_eq};
use mock_model::says;

use crate::client::{ContextExt, Thread};
use crate::stored::files::{
    changed, ensure_begins, ensure_bytes, ensure_unchanged, read, rollouts, written,
};
use crate::stored::{SAID, conversation, ensure_model_input, last_request, seed, two_turns};

/// A server MUST append the turns after a resume to the existing rollout, keeping its earlier
/// content.
#[check(
    v1,
    v2,
    source = "app-server tests, list_resume and thread_resume: same path; every release does",
    faults(RESUME_STARTS_ANEW, RESUME_TIDIES_THE_FILE)
)]
async fn the_next_turn_is_appended(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    let path = seed(cx, &rollout)?;
    let before = read(&path)?;
    cx.client().initialize().await?;
    // Whatever the server says, it is this file that has to grow.
    let thread = Thread { path, ..cx.client().resume_seeded(&rollout).await? };
    cx.model.script([says("appended after all")]);
    cx.client().turn(&thread, "one more").await?;
    written(cx, &thread, "appended after all").await?;
    ensure_begins(&thread.path, &before, "the rollout after another turn")
}

/// A server MUST NOT create a second rollout for a conversation that it resumes.
#[check(
    v1,
    v2,
    source = "app-server tests, list_resume and thread_resume: same path; every release does",
    faults(RESUME_STARTS_ANEW)
)]
async fn stays_the_only_file(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    let path = seed(cx, &rollout)?;
    cx.client().initialize().await?;
    let thread = cx.client().resume_seeded(&rollout).await?;
    cx.model.script([says("in one place")]);
    cx.client().turn(&thread, "one more").await?;
    written(cx, &thread, "in one place").await?;
    ensure_eq!(thread.path, path, "the rollout of the resumed conversation");
    let files: Vec<_> = rollouts(cx)?.into_keys().collect();
    ensure_eq!(files, [rollout.relative_path()], "the rollouts in the home");
    Ok(())
}

/// A server MUST NOT change the rollouts of other conversations when it resumes and continues one.
#[check(v1, v2, source = "every release does", faults(RESUME_MARKS_THE_OTHERS))]
async fn others_stay_as_they_are(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    seed(cx, &conversation(0))?;
    seed(cx, &conversation(2))?;
    let before = rollouts(cx)?;
    seed(cx, &rollout)?;
    cx.client().initialize().await?;
    let thread = cx.client().resume_seeded(&rollout).await?;
    cx.model.script([says("only here")]);
    cx.client().turn(&thread, "one more").await?;
    written(cx, &thread, "only here").await?;
    let mut after = rollouts(cx)?;
    after.remove(&rollout.relative_path());
    ensure_unchanged(&before, &after, "the other rollouts")
}

/// A server MUST keep every byte of a rollout that it resumes without running a turn.
#[check(
    v1,
    v2,
    source = "app-server tests, thread_resume: resuming alone changes nothing; every release does",
    faults(RESUME_TIDIES_THE_FILE)
)]
async fn resuming_alone_keeps_every_byte(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    let path = seed(cx, &rollout)?;
    let before = read(&path)?;
    cx.client().initialize().await?;
    resume_alone(cx, &rollout).await?;
    ensure_begins(&path, &before, "the rollout after it was resumed")?;
    ensure_eq!(rollouts(cx)?.len(), 1, "rollouts in the home");
    Ok(())
}

/// A server SHOULD NOT write to a rollout that it resumes without running a turn.
#[check(
    v1,
    v2,
    source = "app-server tests, thread_resume: resuming alone changes nothing; 0.169 writes its settings",
    faults(RESUME_RECORDS_AGAIN, RESUME_WRITES_AT_ONCE)
)]
async fn resuming_alone_adds_no_byte(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    let path = seed(cx, &rollout)?;
    let before = read(&path)?;
    cx.client().initialize().await?;
    resume_alone(cx, &rollout).await?;
    ensure_bytes(&path, &before, "the rollout after it was resumed")
}

/// A server SHOULD NOT change the modification time of a rollout that it resumes without running a
/// turn.
#[check(
    v1,
    v2,
    source = "app-server tests, thread_resume: resuming alone changes nothing; 0.169 writes its settings",
    faults(RESUME_TOUCHES_THE_FILE, RESUME_WRITES_AT_ONCE)
)]
async fn resuming_alone_keeps_the_modification_time(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    let path = seed(cx, &rollout)?;
    let before = changed(&path)?;
    cx.client().initialize().await?;
    resume_alone(cx, &rollout).await?;
    ensure_eq!(
        changed(&path)?.to_string(),
        before.to_string(),
        "the time of the rollout after it was resumed"
    );
    Ok(())
}

/// Resumes the conversation and ends the server, which has then written all that it ever will.
async fn resume_alone(cx: &mut Context, rollout: &fixtures::Rollout) -> Result {
    let thread = cx.client().resume_seeded(rollout).await?;
    cx.client().barrier(&thread).await?;
    cx.restart().await;
    Ok(())
}

/// A server MUST write each message of a conversation to its rollout only once, even if the
/// conversation is resumed several times.
#[check(
    v1,
    v2,
    source = "app-server README, Threads: resume; every release does",
    faults(RESUME_RECORDS_AGAIN)
)]
async fn nothing_is_written_twice(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("first-answer"), says("second-answer")]);
    cx.client().turn(&thread, "first-question").await?;
    let before = written(cx, &thread, "first-answer").await?;
    cx.restart().await;
    cx.client().initialize().await?;
    cx.client().resume_own(&thread).await?;
    let again = cx.client().resume_own(&thread).await?;
    cx.client().turn(&again, "second-question").await?;
    let again = Thread { path: thread.path.clone(), ..again };
    let after = written(cx, &again, "second-answer").await?;
    ensure_begins(&thread.path, &before, "the rollout after another turn")?;
    // How often one message stands in a rollout, as item and as event, differs from release to
    // release.
    let said = |bytes: &[u8], text: &str| {
        bytes.windows(text.len()).filter(|part| *part == text.as_bytes()).count()
    };
    let once = said(&before, "first-question");
    ensure_eq!(
        said(&after, "first-question"),
        once,
        "how often the rollout holds the first question"
    );
    ensure_eq!(
        said(&after, "second-question"),
        once,
        "how often the rollout holds the second question"
    );
    Ok(())
}

/// A server MUST resume a rollout that contains a line of an unknown type, with the whole history.
#[check(
    v1,
    v2,
    source = "rollouts are shared with newer releases; every release does",
    faults(RESUME_FORGETS_THE_HISTORY, UNKNOWN_LINES_ARE_FATAL)
)]
async fn unknown_lines_are_ignored(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    let path = seed(cx, &rollout)?;
    append(
        &path,
        "{\"timestamp\":\"2025-03-04T10:09:00.000Z\",\"type\":\"of_the_future\",\"payload\":{\"x\":1}}\n",
    )?;
    resumes_with_the_whole_history(cx, &rollout).await
}

/// A server MUST resume a rollout whose last line is truncated, with the history before that line.
#[check(
    v1,
    v2,
    source = "robustness: a crash must not lose the conversation; every release does",
    faults(CUT_LINES_ARE_FATAL, RESUME_FORGETS_THE_HISTORY)
)]
async fn a_truncated_last_line_is_ignored(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    let path = seed(cx, &rollout)?;
    append(&path, "{\"timestamp\":\"2025-03-04T10:09:00.000Z\",\"type\":\"respon")?;
    resumes_with_the_whole_history(cx, &rollout).await
}

fn append(path: &std::path::Path, text: &str) -> Result {
    let mut file =
        std::fs::File::options().append(true).open(path).or_inconclusive("opening the rollout")?;
    file.write_all(text.as_bytes()).or_inconclusive("writing the rollout")
}

/// Resumes the conversation and expects all of it in the input of the model.
async fn resumes_with_the_whole_history(cx: &mut Context, rollout: &fixtures::Rollout) -> Result {
    cx.client().initialize().await?;
    let thread = cx.client().resume_seeded(rollout).await?;
    cx.model.script([says("done")]);
    cx.client().turn(&thread, "the third question").await?;
    let mut wanted = SAID.to_vec();
    wanted.push(("user", "the third question"));
    ensure_model_input(&last_request(cx)?, &wanted)
}
