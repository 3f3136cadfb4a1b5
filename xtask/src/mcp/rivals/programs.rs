//! The other testers: how each is fetched and started.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::Result;
use crate::mcp::fetch::{needed, path_text};
use crate::workspace::{self, fresh, target};

/// One tester.
pub(super) struct Rival {
    pub(super) name: &'static str,
    /// Packages for pip, or for npm.
    packages: &'static [&'static str],
    npm: bool,
    /// The words that start it: `{script}` is a file that becomes the server, `{config}` one that names it.
    words: &'static [&'static str],
}

/// Those that install and start a server over stdio.
pub(super) const RIVALS: [Rival; 6] = [
    Rival {
        name: "amagi-mcp-probe",
        packages: &["amagi-mcp-probe==0.1.0"],
        npm: false,
        words: &["venv/bin/amagi-mcp-probe", "--strict", "--no-call", "--", "sh", "{script}"],
    },
    Rival {
        name: "mcp-halflist",
        packages: &["mcp-halflist==1.0.0", "mcp<2"],
        npm: false,
        words: &["venv/bin/halflist", "check", "--stdio", "sh {script}"],
    },
    Rival {
        name: "mcp-server-doctor",
        packages: &["mcp-server-doctor==0.2.0"],
        npm: false,
        words: &["venv/bin/mcp-server-doctor", "doctor", "--timeout", "30", "{config}"],
    },
    Rival {
        name: "mcp-conform",
        packages: &["mcp-conform==0.1.0"],
        npm: false,
        words: &["venv/bin/mcp-conform", "server", "--timeout", "30", "--command", "sh {script}"],
    },
    Rival {
        name: "mcp-stdio-test",
        packages: &["mcp-stdio-test==0.1.0"],
        npm: false,
        words: &["venv/bin/mcp-stdio-test", "--pyexe", "sh", "{script}"],
    },
    Rival {
        name: "Inspector --cli",
        packages: &["node@22.23.3", "@modelcontextprotocol/inspector@2.12.0"],
        npm: true,
        words: &[
            "node_modules/.bin/mcp-inspector",
            "--cli",
            "sh",
            "{script}",
            "--method",
            "tools/list",
        ],
    },
];

impl Rival {
    /// The folder that it is fetched into, once.
    pub(super) fn fetched(&self) -> Result<PathBuf> {
        let folder = target()?.join("mcp-rivals").join(self.name.replace(' ', "-"));
        let (mark, wanted) = (folder.join("fetched.txt"), self.packages.join(" "));
        if fs::read_to_string(&mark).ok().as_deref() == Some(&wanted) {
            return Ok(folder);
        }
        fresh(&folder)?;
        let mut install = if self.npm {
            needed("npm", "some testers")?;
            let mut npm = Command::new("npm");
            npm.args(["install", "--silent", "--no-audit", "--no-fund"]);
            npm
        } else {
            needed("python3", "some testers")?;
            let mut venv = Command::new("python3");
            workspace::run(venv.args(["-m", "venv", "venv"]).current_dir(&folder))?;
            let mut pip = Command::new(folder.join("venv/bin/pip"));
            pip.args(["install", "--quiet", "--disable-pip-version-check"]);
            pip
        };
        install.args(self.packages).current_dir(&folder).stdin(Stdio::null());
        workspace::run(&mut install)?;
        fs::write(mark, wanted)?;
        Ok(folder)
    }

    /// The words that start it on a server.
    pub(super) fn words(
        &self,
        folder: &Path,
        script: &Path,
        reports: &Path,
    ) -> Result<Vec<String>> {
        let script = path_text(script)?;
        let config = reports.join(".mcp.json");
        let servers = serde_json::json!({ "mcpServers": { "server": { "command": "sh", "args": [script] } } });
        fs::write(&config, servers.to_string())?;
        let config = path_text(&config)?;
        let mut words = self.words.iter();
        let program = words.next().map(|word| path_text(&folder.join(word))).transpose()?;
        let rest = words.map(|word| word.replace("{script}", &script).replace("{config}", &config));
        Ok(program.into_iter().chain(rest).collect())
    }
}

/// The lines of an output that look like findings, without what differs between runs.
pub(super) fn findings(text: &str) -> Vec<String> {
    const WORDS: [&str; 9] = ["fail", "error", "warn", "✗", "✘", "❌", "⚠", "invalid", "traceback"];
    let plain = |line: &str| -> String {
        let line = line.trim().to_lowercase();
        line.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect()
    };
    let told = |line: &String| {
        // `0 failed` is praise.
        let is_praise =
            line.contains("0 fail") || line.contains("0 error") || line.contains("no error");
        !is_praise && WORDS.iter().any(|word| line.contains(word))
    };
    text.lines().map(plain).filter(told).collect()
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::findings;

    #[test]
    fn findings_are_told_from_praise() {
        let text = "checks: 12\nFAIL tools 3 ms\n12 passed, 0 failed\n  ✗ no version\n";
        assert_eq!(findings(text), ["fail tools 0 ms", "✗ no version"]);
    }
}
