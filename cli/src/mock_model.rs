//! `proctor mock-model`: serves the scripted model alone, for manual tests.

use std::collections::BTreeMap;
use std::path::Path;

use mock_model::{MockModel, Script, says};
use shown::printable;

use crate::args::MockModelArgs;
use crate::exit_code::{HELD, Stop};
use crate::interrupt::Interrupt;
use crate::terminal;

/// The model's answer to everything if it has no script.
const NO_SCRIPT: &str =
    "This is a scripted model without a script; see `proctor mock-model --help`.";

/// Serves until Ctrl-C, then prints the requests.
pub(crate) fn serve(args: &MockModelArgs) -> Result<u8, Stop> {
    let script = match &args.script {
        Some(path) => read(path)?,
        None => Script::forever(says(NO_SCRIPT)),
    };
    let interrupt = Interrupt::listen()?;
    interrupt.block_on(async {
        let model = MockModel::bind(args.port).await.map_err(|error| {
            Stop::unable(format!("cannot listen on port {} of 127.0.0.1: {error}", args.port))
        })?;
        model.script(script);
        terminal::say(&format!("{}\n", model.base_url()))?;
        interrupt.cancelled().await;
        model.shutdown().await;
        terminal::say(&summary(&model))
    })?;
    Ok(HELD)
}

fn read(path: &Path) -> Result<Script, Stop> {
    let wrong = |error: &dyn std::fmt::Display| Stop::usage(format!("{}: {error}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| {
        Stop::usage(format!("cannot read the script {}: {error}", path.display()))
    })?;
    Script::from_json(&text).map_err(|error| wrong(&error))
}

/// The requests, counted by method, path and answer, and the number of unused replies.
fn summary(model: &MockModel) -> String {
    let mut asked: BTreeMap<String, usize> = BTreeMap::new();
    let journal = model.journal();
    for request in &journal {
        let line = format!("{} {}: {:?}", request.method(), request.path(), request.answer());
        *asked.entry(printable(line.as_bytes(), 400)).or_default() += 1;
    }
    let mut out =
        format!("{} requests; {} scripted replies left\n", journal.len(), model.replies_left());
    for (line, count) in asked {
        out.push_str(&format!("{count:>6}  {line}\n"));
    }
    out
}
