//! Resources and their templates: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server declares resources, and refuses to list them.
    MCP_RESOURCES_LIST_REFUSED,
    /// A resource in the list has no name.
    MCP_RESOURCE_WITHOUT_NAME,
    /// The URI of a resource has no scheme.
    MCP_URI_WITHOUT_SCHEME,
    /// Two resources have the same URI.
    MCP_URI_TWICE,
    /// The size of a resource is a text.
    MCP_RESOURCE_SIZE_IS_A_TEXT,
    /// The priority in the annotations of a resource is 5.
    MCP_PRIORITY_OUT_OF_RANGE,
    /// The list of templates has no templates member.
    MCP_TEMPLATES_MISSING,
    /// A template has no name.
    MCP_TEMPLATE_WITHOUT_NAME,
    /// The URI template of a template has a brace that is not closed.
    MCP_TEMPLATE_OPEN,
    /// A resource in the list cannot be read.
    MCP_LISTED_RESOURCE_CANNOT_BE_READ,
    /// The contents of a resource are both text and bytes.
    MCP_TEXT_AND_BLOB,
    /// The bytes of a resource are not base64.
    MCP_BLOB_IS_NOT_BASE64,
    /// A resource that there is not has empty contents.
    MCP_UNKNOWN_RESOURCE_IS_EMPTY,
    /// The error about a resource that there is not has the code 0.
    MCP_UNKNOWN_RESOURCE_HAS_CODE_ZERO,
    /// A path with dots leads out of the directory of a resource.
    MCP_READS_OUTSIDE,
    /// The server declares subscriptions, and refuses them.
    MCP_SUBSCRIBE_REFUSED,
    /// The server refuses the end of a subscription.
    MCP_UNSUBSCRIBE_REFUSED,
    /// The server reports a change of a resource that the client did not subscribe to.
    MCP_UPDATE_OF_ANOTHER_RESOURCE,
}
