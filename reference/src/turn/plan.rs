//! Plans that the model proposes in its message: told as items of their own, and cut out of the message.

use super::Running;
use crate::events::{Event, open_item};
use crate::fault::fault;
use crate::items::{Item, fresh_id};
use crate::settings::Mode;

const BEGIN: &str = "<proposed_plan>";
const END: &str = "</proposed_plan>";

/// What a message consists of.
#[derive(Debug, PartialEq, Eq)]
enum Piece {
    /// Words of the message itself.
    Said(String),
    Begin,
    Planned(String),
    End,
}

/// A message in which a plan may be, line by line.
#[derive(Debug, Default)]
pub(super) struct Reader {
    line: String,
    inside: bool,
    /// How much of the message was read, in bytes.
    read: usize,
}

impl Reader {
    fn feed(&mut self, text: &str) -> Vec<Piece> {
        self.read += text.len();
        let mut pieces = Vec::new();
        for part in text.split_inclusive('\n') {
            self.line.push_str(part);
            if part.ends_with('\n') {
                pieces.push(self.take());
            }
        }
        pieces
    }

    fn end(&mut self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        if !self.line.is_empty() {
            pieces.push(self.take());
        }
        if std::mem::take(&mut self.inside) {
            pieces.push(Piece::End);
        }
        self.read = 0;
        pieces
    }

    fn take(&mut self) -> Piece {
        let line = std::mem::take(&mut self.line);
        match (line.trim(), self.inside) {
            (BEGIN, false) => {
                self.inside = true;
                Piece::Begin
            }
            (END, true) => {
                self.inside = false;
                Piece::End
            }
            (_, true) => Piece::Planned(line),
            (_, false) => Piece::Said(line),
        }
    }
}

/// A message without its plans.
fn without(text: &str) -> String {
    let mut reader = Reader::default();
    let mut pieces = reader.feed(text);
    pieces.extend(reader.end());
    let said = pieces.into_iter().filter_map(|piece| match piece {
        Piece::Said(text) => Some(text),
        _ => None,
    });
    said.collect()
}

impl Running {
    /// Whether the model may propose plans.
    fn plans(&self) -> bool {
        self.thread.state().settings.mode == Mode::Plan || fault!(PLAN_IN_EVERY_MODE)
    }

    /// A piece of a message without what belongs to a plan, which is told.
    pub(super) fn unplanned(&self, delta: &str) -> String {
        if !self.plans() {
            return delta.to_owned();
        }
        let pieces = self.plan.borrow_mut().feed(delta);
        self.tell_plan(pieces)
    }

    /// The text of a whole message without its plans, of which the rest is told.
    pub(super) fn whole_unplanned(&self, text: String) -> String {
        if !self.plans() {
            return text;
        }
        let pieces = {
            let mut reader = self.plan.borrow_mut();
            let rest = text.get(reader.read..).unwrap_or_default();
            let mut pieces = reader.feed(rest);
            pieces.extend(reader.end());
            pieces
        };
        let said = self.tell_plan(pieces);
        self.tell_rest(&said);
        if fault!(PLAN_STAYS_IN_THE_MESSAGE) { text } else { without(&text) }
    }

    /// Tells the last words of a message.
    fn tell_rest(&self, said: &str) {
        let id = self.active.open.borrow().iter().rev().find_map(|item| match item {
            Item::Agent { id, .. } => Some(id.clone()),
            _ => None,
        });
        if let Some(item) = id.filter(|_| !said.is_empty()) {
            self.tell(&Event::AgentDelta { item: &item, text: said });
        }
    }

    /// Tells what is planned; what is said besides.
    fn tell_plan(&self, pieces: Vec<Piece>) -> String {
        let mut said = String::new();
        for piece in pieces {
            match piece {
                Piece::Said(text) => said.push_str(&text),
                Piece::Begin => {
                    let item = Item::Plan { id: fresh_id(), text: String::new() };
                    open_item(&self.server, &self.thread, &self.active, item);
                }
                Piece::Planned(text) => self.plan_delta(&text),
                Piece::End => self.plan_done(),
            }
        }
        said
    }

    fn plan_delta(&self, delta: &str) {
        let id = self.active.open.borrow_mut().iter_mut().rev().find_map(|item| match item {
            Item::Plan { id, text } => {
                text.push_str(delta);
                Some(id.clone())
            }
            _ => None,
        });
        if let Some(item) = id.filter(|_| !fault!(PLAN_DELTAS_LOST)) {
            self.tell(&Event::PlanDelta { item: &item, text: delta });
        }
    }

    fn plan_done(&self) {
        let is_plan = |item: &&Item| matches!(item, Item::Plan { .. });
        let open = self.active.open.borrow().iter().rfind(is_plan).cloned();
        let Some(item) = open else { return };
        if fault!(PLAN_NEVER_COMPLETED) {
            self.active.open.borrow_mut().retain(|open| open.id() != item.id());
            return;
        }
        self.complete(item);
    }
}

#[cfg(test)]
mod tests {
    use super::{Piece, Reader, without};

    #[test]
    fn a_plan_is_cut_out_wherever_the_pieces_end() {
        let text = "a\n<proposed_plan>\nb\n</proposed_plan>\nc";
        assert_eq!(without(text), "a\nc");
        for length in 1..text.len() {
            let mut reader = Reader::default();
            let chars: Vec<char> = text.chars().collect();
            let parts = chars.chunks(length).map(|part| part.iter().collect::<String>());
            let mut pieces: Vec<Piece> = parts.flat_map(|part| reader.feed(&part)).collect();
            pieces.extend(reader.end());
            let said = |text: &str| Piece::Said(text.to_owned());
            let planned = Piece::Planned("b\n".to_owned());
            assert_eq!(pieces, [said("a\n"), Piece::Begin, planned, Piece::End, said("c")]);
        }
    }
}
