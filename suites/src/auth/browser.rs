//! A minimal browser for logins: parses the login page's address and follows the redirect to the subject.

use std::time::Duration;

use harness::{Failure, OrInconclusive, Result, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long a server on loopback may take to answer the browser.
const PAGE: Duration = Duration::from_secs(10);

/// How much of an answer is read, in bytes: its first line is all that is looked at.
const ANSWER_CAP: usize = 4096;

/// An address, taken apart.
#[derive(Clone, Debug)]
pub struct Address {
    /// What comes before `://`.
    pub scheme: String,
    /// The host, and the port if it is named.
    pub host: String,
    /// From the first slash to the question mark.
    pub path: String,
    /// The parameters, decoded, in order.
    pub parameters: Vec<(String, String)>,
}

impl Address {
    /// Takes an address apart.
    pub fn parse(text: &str) -> Result<Self> {
        let bad = || {
            Failure::mismatch("an address", "scheme://host/path?parameters", format!("{text:?}"))
        };
        let (scheme, rest) = text.split_once("://").ok_or_else(bad)?;
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (host, path) = place.split_once('/').unwrap_or((place, ""));
        let parameters = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        });
        Ok(Self {
            scheme: scheme.to_owned(),
            host: host.to_owned(),
            path: format!("/{path}"),
            parameters: parameters.collect(),
        })
    }

    /// The parameter of this name, which must be there once.
    pub fn parameter(&self, name: &str) -> Result<&str> {
        let mut found = self.parameters.iter().filter(|(other, _)| other == name);
        match (found.next(), found.next()) {
            (Some((_, value)), None) => Ok(value),
            (first, _) => {
                let names: Vec<_> = self.parameters.iter().map(|(name, _)| name.as_str()).collect();
                let often = if first.is_some() { "more than one" } else { "none" };
                Err(Failure::mismatch(
                    format!("the parameter `{name}` of the page for the login"),
                    "one",
                    format!("{often} among {}", names.join(", ")),
                ))
            }
        }
    }

    /// The host without the port, and the port.
    pub fn endpoint(&self) -> Option<(&str, u16)> {
        let (host, port) = self.host.rsplit_once(':')?;
        Some((host, port.parse().ok()?))
    }
}

/// Undoes the escapes of a form: `%2F` and `+`.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let escaped = tail
            .get(..2)
            .filter(|_| first == b'%')
            .and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(escaped.unwrap_or(if first == b'+' { b' ' } else { first }));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Where the login sends the browser back to: the subject's own page on this machine.
pub fn way_back(login_url: &str) -> Result<Address> {
    let page = Address::parse(login_url)?;
    Address::parse(page.parameter("redirect_uri")?)
}

/// Comes back to the subject with these parameters; the status of the page that it shows.
pub async fn come_back(login_url: &str, query: &str) -> Result<u16> {
    let back = way_back(login_url)?;
    // Nothing but this machine is ever visited, whatever the subject says.
    let (_, port) = back.endpoint().ok_or_else(|| {
        Failure::mismatch(
            "the way back from the login",
            "a host and a port",
            format!("{:?}", back.host),
        )
    })?;
    let request = format!(
        "GET {}?{query} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
        back.path, back.host
    );
    match timeout(PAGE, visit(port, &request)).await {
        Ok(answer) => status_of(&answer?),
        Err(_) => Err(Failure::mismatch(
            "the way back from the login",
            "an answer to the browser",
            format!("none within {PAGE:?}"),
        )),
    }
}

async fn visit(port: u16, request: &str) -> Result<Vec<u8>> {
    let connected = TcpStream::connect(("127.0.0.1", port)).await;
    let mut socket = connected.map_err(|error| {
        Failure::mismatch(
            "the way back from the login",
            "a server that listens there",
            error.to_string(),
        )
    })?;
    socket.write_all(request.as_bytes()).await.or_inconclusive("asking the subject's page")?;
    let mut answer = Vec::new();
    // Some servers reset the connection behind their answer.
    let _ = socket.take(ANSWER_CAP as u64).read_to_end(&mut answer).await;
    Ok(answer)
}

fn status_of(answer: &[u8]) -> Result<u16> {
    let line = answer.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let status = line.strip_prefix("HTTP/1.").and_then(|rest| rest.split(' ').nth(1)?.parse().ok());
    ensure!(
        status.is_some(),
        "the response to the browser's redirect",
        "an HTTP answer",
        format!("{line:?}")
    );
    Ok(status.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{Address, status_of};

    #[test]
    fn an_address_is_taken_apart() {
        let text = "https://login.example/a/b?redirect_uri=http%3A%2F%2Flocalhost%3A7%2Fback&scope=a+b%20c&flag&odd=%zz";
        let address = Address::parse(text).unwrap();
        assert_eq!((address.scheme.as_str(), address.host.as_str()), ("https", "login.example"));
        assert_eq!(address.path, "/a/b");
        assert_eq!(address.parameter("scope").unwrap(), "a b c");
        assert_eq!(address.parameter("flag").unwrap(), "");
        assert_eq!(address.parameter("odd").unwrap(), "%zz");
        let back = Address::parse(address.parameter("redirect_uri").unwrap()).unwrap();
        assert_eq!(back.endpoint(), Some(("localhost", 7)));
    }

    #[test]
    fn a_parameter_must_be_there_once() {
        let address = Address::parse("http://h/?a=1&a=2").unwrap();
        assert!(address.parameter("a").unwrap_err().parts().observed.contains("more than one"));
        assert!(address.parameter("b").unwrap_err().parts().observed.contains("none"));
    }

    #[test]
    fn the_status_is_in_the_first_line() {
        assert_eq!(status_of(b"HTTP/1.1 404 Not Found\r\nA: b\r\n\r\n").unwrap(), 404);
        assert!(status_of(b"").is_err() && status_of(b"SSH-2.0-x\r\n").is_err());
    }
}
