//! The methods that the checks use, so that a subject can be asked which of them it has.

use harness::Dialect::{V1, V2};
use harness::Method;

/// Every method that a check expects of a subject, by dialect.
pub const METHODS: &[Method] = &[
    asked(V1, "addConversationListener"),
    asked(V1, "archiveConversation"),
    asked(V1, "cancelLoginChatGpt"),
    asked(V1, "execOneOffCommand"),
    asked(V1, "forkConversation"),
    asked(V1, "getAuthStatus"),
    asked(V1, "getConversationSummary"),
    asked(V1, "getUserAgent"),
    asked(V1, "getUserSavedConfig"),
    asked(V1, "interruptConversation"),
    asked(V1, "listConversations"),
    asked(V1, "loginApiKey"),
    // It opens a port that the machine has once.
    unasked(V1, "loginChatGpt"),
    asked(V1, "logoutChatGpt"),
    asked(V1, "newConversation"),
    asked(V1, "removeConversationListener"),
    asked(V1, "resumeConversation"),
    asked(V1, "sendUserMessage"),
    asked(V1, "sendUserTurn"),
    asked(V1, "setDefaultModel"),
    asked(V1, "userInfo"),
    asked(V2, "account/login/cancel"),
    // The same port.
    unasked(V2, "account/login/start"),
    asked(V2, "account/logout"),
    asked(V2, "account/rateLimits/read"),
    asked(V2, "account/read"),
    asked(V2, "command/exec"),
    asked(V2, "command/exec/resize"),
    asked(V2, "command/exec/terminate"),
    asked(V2, "command/exec/write"),
    asked(V2, "config/batchWrite"),
    asked(V2, "config/mcpServer/reload"),
    asked(V2, "config/read"),
    asked(V2, "config/value/write"),
    asked(V2, "mcpServer/resource/read"),
    asked(V2, "mcpServer/tool/call"),
    asked(V2, "mcpServerStatus/list"),
    asked(V2, "model/list"),
    asked(V2, "review/start"),
    asked(V2, "thread/archive"),
    asked(V2, "thread/compact/start"),
    asked(V2, "thread/delete"),
    asked(V2, "thread/fork"),
    asked(V2, "thread/goal/clear"),
    asked(V2, "thread/goal/get"),
    asked(V2, "thread/goal/set"),
    asked(V2, "thread/inject_items"),
    asked(V2, "thread/items/list"),
    asked(V2, "thread/list"),
    asked(V2, "thread/loaded/list"),
    asked(V2, "thread/metadata/update"),
    asked(V2, "thread/name/set"),
    asked(V2, "thread/queue/add"),
    asked(V2, "thread/queue/delete"),
    asked(V2, "thread/queue/list"),
    asked(V2, "thread/queue/reorder"),
    asked(V2, "thread/queue/start"),
    asked(V2, "thread/queue/update"),
    asked(V2, "thread/read"),
    asked(V2, "thread/resume"),
    asked(V2, "thread/revert"),
    asked(V2, "thread/rollback"),
    asked(V2, "thread/search"),
    asked(V2, "thread/searchOccurrences"),
    asked(V2, "thread/settings/update"),
    asked(V2, "thread/start"),
    asked(V2, "thread/turns/list"),
    asked(V2, "thread/unarchive"),
    asked(V2, "thread/unsubscribe"),
    asked(V2, "turn/interrupt"),
    asked(V2, "turn/start"),
    asked(V2, "turn/steer"),
];

/// A method that does no harm when it is called without parameters.
const fn asked(dialect: harness::Dialect, name: &'static str) -> Method {
    Method { dialect, name, asked: true }
}

/// A method that may do something without parameters, and is not called to find out whether it is
/// there.
const fn unasked(dialect: harness::Dialect, name: &'static str) -> Method {
    Method { dialect, name, asked: false }
}
