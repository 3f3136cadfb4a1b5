//! What every request to the model has, not only the first; and what comes from further away than the working directory.

use harness::failure::{OrInconclusive, Result};
use harness::{Context, Dialect, check, ensure, ensure_eq};
use mock_model::{Request, says};
use serde_json::{Value, json};

use super::context::begin_with;
use super::{asked, one_turn, only};
use crate::words::{Start, end_turn, greet, run_turn, runs, start, start_with};
use crate::{v1, v2};

/// What the model is told first: the instructions, or where newer releases have them.
fn instructions(request: &Request) -> String {
    let first = request.instructions().map(str::to_owned);
    first
        .or_else(|| request.developer_texts().first().map(|text| (*text).to_owned()))
        .unwrap_or_default()
}

/// A server MUST send its instructions and offer its tools with every request of a conversation, and store none.
#[check(v1, v2, source = "Responses API: nothing is kept between requests; every release does")]
async fn instructions_and_tools_are_in_every_request(cx: &mut Context) -> Result {
    greet(cx).await?;
    let thread = start(cx).await?;
    cx.model.script([runs(cx, "echo one"), says("first"), says("second")]);
    run_turn(cx, &thread, "hello").await?;
    run_turn(cx, &thread, "and now?").await?;
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
                harness::ensure::show(&request.body()[member])
            );
        }
    }
    Ok(())
}

/// A server MUST show the model the `AGENTS.md` of its home.
#[check(v1, v2, source = "AGENTS.md: global instructions; every release does")]
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

/// A server MUST tell the model when the working directory has changed.
#[check(
    v1(since = "0.40"),
    v2,
    source = "app-server tests, turn_start: cwd per turn; every release since does"
)]
async fn another_directory_is_told(cx: &mut Context) -> Result {
    greet(cx).await?;
    let thread = start(cx).await?;
    let other = cx.home.work().join("another directory");
    std::fs::create_dir(&other).or_inconclusive("making a directory")?;
    cx.model.script([says("one"), says("two")]);
    run_turn(cx, &thread, "hello").await?;
    let mark = begin_with(cx, &thread, json!({ "cwd": other })).await?;
    end_turn(cx, &thread, mark).await?;
    let (before, after) = (asked(cx, 1).await?, asked(cx, 2).await?);
    let names =
        |request: &Request| request.body()["input"].to_string().contains("/another directory");
    ensure_eq!(names(&before), false, "whether request 1 names the other directory");
    ensure_eq!(names(&after), true, "whether request 2 names the other directory");
    Ok(())
}

<<<<<<< HEAD
=======

/// A server MUST show the model an image that the user sends, beside the words.
#[check(v1, v2, source = "app-server README, Turns: image; every release does")]
async fn an_image_is_shown(cx: &mut Context) -> Result {
    greet(cx).await?;
    let thread = start(cx).await?;
    cx.model.script([says("a pixel")]);
    let mark = cx.peer.mark();
    let both = |words: Value, image: Value| json!([words[0], image]);
    let (method, params) = match cx.dialect() {
        Dialect::V1 => {
            let image = json!({ "type": "image", "data": { "image_url": PIXEL } });
            let items = both(v1::items("what is this?"), image);
            ("sendUserMessage", json!({ "conversationId": thread.id, "items": items }))
        }
        _ => {
            let input = both(v2::input("what is this?"), json!({ "type": "image", "url": PIXEL }));
            ("turn/start", json!({ "threadId": thread.id, "input": input }))
        }
    };
    cx.peer.call(method, params).await?;
    end_turn(cx, &thread, mark).await?;
    let request = asked(cx, 1).await?;
    let is_image = |part: &&Value| {
        part["type"] == "input_image"
            && part["image_url"].as_str().is_some_and(|url| url.starts_with("data:image/"))
    };
    let parts =
        request.input_items().iter().filter_map(|item| item["content"].as_array()).flatten();
    ensure_eq!(parts.filter(is_image).count(), 1, "images in the request to the model");
    Ok(())
}
>>>>>>> redteam
