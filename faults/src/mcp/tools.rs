//! Tools: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// A call of a tool that there is not succeeds.
    MCP_UNKNOWN_TOOL_SUCCEEDS,
    /// The error about a tool that there is not has the code of an internal error.
    MCP_UNKNOWN_TOOL_HAS_ANOTHER_CODE,
    /// The server declares tools, and refuses to list them.
    MCP_TOOLS_LIST_REFUSED,
    /// The server does not answer the tenth of many requests that come at once.
    MCP_ANSWER_LOST_IN_A_CROWD,
    /// The tools have another order each time they are listed.
    MCP_TOOLS_SHUFFLED,
    /// A tool in the list has no name.
    MCP_TOOL_WITHOUT_NAME,
    /// Two tools have the same name.
    MCP_TOOL_NAME_TWICE,
    /// The name of a tool contains a space.
    MCP_TOOL_NAME_HAS_SPACES,
    /// The input schema of a tool has no type.
    MCP_INPUT_SCHEMA_WITHOUT_TYPE,
    /// The input schema of a tool has a type that does not exist.
    MCP_INPUT_SCHEMA_INVALID,
    /// The output schema of a tool describes an array.
    MCP_OUTPUT_SCHEMA_IS_AN_ARRAY,
    /// The output schema of a tool has a minimum that is no number.
    MCP_OUTPUT_SCHEMA_INVALID,
    /// A hint in the annotations of a tool is a text.
    MCP_HINT_IS_A_TEXT,
    /// A tool lists a kind of support for tasks that does not exist.
    MCP_TASK_SUPPORT_UNKNOWN,
    /// A parameter of a tool has an empty name of a header.
    MCP_HEADER_NAME_EMPTY,
    /// A call that names no tool succeeds.
    MCP_BAD_CALL_SUCCEEDS,
    /// The error about a call that names no tool has the code of an internal error.
    MCP_BAD_CALL_HAS_ANOTHER_CODE,
    /// The server ends when a call has no arguments.
    MCP_ABSENT_ARGUMENTS_ARE_FATAL,
    /// A call without a required argument succeeds.
    MCP_BAD_ARGUMENTS_SUCCEED,
    /// The result of a call has no content.
    MCP_RESULT_WITHOUT_CONTENT,
    /// The result of a call has content of a type that does not exist.
    MCP_CONTENT_OF_UNKNOWN_TYPE,
    /// The member `isError` of a result is a text.
    MCP_IS_ERROR_IS_A_TEXT,
    /// The data of a picture in a result is not base64.
    MCP_PICTURE_IS_NOT_BASE64,
    /// A link to a resource in a result has no name.
    MCP_LINK_WITHOUT_NAME,
    /// The result of a tool with an output schema has no structured content.
    MCP_STRUCTURED_CONTENT_MISSING,
    /// The structured content of a result does not fit the output schema of the tool.
    MCP_STRUCTURED_CONTENT_DOES_NOT_FIT,
    /// A result has its structured content not as text.
    MCP_STRUCTURED_CONTENT_WITHOUT_TEXT,
    /// The server reads nothing while a call runs.
    MCP_CALLS_ONE_AT_A_TIME,
    /// A result embeds a resource, and the server does not declare resources.
    MCP_EMBEDS_UNDECLARED_RESOURCES,
}
