//! The page that the user is sent to for a ChatGPT login.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::fault::fault;
use crate::server::Server;

/// The page of one login.
pub(super) struct Page {
    /// Where it is.
    pub(super) url: String,
    /// What the browser must bring back.
    pub(super) state: String,
}

/// The page of a login whose browser comes back to `port`.
pub(super) fn of_login(server: &Server, port: u16) -> Page {
    let state = match fault!(LOGIN_STATE_FIXED) {
        true => "0123456789abcdef0123456789abcdef".to_owned(),
        false => Uuid::new_v4().simple().to_string(),
    };
    let mut parameters = vec![
        ("response_type", "code".to_owned()),
        ("client_id", "app_reference".to_owned()),
        ("redirect_uri", way_back(port)),
        ("scope", "openid profile email offline_access".to_owned()),
    ];
    parameters.extend(challenge());
    parameters.extend([
        ("id_token_add_organizations", "true".to_owned()),
        ("codex_cli_simplified_flow", "true".to_owned()),
        ("state", state.clone()),
        ("originator", server.client().map_or_else(String::new, |client| client.originator)),
    ]);
    parameters.extend(workspace(server).map(|id| ("allowed_workspace_id", id)));
    let query: Vec<String> =
        parameters.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
    let scheme = match fault!(LOGIN_PAGE_IN_THE_CLEAR) {
        true => "http",
        false => "https",
    };
    let url = format!("{scheme}://auth.openai.com/oauth/authorize?{}", query.join("&"));
    Page { url, state }
}

fn way_back(port: u16) -> String {
    let host = match fault!(LOGIN_WAY_BACK_ELSEWHERE) {
        true => "login.reference.invalid",
        false => "localhost",
    };
    format!("http://{host}:{port}/auth/callback")
}

/// What binds the code to whoever asked for it.
fn challenge() -> Vec<(&'static str, String)> {
    let verifier = match fault!(LOGIN_VERIFIER_FIXED) {
        true => "0123456789abcdef".repeat(4),
        false => format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple()),
    };
    if fault!(LOGIN_CHALLENGE_PLAIN) {
        return vec![("code_challenge", verifier), ("code_challenge_method", "plain".to_owned())];
    }
    let mut challenge = vec![
        ("code_challenge", URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier))),
        ("code_challenge_method", "S256".to_owned()),
    ];
    if fault!(LOGIN_VERIFIER_TOLD) {
        challenge.push(("code_verifier", verifier));
    }
    challenge
}

/// The workspace that the configuration asks for.
fn workspace(server: &Server) -> Option<String> {
    let workspace = server.configs.known().ok().and_then(|known| known.forced_chatgpt_workspace_id);
    match workspace {
        Some(_) if fault!(WORKSPACE_IGNORED) => None,
        None if fault!(WORKSPACE_MADE_UP) => Some(String::new()),
        workspace => workspace,
    }
}

fn escape(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
