//! All shapes of one release: its messages by kind and method, and the definitions that they use.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use crate::lazy::Lazy;
use crate::shape::Shape;

/// A kind of message, or of a part of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A request of the client: the members beside its id and method.
    Request,
    /// The result of a request of the client.
    Result,
    /// A notification of the client.
    ClientNotification,
    /// A notification of the server.
    Notification,
    /// A request of the server.
    ServerRequest,
    /// The client's result of a request of the server.
    ServerResult,
    /// The member `error` of an answer.
    Error,
    /// The member `msg` of an event of the first dialect.
    Event,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Request,
        Self::Result,
        Self::ClientNotification,
        Self::Notification,
        Self::ServerRequest,
        Self::ServerResult,
        Self::Error,
        Self::Event,
    ];

    /// The name in the data: what stands before the method.
    pub(crate) fn mark(self) -> &'static str {
        match self {
            Self::Request => "request ",
            Self::Result => "result ",
            Self::ClientNotification => "client notification ",
            Self::Notification => "notification ",
            Self::ServerRequest => "server request ",
            Self::ServerResult => "server result ",
            Self::Error => "error ",
            Self::Event => "event ",
        }
    }

    /// Whether the server sends it.
    pub fn is_of_server(self) -> bool {
        !matches!(self, Self::Request | Self::ClientNotification | Self::ServerResult)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.mark().trim_end())
    }
}

/// All shapes of one release, or of a directory of schemas.
#[derive(Clone, Debug, Default)]
pub struct Set {
    /// Where they come from: a release, or a directory.
    pub name: String,
    shapes: BTreeMap<String, Arc<Lazy>>,
}

impl Set {
    /// No shapes yet.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), shapes: BTreeMap::new() }
    }

    /// Adds the shape of a message.
    pub fn insert(&mut self, kind: Kind, method: &str, shape: Shape) {
        self.define(format!("{}{method}", kind.mark()), Lazy::of_shape(shape).into());
    }

    /// Adds a definition by its name in the data.
    pub(crate) fn define(&mut self, name: String, shape: Arc<Lazy>) {
        self.shapes.insert(name, shape);
    }

    /// The shape of a message.
    pub fn message(&self, kind: Kind, method: &str) -> Option<&Shape> {
        self.definition(&format!("{}{method}", kind.mark()))
    }

    /// The definition of this name.
    pub fn definition(&self, name: &str) -> Option<&Shape> {
        self.shapes.get(name).map(|lazy| lazy.shape())
    }

    /// The methods of a kind.
    pub fn methods(&self, kind: Kind) -> BTreeSet<&str> {
        let names = self.shapes.keys().filter_map(|name| name.strip_prefix(kind.mark()));
        names.collect()
    }

    /// Every definition, by its name in the data.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &Arc<Lazy>)> {
        self.shapes.iter().map(|(name, shape)| (name.as_str(), shape))
    }

    /// Leaves out the definitions that no message uses.
    pub(crate) fn prune(&mut self) {
        let is_message = |name: &&str| Kind::ALL.iter().any(|kind| name.starts_with(kind.mark()));
        let mut open: Vec<&str> =
            self.shapes.keys().map(String::as_str).filter(is_message).collect();
        let mut used: BTreeSet<String> = open.iter().map(|name| (*name).to_owned()).collect();
        while let Some(name) = open.pop() {
            if let Some(shape) = self.shapes.get(name) {
                shape.shape().names(&mut |name| {
                    if used.insert(name.to_owned()) {
                        open.push(name);
                    }
                });
            }
        }
        self.shapes.retain(|name, _| used.contains(name));
    }
}
