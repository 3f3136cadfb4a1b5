//! A client of the Model Context Protocol: one set of steps for both eras.
//!
//! In the revisions up to 2025-11-25 a session is opened once for each process, by `initialize`. In
//! 2026-07-28 there is none: each request carries its version and the client's capabilities in
//! `_meta`. The steps here do what the revision of the check needs.

use std::time::Duration;

use harness::profile::SESSION;
use harness::{
    Context, Entry, Failure, Id, Kind, Message, Reply, Result, Revision, Ticket, code, request_meta,
};
use serde_json::{Map, Value, json};

/// The method that every modern server has.
pub const DISCOVER: &str = "server/discover";
/// The first request of a session.
pub const INITIALIZE: &str = "initialize";
/// The notification that ends the opening of a session.
pub const INITIALIZED: &str = "notifications/initialized";
/// The notification that cancels a request.
pub const CANCELLED: &str = "notifications/cancelled";
/// How long an answer may still take after a later request was answered.
const OVERTAKEN: Duration = Duration::from_millis(250);

/// What is known of the running process.
#[derive(Clone, Debug, Default)]
struct Known {
    /// The result of the request that opened the session.
    opened: Option<Value>,
    /// Whether something was asked but `server/discover`.
    asked: bool,
    /// The capabilities that the client declares.
    capabilities: Option<Value>,
    /// All pages of lists, by method.
    lists: Vec<(&'static str, Vec<Value>)>,
}

/// The steps of a client, for checks.
pub trait McpExt {
    /// The steps of a client in the revision of the check.
    fn mcp(&mut self) -> Mcp<'_>;
}

impl McpExt for Context {
    fn mcp(&mut self) -> Mcp<'_> {
        Mcp { cx: self }
    }
}

/// The steps of a client.
pub struct Mcp<'cx> {
    /// The world of the check.
    pub cx: &'cx mut Context,
}

/// A list that servers give, page by page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct List {
    /// The method that asks for it.
    pub method: &'static str,
    /// The member that holds its entries.
    pub member: &'static str,
    /// The capability that a server with such a list declares.
    pub capability: &'static str,
}

impl List {
    /// The tools.
    pub const TOOLS: Self = Self { method: "tools/list", member: "tools", capability: "tools" };
    /// The resources.
    pub const RESOURCES: Self =
        Self { method: "resources/list", member: "resources", capability: "resources" };
    /// The templates of resources.
    pub const TEMPLATES: Self = Self {
        method: "resources/templates/list",
        member: "resourceTemplates",
        capability: "resources",
    };
    /// The prompts.
    pub const PROMPTS: Self =
        Self { method: "prompts/list", member: "prompts", capability: "prompts" };
    /// All of them.
    pub const ALL: [Self; 4] = [Self::TOOLS, Self::RESOURCES, Self::TEMPLATES, Self::PROMPTS];
}

