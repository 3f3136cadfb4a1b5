//! Lines: each is one message, and nothing else is written to stdout.

use harness::{Conversation, Failure, Message, Result, observer};
use shown::printable;

/// The number of bytes of a line that a failure shows.
const SHOWN: usize = 200;

/// A server MUST write nothing to stdout but messages, one on each line.
#[observer(mcp, source = "Transports, stdio", faults(MCP_BANNER_ON_STDOUT, MCP_PRETTY_PRINTED))]
fn only_messages(conversation: &Conversation<'_>) -> Result {
    for (number, entry) in conversation.from_subject() {
        if let Message::Pollution(why) = &entry.message {
            let line = printable(&entry.line, SHOWN);
            return Err(Failure::mismatch(
                "a line on stdout",
                "a message",
                format!("{why}: {line}"),
            )
            .at_line(number));
        }
    }
    Ok(())
}
