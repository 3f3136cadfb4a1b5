//! What a server can do wrong of the chapter `default_model`.

use crate::fault::faults;

faults! {
    /// An effort that setDefaultModel does not name stays.
    MISSING_MEMBER_KEPT,
    /// A model that is set without an effort gets a medium one.
    EFFORT_MADE_UP,
    /// The version that a batch expects is not looked at.
    BATCH_VERSION_UNCHECKED,
    /// Of a batch, only the last edit is made.
    BATCH_LAST_EDIT_ONLY,
    /// A batch without edits is refused.
    EMPTY_BATCH_REFUSED,
    /// A bad edit does not undo those before it.
    BATCH_NOT_ATOMIC,
    /// Edits of a batch that make no sense are left out.
    BATCH_SKIPS_BAD_EDITS,
    /// A config.toml that cannot be parsed counts as an empty one.
    BROKEN_CONFIG_IS_EMPTY,
    /// New clients are not told of a config.toml that cannot be parsed.
    BROKEN_CONFIG_UNSAID,
    /// A path counts as one key, dots and all.
    PATH_NOT_SPLIT,
    /// `upsert` appends to a list.
    LISTS_GROW,
    /// Null takes away every key of the table.
    NULL_EMPTIES_THE_TABLE,
    /// `replace` keeps the keys that it does not name.
    REPLACE_MERGES,
    /// A write to a table that does not exist is dropped.
    TABLES_NOT_MADE,
    /// Every request that names a file is refused.
    OWN_FILE_REFUSED,
    /// Numbers and truth values are written as texts.
    EVERYTHING_IS_TEXT,
    /// `upsert` drops the keys that it does not name.
    UPSERT_REPLACES,
    /// Where no effort is configured, the one that was at the start is used.
    CLEARED_EFFORT_STICKS,
    /// config.toml is read once, and whatever others write to it goes unnoticed.
    CONFIG_CACHED,
    /// Open conversations go on with a default model that is set meanwhile.
    DEFAULT_TAKEN_AT_ONCE,
    /// The model that one conversation asks for becomes the default.
    OVERRIDE_SAVED,
    /// A model asked for is ignored.
    MODEL_OVERRIDE_IGNORED,
    /// Conversations run with the configuration that the server was started with.
    DEFAULTS_FROM_THE_START,
    /// The model service is not told of the effort.
    EFFORT_NOT_ASKED_FOR,
    /// A config.toml that others may read stays so when it is changed.
    CONFIG_KEEPS_ITS_RIGHTS,
    /// A new config.toml can be read by everyone.
    CONFIG_WORLD_READABLE,
    /// A last line without an end is joined with the next.
    LAST_LINE_JOINED,
    /// A config.toml that is a link is replaced by a file.
    LINK_REPLACED,
    /// Without a config.toml, nothing that needs one is served.
    MISSING_CONFIG_REFUSED,
    /// Nothing is written when there is no config.toml yet.
    MISSING_FILE_NOT_MADE,
    /// A new key is written at the end of the file, into the last table.
    NEW_KEYS_LAST,
    /// The comment behind a value goes with the value.
    COMMENTS_BEHIND_LOST,
    /// Comments on lines of their own are dropped.
    COMMENTS_DROPPED,
    /// The whole configuration is written anew from what was understood of it.
    CONFIG_REWRITTEN,
    /// Line ends and tabs are taken out of a text.
    CONTROL_CHARACTERS_DROPPED,
    /// A text is put between quotes as it is.
    TEXTS_UNESCAPED,
    /// The temporary file is made first and stays when the write is refused.
    TEMPORARY_FILE_FIRST,
    /// The temporary file is copied and not removed.
    TEMPORARY_FILE_STAYS,
    /// Tables that the server does not know are dropped.
    UNKNOWN_KEYS_DROPPED,
    /// Two blank lines become one.
    BLANK_LINES_FOLDED,
    /// The keys of config.toml are sorted.
    KEYS_SORTED,
    /// setDefaultModel does not write the effort.
    EFFORT_NOT_SET,
    /// Changes of the configuration are remembered and not written.
    NEVER_SAVED,
    /// The configuration of a project never counts.
    PROJECT_CONFIG_IGNORED,
    /// What a project says is told as if it were the user's.
    PROJECT_ORIGIN_UNTOLD,
    /// The answer to a write does not say which file was written.
    WRITE_PATH_UNTOLD,
    /// The configuration of a project counts without the user's trust.
    UNTRUSTED_PROJECT_COUNTS,
    /// The layers are told unasked.
    LAYERS_ALWAYS_TOLD,
    /// The layers are not told even when they are asked for.
    LAYERS_UNTOLD,
    /// An origin does not say in which file the value stands.
    ORIGIN_WITHOUT_A_FILE,
    /// The origins of values in tables are not told.
    ORIGINS_NOT_NESTED,
    /// The version of the configuration never changes.
    ONE_VERSION,
    /// The answer to a write names the version that the file had before.
    VERSION_BEFORE_THE_WRITE,
    /// A cursor that makes no sense begins the list of models anew.
    BAD_MODEL_CURSOR_RESTARTS,
    /// Models are listed only when the network is there.
    MODELS_NEED_THE_NETWORK,
    /// The default model is listed twice.
    DEFAULT_MODEL_TWICE,
    /// No model is the default.
    NO_DEFAULT_MODEL,
    /// Every model whose name begins like the default's is a default.
    SEVERAL_DEFAULT_MODELS,
    /// The limit of a page of models is ignored.
    MODEL_LIMIT_IGNORED,
    /// The model at which a page ends is on neither page.
    MODEL_SKIPPED_BETWEEN_PAGES,
    /// The default effort of a model is none that the model supports.
    DEFAULT_EFFORT_UNSUPPORTED,
    /// Null empties the key instead of taking it away.
    NULL_EMPTIES,
    /// Null leaves the key as it is.
    NULL_IGNORED,
    /// A key that is cleared is forgotten until the next start, and stays in the file.
    NULL_NOT_SAVED,
    /// A write of the model clears the effort, which might not suit it.
    NEW_MODEL_CLEARS_EFFORT,
    /// The configuration that comes with a request is ignored.
    REQUEST_CONFIGURATION_IGNORED,
    /// A date is put between quotes.
    DATES_BECOME_TEXTS,
    /// Lists of tables are dropped.
    LISTS_OF_TABLES_DROPPED,
    /// A config.toml that is written can be read by everyone, whatever it was.
    CONFIG_OPENED,
    /// An override of a key in a table drops the other keys of the table.
    OVERRIDE_REPLACES_ITS_TABLE,
    /// A provider that is not configured is taken for OpenAI.
    UNKNOWN_PROVIDER_IS_OPENAI,
    /// The name of a profile is split at its dots.
    PROFILE_NAME_SPLIT,
    /// Defaults are set in every profile.
    EVERY_PROFILE_SET,
    /// Defaults are set in the profile and at the top of the file.
    PROFILE_AND_TOP,
    /// Defaults go past the profile.
    PROFILE_IGNORED,
    /// The saved configuration is told as the profile in force changes it.
    SAVED_IS_EFFECTIVE,
    /// The profiles are left out of the saved configuration.
    SAVED_PROFILES_UNTOLD,
    /// The settings of the sandbox are left out of the saved configuration.
    SAVED_SANDBOX_UNTOLD,
    /// A config.toml that is not there is created when it is read.
    READING_CREATES_THE_FILE,
    /// The effort is left out of the saved configuration.
    SAVED_EFFORT_UNTOLD,
    /// An effort that does not exist counts as null.
    BAD_EFFORT_CLEARS,
    /// What is written is not checked before.
    BAD_VALUES_WRITTEN,
    /// The refusal of a write has no code for clients.
    ERROR_CODE_UNTOLD,
    /// A write that expects another version is refused and made all the same.
    CONFLICT_WRITTEN,
    /// expectedVersion is not looked at.
    VERSION_UNCHECKED,
    /// A write without a path is accepted and does nothing.
    EMPTY_PATH_ACCEPTED,
    /// A way of merging that does not exist counts as `replace`.
    UNKNOWN_STRATEGY_REPLACES,
    /// A write to another file goes to the user's.
    FILE_PATH_IGNORED,
    /// A file that cannot be written to is created before it is refused.
    OTHER_FILE_CREATED,
    /// No version that is expected is ever the right one.
    EVERY_VERSION_CONFLICTS,
    /// A write that comes right after another one is dropped.
    WRITES_DEBOUNCED,
}
