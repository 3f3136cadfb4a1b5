//! Answers in one piece, served by wiremock behind the front.
//!
//! wiremock keeps every request that it matches for its whole life, and its listener has a thread
//! of its own. So it is started for the first such answer and replaced after a few hundred.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::future;
use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http1;
use hyper::header::{CONNECTION, CONTENT_LENGTH, DATE, HOST, TRANSFER_ENCODING};
use hyper::{HeaderMap, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

/// The number of answers after which a wiremock is replaced: it keeps 6 to 8 kB for each.
const LIFETIME: usize = 200;

/// The wiremock of a service, if one was needed.
#[derive(Debug, Default)]
pub(crate) struct Whole(tokio::sync::Mutex<Option<Arc<Server>>>);

/// One answer, in the form of wiremock.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

type Templates = Arc<Mutex<HashMap<String, ResponseTemplate>>>;

#[derive(Debug)]
struct Server {
    mock: MockServer,
    /// By path; a template is removed when it is used.
    templates: Templates,
    ticket: Mutex<usize>,
}

impl Whole {
    /// Lets wiremock turn the template into an answer; takes as long as the template's delay.
    pub(crate) async fn answer(&self, template: ResponseTemplate) -> io::Result<Answer> {
        let (server, path) = self.ticket(template).await?;
        fetch(*server.mock.address(), path).await.map_err(io::Error::other)
    }

    async fn ticket(&self, template: ResponseTemplate) -> io::Result<(Arc<Server>, String)> {
        let mut current = self.0.lock().await;
        if let Some(server) = &*current
            && let Some(path) = server.ticket(&template)
        {
            return Ok((server.clone(), path));
        }
        let server = Arc::new(Server::start().await?);
        let path = server.ticket(&template).ok_or_else(|| io::Error::other("no ticket"))?;
        *current = Some(server.clone());
        Ok((server, path))
    }

    /// Ends the wiremock; its thread ends soon after.
    pub(crate) async fn stop(&self) {
        self.0.lock().await.take();
    }
}

impl Server {
    async fn start() -> io::Result<Self> {
        // Bound here, because wiremock would panic if no port is left.
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let mock =
            MockServer::builder().listener(listener).disable_request_recording().start().await;
        let templates = Templates::default();
        let respond = {
            let templates = templates.clone();
            move |request: &wiremock::Request| {
                let mut templates = templates.lock().unwrap_or_else(PoisonError::into_inner);
                templates
                    .remove(request.url.path())
                    .unwrap_or_else(|| ResponseTemplate::new(StatusCode::NOT_FOUND))
            }
        };
        Mock::given(any()).respond_with(respond).mount(&mock).await;
        Ok(Self { mock, templates, ticket: Mutex::new(0) })
    }

    /// Registers the template and returns the path to fetch it at; `None` at the end of its life.
    fn ticket(&self, template: &ResponseTemplate) -> Option<String> {
        let mut ticket = self.ticket.lock().unwrap_or_else(PoisonError::into_inner);
        *ticket += 1;
        if *ticket > LIFETIME {
            return None;
        }
        let path = format!("/{ticket}");
        let mut templates = self.templates.lock().unwrap_or_else(PoisonError::into_inner);
        templates.insert(path.clone(), template.clone());
        Some(path)
    }
}

async fn fetch(
    address: SocketAddr,
    path: String,
) -> Result<Answer, Box<dyn std::error::Error + Send + Sync>> {
    let socket = TcpStream::connect(address).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(socket)).await?;
    let request = hyper::Request::get(path)
        .header(HOST, address.to_string())
        .header(CONNECTION, "close")
        .body(Empty::<Bytes>::new())?;
    // Not a task of its own: a caller that drops the answer also drops this connection.
    let exchange = async move {
        let (head, body) = sender.send_request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        let mut headers = head.headers;
        for name in [CONNECTION, CONTENT_LENGTH, DATE, TRANSFER_ENCODING] {
            headers.remove(name);
        }
        Ok::<_, hyper::Error>(Answer { status: head.status, headers, body })
    };
    let (answer, _closed) = future::join(exchange, connection).await;
    Ok(answer?)
}