impl Mcp<'_> {
    /// The revision of the check.
    pub fn revision(&self) -> Revision {
        self.cx.dialect().revision().unwrap_or(Revision::NEWEST_LEGACY)
    }

    /// Whether the revision has no sessions.
    pub fn is_modern(&self) -> bool {
        self.revision().is_modern()
    }

    /// The parameters of `initialize` for a client with these capabilities.
    pub fn initialize_params(&self, capabilities: &Value) -> Value {
        json!({
            "protocolVersion": self.revision().name(),
            "capabilities": capabilities,
            "clientInfo": self.cx.client_info(),
        })
    }

    /// Sets the capabilities that the client declares; none by default. Must come before the first
    /// request to a process.
    ///
    /// # Errors
    ///
    /// If the subject cannot be started.
    pub fn declare(&mut self, capabilities: Value) -> Result {
        self.cx.known::<Known>()?.capabilities = Some(capabilities);
        Ok(())
    }

    /// Opens the session, unless it is open; a modern server is only started. Returns the answer to
    /// `initialize`, or null.
    ///
    /// # Errors
    ///
    /// If the server does not answer with a result, or with another version than the one that it gave
    /// when it was examined.
    pub async fn open(&mut self) -> Result<Value> {
        self.cx.needs(SESSION)?;
        let known = self.cx.known::<Known>()?.clone();
        if let Some(opened) = known.opened {
            return Ok(opened);
        }
        let mut opened = Value::Null;
        if !self.is_modern() {
            let capabilities = known.capabilities.unwrap_or_else(|| json!({}));
            let params = self.initialize_params(&capabilities);
            opened = self.cx.peer.call(INITIALIZE, params).await?;
            self.cx.peer.notify(INITIALIZED, Value::Null).await?;
        }
        self.cx.known::<Known>()?.opened = Some(opened.clone());
        Ok(opened)
    }

    /// Notes that a request of the check itself has opened the session, with this answer: the steps here
    /// go on in it.
    ///
    /// # Errors
    ///
    /// If the subject cannot be started.
    pub fn opened_with(&mut self, answer: &Value) -> Result {
        self.cx.known::<Known>()?.opened = Some(answer.clone());
        Ok(())
    }

    /// The parameters with what every request of the revision carries.
    fn dressed(&mut self, mut params: Value) -> Result<Value> {
        if !self.is_modern() {
            return Ok(params);
        }
        let capabilities = self.cx.known::<Known>()?.capabilities.clone();
        let own = request_meta(self.revision(), &capabilities.unwrap_or_else(|| json!({})));
        if params.is_null() {
            params = json!({});
        }
        if let (Some(members), Value::Object(own)) = (params.as_object_mut(), own) {
            let meta = members.entry("_meta").or_insert_with(|| json!({}));
            if let Some(meta) = meta.as_object_mut() {
                for (name, value) in own {
                    meta.entry(name).or_insert(value);
                }
            }
        }
        Ok(params)
    }

    /// Sends a request in the session, without waiting for the answer.
    ///
    /// # Errors
    ///
    /// If the session cannot be opened, or the server does not read.
    pub async fn send(&mut self, method: &str, params: Value) -> Result<Ticket> {
        let params = self.prepared(method, params).await?;
        self.cx.peer.send(method, params).await
    }

    /// Opens the session for this request, and returns what it carries.
    async fn prepared(&mut self, method: &str, params: Value) -> Result<Value> {
        self.open().await?;
        let params = self.dressed(params)?;
        self.cx.known::<Known>()?.asked |= method != DISCOVER;
        Ok(params)
    }

    /// Sends a request with this id in the session, without waiting for the answer.
    ///
    /// # Errors
    ///
    /// Those of [`Mcp::send`].
    pub async fn send_as(&mut self, id: Id, method: &str, params: Value) -> Result<Ticket> {
        let params = self.prepared(method, params).await?;
        self.cx.peer.send_as(id, method, params).await
    }

    /// Waits for the answer.
    ///
    /// # Errors
    ///
    /// If it does not come.
    pub async fn answer(&mut self, ticket: &Ticket) -> Result<Reply> {
        self.cx.peer.answer(ticket).await
    }

    /// Sends a request in the session, and waits for the answer: a result or an error.
    ///
    /// # Errors
    ///
    /// If none comes.
    pub async fn request(&mut self, method: &str, params: Value) -> Result<Reply> {
        let ticket = self.send(method, params).await?;
        self.answer(&ticket).await
    }

    /// Sends a request in the session, and waits for its result.
    ///
    /// # Errors
    ///
    /// If the answer is an error, or none comes.
    pub async fn call(&mut self, method: &str, params: Value) -> Result<Value> {
        self.request(method, params).await?.into_result()
    }

    /// Asks for something, if nothing was asked in this process without a session: some servers take the
    /// first message for a session's if it is no request.
    ///
    /// # Errors
    ///
    /// If the server does not answer.
    pub async fn settle_era(&mut self) -> Result {
        if !self.is_modern() || self.cx.known::<Known>()?.asked {
            return Ok(());
        }
        let declared = self.cx.declared().cloned().unwrap_or_default();
        let list = List::ALL.into_iter().find(|list| declared.has(list.capability));
        let method = list.map_or(DISCOVER, |list| list.method);
        self.request(method, Value::Null).await.map(|_| ())
    }

    /// Sends a notification in the session.
    ///
    /// # Errors
    ///
    /// If the server does not read.
    pub async fn notify(&mut self, method: &str, params: Value) -> Result {
        self.open().await?;
        self.settle_era().await?;
        self.cx.peer.notify(method, params).await
    }

    /// The method of a request that every server answers.
    pub fn barrier_method(&self) -> &'static str {
        if self.is_modern() { DISCOVER } else { "ping" }
    }

    /// The parameters of that request.
    ///
    /// # Errors
    ///
    /// If the subject cannot be started.
    pub fn barrier_params(&mut self) -> Result<Value> {
        self.dressed(Value::Null)
    }

    /// The method of the last request of the server that is not answered, if there is one.
    pub fn asked(&self) -> Option<String> {
        let its = |entries: &[Entry]| {
            let mut open: Vec<(Id, String)> = Vec::new();
            for entry in entries {
                match (&entry.message, entry.is_from_subject()) {
                    (Message::Request { id, method }, true) => {
                        open.push((id.clone(), method.clone()));
                    }
                    (Message::Response { id } | Message::Error { id }, false) => {
                        open.retain(|(asked, _)| asked != id);
                    }
                    _ => {}
                }
            }
            open.pop().map(|(_, method)| method)
        };
        self.cx.peer.look(its).flatten()
    }

    /// Sends a request that every server answers, and returns the answer: whatever was sent before
    /// has been read by then.
    ///
    /// # Errors
    ///
    /// If no result comes.
    pub async fn barrier(&mut self) -> Result<Value> {
        let method = self.barrier_method();
        self.call(method, Value::Null).await
    }

    /// The answer to an earlier request, if there is one: it has had its time when a later request is
    /// answered, and a little more.
    ///
    /// # Errors
    ///
    /// If the server ended, or does not answer the later request either.
    pub async fn answer_or_silence(&mut self, ticket: &Ticket) -> Result<Option<Reply>> {
        self.barrier().await?;
        self.answer_in(ticket, OVERTAKEN).await
    }

    /// The answer to a request, if it comes within this time.
    ///
    /// # Errors
    ///
    /// If the server has ended.
    pub async fn answer_in(&mut self, ticket: &Ticket, within: Duration) -> Result<Option<Reply>> {
        match self.cx.peer.answer_within(ticket, within).await {
            Ok(reply) => Ok(Some(reply)),
            Err(failure) if failure.kind() == Kind::Timeout => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// The entries of a list, of all pages, as this process gave them first.
    ///
    /// # Errors
    ///
    /// Those of [`Mcp::pages`].
    pub async fn list(&mut self, list: List) -> Result<Vec<Value>> {
        let pages = self.pages(list).await?;
        let entries = |page: &Value| page[list.member].as_array().cloned().unwrap_or_default();
        Ok(pages.iter().flat_map(entries).collect())
    }

    /// The results for all pages of a list, as this process gave them first, up to a page that was there
    /// before.
    ///
    /// # Errors
    ///
    /// Inconclusive if a page is not a result with an array; not offered if the server does not declare
    /// the list.
    pub async fn pages(&mut self, list: List) -> Result<Vec<Value>> {
        /// The number of pages after which a list counts as endless.
        const PAGES: usize = 1_000;
        if self.cx.declared().is_none_or(|declared| !declared.has(list.capability)) {
            return Err(Failure::not_offered(list.method));
        }
        let known = self.cx.known::<Known>()?;
        if let Some((_, pages)) = known.lists.iter().find(|(method, _)| *method == list.method) {
            return Ok(pages.clone());
        }
        let (mut pages, mut cursors): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
        while pages.len() < PAGES {
            let cursor = cursors.last();
            let params = cursor.map_or(Value::Null, |cursor| json!({ "cursor": cursor }));
            let page = self.page(list, params).await?;
            let next = page.get("nextCursor").filter(|cursor| !cursor.is_null()).cloned();
            pages.push(page);
            match next.filter(|cursor| !cursors.contains(cursor)) {
                Some(cursor) => cursors.push(cursor),
                None => break,
            }
        }
        self.cx.known::<Known>()?.lists.push((list.method, pages.clone()));
        Ok(pages)
    }

    /// One page of a list.
    ///
    /// That a list is refused is the matter of one check; the others cannot tell then.
    async fn page(&mut self, list: List, params: Value) -> Result<Value> {
        let reply = self.request(list.method, params).await?;
        let why = match (reply.error(), reply.result()) {
            // Servers without templates refuse their list, which the protocol allows.
            (Ok(error), _)
                if list == List::TEMPLATES && error.code == Some(code::METHOD_NOT_FOUND) =>
            {
                return Err(Failure::not_offered(list.method));
            }
            (Ok(error), _) => format!("the server refuses it: {error}"),
            (_, Ok(page)) if page[list.member].is_array() => return reply.into_result(),
            _ => format!("the answer has no array `{}`", list.member),
        };
        Err(Failure::inconclusive(format!("`{}`", list.method), why))
    }

    /// The tools that may be called, each with its arguments: those that are annotated as read-only,
    /// all with `--call-tools`, and those that `--call` names.
    ///
    /// # Errors
    ///
    /// Those of [`Mcp::list`].
    pub async fn callable(&mut self) -> Result<Vec<Callable>> {
        let tools = self.list(List::TOOLS).await?;
        let calls = self.cx.peer.settings().calls.clone();
        let callable = tools.into_iter().filter_map(|tool| {
            let name = tool["name"].as_str()?;
            let named = calls.named.iter().find(|(called, _)| called == name);
            let may = calls.all || tool["annotations"]["readOnlyHint"] == json!(true);
            let arguments = match named {
                Some((_, arguments)) => arguments.clone(),
                None if may => Value::Object(arguments(&tool["inputSchema"])),
                None => return None,
            };
            Some(Callable { name: name.to_owned(), tool, arguments })
        });
        Ok(callable.collect())
    }
}

/// A tool that may be called.
#[derive(Clone, Debug)]
pub struct Callable {
    /// Its name.
    pub name: String,
    /// Its entry in the list.
    pub tool: Value,
    /// Arguments that fit its schema.
    pub arguments: Value,
}

impl Callable {
    /// The parameters of `tools/call`.
    pub fn params(&self) -> Value {
        json!({ "name": self.name, "arguments": self.arguments })
    }
}

/// The smallest arguments that a schema accepts: those that are required, each with a small value.
pub(crate) fn arguments(schema: &Value) -> Map<String, Value> {
    let required = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
    let names = required.iter().filter_map(Value::as_str);
    names.map(|name| (name.to_owned(), small(&schema["properties"][name]))).collect()
}

/// A small value that a schema accepts, if it is one of the usual ones.
fn small(schema: &Value) -> Value {
    if let Some(value) = schema.get("const").or_else(|| schema.get("default")) {
        return value.clone();
    }
    for list in ["enum", "examples"] {
        if let Some(first) = schema[list].as_array().and_then(|values| values.first()) {
            return first.clone();
        }
    }
    for list in ["anyOf", "oneOf"] {
        if let Some(first) = schema[list].as_array().and_then(|schemas| schemas.first()) {
            return small(first);
        }
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.first().and_then(Value::as_str),
        kind => kind.as_str(),
    };
    match kind {
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or_else(|| json!(1)),
        Some("boolean") => json!(false),
        Some("array") => {
            let least = schema["minItems"].as_u64().unwrap_or(0);
            (0..least).map(|_| small(&schema["items"])).collect()
        }
        Some("object") => Value::Object(arguments(schema)),
        Some("null") => Value::Null,
        _ => {
            let least = schema["minLength"].as_u64().unwrap_or(1).clamp(1, 100);
            json!("a".repeat(usize::try_from(least).unwrap_or(1)))
        }
    }
}
