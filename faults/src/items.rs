//! The faults of the chapter `items`: what a server can do wrong with thoughts, images and headers.

use crate::fault::faults;

faults! {
    /// The server sends all deltas of a summary of reasoning as those of its first part.
    SUMMARY_PARTS_MERGED,
    /// The server does not announce the parts of a summary of reasoning.
    SUMMARY_PART_UNANNOUNCED,
    /// The server does not send the deltas of the reasoning itself.
    RAW_REASONING_UNTOLD,
    /// The server completes a thought without the reasoning itself.
    RAW_REASONING_NOT_COMPLETED,
    /// The server does not send the model an image file.
    LOCAL_IMAGE_NOT_SENT,
    /// The server shows the message of the user without its image file.
    LOCAL_IMAGE_NOT_SHOWN,
    /// The server rejects a turn whose image file is missing.
    MISSING_IMAGE_REFUSED,
    /// The server sends the model nothing for an image file that is missing.
    MISSING_IMAGE_PASSED_OVER,
    /// The server accepts an image with an `http` or `https` URL.
    REMOTE_IMAGE_TAKEN,
    /// The server does not announce the limits in the headers of an answer.
    LIMITS_OF_THE_ANSWER_UNTOLD,
    /// The server announces only the first window of the limits.
    SECOND_LIMIT_LOST,
    /// The server does not announce that another model answers.
    REROUTING_UNTOLD,
    /// The server announces another model when the requested one answers.
    REROUTED_TO_ITSELF,
}
