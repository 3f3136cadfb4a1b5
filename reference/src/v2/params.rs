//! What requests of the second dialect carry.

use std::path::PathBuf;

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::besides::Besides;
use super::history::FirstPage;
use crate::input::Input;
use crate::settings::{Approval, Manner, Mode, Overrides, Sandbox, SandboxMode, WorkspaceWrite};
use crate::tools::dynamic::DynamicTool;

/// A member that may be left out, null or a value: `Some(None)` if it is null.
pub(super) fn given<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

/// The approval policies that requests may name; `on-failure` is configuration only.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ApprovalPolicy {
    Untrusted,
    OnRequest,
    Never,
    /// A choice for each kind of question, which only some clients may make.
    Granular(IgnoredAny),
}

impl ApprovalPolicy {
    /// The part of it that only clients with the `experimentalApi` capability may use.
    fn experimental(self) -> Option<&'static str> {
        matches!(self, Self::Granular(_)).then_some("askForApproval.granular")
    }
}

impl From<ApprovalPolicy> for Approval {
    fn from(policy: ApprovalPolicy) -> Self {
        match policy {
            ApprovalPolicy::Untrusted => Self::Untrusted,
            ApprovalPolicy::OnRequest | ApprovalPolicy::Granular(_) => Self::OnRequest,
            ApprovalPolicy::Never => Self::Never,
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub(crate) enum SandboxPolicy {
    DangerFullAccess,
    ReadOnly,
    #[serde(rename = "externalSandbox")]
    External,
    #[serde(rename_all = "camelCase")]
    WorkspaceWrite {
        #[serde(default)]
        writable_roots: Vec<PathBuf>,
        #[serde(default)]
        network_access: bool,
        #[serde(default)]
        exclude_tmpdir_env_var: bool,
        #[serde(default)]
        exclude_slash_tmp: bool,
    },
}

impl From<SandboxPolicy> for Sandbox {
    fn from(policy: SandboxPolicy) -> Self {
        match policy {
            SandboxPolicy::DangerFullAccess => Self::DangerFullAccess,
            SandboxPolicy::ReadOnly => Self::ReadOnly,
            SandboxPolicy::External => Self::External,
            SandboxPolicy::WorkspaceWrite {
                writable_roots,
                network_access,
                exclude_tmpdir_env_var,
                exclude_slash_tmp,
            } => Self::WorkspaceWrite(WorkspaceWrite {
                writable_roots,
                network_access,
                exclude_tmpdir_env_var,
                exclude_slash_tmp,
            }),
        }
    }
}

/// What `thread/start`, `thread/resume` and `thread/fork` may change.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Wishes {
    model: Option<String>,
    model_provider: Option<String>,
    cwd: Option<PathBuf>,
    approval_policy: Option<ApprovalPolicy>,
    sandbox: Option<SandboxMode>,
    service_tier: Option<String>,
    config: Option<Map<String, Value>>,
    base_instructions: Option<String>,
    developer_instructions: Option<String>,
    thread_source: Option<String>,
    approvals_reviewer: Option<String>,
    #[serde(flatten)]
    manner: Manner,
}

impl Wishes {
    /// The part of it that only clients with the `experimentalApi` capability may use.
    fn experimental(&self, method: [&'static str; 2]) -> Option<&'static str> {
        let [permissions, roots] = method;
        let permissions = self.manner.permissions.as_ref().map(|_| permissions);
        permissions.or_else(|| self.manner.runtime_workspace_roots.as_ref().map(|_| roots))
    }
}

impl From<Wishes> for Overrides {
    fn from(wishes: Wishes) -> Self {
        Self {
            model: wishes.model,
            provider: wishes.model_provider,
            profile: None,
            cwd: wishes.cwd,
            approval: wishes.approval_policy.map(Into::into),
            sandbox: wishes.sandbox,
            tier: wishes.service_tier,
            config: wishes.config.unwrap_or_default(),
            base_instructions: wishes.base_instructions,
            developer_instructions: wishes.developer_instructions,
            thread_source: wishes.thread_source,
            reviewer: wishes.approvals_reviewer,
            manner: wishes.manner,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ThreadStart {
    #[serde(flatten)]
    pub(crate) wishes: Wishes,
    pub(crate) ephemeral: Option<bool>,
    pub(crate) dynamic_tools: Option<Vec<DynamicTool>>,
    #[serde(default)]
    pub(crate) experimental_raw_events: bool,
    pub(crate) service_name: Option<String>,
    pub(crate) project_id: Option<String>,
}

impl ThreadStart {
    pub(crate) fn experimental(&self) -> Option<&'static str> {
        let tools = self.dynamic_tools.as_ref().map(|_| "thread/start.dynamicTools");
        let parts = ["thread/start.permissions", "thread/start.runtimeWorkspaceRoots"];
        let project = self.project_id.as_ref().map(|_| "thread/start.projectId");
        let raw = self.experimental_raw_events.then_some("thread/start.experimentalRawEvents");
        tools
            .or(raw)
            .or(project)
            .or_else(|| self.wishes.experimental(parts))
            .or_else(|| self.wishes.approval_policy?.experimental())
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ThreadResume {
    pub(crate) thread_id: String,
    pub(crate) path: Option<PathBuf>,
    pub(crate) history: Option<Vec<Value>>,
    #[serde(default)]
    pub(crate) exclude_turns: bool,
    pub(crate) initial_turns_page: Option<FirstPage>,
    #[serde(flatten)]
    pub(crate) wishes: Wishes,
}

impl ThreadResume {
    pub(crate) fn experimental(&self) -> Option<&'static str> {
        match (&self.path, &self.history) {
            (Some(_), _) => Some("thread/resume.path"),
            (_, Some(_)) => Some("thread/resume.history"),
            _ if self.initial_turns_page.is_some() => Some("thread/resume.initialTurnsPage"),
            _ => {
                let parts = ["thread/resume.permissions", "thread/resume.runtimeWorkspaceRoots"];
                self.wishes.experimental(parts)
            }
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ThreadFork {
    pub(crate) thread_id: String,
    pub(crate) last_turn_id: Option<String>,
    pub(crate) before_turn_id: Option<String>,
    pub(crate) path: Option<PathBuf>,
    pub(crate) ephemeral: Option<bool>,
    #[serde(default)]
    pub(crate) exclude_turns: bool,
    #[serde(flatten)]
    pub(crate) wishes: Wishes,
}

impl ThreadFork {
    pub(crate) fn experimental(&self) -> Option<&'static str> {
        let path = self.path.as_ref().map(|_| "thread/fork.path");
        let before = self.before_turn_id.as_ref().map(|_| "thread/fork.beforeTurnId");
        let parts = ["thread/fork.permissions", "thread/fork.runtimeWorkspaceRoots"];
        path.or(before).or_else(|| self.wishes.experimental(parts))
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ThreadId {
    pub(crate) thread_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ThreadNameSet {
    pub(crate) thread_id: String,
    pub(crate) name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) enum SortKey {
    #[serde(rename = "created_at")]
    Created,
    #[serde(rename = "updated_at")]
    Updated,
    #[serde(rename = "recency_at")]
    Recency,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ThreadList {
    pub(crate) cursor: Option<String>,
    pub(crate) limit: Option<u32>,
    pub(crate) sort_key: Option<SortKey>,
    pub(crate) model_providers: Option<Vec<String>>,
    pub(crate) source_kinds: Option<Vec<String>>,
    pub(crate) archived: Option<bool>,
    pub(crate) cwd: Option<OneOrMany>,
    pub(crate) search_term: Option<String>,
    pub(crate) section_id: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum OneOrMany {
    One(PathBuf),
    Many(Vec<PathBuf>),
}

impl OneOrMany {
    pub(crate) fn as_slice(&self) -> &[PathBuf] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// Parameters of which none is looked at, but which have to be there.
#[derive(Debug, Deserialize)]
pub(crate) struct Nothing {}

/// Parameters of a list in pages.
#[derive(Debug, Deserialize)]
pub(crate) struct Page {
    pub(crate) cursor: Option<String>,
    pub(crate) limit: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ThreadRead {
    pub(crate) thread_id: String,
    #[serde(default)]
    pub(crate) include_turns: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TurnStart {
    pub(crate) thread_id: String,
    pub(crate) input: Vec<Input>,
    pub(crate) client_user_message_id: Option<String>,
    pub(crate) cwd: Option<PathBuf>,
    pub(crate) approval_policy: Option<ApprovalPolicy>,
    pub(crate) sandbox_policy: Option<SandboxPolicy>,
    pub(crate) model: Option<String>,
    pub(crate) effort: Option<String>,
    pub(crate) summary: Option<String>,
    pub(crate) service_tier: Option<String>,
    pub(crate) service_tier_for_turn: Option<String>,
    pub(crate) output_schema: Option<Value>,
    pub(crate) collaboration_mode: Option<CollaborationMode>,
    pub(crate) approvals_reviewer: Option<String>,
    #[serde(flatten)]
    pub(crate) manner: Manner,
    #[serde(flatten)]
    pub(crate) besides: Besides,
}

impl TurnStart {
    pub(crate) fn experimental(&self) -> Option<&'static str> {
        let mode = self.collaboration_mode.as_ref().map(|_| "turn/start.collaborationMode");
        let permissions = self.manner.permissions.as_ref().map(|_| "turn/start.permissions");
        let roots = &self.manner.runtime_workspace_roots;
        let roots = roots.as_ref().map(|_| "turn/start.runtimeWorkspaceRoots");
        let parts = mode.or(permissions).or(roots).or_else(|| self.besides.experimental());
        parts.or_else(|| self.approval_policy?.experimental())
    }
}

/// How user and model work together from a turn on.
#[derive(Debug, Deserialize)]
pub(crate) struct CollaborationMode {
    pub(crate) mode: Mode,
    pub(crate) settings: ModeSettings,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ModeSettings {
    pub(crate) model: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TurnSteer {
    pub(crate) thread_id: String,
    pub(crate) input: Vec<Input>,
    pub(crate) expected_turn_id: String,
    pub(crate) client_user_message_id: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TurnInterrupt {
    pub(crate) thread_id: String,
    pub(crate) turn_id: String,
}
