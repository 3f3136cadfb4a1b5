//! Addresses that other machines can reach.

use harness::{At, Context, Result, check};

use super::{protected, refuses, token};
use crate::rows::Rows;

/// A server MUST NOT listen without tokens on an address that other machines can reach.
#[check(
    v2(
        since = "0.120",
        fixed_in("0.147", "a server listens on 0.0.0.0 without tokens, with a warning")
    ),
    source = "every release from 0.147 on exits with a code other than 0",
    faults(EVERY_ADDRESS_WITHOUT_A_TOKEN)
)]
async fn other_machines_need_a_token(cx: &mut Context) -> Result {
    let flags = token::file(cx, token::TOKEN)?;
    protected(cx, &flags).await?;
    let mut rows = Rows::default();
    for url in ["ws://0.0.0.0:0", "ws://[::]:0"] {
        rows.judge(url, refuses(cx, At::Url(url), &[]).await.map(|_| ()))?;
    }
    rows.end()
}
