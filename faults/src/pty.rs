//! The faults of the chapter `pty`: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// `command/exec` with `processId` ignores the time limit of the request.
    LIVE_LIMIT_IGNORED,
    /// The server starts a program only after the running one has ended.
    ONE_PROGRAM_AT_A_TIME,
    /// The server ignores SIGTERM as long as a client's program runs.
    IGNORES_SIGTERM_BESIDE_A_PROGRAM,
    /// The server ends a program but not the processes that the program started.
    ONLY_THE_SHELL_ENDS,
    /// The server ends a program by SIGTERM, which the program can ignore.
    PROGRAMS_ASKED_TO_END,
    /// `command/exec` with `processId` returns exit code 0 for every program.
    LIVE_CODE_LOST,
    /// A client's program outlives the connection.
    PROGRAMS_SURVIVE_THE_CONNECTION,
    /// After an interrupt, the model's sessions run on but the model cannot reach them.
    INTERRUPT_LOSES_SESSIONS,
    /// The server does not end the model's sessions when it archives their thread.
    ARCHIVE_LEAVES_SESSIONS,
    /// The server does not end the program of a session when the call that started it is
    /// interrupted.
    INTERRUPT_LEAVES_THE_SESSION,
    /// The server ignores SIGTERM as long as a session of the model runs.
    IGNORES_SIGTERM_IN_A_SESSION,
    /// A session of the model outlives the server.
    SESSIONS_SURVIVE_THE_SERVER,
    /// When stdin is closed, the server waits for the model's sessions to end.
    EOF_WAITS_FOR_SESSIONS,
    /// The server passes only the first 4 KiB of a write to the program.
    BIG_WRITES_CUT,
    /// The server ignores `closeStdin`.
    CLOSING_IGNORED,
    /// The server decodes a write as UTF-8 text, which changes other bytes.
    INPUT_THROUGH_TEXT,
    /// The server echoes a write in addition to the terminal's echo.
    ECHO_DOUBLED,
    /// Terminals do not echo their input.
    TERMINAL_WITHOUT_ECHO,
    /// The stdin of a program is closed although the request asks for `streamStdin`.
    INPUT_CLOSED_AT_ONCE,
    /// The server drops every tenth write to a program.
    TENTH_WRITE_LOST,
    /// A program's terminal is not its controlling terminal.
    TERMINAL_CONTROLS_NOTHING,
    /// The stdin of a program is open although the request does not ask for `streamStdin`.
    INPUT_ALWAYS_OPEN,
    /// The server drops writes to a program that has not written any output yet.
    EARLY_INPUT_LOST,
    /// The server decodes each piece of output as UTF-8 text, which changes other bytes.
    OUTPUT_THROUGH_TEXT,
    /// The server drops a program's output after the first 256 KiB.
    MUCH_OUTPUT_LOST,
    /// The server cuts each piece of output at its first zero byte.
    ZEROS_END_OUTPUT,
    /// The server does not mark output that it cut at its limit.
    CAP_UNSAID,
    /// The server ignores the output limit for streamed output.
    STREAM_CAP_IGNORED,
    /// `command/exec` with `processId` streams the output without a request for it.
    ALWAYS_STREAMED,
    /// The server repeats streamed output in the answer to `command/exec`.
    OUTPUT_REPEATED_WITH_THE_ANSWER,
    /// The server reports a program's end before the last of the program's output.
    ANSWER_BEFORE_THE_OUTPUT,
    /// The server holds back an incomplete line of output until the line ends.
    PROMPTS_HELD_BACK,
    /// The server reports a program's stderr as stdout.
    STREAMED_STDERR_IS_STDOUT,
    /// The server inserts a carriage return before each line feed of output.
    LINE_ENDS_DOUBLED,
    /// The server replaces each CR LF in output by LF.
    LINE_ENDS_UNIFIED,
    /// Terminals do not insert a carriage return before a line feed.
    TERMINAL_LEAVES_LINES,
    /// The server delays output and drops the rest when the program ends.
    LAST_OUTPUT_LOST,
    /// The server reports the output of every program under the id of the latest program.
    OUTPUT_OF_THE_LATEST,
    /// Every write, resize and termination goes to the latest program instead of the named one.
    WRITES_GO_TO_THE_LATEST,
    /// The server accepts a write without data and without `closeStdin`.
    WRITE_OF_NOTHING,
    /// The server accepts the `processId` of a running program for a second program.
    IDS_SHARED,
    /// The server accepts a write, resize or termination for a program that does not run.
    UNKNOWN_PROGRAMS_OBEY,
    /// The server accepts a terminal size with zero rows or columns.
    SIZE_OF_NOTHING,
    /// The server accepts a new size for a program without a terminal.
    PIPES_RESIZED,
    /// The server accepts a write to a closed stdin.
    WRITES_AFTER_CLOSING,
    /// The server accepts a write to a program without `streamStdin`.
    WRITES_WITHOUT_AN_INPUT,
    /// The server rejects the `processId` of an ended program for a new one.
    IDS_USED_UP,
    /// The server writes a value that is not base64 to the program unchanged.
    RUBBISH_WRITTEN,
    /// A tool call for an unknown session ends the turn.
    UNKNOWN_SESSION_ENDS_THE_TURN,
    /// The server drops the model's writes to a session.
    SESSION_INPUT_LOST,
    /// A session ends when the call that started it returns.
    SESSIONS_END_WITH_THEIR_CALL,
    /// The server forgets a session when the call that started it returns.
    SESSIONS_FORGOTTEN,
    /// The model's sessions end with the turn that started them.
    SESSIONS_END_WITH_THE_TURN,
    /// The item of a command does not contain the id of the command's session.
    SESSION_NUMBER_UNTOLD,
    /// The server does not report the end of a session to the client.
    SESSION_END_UNTOLD,
    /// The server does not report the model's writes to a session to the client.
    SESSION_INPUT_UNTOLD,
    /// The server does not report a session's output to the client.
    SESSION_OUTPUT_UNTOLD,
    /// The server reports exit code 0 to the model for every session.
    SESSION_CODE_LOST,
    /// The server sends earlier output of a session to the model again.
    OLD_OUTPUT_REPEATED,
    /// The model's writes go to the latest session instead of the named one.
    SESSIONS_MIXED_UP,
    /// The server accepts a new terminal size but does not apply it.
    RESIZE_IGNORED,
    /// Every terminal has 24 rows and 80 columns, even if the request has another size.
    FIRST_SIZE_IGNORED,
    /// The server swaps the rows and columns of every terminal.
    ROWS_AND_COLUMNS_SWAPPED,
    /// A terminal has zero rows and columns when the request has no size.
    TERMINALS_WITHOUT_A_SIZE,
    /// The stderr of a program at a terminal is a pipe.
    TERMINAL_STDERR_APART,
    /// `command/exec` with `processId` runs the program in the server's directory.
    LIVE_DIRECTORY_IGNORED,
    /// `command/exec` with `processId` ignores the environment variables of the request.
    LIVE_VARIABLES_IGNORED,
    /// A program with `tty` gets pipes instead of a terminal.
    TERMINAL_IS_A_PIPE,
    /// A program without `tty` gets a terminal.
    ALWAYS_A_TERMINAL,
}
