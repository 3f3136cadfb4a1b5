//! Projects: names for folders that threads belong to.

use harness::{Call, Context, Result, check, code, ensure_eq, ensure_includes, text_at};
use mock_model::says;
use serde_json::{Value, json};

use crate::client::{ContextExt, Start, Thread, entries};
use crate::rows::Rows;
use crate::stored::UNKNOWN;
use crate::stored::files::written;

/// Makes a project under a key; its id.
async fn project(cx: &mut Context, key: &str, name: &str) -> Result<String> {
    let params = json!({ "idempotencyKey": key, "name": name, "roots": [] });
    let result = cx.peer.call("project/create", params).await?;
    ensure_eq!(result["project"]["name"], name, "the name of the new project");
    text_at(&result, "/project/id", "the result of `project/create`").map(str::to_owned)
}

/// The names of the projects of this check, in their order.
async fn listed(cx: &mut Context, ids: &[&String]) -> Result<Vec<Value>> {
    let mut names = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let page = cx.peer.call("project/list", json!({ "limit": 1, "cursor": cursor })).await?;
        let of_ours =
            entries(&page).into_iter().filter(|one| ids.iter().any(|id| one["id"] == json!(id)));
        names.extend(of_ours.map(|one| one["name"].clone()));
        cursor = page["nextCursor"].clone();
        if cursor.is_null() || names.len() > ids.len() {
            return Ok(names);
        }
    }
}

/// Takes the announcement that this project has changed.
async fn announced(cx: &mut Context, id: &str, change: &str) -> Result {
    let of_it = |call: &Call| {
        call.method == "project/changed" && call.params["projectId"].as_str() == Some(id)
    };
    let call = cx.peer.next_matching("`project/changed` of the project", of_it).await?;
    ensure_eq!(call.params["changeType"], change, "the announced change");
    Ok(())
}

/// The project of a thread, as it is read.
async fn of(cx: &mut Context, thread: &Thread) -> Result<Value> {
    Ok(cx.client().read_thread(&thread.id, false).await?["projectId"].take())
}

/// A server MUST list and return a project, with the latest value of each member, from
/// `project/create` until `project/delete`.
#[check(
    v2(since = "0.169"),
    source = "app-server protocol, project/list, project/read, project/update; every release since does",
    faults(PROJECT_UPDATE_CLEARS_THE_REST),
    shared
)]
async fn a_project_is_listed_while_it_exists(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let id = project(cx, "listed", "Köln").await?;
    ensure_eq!(listed(cx, &[&id]).await?, ["Köln"], "the project in the list");
    let root = json!([{ "path": cx.home.work() }]);
    let update = json!({ "projectId": id, "roots": root });
    cx.peer.call("project/update", update).await?;
    let update = json!({ "projectId": id, "name": "Bonn", "metadata": { "color": "red" } });
    cx.peer.call("project/update", update).await?;
    let read = cx.peer.call("project/read", json!({ "projectId": id })).await?;
    let read = &read["project"];
    let expected = json!({ "name": "Bonn", "metadata": { "color": "red" } });
    ensure_includes!(*read, expected, "name and metadata of the updated project");
    let roots = read["roots"].as_array().into_iter().flatten();
    let roots: Vec<_> = roots.map(|root| root["path"].clone()).collect();
    ensure_eq!(roots, [root[0]["path"].clone()], "the roots of the updated project");
    cx.peer.call("project/delete", json!({ "projectId": id })).await?;
    ensure_eq!(listed(cx, &[&id]).await?, Vec::<Value>::new(), "the deleted project in the list");
    for method in ["project/read", "project/delete", "project/update"] {
        let reply = cx.peer.request(method, json!({ "projectId": id })).await?;
        reply.refusal(format!("the answer to `{method}` of a deleted project"))?;
    }
    Ok(())
}

/// A server MUST return the same project for each `project/create` with the same key.
#[check(
    v2(since = "0.169"),
    source = "app-server protocol, project/create: idempotencyKey; every release since does",
    faults(PROJECT_CREATED_TWICE),
    shared
)]
async fn a_key_makes_one_project(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let first = project(cx, "once", "One").await?;
    let params = json!({ "idempotencyKey": "once", "name": "Two", "roots": [] });
    let again = cx.peer.call("project/create", params).await?;
    let seen = [&again["project"]["id"], &again["project"]["name"]];
    ensure_eq!(seen, [first.as_str(), "One"], "id and name of the project of the same key");
    Ok(())
}

