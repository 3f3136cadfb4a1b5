//! The faults of the chapter `project`: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server clears the roots of a project whose update names only other members.
    PROJECT_UPDATE_CLEARS_THE_REST,
    /// The server makes another project for each request with the same key.
    PROJECT_CREATED_TWICE,
    /// The server does not move a project.
    PROJECT_MOVE_FORGOTTEN,
    /// The server does not announce projects that change.
    PROJECT_CHANGES_UNTOLD,
    /// The server ignores the project of a request for a thread.
    PROJECT_OF_A_START_IGNORED,
    /// The server leaves threads in a project that was deleted.
    THREADS_KEEP_THEIR_PROJECT,
    /// The server creates a project without a name.
    PROJECT_WITHOUT_A_NAME,
}
