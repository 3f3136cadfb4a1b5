//! What comes with a request for a turn, and how such requests are answered.

use serde_json::Value;
use uuid::Uuid;

use crate::fault::fault;
use crate::message::Refusal;
use crate::outbox::Reply;
use crate::server::Server;
use crate::settings::TurnOverrides;
use crate::threads::{Active, Message, Thread};

/// The settings that come with a turn, without those that a defect ignores.
pub(super) fn heeded(overrides: &TurnOverrides) -> TurnOverrides {
    let mut heeded = overrides.clone();
    if fault!(
        "turn-directory-ignored",
        "The directory that comes with a turn is ignored.",
        ["turn::setting::the_directory_of_the_turn_counts"],
    ) {
        heeded.cwd = None;
    }
    if fault!(
        "turn-policy-ignored",
        "The policy that comes with a turn is ignored.",
        [
            "turn::setting::a_stricter_policy_of_the_turn_counts",
            "turn::setting::a_laxer_policy_of_the_turn_counts",
        ],
    ) {
        heeded.approval = None;
    }
    if fault!(
        "turn-model-ignored",
        "The model that comes with a turn is ignored.",
        ["turn::setting::the_model_of_the_turn_counts"],
    ) {
        heeded.model = None;
    }
    heeded
}

/// Lets the settings that come with a turn count in every thread, where a defect says so.
pub(super) fn spread(server: &Server, overrides: &TurnOverrides) {
    let policy = overrides.approval.filter(|_| {
        fault!(
            "turn-policy-in-every-thread",
            "The policy that comes with a turn counts in every thread.",
            ["turn::separate::the_policy_of_a_turn_stays_in_its_thread"],
        )
    });
    let model = overrides.model.as_ref().filter(|_| {
        fault!(
            "turn-model-in-every-thread",
            "The model that comes with a turn counts in every thread.",
            ["turn::separate::the_policy_of_a_turn_stays_in_its_thread"],
        )
    });
    for thread in server.threads() {
        let settings = &mut thread.state_mut().settings;
        if let Some(policy) = policy {
            settings.approval = policy;
        }
        if let Some(model) = model {
            settings.model.clone_from(model);
        }
    }
}

/// Lets a message wait until the model can hear it.
pub(super) fn wait(active: &Active, message: Message) {
    let mut inbox = active.inbox.borrow_mut();
    if fault!(
        "last-message-waits",
        "Of the messages that wait for the model only the last is kept.",
        ["turn::again::messages_that_wait_keep_their_order"],
    ) {
        inbox.clear();
    }
    match fault!(
        "messages-wait-in-reverse",
        "The messages that wait for the model are passed on in reverse.",
        ["turn::again::messages_that_wait_keep_their_order"],
    ) {
        true => inbox.push_front(message),
        false => inbox.push_back(message),
    }
}

/// The form that the answer of this turn is to have.
pub(super) fn schema(thread: &Thread, overrides: &TurnOverrides) -> Option<Value> {
    let mut state = thread.state_mut();
    let sticks = fault!(
        "answer-form-sticks",
        "The form of the answer that came with one turn is asked for in the next ones, too.",
        ["turn::setting::the_form_of_the_answer_reaches_the_model"],
    );
    if overrides.output_schema.is_some() || !sticks {
        state.schema.clone_from(&overrides.output_schema);
    }
    let ignored = fault!(
        "answer-form-ignored",
        "The form of the answer that comes with a turn is ignored.",
        ["turn::setting::the_form_of_the_answer_reaches_the_model"],
    );
    state.schema.clone().filter(|_| !ignored)
}

/// Answers the request for a turn.
pub(crate) fn answer(
    server: &Server,
    thread: Option<Uuid>,
    reply: Reply,
    outcome: Result<Value, Refusal>,
) {
    let active = thread.and_then(|id| server.thread(id)).and_then(|thread| thread.active());
    match (active, outcome) {
        (Some(active), Ok(result))
            if fault!(
                "turn-answered-at-its-end",
                "The request for a turn is answered when the turn has ended.",
                ["turn::is_answered_before_it_ends"],
            ) =>
        {
            active.late.borrow_mut().push((reply, result));
        }
        (_, outcome) => reply.send(outcome),
    }
}

/// Whether a defect takes turns for threads that do not exist.
pub(crate) fn heard_by_nobody() -> bool {
    fault!(
        "unknown-thread-taken",
        "A turn in a thread that does not exist is taken and forgotten.",
        ["turn::unknown::thread_of_a_turn_is_refused"],
    )
}

/// Whether a defect takes interruptions of threads that do not exist.
pub(crate) fn interrupts_nobody() -> bool {
    fault!(
        "unknown-thread-interrupted",
        "A request to interrupt a thread that does not exist succeeds.",
        ["turn::unknown::thread_of_an_interruption_is_refused"],
    )
}

/// Interrupts every thread, where a defect says so.
pub(crate) fn interrupt_others(server: &Server) {
    if fault!(
        "interrupts-every-thread",
        "Interrupting one turn interrupts those of all threads.",
        ["turn::interrupt::another_thread_goes_on"],
    ) {
        let active = server.threads().into_iter().filter_map(|thread| thread.active());
        active.for_each(|active| active.interrupt.fire());
    }
}
