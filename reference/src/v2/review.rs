//! `review/start`: what is reviewed, and the turn that does it.

use std::rc::Rc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::render;
use super::turns::find;
use crate::fault::fault;
use crate::input::Input;
use crate::items::{Item, Turn};
use crate::message::Refusal;
use crate::server::Server;
use crate::turn::{Review, Work, start_work};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReviewStart {
    thread_id: String,
    target: Target,
    #[serde(default)]
    #[expect(dead_code, reason = "there is one way of delivery")]
    delivery: Option<Delivery>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Delivery {
    Inline,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
enum Target {
    UncommittedChanges,
    BaseBranch { branch: String },
    Commit { sha: String, title: Option<String> },
    Custom { instructions: String },
}

impl Target {
    /// What is to be reviewed; refused if that says nothing.
    fn review(&self) -> Result<Review, Refusal> {
        let (label, prompt) = match self {
            Self::UncommittedChanges => {
                let prompt = "Review what has changed and is not committed yet: staged, unstaged \
                              and untracked files.";
                ("current changes".to_owned(), prompt.to_owned())
            }
            Self::BaseBranch { branch } => {
                let branch = filled(branch, "branch")?;
                let prompt = format!("Review what has changed since the branch {branch}.");
                (format!("changes against '{branch}'"), prompt)
            }
            Self::Commit { sha, title } => {
                let sha = filled(sha, "sha")?;
                let title = title.as_deref().map_or_else(String::new, |text| format!(": {text}"));
                let prompt = format!("Review what the commit {sha} has changed{title}.");
                (format!("commit {}{title}", &sha[..sha.floor_char_boundary(7)]), prompt)
            }
            Self::Custom { instructions } => {
                let text = filled(instructions, "instructions")?.to_owned();
                (text.clone(), text)
            }
        };
        Ok(Review { label, prompt })
    }
}

/// A text that has to say something.
fn filled<'a>(text: &'a str, what: &str) -> Result<&'a str, Refusal> {
    let trimmed = text.trim();
    if trimmed.is_empty() && !fault!(BLANK_REVIEW_TAKEN) {
        return Err(Refusal::invalid(format!("{what} must not be empty")));
    }
    Ok(trimmed)
}

pub(super) fn start(server: &Rc<Server>, params: &ReviewStart) -> Result<Value, Refusal> {
    let thread = find(server, &params.thread_id)?;
    let review = params.target.review()?;
    let text = review.label.clone();
    let id = start_work(server, &thread, Work::Review(review));
    let content = vec![Input::Text { text, text_elements: Vec::new() }];
    let item = Item::User { id: id.clone(), client_id: None, content };
    let turn = render::turn(&Turn::new(id), vec![render::item(&item)], "notLoaded");
    Ok(json!({ "turn": turn, "reviewThreadId": thread.id }))
}
