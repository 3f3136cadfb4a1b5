//! What requests of the first dialect carry.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Deserializer, de};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::fault::fault;
use crate::input::Input;
use crate::settings::{Approval, Manner, Overrides, Sandbox, SandboxMode};

/// A conversation's id, refused in the words of the parser when it is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ConversationId(pub(crate) Uuid);

impl<'de> Deserialize<'de> for ConversationId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Uuid::parse_str(&text).map(Self).map_err(de::Error::custom)
    }
}

impl fmt::Display for ConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct NewConversation {
    pub(crate) model: Option<String>,
    pub(crate) model_provider: Option<String>,
    pub(crate) profile: Option<String>,
    pub(crate) cwd: Option<PathBuf>,
    pub(crate) approval_policy: Option<Approval>,
    pub(crate) sandbox: Option<SandboxMode>,
    pub(crate) config: Option<Map<String, Value>>,
    pub(crate) base_instructions: Option<String>,
    pub(crate) developer_instructions: Option<String>,
}

impl From<NewConversation> for Overrides {
    fn from(params: NewConversation) -> Self {
        Self {
            model: params.model,
            provider: params.model_provider,
            profile: params.profile,
            cwd: params.cwd,
            approval: params.approval_policy,
            sandbox: params.sandbox,
            tier: None,
            config: params.config.unwrap_or_default(),
            base_instructions: params.base_instructions,
            developer_instructions: params.developer_instructions,
            thread_source: None,
            reviewer: None,
            manner: Manner::default(),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResumeConversation {
    pub(crate) path: Option<PathBuf>,
    pub(crate) conversation_id: Option<ConversationId>,
    pub(crate) history: Option<Vec<Value>>,
    pub(crate) overrides: Option<NewConversation>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ForkConversation {
    pub(crate) path: Option<PathBuf>,
    pub(crate) conversation_id: Option<ConversationId>,
    pub(crate) overrides: Option<NewConversation>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListConversations {
    pub(crate) page_size: Option<usize>,
    pub(crate) cursor: Option<String>,
    pub(crate) model_providers: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum GetConversationSummary {
    #[serde(rename_all = "camelCase")]
    ByPath { rollout_path: PathBuf },
    #[serde(rename_all = "camelCase")]
    ById { conversation_id: ConversationId },
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ArchiveConversation {
    pub(crate) conversation_id: ConversationId,
    pub(crate) rollout_path: Option<PathBuf>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AddListener {
    pub(crate) conversation_id: ConversationId,
    #[serde(default)]
    pub(crate) experimental_raw_events: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RemoveListener {
    pub(crate) subscription_id: Uuid,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Conversation {
    pub(crate) conversation_id: ConversationId,
}

/// What a user sends, with its content in `data`.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", content = "data", rename_all = "camelCase")]
pub(crate) enum InputItem {
    Text {
        text: String,
        #[serde(default)]
        text_elements: Vec<Value>,
    },
    Image {
        image_url: String,
    },
    LocalImage {
        path: PathBuf,
    },
}

impl From<InputItem> for Input {
    fn from(item: InputItem) -> Self {
        match item {
            InputItem::Text { text, text_elements } => Self::Text { text, text_elements },
            InputItem::Image { image_url } => Self::Image { url: image_url },
            InputItem::LocalImage { path } => Self::LocalImage { path },
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SendUserMessage {
    pub(crate) conversation_id: ConversationId,
    pub(crate) items: Vec<InputItem>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SendUserTurn {
    pub(crate) conversation_id: ConversationId,
    pub(crate) items: Vec<InputItem>,
    pub(crate) cwd: PathBuf,
    pub(crate) approval_policy: Approval,
    pub(crate) sandbox_policy: Sandbox,
    pub(crate) model: String,
    pub(crate) effort: Option<Effort>,
    pub(crate) summary: Summary,
    pub(crate) output_schema: Option<Value>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Effort {
    None,
    Minimal,
    Low,
    Medium,
    High,
    XHigh,
}

impl Effort {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Minimal => "minimal",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::XHigh => "xhigh",
        }
    }
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Summary {
    Auto,
    Concise,
    Detailed,
    None,
}

impl Summary {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Concise => "concise",
            Self::Detailed => "detailed",
            Self::None => "none",
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GetAuthStatus {
    pub(crate) include_token: Option<bool>,
    pub(crate) refresh_token: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LoginApiKey {
    pub(crate) api_key: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CancelLogin {
    pub(crate) login_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SetDefaultModel {
    pub(crate) model: Option<String>,
    /// `None` if it is missing, which means the same as null.
    #[serde(default, deserialize_with = "present")]
    pub(crate) reasoning_effort: Option<Option<Effort>>,
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Effort>>, D::Error> {
    let effort = Value::deserialize(deserializer)?;
    match Option::deserialize(effort) {
        Err(_) if fault!(BAD_EFFORT_CLEARS) => Ok(Some(None)),
        outcome => outcome.map(Some).map_err(de::Error::custom),
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExecOneOff {
    pub(crate) command: Vec<String>,
    pub(crate) timeout_ms: Option<u64>,
    pub(crate) cwd: Option<PathBuf>,
    pub(crate) sandbox_policy: Option<Sandbox>,
}
