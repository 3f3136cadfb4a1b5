//! The experimental part of the protocol behind its capability, and notifications that a client does
//! not want.

mod methods;
mod opt_out;
mod parts;

use harness::{Reply, Result, ensure};

/// The end of the refusal of a request that needs the capability.
const NEEDS: &str = "requires experimentalApi capability";

/// Whether the answer says that the capability is missing.
fn is_gated(reply: &Reply) -> bool {
    reply.error().is_ok_and(|error| error.message.contains(NEEDS))
}

/// Fails unless the request was refused because it needs the capability, and the refusal names this
/// part of the request.
fn ensure_gated(reply: &Reply, part: &str) -> Result {
    let error = reply.refusal(format!("the answer to `{part}` without the capability"))?;
    ensure!(
        error.message.contains(part) && error.message.contains(NEEDS),
        "the message of the refusal",
        format!("{part} {NEEDS}"),
        format!("{:?}", error.message)
    );
    Ok(())
}
