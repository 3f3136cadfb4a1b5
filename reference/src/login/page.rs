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
    let state = match fault!(
        "login-state-fixed",
        "Every login has the same state.",
        ["auth::chatgpt::state_and_challenge_are_fresh"],
    ) {
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
    let scheme = match fault!(
        "login-page-in-the-clear",
        "The page for the login is not asked for over TLS.",
        ["auth::chatgpt::a_login_has_an_id_and_a_page"],
    ) {
        true => "http",
        false => "https",
    };
    let url = format!("{scheme}://auth.openai.com/oauth/authorize?{}", query.join("&"));
    Page { url, state }
}

fn way_back(port: u16) -> String {
    let host = match fault!(
        "login-way-back-elsewhere",
        "The browser is to come back to another machine.",
        ["auth::chatgpt::the_way_back_is_on_this_machine"],
    ) {
        true => "login.reference.invalid",
        false => "localhost",
    };
    format!("http://{host}:{port}/auth/callback")
}

/// What binds the code to whoever asked for it.
fn challenge() -> Vec<(&'static str, String)> {
    let verifier = match fault!(
        "login-verifier-fixed",
        "Every login has the same verifier, and so the same challenge.",
        ["auth::chatgpt::state_and_challenge_are_fresh"],
    ) {
        true => "0123456789abcdef".repeat(4),
        false => format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple()),
    };
    if fault!(
        "login-challenge-plain",
        "The challenge of a login is the verifier itself.",
        ["auth::chatgpt::the_code_is_bound_by_a_challenge"],
    ) {
        return vec![("code_challenge", verifier), ("code_challenge_method", "plain".to_owned())];
    }
    let mut challenge = vec![
        ("code_challenge", URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier))),
        ("code_challenge_method", "S256".to_owned()),
    ];
    if fault!(
        "login-verifier-told",
        "The page for the login is told the verifier.",
        ["auth::chatgpt::the_code_is_bound_by_a_challenge"],
    ) {
        challenge.push(("code_verifier", verifier));
    }
    challenge
}

/// The workspace that the configuration asks for.
fn workspace(server: &Server) -> Option<String> {
    let workspace = server.configs.known().ok().and_then(|known| known.forced_chatgpt_workspace_id);
    match workspace {
        Some(_)
            if fault!(
                "workspace-ignored",
                "forced_chatgpt_workspace_id is ignored.",
                ["auth::forced::the_workspace_is_asked_for"],
            ) =>
        {
            None
        }
        None if fault!(
            "workspace-made-up",
            "A workspace is asked for although the configuration names none.",
            ["auth::forced::no_workspace_unless_forced"],
        ) =>
        {
            Some(String::new())
        }
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
