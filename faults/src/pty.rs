//! What a server can do wrong of the chapter `pty`.

use crate::fault::faults;

faults! {
    /// A program that is talked to has no limit, whatever was asked for.
    LIVE_LIMIT_IGNORED,
    /// A command waits until the program that runs has ended.
    ONE_PROGRAM_AT_A_TIME,
    /// SIGTERM is ignored while a program of a client runs.
    IGNORES_SIGTERM_BESIDE_A_PROGRAM,
    /// Of a program that is to end only the process itself is killed, and not what it has started.
    ONLY_THE_SHELL_ENDS,
    /// A program that is to end gets SIGTERM, which it may ignore.
    PROGRAMS_ASKED_TO_END,
    /// A program that was talked to has ended with code 0, always.
    LIVE_CODE_LOST,
    /// A program that a client has started goes on when the connection is closed.
    PROGRAMS_SURVIVE_THE_CONNECTION,
    /// When a turn is interrupted the model's sessions go on, out of its reach.
    INTERRUPT_LOSES_SESSIONS,
    /// The model's sessions go on when their thread is archived.
    ARCHIVE_LEAVES_SESSIONS,
    /// When the call is interrupted that began a session, its program goes on.
    INTERRUPT_LEAVES_THE_SESSION,
    /// SIGTERM is ignored while a session of the model goes on.
    IGNORES_SIGTERM_IN_A_SESSION,
    /// A session of the model goes on when the server has ended.
    SESSIONS_SURVIVE_THE_SERVER,
    /// When stdin is closed, the process waits for the sessions of the model to end.
    EOF_WAITS_FOR_SESSIONS,
    /// Of one write to a program no more than 4 KiB arrive.
    BIG_WRITES_CUT,
    /// Closing the input of a program has no effect.
    CLOSING_IGNORED,
    /// What is written to a program becomes text before it arrives.
    INPUT_THROUGH_TEXT,
    /// The server echoes what is written, as the terminal does.
    ECHO_DOUBLED,
    /// Terminals do not echo what is written to them.
    TERMINAL_WITHOUT_ECHO,
    /// A program whose input is to be streamed finds it closed.
    INPUT_CLOSED_AT_ONCE,
    /// Every tenth write to a program is lost.
    TENTH_WRITE_LOST,
    /// A program has a terminal that is not its controlling one.
    TERMINAL_CONTROLS_NOTHING,
    /// The input of a program is open that nobody can write to.
    INPUT_ALWAYS_OPEN,
    /// What is written to a program that has said nothing yet is lost.
    EARLY_INPUT_LOST,
    /// Each piece of output becomes text before it is encoded.
    OUTPUT_THROUGH_TEXT,
    /// Of output that comes fast what is beyond 256 KiB gets lost.
    MUCH_OUTPUT_LOST,
    /// A piece of output ends at its first zero byte.
    ZEROS_END_OUTPUT,
    /// It is not said that the output was cut at its cap.
    CAP_UNSAID,
    /// Output that is streamed has no cap, whatever was asked for.
    STREAM_CAP_IGNORED,
    /// The output of a program with an id is streamed, whether that is asked for or not.
    ALWAYS_STREAMED,
    /// Output that was streamed comes with the answer, too.
    OUTPUT_REPEATED_WITH_THE_ANSWER,
    /// A program's end is told before the last of its output.
    ANSWER_BEFORE_THE_OUTPUT,
    /// The beginning of a line is told when its end has come.
    PROMPTS_HELD_BACK,
    /// What a program writes to stderr is told as stdout.
    STREAMED_STDERR_IS_STDOUT,
    /// A carriage return is put before each end of a line that comes from a terminal.
    LINE_ENDS_DOUBLED,
    /// The ends of lines are told as bare line feeds.
    LINE_ENDS_UNIFIED,
    /// Terminals do not put a carriage return before the end of a line.
    TERMINAL_LEAVES_LINES,
    /// Output is told a little late, and not any more when the program has ended.
    LAST_OUTPUT_LOST,
    /// Output of any program is told as that of the one that was started last.
    OUTPUT_OF_THE_LATEST,
    /// Whatever is done to a program is done to the one that was started last.
    WRITES_GO_TO_THE_LATEST,
    /// A write that neither writes nor closes anything succeeds.
    WRITE_OF_NOTHING,
    /// A second program may have the id of one that still runs.
    IDS_SHARED,
    /// Whatever is done to a program that does not run succeeds.
    UNKNOWN_PROGRAMS_OBEY,
    /// A terminal may be resized to no rows or no columns.
    SIZE_OF_NOTHING,
    /// A program without a terminal can be resized.
    PIPES_RESIZED,
    /// A write to an input that was closed succeeds.
    WRITES_AFTER_CLOSING,
    /// A write to a program whose input is not streamed succeeds.
    WRITES_WITHOUT_AN_INPUT,
    /// The id of a program that has ended cannot be used again.
    IDS_USED_UP,
    /// What is no base64 is written as it is.
    RUBBISH_WRITTEN,
    /// A call about a session that there is not ends the turn.
    UNKNOWN_SESSION_ENDS_THE_TURN,
    /// What the model writes to a session gets lost.
    SESSION_INPUT_LOST,
    /// A program ends when the call that has started it returns.
    SESSIONS_END_WITH_THEIR_CALL,
    /// A session is forgotten when the call that began it returns.
    SESSIONS_FORGOTTEN,
    /// The model's sessions end with the turn in which they were begun.
    SESSIONS_END_WITH_THE_TURN,
    /// The client is not told the number of a session with the command that began it.
    SESSION_NUMBER_UNTOLD,
    /// The client is not told that a session has ended.
    SESSION_END_UNTOLD,
    /// The client is not told what the model writes to a session.
    SESSION_INPUT_UNTOLD,
    /// The client is not told what a session says.
    SESSION_OUTPUT_UNTOLD,
    /// The model is told that every session has ended with code 0.
    SESSION_CODE_LOST,
    /// The model is told again what a session has said before.
    OLD_OUTPUT_REPEATED,
    /// What the model writes goes to the session that was begun last.
    SESSIONS_MIXED_UP,
    /// A new size of a terminal is taken, and has no effect.
    RESIZE_IGNORED,
    /// Terminals have 24 rows and 80 columns, whatever is asked for.
    FIRST_SIZE_IGNORED,
    /// A terminal has as many rows as were asked for columns, and the other way round.
    ROWS_AND_COLUMNS_SWAPPED,
    /// A terminal for which no size is given has none.
    TERMINALS_WITHOUT_A_SIZE,
    /// A program at a terminal has a pipe for its stderr.
    TERMINAL_STDERR_APART,
    /// A program that is talked to runs in the directory of the server.
    LIVE_DIRECTORY_IGNORED,
    /// A program that is talked to has the variables of the server.
    LIVE_VARIABLES_IGNORED,
    /// A program that is to have a terminal has pipes.
    TERMINAL_IS_A_PIPE,
    /// A program has a terminal, whether it asks for one or not.
    ALWAYS_A_TERMINAL,
}
