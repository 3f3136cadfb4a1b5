//! The faults of the chapter `default_model`: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// `setDefaultModel` without an effort keeps the old effort.
    MISSING_MEMBER_KEPT,
    /// The server writes the effort `medium` when a request sets only a model.
    EFFORT_MADE_UP,
    /// The server ignores the `expectedVersion` of a batch.
    BATCH_VERSION_UNCHECKED,
    /// The server applies only the last edit of a batch.
    BATCH_LAST_EDIT_ONLY,
    /// The server rejects a batch without edits.
    EMPTY_BATCH_REFUSED,
    /// The server keeps the earlier edits of a batch whose later edit is invalid.
    BATCH_NOT_ATOMIC,
    /// The server skips the invalid edits of a batch instead of rejecting the batch.
    BATCH_SKIPS_BAD_EDITS,
    /// The server treats an invalid `config.toml` as an empty one.
    BROKEN_CONFIG_IS_EMPTY,
    /// The server does not warn new clients about an invalid `config.toml`.
    BROKEN_CONFIG_UNSAID,
    /// The server treats a dotted path as one key.
    PATH_NOT_SPLIT,
    /// `upsert` appends to a list instead of replacing it.
    LISTS_GROW,
    /// A null value removes every key of the table.
    NULL_EMPTIES_THE_TABLE,
    /// `replace` keeps the keys that the new value does not name.
    REPLACE_MERGES,
    /// The server drops a write to a table that does not exist.
    TABLES_NOT_MADE,
    /// The server rejects every write that names a file.
    OWN_FILE_REFUSED,
    /// The server writes numbers and booleans as strings.
    EVERYTHING_IS_TEXT,
    /// `upsert` drops the keys that the new value does not name.
    UPSERT_REPLACES,
    /// The server uses the effort from its start when no effort is configured any more.
    CLEARED_EFFORT_STICKS,
    /// The server reads `config.toml` only once and ignores later changes by other programs.
    CONFIG_CACHED,
    /// Open conversations switch to a default model that is set later.
    DEFAULT_TAKEN_AT_ONCE,
    /// The server saves the model that a conversation is started with as the default model.
    OVERRIDE_SAVED,
    /// The server ignores the model that a request names.
    MODEL_OVERRIDE_IGNORED,
    /// The server runs conversations with the configuration from its start.
    DEFAULTS_FROM_THE_START,
    /// The server does not send the effort to the model service.
    EFFORT_NOT_ASKED_FOR,
    /// The server keeps the mode of a `config.toml` that other users can read.
    CONFIG_KEEPS_ITS_RIGHTS,
    /// The server creates a `config.toml` that every user can read.
    CONFIG_WORLD_READABLE,
    /// The server joins a last line without a line end with the next one.
    LAST_LINE_JOINED,
    /// The server replaces a `config.toml` that is a symbolic link by a file.
    LINK_REPLACED,
    /// The server rejects requests that read the configuration when `config.toml` is missing.
    MISSING_CONFIG_REFUSED,
    /// The server does not write the configuration when `config.toml` is missing.
    MISSING_FILE_NOT_MADE,
    /// The server writes a new key at the end of the file, in the last table.
    NEW_KEYS_LAST,
    /// The server drops the comment after a value that it changes.
    COMMENTS_BEHIND_LOST,
    /// The server drops comments that have their own line.
    COMMENTS_DROPPED,
    /// The server rewrites the whole `config.toml` from the parsed values.
    CONFIG_REWRITTEN,
    /// The server drops line ends and tabs from a string.
    CONTROL_CHARACTERS_DROPPED,
    /// The server writes a string without escaping it.
    TEXTS_UNESCAPED,
    /// The server creates a temporary file first and leaves it when it rejects the write.
    TEMPORARY_FILE_FIRST,
    /// The server leaves the temporary copy of `config.toml` behind.
    TEMPORARY_FILE_STAYS,
    /// The server drops tables that it does not know.
    UNKNOWN_KEYS_DROPPED,
    /// The server replaces two blank lines by one.
    BLANK_LINES_FOLDED,
    /// The server sorts the keys of `config.toml`.
    KEYS_SORTED,
    /// `setDefaultModel` does not write the effort.
    EFFORT_NOT_SET,
    /// The server keeps configuration changes in memory and does not write them.
    NEVER_SAVED,
    /// The server always ignores the configuration of a project.
    PROJECT_CONFIG_IGNORED,
    /// The server reports a project's settings as the user's settings.
    PROJECT_ORIGIN_UNTOLD,
    /// The answer to a write does not name the written file.
    WRITE_PATH_UNTOLD,
    /// The server applies the configuration of a project that the user does not trust.
    UNTRUSTED_PROJECT_COUNTS,
    /// The server returns the layers without a request for them.
    LAYERS_ALWAYS_TOLD,
    /// The server does not return the layers on request.
    LAYERS_UNTOLD,
    /// An origin does not name the file of its value.
    ORIGIN_WITHOUT_A_FILE,
    /// The server does not return the origins of values in tables.
    ORIGINS_NOT_NESTED,
    /// The version of the configuration never changes.
    ONE_VERSION,
    /// The answer to a write has the version from before the write.
    VERSION_BEFORE_THE_WRITE,
    /// The server answers an invalid cursor with the first page of models.
    BAD_MODEL_CURSOR_RESTARTS,
    /// The server returns models only when the network is available.
    MODELS_NEED_THE_NETWORK,
    /// The default model is in the list twice.
    DEFAULT_MODEL_TWICE,
    /// No model is the default.
    NO_DEFAULT_MODEL,
    /// Every model whose name begins with the default model's name is a default.
    SEVERAL_DEFAULT_MODELS,
    /// The server ignores the limit for a page of models.
    MODEL_LIMIT_IGNORED,
    /// The server skips one model between two pages.
    MODEL_SKIPPED_BETWEEN_PAGES,
    /// A model's default effort is not among its supported efforts.
    DEFAULT_EFFORT_UNSUPPORTED,
    /// A null value empties the key instead of removing it.
    NULL_EMPTIES,
    /// The server ignores a null value.
    NULL_IGNORED,
    /// The server does not remove a cleared key from the file, only from memory.
    NULL_NOT_SAVED,
    /// A write of the model clears the effort.
    NEW_MODEL_CLEARS_EFFORT,
    /// The server ignores the configuration in a request.
    REQUEST_CONFIGURATION_IGNORED,
    /// The server writes a date as a string.
    DATES_BECOME_TEXTS,
    /// The server drops arrays of tables.
    LISTS_OF_TABLES_DROPPED,
    /// The server lets every user read a `config.toml` that it writes, even a private one.
    CONFIG_OPENED,
    /// An override of one key drops the other keys of its table.
    OVERRIDE_REPLACES_ITS_TABLE,
    /// The server treats a provider that is not configured as OpenAI.
    UNKNOWN_PROVIDER_IS_OPENAI,
    /// The server splits the name of a profile at its dots.
    PROFILE_NAME_SPLIT,
    /// The server sets defaults in every profile.
    EVERY_PROFILE_SET,
    /// The server sets defaults both in the profile and at the top of the file.
    PROFILE_AND_TOP,
    /// The server sets defaults at the top of the file instead of in the profile.
    PROFILE_IGNORED,
    /// The server reports the saved configuration with the values of the active profile.
    SAVED_IS_EFFECTIVE,
    /// The saved configuration omits the profiles.
    SAVED_PROFILES_UNTOLD,
    /// The saved configuration omits the sandbox settings.
    SAVED_SANDBOX_UNTOLD,
    /// The server creates a missing `config.toml` when it reads the configuration.
    READING_CREATES_THE_FILE,
    /// The saved configuration omits the effort.
    SAVED_EFFORT_UNTOLD,
    /// The server treats an unknown effort as null.
    BAD_EFFORT_CLEARS,
    /// The server writes a value without checking it.
    BAD_VALUES_WRITTEN,
    /// The error for a rejected write has no `config_write_error_code`.
    ERROR_CODE_UNTOLD,
    /// The server rejects a write with another `expectedVersion` but writes it anyway.
    CONFLICT_WRITTEN,
    /// The server ignores `expectedVersion`.
    VERSION_UNCHECKED,
    /// The server accepts a write with an empty path and writes nothing.
    EMPTY_PATH_ACCEPTED,
    /// The server treats an unknown merge strategy as `replace`.
    UNKNOWN_STRATEGY_REPLACES,
    /// The server applies a write to another file to the user's file.
    FILE_PATH_IGNORED,
    /// The server creates a file before it rejects the write to it.
    OTHER_FILE_CREATED,
    /// The server rejects every `expectedVersion`, even the current one.
    EVERY_VERSION_CONFLICTS,
    /// The server drops a write that follows another one within a second.
    WRITES_DEBOUNCED,
}
