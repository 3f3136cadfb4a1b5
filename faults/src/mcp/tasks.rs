//! Tasks: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server shows a task that there is not.
    MCP_UNKNOWN_TASK_IS_SHOWN,
    /// The error about a task that there is not has the code 404.
    MCP_UNKNOWN_TASK_HAS_ANOTHER_CODE,
    /// A plain call of a tool that has to be called as a task has a result.
    MCP_REQUIRED_TASK_NOT_NEEDED,
    /// A tool that cannot be called as a task is called as one.
    MCP_FORBIDDEN_TASK_IS_CREATED,
    /// A task does not say how long it is kept.
    MCP_TASK_WITHOUT_LIFETIME,
    /// A task has a status that does not exist.
    MCP_TASK_STATUS_UNKNOWN,
    /// The server gives the result of a task before the task has ended.
    MCP_TASK_RESULT_TOO_SOON,
    /// The result of a task does not say which task it is of.
    MCP_TASK_RESULT_UNRELATED,
    /// The result of a task is the state of the task.
    MCP_TASK_RESULT_IS_THE_TASK,
    /// A task that has ended gets another status.
    MCP_FINISHED_TASK_GOES_ON,
    /// The server accepts the cancellation of a task that has ended.
    MCP_FINISHED_TASK_CANCELLED,
    /// The server accepts the cancellation of a task, and the task goes on.
    MCP_CANCELLED_TASK_GOES_ON,
    /// A task is missing in the list of tasks.
    MCP_TASK_NOT_LISTED,
    /// The server lists tasks for a cursor that it never gave.
    MCP_BAD_CURSOR_OF_TASKS_SERVED,
    /// The server creates a task, and does not declare tasks.
    MCP_UNDECLARED_TASK_IS_CREATED,
}
