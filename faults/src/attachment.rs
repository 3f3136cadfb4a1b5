//! The faults of the chapter `attachment`: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server forgets the payload of an attachment.
    ATTACHMENT_WITHOUT_ITS_PAYLOAD,
    /// The server does not remove an attachment.
    ATTACHMENT_STAYS,
    /// The server makes another attachment for each request with the same key.
    ATTACHMENT_ADDED_TWICE,
    /// The server lists the threads with an attachment of the type, whatever its key.
    OWNERS_OF_ANY_KEY,
    /// The server does not announce attachments that are created or deleted.
    ATTACHMENTS_UNTOLD,
    /// The server accepts attachments of unknown threads and without a type.
    ATTACHED_TO_NO_THREAD,
}
