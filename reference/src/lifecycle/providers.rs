//! Which model provider a stored conversation ran with.

use crate::config_known::DEFAULT_PROVIDER;
use crate::fault::fault;
use crate::server::Server;
use crate::store::Summary;

/// The providers that a list is about: without a word about them, only the one in force.
pub(crate) fn wanted_providers(server: &Server, wish: Option<&[String]>) -> Vec<String> {
    let all = fault!(NO_FILTER_LETS_ALL_PASS);
    match wish {
        Some(providers) => providers.to_vec(),
        None if all => Vec::new(),
        None => server.configs.default_provider().into_iter().collect(),
    }
}

/// The model provider of a stored conversation.
pub(crate) fn provider_of(server: &Server, summary: &Summary) -> String {
    let fixed = fault!(PROVIDER_DEFAULTS_TO_OPENAI);
    match &summary.head.model_provider {
        Some(provider) => provider.clone(),
        None if fixed => DEFAULT_PROVIDER.to_owned(),
        None => server.configs.default_provider().unwrap_or_else(|| DEFAULT_PROVIDER.to_owned()),
    }
}

/// Whether a stored conversation passes a filter of model providers.
pub(crate) fn ran_with(server: &Server, summary: &Summary, providers: &[String]) -> bool {
    if server.thread(summary.id).is_none() && fault!(LISTS_WHAT_IS_LOADED) {
        return false;
    }
    if fault!(PROVIDER_FILTER_IGNORED) {
        return true;
    }
    let all = providers.is_empty() && !fault!(EMPTY_FILTER_STOPS_ALL);
    all || providers.contains(&provider_of(server, summary))
}
