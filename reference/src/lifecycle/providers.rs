//! Which model provider a stored conversation ran with.

use crate::config_known::DEFAULT_PROVIDER;
use crate::fault::fault;
use crate::server::Server;
use crate::store::Summary;

/// The providers that a list is about: without a word about them, only the one in force.
pub(crate) fn wanted_providers(server: &Server, wish: Option<&[String]>) -> Vec<String> {
    let all = fault!(
        "no-filter-lets-all-pass",
        "Without a filter, lists show the conversations of every provider.",
        ["resume::filters::the_configured_provider_without_a_wish"],
    );
    match wish {
        Some(providers) => providers.to_vec(),
        None if all => Vec::new(),
        None => server.configs.default_provider().into_iter().collect(),
    }
}

/// The model provider of a stored conversation.
pub(crate) fn provider_of(server: &Server, summary: &Summary) -> String {
    let fixed = fault!(
        "provider-defaults-to-openai",
        "A conversation that names no provider is taken for one with OpenAI, whatever is configured.",
        ["resume::filters::no_provider_means_the_configured_one"],
    );
    match &summary.head.model_provider {
        Some(provider) => provider.clone(),
        None if fixed => DEFAULT_PROVIDER.to_owned(),
        None => server.configs.default_provider().unwrap_or_else(|| DEFAULT_PROVIDER.to_owned()),
    }
}

/// Whether a stored conversation passes a filter of model providers.
pub(crate) fn ran_with(server: &Server, summary: &Summary, providers: &[String]) -> bool {
    if server.thread(summary.id).is_none()
        && fault!(
            "lists-what-is-loaded",
            "Lists hold only conversations that are loaded.",
            ["resume::listing::lists_after_a_restart", "resume::paging::newest_first"],
        )
    {
        return false;
    }
    if fault!(
        "provider-filter-ignored",
        "Lists show the conversations of every provider, whatever the filter.",
        ["resume::filters::by_provider", "resume::filters::pages_are_full"],
    ) {
        return true;
    }
    let all = providers.is_empty()
        && !fault!(
            "empty-filter-stops-all",
            "An empty filter of providers lets nothing pass.",
            ["resume::filters::an_empty_filter_lets_all_pass"],
        );
    all || providers.contains(&provider_of(server, summary))
}
