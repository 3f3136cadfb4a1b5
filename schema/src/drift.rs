//! What changed between two releases: messages, members, types and listed values, and whom that breaks.
//!
//! A change *breaks clients* if a client made for the first does not understand, or is not understood
//! by, a server of the second; it *breaks servers* if a server made for the first fails with a client
//! of the second. A request or notification that is new breaks nobody: a server refuses the request
//! that it does not have, and a client ignores the notification.

mod differ;
mod kinds;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::set::{Kind, Set};
use crate::shape::Shape;

use differ::Differ;

/// One release: its shapes, and those for clients that ask for experimental features, if it prints
/// these apart.
#[derive(Clone, Debug)]
pub struct Version {
    /// The shapes for every client.
    pub stable: Set,
    /// The shapes with experimental features.
    pub all: Option<Set>,
}

/// Whom a change breaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Breaks {
    /// A client made for the first release.
    pub clients: bool,
    /// A server made for the first release.
    pub servers: bool,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// The message, or the definition that several messages use: "request `thread/start`".
    pub place: String,
    /// What changed: "member `cwd` is required now".
    pub what: String,
    /// Whom it breaks.
    pub breaks: Breaks,
    /// Whether only clients that ask for experimental features see it.
    pub experimental: bool,
}

impl Breaks {
    /// Clients.
    pub const CLIENTS: Self = Self { clients: true, servers: false };
    /// Servers.
    pub const SERVERS: Self = Self { clients: false, servers: true };
    /// Neither.
    pub const NOTHING: Self = Self { clients: false, servers: false };

    /// Whether it breaks anything.
    pub fn anything(self) -> bool {
        self.clients || self.servers
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { clients: self.clients || other.clients, servers: self.servers || other.servers }
    }
}

impl fmt::Display for Breaks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.clients, self.servers) {
            (true, true) => "breaks clients and servers",
            (true, false) => "breaks clients",
            (false, true) => "breaks servers",
            (false, false) => "harmless",
        })
    }
}

/// Everything that changed, by place.
pub fn changes(before: &Version, after: &Version) -> Vec<Change> {
    let stable = of_sets(&before.stable, &after.stable);
    let whole = |version: &Version| version.all.clone();
    let (Some(old), Some(new)) = (whole(before), whole(after)) else {
        return sorted(stable.into_iter());
    };
    let all = of_sets(&old, &new);
    let known: BTreeSet<(&str, &str)> =
        stable.iter().map(|change| (change.place.as_str(), change.what.as_str())).collect();
    let more = all.iter().filter(|change| !known.contains(&(&change.place, &change.what)));
    let more: Vec<Change> =
        more.map(|change| Change { experimental: true, ..change.clone() }).collect();
    sorted(stable.into_iter().map(|change| moved(change, &old, &new)).chain(more))
}

/// A message that comes or goes for stable clients, and was or is there for others.
fn moved(mut change: Change, old: &Set, new: &Set) -> Change {
    for kind in Kind::ALL {
        for (set, what, told) in
            [(old, ADDED, "is no longer experimental"), (new, REMOVED, "is experimental now")]
        {
            let is_there =
                set.methods(kind).into_iter().any(|method| place(kind, method) == change.place);
            if change.what == what && is_there {
                told.clone_into(&mut change.what);
            }
        }
    }
    change
}

fn sorted(changes: impl Iterator<Item = Change>) -> Vec<Change> {
    let rank =
        |place: &str| ORDER.iter().position(|kind| place.starts_with(kind)).unwrap_or(ORDER.len());
    let mut all: Vec<Change> = changes.collect();
    all.sort_by(|a, b| (rank(&a.place), a).cmp(&(rank(&b.place), b)));
    all.dedup();
    all
}

/// The order of places: messages before definitions.
const ORDER: [&str; 6] =
    ["request", "server request", "notification", "client notification", "result", "error"];

/// Requests that releases answer although their schemas no longer list them.
const HIDDEN: [&str; 3] = ["getAuthStatus", "getConversationSummary", "gitDiffToRemote"];

const ADDED: &str = "added";
const REMOVED: &str = "removed";

