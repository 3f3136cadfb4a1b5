//! Tools by which the model asks the user: questions, permissions, and the state of its plan.

use std::future::pending;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::offer::function;
use super::{Next, Tools};
use crate::approvals::{put, set_status, set_waiting};
use crate::fault::fault;
use crate::history::call_id;
use crate::settings::{Mode, Settings};
use crate::threads::{Status, Thread};

/// The requests that put questions of the model.
const INPUT: &str = "item/tool/requestUserInput";
const PERMISSIONS: &str = "item/permissions/requestApproval";

/// Adds those tools to a request to the model that the thread has.
pub(crate) fn offer(body: &mut Value, settings: &Settings) {
    let Some(offered) = body["tools"].as_array_mut() else { return };
    let list = json!({ "type": "array", "items": { "type": "object" } });
    match settings.mode {
        Mode::Plan => {
            let members = json!({ "questions": list });
            offered.push(function(
                "request_user_input",
                "Asks the user.",
                &members,
                &["questions"],
            ));
        }
        Mode::Default => {
            let members = json!({ "explanation": { "type": "string" }, "plan": list });
            offered.push(function("update_plan", "Shows the user your plan.", &members, &["plan"]));
        }
    }
    if settings.asks_permissions {
        let members =
            json!({ "reason": { "type": "string" }, "permissions": { "type": "object" } });
        let description = "Asks for permissions.";
        offered.push(function("request_permissions", description, &members, &["permissions"]));
    }
}

/// Whether a defect keeps an interruption from a turn in which the model asks.
pub(crate) fn withholds_interrupts(thread: &Thread) -> bool {
    let asks = |method: &str| method == INPUT || method == PERMISSIONS;
    let asked = thread.state().questions.iter().any(|question| asks(question.method));
    asked && fault!(QUESTION_KEEPS_THE_TURN)
}

impl Tools<'_> {
    /// Does what the model calls one of these tools for; `None` if it calls another.
    pub(super) async fn consult(&self, item: &Value) -> Option<Next> {
        let arguments = item["arguments"].as_str().unwrap_or("{}");
        let arguments: Value = serde_json::from_str(arguments).unwrap_or_default();
        let id = call_id(item).unwrap_or_default();
        let (mode, permissions) = {
            let settings = &self.thread.state().settings;
            (settings.mode, settings.asks_permissions)
        };
        Some(match (item["name"].as_str()?, mode) {
            ("request_user_input", Mode::Plan) => self.ask_user(id, &arguments).await,
            ("request_permissions", _) if permissions => self.ask_permissions(id, &arguments).await,
            ("update_plan", Mode::Default) => self.update_plan(&arguments),
            _ => return None,
        })
    }

    async fn ask_user(&self, id: &str, arguments: &Value) -> Next {
        let mut questions = arguments["questions"].as_array().cloned().unwrap_or_default();
        for question in &mut questions {
            question["isOther"] = json!(true);
            question["isSecret"] = json!(false);
            if fault!(QUESTION_LOSES_ITS_OPTIONS) {
                question["options"] = json!([]);
            }
        }
        let turn = if fault!(QUESTION_NAMES_NO_TURN) { id } else { &self.active.id };
        let params = json!({
            "threadId": self.thread.id,
            "turnId": turn,
            "itemId": id,
            "questions": questions,
            "isBlocking": true,
        });
        if !fault!(WAITING_FOR_INPUT_UNTOLD) {
            let status = Status::Active { waiting_on_approval: false, waiting_on_input: true };
            set_status(self.server, self.thread, &self.active.id, status);
        }
        let answer = put(self.server, self.thread, self.active, INPUT, params).await;
        set_waiting(self.server, self.thread, &self.active.id, false);
        if matches!(answer, Some(Err(_))) && fault!(UNANSWERED_QUESTION_HANGS) {
            pending::<()>().await;
        }
        let mut answers = match answer {
            Some(Ok(answer)) if answer["answers"].is_object() => answer["answers"].clone(),
            _ => json!({}),
        };
        if fault!(FIRST_OPTION_IS_THE_ANSWER) {
            let first = &arguments["questions"][0];
            let name = first["id"].as_str().unwrap_or_default();
            answers = json!({ (name): { "answers": [first["options"][0]["label"]] } });
        }
        if fault!(ANSWER_OF_THE_USER_LOST) {
            answers = json!({});
        }
        Next::says(json!({ "answers": answers }).to_string())
    }

    async fn ask_permissions(&self, id: &str, arguments: &Value) -> Next {
        let wanted = &arguments["permissions"];
        let reason = &arguments["reason"];
        let files = &wanted["file_system"];
        let params = json!({
            "threadId": self.thread.id,
            "turnId": self.active.id,
            "itemId": id,
            "startedAtMs": Timestamp::now().as_millisecond(),
            "cwd": self.thread.state().settings.cwd,
            "reason": if fault!(PERMISSION_WITHOUT_REASON) { &Value::Null } else { reason },
            "permissions": {
                "network": wanted["network"],
                "fileSystem": if fault!(WANTED_FILES_LEFT_OUT) { &Value::Null } else { files },
            },
        });
        set_waiting(self.server, self.thread, &self.active.id, true);
        let answer = put(self.server, self.thread, self.active, PERMISSIONS, params).await;
        set_waiting(self.server, self.thread, &self.active.id, false);
        let granted = match answer {
            Some(Ok(answer)) if answer["permissions"].is_object() => answer["permissions"].clone(),
            Some(Err(_)) if fault!(ERROR_GRANTS_PERMISSIONS) => wanted.clone(),
            _ => json!({}),
        };
        let some = granted["network"].is_object() || granted["fileSystem"].is_object();
        let (network, files) = if some && fault!(EVERYTHING_IS_GRANTED) {
            (&wanted["network"], files)
        } else if fault!(GRANT_IS_LOST) {
            (&Value::Null, &Value::Null)
        } else {
            (&granted["network"], &granted["fileSystem"])
        };
        let permissions = json!({ "network": network, "file_system": files });
        Next::says(json!({ "permissions": permissions, "scope": "turn" }).to_string())
    }

    fn update_plan(&self, arguments: &Value) -> Next {
        let steps = arguments["plan"].as_array().map(Vec::as_slice).unwrap_or_default();
        let mut plan = Vec::new();
        for step in steps {
            let status = match step["status"].as_str() {
                Some("in_progress") if fault!(PLAN_STATES_MIXED_UP) => "pending",
                Some("pending") => "pending",
                Some("in_progress") => "inProgress",
                Some("completed") => "completed",
                _ => return Next::says("a step has no valid status"),
            };
            plan.push(json!({ "step": step["step"], "status": status }));
        }
        if !fault!(PLAN_UPDATE_UNTOLD) {
            let params = json!({
                "threadId": self.thread.id,
                "turnId": self.active.id,
                "explanation": arguments["explanation"],
                "plan": plan,
            });
            self.server.out.notify_v2("turn/plan/updated", &params);
        }
        Next::says("Plan updated")
    }
}
