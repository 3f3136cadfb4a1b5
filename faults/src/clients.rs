//! The faults of the chapter `clients`: what a server can do wrong with several clients of one thread.

use crate::fault::faults;

faults! {
    /// The server sends the pieces of a message to the first follower of a thread only.
    PIECES_FOR_THE_FIRST_FOLLOWER,
    /// The server sends what happens in a thread twice to its second follower.
    SECOND_FOLLOWER_HEARS_TWICE,
    /// The server puts a request for approval to the client that started the turn only.
    ONLY_THE_STARTER_IS_ASKED,
    /// The server puts a request for approval to each client under an id of its own.
    ASKED_UNDER_ANOTHER_ID,
    /// The server waits until each client that was asked has answered, and lets the last answer count.
    LAST_ANSWER_COUNTS,
    /// The server does not announce to the other clients that a request for approval was answered.
    RESOLVED_IN_SILENCE,
    /// The server denies a pending request for approval when one of its clients closes its connection.
    LEAVING_DENIES,
    /// The server refuses to interrupt a turn for a client that did not start it.
    ONLY_THE_STARTER_INTERRUPTS,
    /// The server keeps back from all clients the notifications that one of them does not want.
    OPT_OUT_FOR_ALL_CLIENTS,
    /// The server lets every client write to the programs of any other.
    PROGRAMS_OF_ALL_CLIENTS,
    /// The server sends the output of a program to all clients.
    OUTPUT_FOR_ALL_CLIENTS,
    /// The server names the first client in the user agent of every later one.
    USER_AGENT_OF_THE_FIRST_CLIENT,
}
