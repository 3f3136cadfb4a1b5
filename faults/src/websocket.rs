//! The faults of the chapter `websocket`: what a server can do wrong with several clients.

use crate::fault::faults;

faults! {
    /// The server accepts requests on a new connection when another client has sent `initialize`.
    ONE_HANDSHAKE_FOR_ALL,
    /// The server sends the answers to a client on the connection of another one.
    ANSWERS_CROSS,
    /// The server sends the turns and items of every thread to all clients.
    TURNS_FOR_ALL_CLIENTS,
    /// The server goes on sending the turns of a thread to a client that has unsubscribed.
    UNSUBSCRIBED_CLIENT_HEARS_ON,
    /// The server sends nothing of a running turn to a second client that resumes its thread.
    JOINED_CLIENT_HEARS_NOTHING,
    /// The server ends a turn when the client that started it closes its connection.
    TURN_ENDS_WITH_ITS_CLIENT,
    /// The server ignores the answer to an approval from any client but the first.
    ONLY_THE_FIRST_CLIENT_ANSWERS,
    /// The server closes a connection as soon as 128 messages wait.
    CLOSED_WHEN_MANY_WAIT,
    /// The server drops messages when 128 wait.
    DROPS_WHEN_MANY_WAIT,
    /// The server closes the connection of a client that sends a binary frame.
    BINARY_FRAME_CLOSES,
    /// The server exits when a client sends a frame that is no object.
    GARBAGE_ENDS_THE_SERVER,
    /// The server drops frames of more than 256 KiB.
    LARGE_FRAME_DROPPED,
    /// The server does not answer a ping.
    PINGS_UNANSWERED,
    /// The server answers a ping with another payload.
    PONG_PAYLOAD_CHANGED,
    /// The server closes a connection on which a pong comes that it did not ask for.
    STRAY_PONG_CLOSES,
    /// The server reads each fragment of a message as a message.
    FRAGMENTS_ARE_MESSAGES,
    /// The server closes a connection on which a ping comes between the fragments of a message.
    PING_BETWEEN_FRAGMENTS_CLOSES,
    /// The server does not answer a close frame, and keeps the connection.
    CLOSE_UNANSWERED,
    /// The server answers a close frame with the end of the connection, without a close frame.
    CLOSE_WITHOUT_A_CLOSE,
    /// The server exits when a client closes its connection.
    CLOSE_ENDS_THE_SERVER,
    /// The server neither reads nor closes a connection on which a message of more than 16 MiB has come.
    HUGE_MESSAGE_HANGS,
    /// The server exits when a message of more than 16 MiB comes.
    HUGE_MESSAGE_ENDS_THE_SERVER,
}
