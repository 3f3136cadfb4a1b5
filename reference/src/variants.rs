//! The legal but unusual ways of the reference subject: a row each, with the reason why a server may do so.

pub(crate) use crate::mcp::variants::*;
use crate::variant::variants;

variants! {
    // No part of the protocol: it may be anything, and as much as one likes.
    /// The server writes a megabyte to stderr when it starts, with colours and bytes that are not
    /// text.
    TALKS_ON_STDERR,
    // A client that is told more than it knows ignores it, as servers do with clients: each release has more members
    // than the one before.
    /// Every object has an unknown member, at every depth.
    UNKNOWN_MEMBERS,
    // The published schema requires hardly any member that may be null; releases before 0.53 leave them out, and those
    // before 0.150 stamp no notification. That nobody is logged in is documented as a null, and a thread says of its
    // project that there is none.
    /// The server omits members that would be null and the time of sending.
    ABSENT_FOR_NULL,
    // The members of a JSON object have no order; real servers put `error` before `id` and `id` before `result`.
    /// The members of every object have the reverse of the usual order.
    MEMBERS_REVERSED.beside(TALKS_ON_STDERR),
    // RFC 8259, section 2: blanks may stand before and after every token. A line end may not, since it ends the message.
    /// Spaces and tabs surround every token of a message.
    BLANKS,
    // RFC 8259, section 7: any character may be escaped; encoders that keep to ASCII are common.
    /// The server escapes every slash and every character that is not ASCII.
    ASCII_ONLY.beside(UNKNOWN_NOTIFICATIONS),
    // As releases from 0.53 to 0.107 do to clients of the first dialect.
    /// Listeners of the first dialect also receive the notifications of the second.
    BOTH_DIALECTS,
    // From 0.130 on a state is told to each client as it comes, and nothing says that it comes after the answer to
    // initialize; warnings, limits and the start of MCP servers are told whenever they come.
    /// The server sends states, limits and warnings before the answer to `initialize` and in the
    /// middle of turns.
    MORE_NOTIFICATIONS,
    // Ids of turns and items are texts, and nothing more is promised; up to 0.98 turns are counted. An id of a thread is
    // a UUID; nothing says of which version.
    /// Thread ids are random, and turn and item ids are numbers in a string that are not the
    /// model's.
    OTHER_IDS.beside(UNKNOWN_MEMBERS),
    // Releases up to 0.98 write a rollout at once, and list it only when it has a message; those from 0.98 on keep
    // databases, skills and temporary files.
    /// A thread has its rollout at once, and the server keeps its own files in its home and its
    /// temporary directory.
    MORE_FILES,
    // JSON-RPC has -32601 and -32602 for what cannot be decoded, as releases from 0.113 on and MCP servers do in places;
    // and it leaves words and data open, which differ from release to release.
    /// The server answers unknown methods with -32601 and wrong parameters with -32602, and adds
    /// text and data to all errors.
    OTHER_ERRORS,
    // Which models there are is the server's affair, and a page may have fewer than the limit as long as a cursor leads
    // on.
    /// More models come before and after the usual ones, each on its own page.
    MORE_MODELS,
    // Cursors are opaque: what is in them, and how long they are, is the server's own affair.
    /// Cursors are long strings that hide their content.
    OPAQUE_CURSORS,
    // Clients ignore what they do not know: each release has notifications that the one before had not.
    /// Unknown notifications come before every answer, the first one with more than 256 kB.
    UNKNOWN_NOTIFICATIONS,
    // An id is a text or a 64-bit integer, as in JSON-RPC, and a client answers with the one that it got.
    /// Ids of the server's own requests alternate between strings and integers greater than 2^53.
    OTHER_REQUEST_IDS.beside(HELPER_PROCESSES),
    // As releases up to 0.150 do, which handle no signal; the children end all the same.
    /// SIGTERM ends the process as a signal, not with an exit code.
    DIES_OF_SIGTERM,
    // No document bounds any of it. Cold releases of 280 MB take seconds until their first answer, and one needs 466 ms
    // to end.
    /// The server waits 300 ms before its first answer, and 150 ms before answers about threads,
    /// models and accounts and before its exit.
    SLOW.waiting(),
    // Releases from 0.101 on work on several requests at a time.
    /// Later answers overtake the answers to some requests.
    ANSWERS_OUT_OF_ORDER,
    // No document says which comes first.
    /// Notifications come before the answer that they usually follow.
    NOTIFICATIONS_FIRST,
    // The form after the client's name is nobody's business: forks put in what they are.
    /// The user agent names another product and version and contains more text.
    ANOTHER_USER_AGENT,
    // A state may be told twice (0.107 says that a thread is idle when it is loaded, and so does each later change), a
    // client hears of threads that others work in, and each release has notifications and items that the one before had
    // not.
    /// The server sends unrelated messages between all others: repeated states, warnings, limits,
    /// unknown items and events, and a thread of another client.
    SOWS,
    // How a tool is called, and what it takes, is the server's own affair: the model is told with each request.
    /// The server offers the model `shell`, which accepts a list of words, as in releases up to
    /// 0.90.
    OFFERS_SHELL.beside(OTHER_ERRORS),
    /// The server offers the model `shell_command`, and `apply_patch` as a function.
    OFFERS_SHELL_COMMAND.beside(OPAQUE_CURSORS),
    /// The server offers the model the shell that is built into the model.
    OFFERS_LOCAL_SHELL.beside(MORE_MODELS),
    /// The server offers the model tools with names and members that no other server has.
    OFFERS_OWN_TOOLS.beside(BLANKS),
    // From 0.169 on the tools of an MCP server are in a namespace; before, its name is part of theirs.
    /// The server offers the model the tools of an MCP server in a namespace.
    OFFERS_NAMESPACES.beside(MORE_NOTIFICATIONS),
    // From 0.120 on they go on.
    /// The model's sessions end when a turn is interrupted, as in releases up to 0.101.
    INTERRUPT_ENDS_SESSIONS,
    // A pipe is a stream: nothing says which messages come by one write, or that a message comes by only one.
    /// The server writes its output every few milliseconds, many messages at a time.
    BATCHED_WRITES.beside(ABSENT_FOR_NULL),
    /// The server writes a line in pieces and cuts it even in the middle of characters.
    WRITTEN_IN_PIECES.beside(ANOTHER_USER_AGENT),
    // JSON lets blanks stand after a value, so the line without its LF is still one message.
    /// Every line ends with CR LF.
    CRLF.beside(MORE_FILES),
    // Many servers start others: language servers, version control, tools.
    /// The server starts a short program of its own in each turn and reaps it.
    HELPER_PROCESSES,
    // How a text is cut into pieces is the model's affair, or the server's.
    /// The server sends one delta for each character of a message.
    A_DELTA_FOR_EACH_CHARACTER.beside(OUTPUT_BYTE_BY_BYTE),
    // How output is cut into pieces is the pipe's affair, or the server's.
    /// The server sends short output of a program byte by byte.
    OUTPUT_BYTE_BY_BYTE,
    // The README has a kind for it, which no real release tells.
    /// The server reports a request that the model service rejects as `badRequest`.
    BAD_REQUESTS_NAMED.beside(INTERRUPT_ENDS_SESSIONS),
}
