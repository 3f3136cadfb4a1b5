//! What a server does at its start that is nobody's wish.

use std::env;

/// Asks the proxy for a connection, as a server does that reports its use.
pub(crate) fn phone_home() {
    use std::io::Write;

    let proxy = env::var("HTTPS_PROXY").unwrap_or_default();
    let address = proxy.trim_start_matches("http://").trim_end_matches('/');
    if let Ok(mut stream) = std::net::TcpStream::connect(address) {
        let _ = stream.write_all(b"CONNECT telemetry.example:443 HTTP/1.1\r\n\r\n");
        let _ = std::io::read_to_string(stream);
    }
}
