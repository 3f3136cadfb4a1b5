//! REPLs whose profiles are nothing but data, as docs/pty.md shows them. A missing one fails the test; those that
//! cost more to fetch are for `just repls`.

use terminal::repl::{Profile, Repl, ReplError};

use crate::interpreters::{self, LONG};
use crate::profiles::{Other, others};

#[tokio::test]
async fn others_are_exact_too() {
    let mut wrong = Vec::new();
    for other in others() {
        if let Err(error) = exact(&other).await {
            wrong.push(format!("{}: {error}", other.profile.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn exact(other: &Other) -> Result<(), String> {
    let said = |error: ReplError| error.to_string();
    let program =
        interpreters::other(&other.profile.program).ok_or("missing: run scripts/bootstrap")?;
    let profile = Profile { program, ..other.profile.clone() };
    let mut repl = Repl::start(&profile, LONG).await.map_err(said)?;
    for _ in 0..5 {
        for (code, expected) in &other.typed {
            let output = repl.run(code).await.map_err(said)?.text();
            if output != *expected {
                return Err(format!("{code} printed {output:?}, expected {expected:?}"));
            }
        }
    }
    if let Some(loud) = other.loud {
        repl.run(loud).await.map_err(said)?;
        let (code, _) = other.typed[0];
        match repl.run(code).await {
            Err(ReplError::Echoes { .. }) => {}
            other => return Err(format!("after {loud} {code} was no error: {other:?}")),
        }
    }
    repl.end().await.clean().map(drop).map_err(|left| left.to_string())
}
