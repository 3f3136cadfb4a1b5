//! A command line of the user: run at once, without the model, which hears of it later.

use std::collections::HashMap;
use std::rc::Rc;

use super::{Kind, Running};
use crate::events::{Event, complete_item, emit, open_item};
use crate::fault::fault;
use crate::history::text_message;
use crate::items::{Command, Item, Outcome, Progress, TurnError, fresh_id};
use crate::process::{self, OUTPUT_CAP, Spec};
use crate::server::Server;
use crate::threads::{Active, Thread};
use crate::tools::shell;

impl Running {
    /// A turn that is one command line.
    pub(super) async fn shell(&self, line: &str) -> Result<Outcome, TurnError> {
        run(&self.server, &self.thread, &self.active, line).await;
        // What the user has said meanwhile is still to be answered.
        if self.is_addressed() || fault!(SHELL_COMMAND_ASKS_THE_MODEL) {
            return self.converse().await;
        }
        Ok(Outcome::Completed)
    }
}

/// Runs a command line as an item of a turn.
pub(crate) async fn run(server: &Rc<Server>, thread: &Rc<Thread>, active: &Rc<Active>, line: &str) {
    let cwd = thread.state().settings.cwd.clone();
    let mut command = Command {
        id: fresh_id(),
        session: None,
        by_user: true,
        argv: shell::wrap(line),
        cwd: cwd.clone(),
        progress: Progress::Running,
        output: None,
        exit_code: None,
        duration: None,
    };
    open_item(server, thread, active, Item::Command(command.clone()));
    let argv = command.argv.clone();
    let spec = Spec { argv, cwd, env: HashMap::new(), limit: None, cap: OUTPUT_CAP };
    let said = match process::run(&spec).await {
        Ok(finished) => {
            let code = if fault!(SHELL_CODE_LOST) { 0 } else { finished.exit_code };
            command.progress = if code == 0 { Progress::Completed } else { Progress::Failed };
            command.exit_code = Some(code);
            command.duration = Some(finished.duration);
            if !finished.both.is_empty() && is_open(active, &command.id) {
                let output = Event::CommandOutput { item: &command.id, text: &finished.both };
                emit(server, thread, &active.id, &output);
            }
            let said = format!("Exit code: {code}\nOutput:\n{}", finished.both);
            command.output = Some(finished.both).filter(|_| !fault!(SHELL_OUTPUT_LOST));
            said
        }
        Err(error) => {
            command.progress = Progress::Failed;
            format!("failed to start the command: {error}")
        }
    };
    // The end of the turn that it joined may have come first, and has completed it.
    if active.kind == Kind::Shell || is_open(active, &command.id) {
        complete_item(server, thread, active, Item::Command(command));
    }
    if !fault!(SHELL_COMMAND_HIDDEN_FROM_THE_MODEL) {
        let text = format!(
            "<user_shell_command>\n<command>\n{line}\n</command>\n<result>\n{said}\n</result>\n</user_shell_command>"
        );
        thread.remember(text_message("user", &text));
    }
}

/// Whether the item has not been completed yet.
fn is_open(active: &Active, id: &str) -> bool {
    active.open.borrow().iter().any(|item| item.id() == id)
}
