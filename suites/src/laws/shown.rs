//! What answers show of the turns of a thread.

use serde_json::Value;

use super::story::words;

/// The turns of a thread, as one answer shows them.
#[derive(Debug)]
pub(super) struct Shown {
    /// The request, by its number.
    pub(super) request: usize,
    /// The event of the answer.
    pub(super) event: usize,
    /// The process.
    pub(super) process: usize,
    /// The thread.
    pub(super) thread: String,
    /// The type of the thread's status, where the answer has it.
    pub(super) status: Option<String>,
    /// The turns, oldest first.
    pub(super) turns: Vec<ShownTurn>,
    /// Whether the items of the turns are shown too.
    pub(super) has_items: bool,
}

/// A turn, as an answer shows it.
#[derive(Debug)]
pub(super) struct ShownTurn {
    /// Its id.
    pub(super) id: String,
    /// Its status.
    pub(super) status: String,
    /// Its items: id, type, and the words of a message.
    pub(super) items: Vec<(String, String, Option<String>)>,
}

impl Shown {
    /// The thread in a result, if it shows turns.
    pub(super) fn of(
        (request, event, process): (usize, usize, usize),
        thread: &Value,
    ) -> Option<Self> {
        let turns: Vec<_> = thread["turns"].as_array()?.iter().filter_map(turn).collect();
        let has_items = turns.iter().any(|turn| !turn.items.is_empty());
        Some(Self {
            request,
            event,
            process,
            thread: thread["id"].as_str()?.to_owned(),
            status: thread["status"]["type"].as_str().map(str::to_owned),
            turns,
            has_items,
        })
    }
}

fn turn(turn: &Value) -> Option<ShownTurn> {
    let items = turn["items"].as_array().into_iter().flatten();
    let item = |item: &Value| {
        let text = |name: &str| item[name].as_str().map(str::to_owned);
        Some((text("id")?, text("type")?, words(item)))
    };
    Some(ShownTurn {
        id: turn["id"].as_str()?.to_owned(),
        status: status(turn),
        items: items.filter_map(item).collect(),
    })
}

/// The status of a turn: a word, or an object with a type in the first releases.
pub(super) fn status(turn: &Value) -> String {
    let status = &turn["status"];
    let word = status.as_str().or_else(|| status["type"].as_str());
    word.unwrap_or_default().to_owned()
}

impl ShownTurn {
    /// The words of its messages of this type.
    pub(super) fn words<'t>(&'t self, kind: &'t str) -> impl Iterator<Item = &'t str> {
        let items = self.items.iter().filter(move |(_, of, _)| of == kind);
        items.filter_map(|(_, _, text)| text.as_deref())
    }
}
