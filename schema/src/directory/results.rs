//! Which definition is the result of which request: the schemas do not say it, but name both alike.

use crate::set::{Kind, Set};
use crate::shape::Shape;

/// Requests whose result is called otherwise.
const OTHERWISE: &[(&str, &str)] = &[
    ("account/gatewayOAuth/cancel", "GatewayOAuthCancelResponse"),
    ("account/logout", "LogoutAccountResponse"),
    ("account/rateLimits/read", "GetAccountRateLimitsResponse"),
    ("account/securitySetup/read", "GetAccountSecuritySetupResponse"),
    ("account/usage/read", "GetAccountTokenUsageResponse"),
    ("account/workspaceMessages/read", "GetWorkspaceMessagesResponse"),
    ("accountSession/list", "AccountSessionsResponse"),
    ("addConversationListener", "AddConversationSubscriptionResponse"),
    ("config/batchWrite", "ConfigWriteResponse"),
    ("config/mcpServer/reload", "McpServerRefreshResponse"),
    ("config/value/write", "ConfigWriteResponse"),
    ("externalAgentConfig/import/readHistories", "ExternalAgentConfigImportHistoriesReadResponse"),
    ("modelProvider/default/set", "ConfigWriteResponse"),
    ("removeConversationListener", "RemoveConversationSubscriptionResponse"),
];

/// Adds the results of the requests whose result is known.
pub(super) fn name(set: &mut Set) {
    for (requests, results) in
        [(Kind::Request, Kind::Result), (Kind::ServerRequest, Kind::ServerResult)]
    {
        let methods: Vec<String> =
            set.methods(requests).iter().map(|name| (*name).to_owned()).collect();
        for method in methods {
            let known = of(set, requests, &method).filter(|name| set.definition(name).is_some());
            if let Some(result) = known {
                set.insert(results, &method, Shape::Named(result));
            }
        }
    }
}

/// The name of the result of a request.
fn of(set: &Set, kind: Kind, method: &str) -> Option<String> {
    if let Some((_, name)) = OTHERWISE.iter().find(|(known, _)| *known == method) {
        return Some((*name).to_owned());
    }
    let mut params = None;
    if let Some(Shape::Object(message)) = set.message(kind, method)
        && let Some(member) = message.members.get("params")
    {
        member.shape.names(&mut |name| params = name.split('~').next());
    }
    let by_params = params.and_then(|name| name.strip_suffix("Params"));
    let by_params = by_params.map(|stem| format!("{stem}Response"));
    let by_method = format!("{}Response", stem(method));
    by_params.into_iter().chain([by_method]).find(|name| set.definition(name).is_some())
}

/// `thread/name/set` as the beginning of a name: `ThreadNameSet`.
fn stem(method: &str) -> String {
    let words = method.split(['/', '_']);
    words
        .map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .map(|first| first.to_ascii_uppercase())
                .into_iter()
                .chain(letters)
                .collect::<String>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn a_method_begins_a_name() {
        assert_eq!(stem("thread/name/set"), "ThreadNameSet");
        assert_eq!(stem("thread/inject_items"), "ThreadInjectItems");
    }
}