/// A message in words.
fn place(kind: Kind, method: &str) -> String {
    match kind {
        Kind::Result => format!("result of `{method}`"),
        Kind::ServerResult => format!("result of the server request `{method}`"),
        Kind::Error => "error".to_owned(),
        Kind::Event => "event".to_owned(),
        kind => format!("{kind} `{method}`"),
    }
}

/// Whom it breaks that a message comes or goes.
fn of_message(kind: Kind, is_added: bool) -> Breaks {
    match (kind, is_added) {
        (Kind::Request | Kind::Notification | Kind::Event, true) => Breaks::NOTHING,
        (Kind::Request | Kind::Notification | Kind::Event, false) => Breaks::CLIENTS,
        (Kind::ServerRequest, true) => Breaks::CLIENTS,
        (Kind::ServerRequest | Kind::ClientNotification, false) => Breaks::SERVERS,
        _ => Breaks::NOTHING,
    }
}

fn of_sets(old: &Set, new: &Set) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut differ = Differ::new(old, new);
    for kind in Kind::ALL {
        // A result comes and goes with its request.
        let own = !matches!(kind, Kind::Result | Kind::ServerResult);
        let (before, after) = (old.methods(kind), new.methods(kind));
        for (methods, others, is_added) in [(&after, &before, true), (&before, &after, false)] {
            for method in methods.difference(others).filter(|_| own) {
                let is_hidden = kind == Kind::Request && !is_added && HIDDEN.contains(method);
                let (what, breaks) = match (is_added, is_hidden) {
                    (true, _) => (ADDED, of_message(kind, true)),
                    (_, true) => ("no longer listed; releases answer it still", Breaks::NOTHING),
                    _ => (REMOVED, of_message(kind, false)),
                };
                changes.push(Change {
                    place: place(kind, method),
                    what: what.to_owned(),
                    breaks,
                    experimental: false,
                });
            }
        }
        for method in before.intersection(&after) {
            let shapes = old.message(kind, method).zip(new.message(kind, method));
            if let Some((before, after)) = shapes {
                differ.compare(&place(kind, method), kind.is_of_server(), before, after);
            }
        }
    }
    changes.extend(differ.finish());
    changes
}

/// Where a definition is used: by which messages, and in which direction.
#[derive(Debug, Default)]
struct Uses {
    /// The messages whose parameters or result it is.
    direct: BTreeSet<String>,
    /// Whether servers send it.
    sent: bool,
    /// Whether servers receive it.
    received: bool,
}

/// The uses of every definition that messages of both sets have.
fn uses(old: &Set, new: &Set) -> BTreeMap<String, Uses> {
    let mut uses: BTreeMap<String, Uses> = BTreeMap::new();
    for set in [old, new] {
        for kind in Kind::ALL {
            for method in set.methods(kind) {
                // What only a new or an old message uses came or went with it.
                let is_in_both =
                    old.message(kind, method).is_some() && new.message(kind, method).is_some();
                let Some(shape) = set.message(kind, method).filter(|_| is_in_both) else {
                    continue;
                };
                let mut open: Vec<&str> = Vec::new();
                shape.names(&mut |name| open.push(name));
                if let [only] = direct(kind, shape).as_slice() {
                    uses.entry((*only).to_owned()).or_default().direct.insert(place(kind, method));
                }
                let mut seen: BTreeSet<&str> = open.iter().copied().collect();
                while let Some(name) = open.pop() {
                    let use_of = uses.entry(name.to_owned()).or_default();
                    use_of.sent |= kind.is_of_server();
                    use_of.received |= !kind.is_of_server();
                    if let Some(shape) = set.definition(name) {
                        shape.names(&mut |name| {
                            if seen.insert(name) {
                                open.push(name);
                            }
                        });
                    }
                }
            }
        }
    }
    uses
}

/// The names of the parameters of a message, or of a result.
fn direct(kind: Kind, shape: &Shape) -> Vec<&str> {
    let mut names = Vec::new();
    match (kind, shape) {
        (Kind::Result | Kind::ServerResult | Kind::Error | Kind::Event, shape) => {
            shape.names(&mut |name| names.push(name));
        }
        (_, Shape::Object(message)) => {
            if let Some(params) = message.members.get("params") {
                params.shape.names(&mut |name| names.push(name));
            }
        }
        _ => {}
    }
    names
}