/// A server MUST list projects in the order into which the client moves them.
#[check(
    v2(since = "0.169"),
    source = "app-server protocol, project/move: beforeProjectId; every release since does",
    faults(PROJECT_MOVE_FORGOTTEN),
    shared
)]
async fn projects_can_be_moved(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let one = project(cx, "move 1", "one").await?;
    let two = project(cx, "move 2", "two").await?;
    let three = project(cx, "move 3", "three").await?;
    let all = [&one, &two, &three];
    let mut rows = Rows::of_waits();
    let moves = [
        (json!({ "projectId": three, "beforeProjectId": one }), ["three", "one", "two"]),
        (json!({ "projectId": three }), ["one", "two", "three"]),
    ];
    for (params, expected) in moves {
        let what = if params["beforeProjectId"].is_null() { "to the end" } else { "to the front" };
        cx.peer.call("project/move", params).await?;
        let names = listed(cx, &all).await?;
        let judged = || -> Result {
            ensure_eq!(names, expected, "the projects in the list");
            Ok(())
        };
        rows.judge(format!("a move {what}"), judged())?;
    }
    rows.end()
}

/// A server MUST announce each project that is created, updated or deleted by `project/changed`.
#[check(
    v2(since = "0.169"),
    source = "app-server protocol, project/changed; every release since does",
    faults(PROJECT_CHANGES_UNTOLD),
    shared
)]
async fn changes_are_announced(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let id = project(cx, "told", "told").await?;
    announced(cx, &id, "created").await?;
    cx.peer.call("project/update", json!({ "projectId": id, "name": "again" })).await?;
    announced(cx, &id, "updated").await?;
    cx.peer.call("project/delete", json!({ "projectId": id })).await?;
    announced(cx, &id, "deleted").await
}

/// A server MUST return the project of a start or an import with the thread until the project is
/// deleted, and announce that the thread has lost it.
#[check(
    v2(since = "0.169"),
    source = "app-server protocol, thread/start: projectId; project/import; thread/project/updated; every release since does",
    faults(PROJECT_OF_A_START_IGNORED, THREADS_KEEP_THEIR_PROJECT),
    shared
)]
async fn threads_belong_to_a_project(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let id = project(cx, "of threads", "of threads").await?;
    let more = json!({ "projectId": id });
    let thread = cx.client().start_with(Start { more, ..Start::default() }).await?;
    ensure_eq!(thread.result["thread"]["projectId"], id, "`projectId` of the started thread");
    cx.model.script([says("it is stored")]);
    cx.client().turn(&thread, "hello").await?;
    written(cx, &thread, "it is stored").await?;
    ensure_eq!(of(cx, &thread).await?, id, "`projectId` of the thread that is read");
    cx.peer.call("project/delete", json!({ "projectId": id })).await?;
    let call = cx.client().notification(&thread, "thread/project/updated").await?;
    ensure_eq!(call.params["projectId"], Value::Null, "`projectId` in the notification");
    ensure_eq!(of(cx, &thread).await?, Value::Null, "`projectId` after the project was deleted");
    let params = json!({ "idempotencyKey": "import", "name": "imported", "roots": [],
        "threads": [thread.id] });
    let imported = cx.peer.call("project/import", params).await?["project"]["id"].take();
    let call = cx.client().notification(&thread, "thread/project/updated").await?;
    ensure_eq!(call.params["projectId"], imported, "`projectId` in the next notification");
    ensure_eq!(of(cx, &thread).await?, imported, "`projectId` of the imported thread");
    Ok(())
}

/// A server MUST reject a project without a name, and a thread in an unknown project.
#[check(
    v2(since = "0.169"),
    source = "every release since does: project name must not be empty, project not found",
    faults(PROJECT_WITHOUT_A_NAME, PROJECT_OF_A_START_IGNORED),
    shared
)]
async fn a_project_has_a_name(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let mut rows = Rows::default();
    let codes = [code::INVALID_REQUEST, code::INVALID_PARAMS];
    for name in ["", " \t"] {
        let params =
            json!({ "idempotencyKey": format!("blank {name}"), "name": name, "roots": [] });
        let reply = cx.peer.request("project/create", params).await?;
        let refused = reply.refused_with(&codes, "the answer to a project without a name");
        rows.judge(format!("{name:?}"), refused.map(|_| ()))?;
    }
    let reply = cx.peer.request("thread/start", json!({ "projectId": UNKNOWN })).await?;
    let refused = reply.refused_with(&codes, "the answer to a start in an unknown project");
    rows.judge("an unknown project", refused.map(|_| ()))?;
    rows.end()
}
