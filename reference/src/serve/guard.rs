//! Who may open a connection to a port: clients with the token, with a signed one, or everybody.

use std::fs;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::signed::Signed;
use crate::args::{AuthFlags, Mode};
use crate::digest::sha256;
use crate::fault::fault;

/// The least number of bytes of a secret.
const SECRET: usize = 32;

/// Why nobody is let in: the options or the files that they name are no use.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    #[error("`--ws-auth` is required with any other option of tokens")]
    NoMode,
    #[error("`--ws-auth capability-token` needs `--ws-token-file` or `--ws-token-sha256`")]
    NoToken,
    #[error("`--ws-token-file` and `--ws-token-sha256` exclude each other")]
    TwoTokens,
    #[error("`--ws-auth signed-bearer-token` needs `--ws-shared-secret-file`")]
    NoSecret,
    #[error("`{0}` is of no use with this `--ws-auth`")]
    OtherMode(&'static str),
    #[error("`--ws-token-sha256` is no SHA-256 digest of 64 hexadecimal digits")]
    NoDigest,
    #[error("the file {} cannot be read: {why}", .path.display())]
    Unreadable { path: PathBuf, why: io::Error },
    #[error("the file {} is empty", .0.display())]
    Empty(PathBuf),
    #[error("the secret in {} has fewer than {SECRET} bytes", .0.display())]
    Short(PathBuf),
    #[error("{0} can be reached from other machines and needs `--ws-auth`")]
    Unprotected(SocketAddr),
    #[error("{} is in use by another server", .0.display())]
    InUse(PathBuf),
    #[error("{} is no socket", .0.display())]
    NoSocket(PathBuf),
}

/// What a client must show.
pub(super) enum Guard {
    Nothing,
    Token(Token),
    Signed(Signed),
}

/// A token, known by its digest, and by itself where a file holds it.
pub(super) struct Token {
    digest: String,
    token: Option<String>,
}

impl Guard {
    /// What the options ask for.
    pub(super) fn of(flags: &AuthFlags) -> Result<Self, Refused> {
        let AuthFlags { token_file, token_digest, secret_file, .. } = flags;
        let for_signed = secret_file.is_some()
            || flags.issuer.is_some()
            || flags.audience.is_some()
            || flags.skew.is_some();
        let for_token = token_file.is_some() || token_digest.is_some();
        match flags.mode {
            None if for_token && fault!(TOKEN_WITHOUT_A_KIND_ACCEPTED) => Ok(Self::Nothing),
            None if for_token || for_signed => Err(Refused::NoMode),
            None => Ok(Self::Nothing),
            Some(Mode::Capability) if for_signed => {
                Err(Refused::OtherMode("--ws-shared-secret-file"))
            }
            Some(Mode::Signed) if for_token => Err(Refused::OtherMode("--ws-token-file")),
            Some(Mode::Capability) => match (token_file, token_digest) {
                (Some(_), Some(_)) => Err(Refused::TwoTokens),
                (Some(path), None) => Self::of_file(path),
                (None, Some(digest)) => Token::of_digest(digest).map(Self::Token),
                (None, None) if fault!(NO_TOKEN_FILE_ACCEPTED) => Ok(Self::Nothing),
                (None, None) => Err(Refused::NoToken),
            },
            Some(Mode::Signed) => {
                let path = secret_file.as_ref().ok_or(Refused::NoSecret)?;
                let secret = read(path)?;
                if secret.len() < SECRET && !fault!(SHORT_SECRET_ACCEPTED) {
                    return Err(Refused::Short(path.clone()));
                }
                Ok(Self::Signed(Signed::new(secret, flags)))
            }
        }
    }

    fn of_file(path: &Path) -> Result<Self, Refused> {
        if !path.exists() && fault!(MISSING_TOKEN_FILE_ACCEPTED) {
            return Ok(Self::Nothing);
        }
        let token = read(path)?;
        if fault!(TOKEN_ON_STDERR) {
            let _ = writeln!(io::stderr(), "clients need {token}");
        }
        let digest = sha256(&token);
        Ok(Self::Token(Token { digest, token: Some(token) }))
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self, Self::Nothing)
    }

    /// Whether a client with this header, and this query in its address, may enter.
    pub(super) fn admits(&self, header: Option<&[u8]>, query: Option<&str>) -> bool {
        if self.is_open() {
            return true;
        }
        if fault!(TOKEN_IN_THE_ADDRESS)
            && let Some((_, token)) = query.and_then(|query| query.split_once('='))
        {
            return self.knows(token);
        }
        let Some(header) = header else { return fault!(NO_TOKEN_NEEDED) };
        let Ok(header) = std::str::from_utf8(header) else { return false };
        bearer(header).is_some_and(|token| self.knows(token))
    }

    fn knows(&self, token: &str) -> bool {
        match self {
            Self::Nothing => true,
            Self::Token(known) => known.is(token),
            Self::Signed(signed) => signed.admits(token).is_some(),
        }
    }
}

impl Token {
    fn of_digest(digest: &str) -> Result<Self, Refused> {
        let is_digest = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_digest && !fault!(BAD_DIGEST_ACCEPTED) {
            return Err(Refused::NoDigest);
        }
        let digest =
            if fault!(DIGEST_CASE_MATTERS) { digest.to_owned() } else { digest.to_lowercase() };
        Ok(Self { digest, token: None })
    }

    fn is(&self, given: &str) -> bool {
        if fault!(ANY_TOKEN_ACCEPTED) || (given == self.digest && fault!(DIGEST_IS_A_TOKEN)) {
            return true;
        }
        let is_like = |like: fn(&str, &str) -> bool| {
            self.token.as_ref().is_some_and(|token| !given.is_empty() && like(token, given))
        };
        if is_like(|token, given| token.starts_with(given)) && fault!(TOKEN_BEGINNING_ACCEPTED) {
            return true;
        }
        if is_like(|token, given| given.starts_with(token)) && fault!(LONGER_TOKEN_ACCEPTED) {
            return true;
        }
        if is_like(str::eq_ignore_ascii_case) && fault!(TOKEN_CASE_IGNORED) {
            return true;
        }
        // Of digests nothing can be learned from the time that it takes.
        sha256(given) == self.digest
    }
}

/// The token in a header, if that is of the right scheme.
fn bearer(header: &str) -> Option<&str> {
    let scheme = header.split(' ').next()?;
    let token = header[scheme.len()..].trim();
    let is_bearer = if fault!(SCHEME_CASE_MATTERS) {
        scheme == "Bearer"
    } else {
        scheme.eq_ignore_ascii_case("bearer") || fault!(ANY_SCHEME_ACCEPTED)
    };
    (is_bearer && !token.is_empty()).then_some(token)
}

/// The text in a file, without what is blank around it.
fn read(path: &Path) -> Result<String, Refused> {
    let unreadable = |why| Refused::Unreadable { path: path.to_owned(), why };
    let text = fs::read_to_string(path).map_err(unreadable)?;
    if fault!(TOKEN_FILE_UNTRIMMED) {
        return Ok(text);
    }
    let text = text.trim();
    if text.is_empty() && !fault!(EMPTY_TOKEN_ACCEPTED) {
        return Err(Refused::Empty(path.to_owned()));
    }
    Ok(text.to_owned())
}
