//! Options of tokens that protect nothing: a server must not start with them.

use harness::{At, Context, Result, check, ensure};

use super::claims::{self, SECRET};
use super::{flags, protected, refuses, token};
use crate::rows::Rows;

/// What is wrong, the arguments, and what of them a reason names.
type Row = (&'static str, Vec<String>, String);

const TOKEN: &str = "capability-token";
const SIGNED: &str = "signed-bearer-token";
const SKEW: &str = "--ws-max-clock-skew-seconds";

/// Arguments that name a file.
fn of_file(mode: &str, option: &str, path: &str) -> Vec<String> {
    flags(&["--ws-auth", mode, option, path])
}

/// Arguments of both kinds of tokens with which a server knows none.
fn useless(cx: &Context) -> Result<Vec<Row>> {
    let padded = format!(" {}\n\n", &SECRET[..31]);
    let files = [
        ("an empty token file", TOKEN, "--ws-token-file", "empty", Some("")),
        ("a token file of blanks", TOKEN, "--ws-token-file", "blank", Some(" \n\n")),
        ("a token file that is missing", TOKEN, "--ws-token-file", "missing", None),
        ("an empty secret", SIGNED, "--ws-shared-secret-file", "empty", Some("")),
        ("a secret that is missing", SIGNED, "--ws-shared-secret-file", "missing", None),
        ("a secret of 1 byte", SIGNED, "--ws-shared-secret-file", "one", Some("x")),
        ("a secret of 31 bytes", SIGNED, "--ws-shared-secret-file", "short", Some(&SECRET[..31])),
        ("31 bytes and blanks", SIGNED, "--ws-shared-secret-file", "padded", Some(&padded)),
    ];
    let mut rows: Vec<Row> = Vec::new();
    for (what, mode, option, name, text) in files {
        let mut path = cx.home.work().join(name);
        if let Some(text) = text {
            path = token::write(cx, name, text)?;
        }
        let path = path.display().to_string();
        rows.push((what, of_file(mode, option, &path), path));
    }
    let directory = cx.home.work().display().to_string();
    let file = token::write(cx, "good", token::TOKEN)?.display().to_string();
    let named = |what, words: &[&str], name: &str| (what, flags(words), name.to_owned());
    rows.extend([
        ("a directory", of_file(TOKEN, "--ws-token-file", &directory), directory.clone()),
        named("no token file", &["--ws-auth", TOKEN], "--ws-token-file"),
        named("no secret", &["--ws-auth", SIGNED], "--ws-shared-secret-file"),
        named("another kind of tokens", &["--ws-auth", "any"], "--ws-auth"),
        named("a token, but no kind of tokens", &["--ws-token-file", &file], "--ws-auth"),
        named(
            "the file of the other kind",
            &["--ws-auth", SIGNED, "--ws-token-file", &file],
            "--ws-token-file",
        ),
        named(
            "a difference of clocks that is no number",
            &["--ws-auth", SIGNED, "--ws-shared-secret-file", &file, SKEW, "few"],
            SKEW,
        ),
    ]);
    Ok(rows)
}

/// Digests that are none.
fn no_digests() -> Vec<(&'static str, String)> {
    let good = token::hex();
    vec![
        ("an empty digest", String::new()),
        ("a digest that is too short", good[..62].to_owned()),
        ("a digest that is too long", format!("{good}00")),
        ("a digest with another letter", format!("{}z", &good[..63])),
        ("the token in place of its digest", token::TOKEN.to_owned()),
    ]
}

/// A server MUST exit with a code other than 0 when its options state how clients are checked, but not
/// completely.
#[check(
    v2(since = "0.120"),
    source = "app-server README, Protocol: --ws-auth; every release does",
    faults(
        SHORT_SECRET_ACCEPTED,
        EMPTY_TOKEN_ACCEPTED,
        MISSING_TOKEN_FILE_ACCEPTED,
        NO_TOKEN_FILE_ACCEPTED,
        TOKEN_WITHOUT_A_KIND_ACCEPTED,
        REFUSED_START_IS_A_SUCCESS
    )
)]
async fn a_server_that_cannot_check_its_clients_does_not_start(cx: &mut Context) -> Result {
    let good = token::file(cx, token::TOKEN)?;
    protected(cx, &good).await?;
    let mut rows = Rows::default();
    for (what, flags, _) in useless(cx)? {
        rows.judge(what, refuses(cx, At::ANY_PORT, &flags).await.map(|_| ()))?;
    }
    rows.end()
}

/// A server MUST exit with a code other than 0 when the digest of its token is not 64 hexadecimal
/// digits.
#[check(
    v2(since = "0.120"),
    source = "app-server README, Protocol: --ws-token-sha256; every release that has it does",
    faults(BAD_DIGEST_ACCEPTED)
)]
async fn a_server_with_a_bad_digest_does_not_start(cx: &mut Context) -> Result {
    protected(cx, &token::digest(&token::hex())).await?;
    let mut rows = Rows::default();
    for (what, digest) in no_digests() {
        let flags = token::digest(&digest);
        rows.judge(what, refuses(cx, At::ANY_PORT, &flags).await.map(|_| ()))?;
    }
    rows.end()
}

/// A server SHOULD name the option or the file on stderr because of which it does not start.
#[check(v2(since = "0.120"), source = "every release does", faults(REFUSED_START_HAS_NO_REASON))]
async fn the_reason_names_the_option_or_the_file(cx: &mut Context) -> Result {
    let good = claims::options(cx, &[])?;
    protected(cx, &good).await?;
    let mut rows = Rows::default();
    for (what, flags, name) in useless(cx)? {
        let server = refuses(cx, At::ANY_PORT, &flags).await?;
        let said = cx.server(server)?.said();
        let outcome = (|| {
            ensure!(said.contains(&name), "what the subject prints", name, said.trim());
            Ok(())
        })();
        rows.judge(what, outcome)?;
    }
    rows.end()
}
