//! The parts of a streamed reply on the wire: bytes, waits and a break.

use bytes::Bytes;
use serde_json::Value;

use crate::reply::Reply;

/// One step of the answer on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    /// Bytes that are flushed on their own: an event, or raw bytes of the script.
    Send(Bytes),
    /// Wait until the gate of this name is open.
    Hold(String),
    /// Break the connection.
    Cut,
}

impl Frame {
    /// A server-sent event with a name; `data` is JSON, so it has no line break.
    pub(crate) fn event(kind: &str, data: &Value) -> Self {
        Self::Send(format!("event: {kind}\ndata: {data}\n\n").into())
    }

    /// A server-sent event without a name.
    pub(crate) fn data(data: &str) -> Self {
        Self::Send(format!("data: {data}\n\n").into())
    }
}

/// Takes the gates before the first event: they withhold even the status line.
pub(crate) fn split_lead(frames: Vec<Frame>) -> (Vec<String>, Vec<Frame>) {
    let mut gates = Vec::new();
    let mut frames = frames.into_iter().peekable();
    while let Some(Frame::Hold(gate)) = frames.next_if(|frame| matches!(frame, Frame::Hold(_))) {
        gates.push(gate);
    }
    (gates, frames.collect())
}

/// Inserts the waits and the break that the reply sets by event count.
pub(crate) fn with_faults(frames: Vec<Frame>, reply: &Reply) -> Vec<Frame> {
    let is_event = |frame: &Frame| matches!(frame, Frame::Send(_));
    let total = frames.iter().filter(|frame| is_event(frame)).count();
    let cut_at = reply.cut_after.map(|events| events.min(total));
    let mut result = Vec::with_capacity(frames.len());
    let mut frames = frames.into_iter();
    for sent in 0..=total {
        let holds = reply.hold_after.iter().filter(|hold| hold.events.min(total) == sent);
        result.extend(holds.map(|hold| Frame::Hold(hold.name.clone())));
        if cut_at == Some(sent) {
            result.push(Frame::Cut);
            return result;
        }
        for frame in frames.by_ref() {
            let is_event = is_event(&frame);
            result.push(frame);
            if is_event {
                break;
            }
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::says;

    fn send(text: &'static str) -> Frame {
        Frame::Send(Bytes::from_static(text.as_bytes()))
    }

    fn hold(name: &str) -> Frame {
        Frame::Hold(name.to_owned())
    }

    #[test]
    fn faults_fall_after_the_given_number_of_events() {
        let frames = vec![send("a"), hold("own"), send("b"), send("c")];
        let reply = says("").hold_after(0, "first").hold_after(1, "second").cut_after(2);
        assert_eq!(
            with_faults(frames, &reply),
            [hold("first"), send("a"), hold("second"), hold("own"), send("b"), Frame::Cut],
        );
    }

    #[test]
    fn faults_past_the_end_fall_at_the_end() {
        let reply = says("").hold_after(9, "last").cut_after(9);
        assert_eq!(with_faults(vec![send("a")], &reply), [send("a"), hold("last"), Frame::Cut]);
    }

    #[test]
    fn gates_at_the_head_are_split_off() {
        let frames = vec![hold("first"), hold("second"), send("a"), hold("third")];
        let (gates, frames) = split_lead(frames);
        assert_eq!(gates, ["first", "second"]);
        assert_eq!(frames, [send("a"), hold("third")]);
    }

    #[test]
    fn an_event_has_its_name_and_one_line_of_data() {
        let data = serde_json::json!({ "type": "x", "text": "two\nlines" });
        assert_eq!(
            Frame::event("x", &data),
            send("event: x\ndata: {\"type\":\"x\",\"text\":\"two\\nlines\"}\n\n"),
        );
    }
}
