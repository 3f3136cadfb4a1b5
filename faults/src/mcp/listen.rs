//! Subscriptions of the revision without sessions: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// A subscription is not acknowledged.
    MCP_LISTEN_UNACKNOWLEDGED,
    /// The acknowledgment of a subscription gives the id of its request as a text.
    MCP_SUBSCRIPTION_ID_AS_TEXT,
    /// The server agrees to notifications that nobody asked for.
    MCP_LISTEN_AGREES_TO_MORE,
    /// The server agrees to notifications that it does not have.
    MCP_LISTEN_AGREES_TO_EVERYTHING,
    /// A subscription without a filter is accepted.
    MCP_LISTEN_WITHOUT_FILTER,
    /// A notification of a subscription comes before its acknowledgment.
    MCP_NOTIFIES_BEFORE_ACKNOWLEDGING,
    /// Notifications of a subscription do not say which one they belong to.
    MCP_NOTIFIES_UNTAGGED,
    /// Subscriptions get notifications that they did not ask for.
    MCP_NOTIFIES_UNASKED,
    /// Every subscription is called by the id of the first.
    MCP_ONE_SUBSCRIPTION_ID,
    /// A second subscription ends the first.
    MCP_SECOND_LISTEN_ENDS_THE_FIRST,
    /// A cancelled subscription gets notifications.
    MCP_SUBSCRIPTION_OUTLIVES_CANCEL,
    /// A cancelled subscription is answered.
    MCP_CANCELLED_LISTEN_ANSWERED,
    /// A cancelled subscription ends the others.
    MCP_CANCEL_ENDS_ALL_SUBSCRIPTIONS,
    /// Nothing is answered while a subscription is open.
    MCP_LISTEN_BLOCKS,
}
