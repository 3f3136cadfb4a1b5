//! The connections of the server: one over stdio, or any number over a WebSocket, and who follows which thread.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::Value;
use uuid::Uuid;

use super::client::Client;
use super::transport::Lines;
use crate::fault::fault;
use crate::faults;

/// The number of a connection.
pub(crate) type Number = usize;

/// Whom a message is for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum To<'a> {
    /// One connection.
    One(Number),
    /// Those that follow this thread.
    Followers(&'a str),
    /// All.
    All,
}

impl To<'_> {
    /// The thread that it is about, if it is for its followers.
    fn thread(&self) -> &str {
        match self {
            Self::Followers(thread) => thread,
            Self::One(_) | Self::All => "",
        }
    }
}

/// All connections.
#[derive(Debug, Default)]
pub(crate) struct Clients {
    open: RefCell<BTreeMap<Number, Connected>>,
    /// The one whose message is being handled.
    current: Cell<Number>,
    followers: RefCell<HashMap<String, BTreeSet<Number>>>,
}

#[derive(Debug)]
struct Connected {
    lines: Lines,
    client: Option<Client>,
    /// Notifications that the client does not want, by exact name.
    silenced: HashSet<String>,
}

impl Clients {
    pub(crate) fn join(&self, number: Number, lines: Lines) {
        let connected = Connected { lines, client: None, silenced: HashSet::new() };
        self.open.borrow_mut().insert(number, connected);
    }

    /// Forgets a connection; the threads that it followed.
    pub(crate) fn leave(&self, number: Number) -> Vec<String> {
        self.open.borrow_mut().remove(&number);
        let mut followers = self.followers.borrow_mut();
        let left = followers
            .iter_mut()
            .filter_map(|(thread, clients)| clients.remove(&number).then(|| thread.clone()));
        left.collect()
    }

    /// Forgets all connections: nothing leaves after this.
    pub(crate) fn close(&self) {
        self.open.borrow_mut().clear();
    }

    pub(crate) fn set_current(&self, number: Number) {
        self.current.set(number);
    }

    pub(crate) fn current(&self) -> Number {
        self.current.get()
    }

    /// Whether any is connected.
    pub(crate) fn are_there(&self) -> bool {
        !self.open.borrow().is_empty()
    }

    /// Whether several are connected.
    pub(crate) fn are_several(&self) -> bool {
        self.open.borrow().len() > 1
    }

    /// Whether the current one is the first of those that are open.
    pub(crate) fn is_first(&self) -> bool {
        self.open.borrow().keys().next() == Some(&self.current.get())
    }

    /// Those that follow a thread.
    pub(crate) fn followers(&self, thread: &str) -> BTreeSet<Number> {
        self.followers.borrow().get(thread).cloned().unwrap_or_default()
    }

    /// The client that came first, unless it is the current one.
    pub(crate) fn earlier(&self) -> Option<Client> {
        let open = self.open.borrow();
        let (number, first) = open.iter().next()?;
        first.client.clone().filter(|_| *number != self.current.get())
    }

    /// Who is at the other end of the current connection, if that is known.
    pub(crate) fn client(&self) -> Option<Client> {
        let open = self.open.borrow();
        let own = open.get(&self.current.get()).and_then(|one| one.client.clone());
        let any = || open.values().find_map(|one| one.client.clone());
        own.or_else(|| any().filter(|_| open.len() > 1 && fault!(ONE_HANDSHAKE_FOR_ALL)))
    }

    pub(crate) fn set_client(&self, client: Option<Client>) {
        if let Some(one) = self.open.borrow_mut().get_mut(&self.current.get()) {
            one.client = client;
        }
    }

    /// Takes what the current client does not want to hear.
    pub(crate) fn silence(&self, methods: impl IntoIterator<Item = String>) {
        if let Some(one) = self.open.borrow_mut().get_mut(&self.current.get()) {
            one.silenced.extend(faults::gates::unwanted(methods.into_iter()));
        }
    }

    /// Lets a connection follow a thread.
    pub(crate) fn follow(&self, thread: Uuid, number: Number) {
        let mut followers = self.followers.borrow_mut();
        let followers = followers.entry(thread.to_string()).or_default();
        if followers.is_empty() || !fault!(JOINED_CLIENT_HEARS_NOTHING) {
            followers.insert(number);
        }
    }

    /// Lets the current connection follow a thread no more; whether it did, and whether another one does.
    pub(crate) fn unfollow(&self, thread: Uuid) -> (bool, bool) {
        let mut followers = self.followers.borrow_mut();
        let followers = followers.entry(thread.to_string()).or_default();
        let (number, others) = (self.current.get(), followers.len() > 1);
        if others && fault!(UNSUBSCRIBED_CLIENT_HEARS_ON) {
            return (true, true);
        }
        (followers.remove(&number), !followers.is_empty())
    }

    /// Writes a line to those whom it is for, as far as they want it.
    pub(crate) fn write(&self, to: To<'_>, method: Option<&str>, line: &[u8]) {
        let followers = self.followers.borrow();
        let open = self.open.borrow();
        let only_one = open.len() == 1;
        let unwanted = |one: &Connected| method.is_some_and(|method| one.silenced.contains(method));
        let for_all = fault!(OPT_OUT_FOR_ALL_CLIENTS) && open.values().any(unwanted);
        for (number, one) in open.iter() {
            if for_all {
                return;
            }
            let times = faults::clients::times(method, to, followers.get(to.thread()), *number);
            let meant = match to {
                To::One(wanted) if fault!(ANSWERS_CROSS) && !only_one => *number != wanted,
                To::One(wanted) => *number == wanted,
                // Over stdio there is nobody else; who hears what is decided before.
                _ if *number == STDIO => true,
                To::Followers(_) if fault!(TURNS_FOR_ALL_CLIENTS) => true,
                To::Followers(thread) => {
                    followers.get(thread).is_some_and(|clients| clients.contains(number))
                }
                To::All => one.client.is_some(),
            };
            let silenced = method.is_some_and(|method| {
                one.silenced.contains(method) || faults::gates::is_kept_back(method, &one.silenced)
            });
            if meant && (!silenced || is_deaf_to_wishes()) {
                (0..times).for_each(|_| one.lines.send(line.to_vec()));
            }
        }
    }
}

/// The number of the connection over stdio.
pub(crate) const STDIO: Number = 0;

/// Whether a defect ignores what clients do not want to hear.
fn is_deaf_to_wishes() -> bool {
    fault!(OPT_OUT_IGNORED)
}

/// Whom a notification is for: what happens in a thread is for its followers, what becomes of it for all.
pub(crate) fn audience<'a>(method: &str, params: &'a Value) -> To<'a> {
    let of_all = method.starts_with("thread/") && method != "thread/tokenUsage/updated";
    match params["threadId"].as_str() {
        Some(thread) if !of_all => To::Followers(thread),
        _ => To::All,
    }
}
