//! Lists that come page by page: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// A page leads to itself.
    MCP_CURSOR_NEVER_ENDS,
    /// An entry of a list is on two pages.
    MCP_ENTRY_ON_TWO_PAGES,
    /// The cursor of the next page is a number.
    MCP_CURSOR_IS_A_NUMBER,
    /// The server gives the first page for a cursor that it never gave.
    MCP_BAD_CURSOR_SERVED,
    /// The server ends when a cursor is a number.
    MCP_CURSOR_OF_ANOTHER_TYPE_IS_FATAL,
}
