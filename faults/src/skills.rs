//! The faults of the chapter `skills`: what a server can do wrong with skills.

use crate::fault::faults;

faults! {
    /// `skills/list` leaves out the skills of the home.
    SKILLS_OF_THE_HOME_UNLISTED,
    /// `skills/list` returns skills without their descriptions.
    SKILL_WITHOUT_ITS_DESCRIPTION,
    /// `skills/list` returns an entry for the first directory only.
    SKILLS_OF_ONE_DIRECTORY,
    /// `skills/list` leaves out directories that do not exist.
    SKILLS_OF_MISSING_DIRECTORIES_LEFT_OUT,
    /// `skills/list` ignores `forceReload`.
    SKILLS_NEVER_RELOADED,
    /// `skills/list` returns no skill when one of them is broken.
    BROKEN_SKILL_HIDES_OTHERS,
    /// `skills/list` does not report a broken skill.
    BROKEN_SKILL_UNREPORTED,
    /// `skills/list` returns a skill that was disabled as enabled.
    SKILL_STAYS_ENABLED,
    /// The server forgets which skills were disabled when it ends.
    SKILL_SETTING_FORGOTTEN,
    /// A skill that is enabled again leaves an entry in the configuration.
    SKILL_SETTING_LEFT_BEHIND,
    /// `skills/config/write` removes the comments from the configuration.
    SKILL_SETTING_REWRITES_THE_FILE,
    /// `skills/config/write` accepts a path and a name at once.
    SKILL_SELECTORS_UNCHECKED,
    /// The server ignores that a skill is disabled by its name.
    SKILL_NAMES_UNKNOWN,
    /// `skills/extraRoots/set` reports success but adds no directory.
    EXTRA_ROOTS_IGNORED,
    /// `skills/extraRoots/set` keeps the directories that were set before.
    EXTRA_ROOTS_STAY,
    /// The server does not send `skills/changed` after `skills/extraRoots/set`.
    EXTRA_ROOTS_UNTOLD,
    /// The server does not send the list of skills to the model.
    SKILLS_HIDDEN_FROM_THE_MODEL,
    /// The server does not send a skill in the user's input to the model.
    SKILL_INPUT_DROPPED,
}
