//! The faults of the chapter `inventory`: what a server can do wrong with its lists.

use crate::fault::faults;

faults! {
    /// Each page of a list but the first begins with the last entry of the page before.
    INVENTORY_PAGES_OVERLAP,
    /// An entry is missing between two pages of a list.
    INVENTORY_PAGES_SKIP,
    /// A list ignores the size of the page.
    INVENTORY_LIMIT_IGNORED,
    /// A list starts from the beginning when its cursor is invalid.
    INVENTORY_CURSOR_UNCHECKED,
    /// A list repeats its first entry at its end.
    INVENTORY_NAMED_TWICE,
    /// `configRequirements/read` returns requirements that are not configured.
    REQUIREMENTS_MADE_UP,
    /// `modelProvider/list` leaves out the configured provider.
    PROVIDER_UNLISTED,
    /// `modelProvider/list` ignores which provider the configuration names.
    DEFAULT_PROVIDER_IS_ANOTHER,
    /// `feedback/save` reports success without a file.
    FEEDBACK_UNSAVED,
    /// `feedback/save` accepts a relative path.
    FEEDBACK_SAVED_ANYWHERE,
    /// `threadSection/list` returns no sections.
    SECTION_UNLISTED,
    /// `threadSection/update` does not change the name.
    SECTION_RENAME_FORGOTTEN,
    /// `threadSection/delete` leaves the section in the list.
    SECTION_OUTLIVES_ITS_END,
    /// `threadSection/create` accepts a blank name.
    SECTION_WITHOUT_A_NAME,
    /// `thread/list` ignores `sectionId`.
    SECTION_FILTER_IGNORED,
    /// `thread/section/move` reports success but does not move the thread.
    SECTION_MOVE_FORGOTTEN,
    /// The server does not announce that a thread was moved to a section.
    SECTION_MOVE_UNTOLD,
    /// `thread/list` leaves out the threads of a section that was deleted.
    SECTION_ENDS_WITH_ITS_THREADS,
    /// `thread/section/move` accepts a section that does not exist.
    SECTION_MADE_UP,
}
