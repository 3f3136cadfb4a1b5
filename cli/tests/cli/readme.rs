//! The failures that README.md and docs/mcp.md show: what the named check says of a reference server with the named fault, today.
//!
//! `just bless` writes the text of a new run into the page.

use std::fs;
use std::path::Path;

use pretty_assertions::assert_eq;
use regex::Regex;

use crate::world::{World, binary};

/// The line above the sample: `<!-- output: CHECK FAULT -->`.
const MARK: &str = "<!-- output: ";
const BEGIN: &str = "```text\n";
const END: &str = "```\n";

/// The failure, from its requirement to the end of its conversation, without what the machine decides.
fn failure(check: &str, fault: &str) -> String {
    let binary = binary();
    let binary = binary.to_str().unwrap();
    // Those of the Model Context Protocol run in a revision, which is a date.
    let server = if check.contains("@20") { "mcp-server" } else { "app-server" };
    let subject = ["--", binary, "reference", server, "--fault", fault];
    let ran = World::new().proctor(["run", "--check", check].iter().chain(&subject)).exits(1);
    let from = ran.stdout.find("\nMUST ").unwrap() + 1;
    let length = ran.stdout[from..].find("\n\n").unwrap() + 1;
    let shown = ran.stdout[from..from + length].replace(binary, "proctor");
    let machine = Regex::new(r"\(linux [^;]+; [^)]+\) [^)]+\)").unwrap();
    let home = Regex::new(r"(?:/[\w.-]+)*/proctor-[A-Za-z0-9]+").unwrap();
    let shown = machine.replace_all(&shown, "(…)");
    home.replace_all(&shown, "…").into_owned()
}

/// The text without the times of its messages.
fn untimed(text: &str) -> String {
    Regex::new(r"(?m)^ +\d+\.\d ms").unwrap().replace_all(text, "[time]").into_owned()
}

/// Compares the failure that a page shows with that of a new run, or writes it.
fn shows_a_failure_of_today(page: &str) {
    let path = utils_cargo_bin::find_resource!(Path::new("..").join(page).as_path());
    let path = path.unwrap_or_else(|error| panic!("the documents must be here: {error}"));
    let page = fs::read_to_string(&path).unwrap();
    let (_, rest) = page.split_once(MARK).unwrap();
    let (names, _) = rest.split_once(" -->").unwrap();
    let (check, fault) = names.split_once(' ').unwrap();
    let at = page.len() - rest.len();
    let begin = at + rest.find(BEGIN).unwrap() + BEGIN.len();
    let end = begin + page[begin..].find(END).unwrap();
    let seen = failure(check, fault);
    let (shown, today) = (untimed(&page[begin..end]), untimed(&seen));
    if std::env::var_os("BLESS").is_some() && shown != today {
        fs::write(&path, [&page[..begin], &seen, &page[end..]].concat()).unwrap();
    } else {
        assert_eq!(shown, today, "`just bless` prints it anew");
    }
}

#[test]
fn the_readme_shows_a_failure_of_today() {
    shows_a_failure_of_today("README.md");
}

#[test]
fn the_page_about_mcp_servers_shows_a_failure_of_today() {
    shows_a_failure_of_today("docs/mcp.md");
}
