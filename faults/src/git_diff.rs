//! The faults of the chapter `git_diff`: what a server can do wrong with the changes of a repository.

use crate::fault::faults;

faults! {
    /// `gitDiffToRemote` leaves out what was committed since the commit of the remote.
    GIT_DIFF_SINCE_THE_LAST_COMMIT,
    /// `gitDiffToRemote` leaves out new files.
    GIT_DIFF_WITHOUT_NEW_FILES,
    /// `gitDiffToRemote` returns the last local commit instead of the commit that the remote has.
    GIT_COMMIT_IS_THE_LOCAL_ONE,
    /// `gitDiffToRemote` returns every file as new.
    GIT_DIFF_OF_THE_WHOLE,
    /// `gitDiffToRemote` returns an empty diff when there is no remote.
    GIT_DIFF_OF_NOTHING,
}
