//! Code that documents quote: `<!-- quote: FILE | BEGIN -->` above a block says that it is the item in FILE with BEGIN in a line.
//!
//! `just bless` writes the code of today into the documents.

use std::fs;

use pretty_assertions::assert_eq;

use crate::tree::{files, read, root};

const MARK: &str = "<!-- quote: ";

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The item of which a line has these words: with what stands above it, to its end, without its indentation.
fn item(file: &str, begin: &str) -> Vec<String> {
    let text = read(file);
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().position(|line| line.contains(begin));
    let at = at.unwrap_or_else(|| panic!("{file} has no {begin:?}"));
    let depth = indent(lines[at]);
    let belongs = |line: &&&str| {
        let text = line.trim_start();
        let above = ["//", "#[", ")]"].iter().any(|start| text.starts_with(start));
        !text.is_empty() && (above || indent(line) > depth)
    };
    let first = at - lines[..at].iter().rev().take_while(belongs).count();
    let is_end = |line: &&str| indent(line) == depth && line.trim_start().starts_with('}');
    let length = match lines[at].ends_with('{') {
        true => lines[at..].iter().position(is_end).unwrap(),
        false => 0,
    };
    lines[first..=at + length]
        .iter()
        .map(|line| line.get(depth..).unwrap_or("").to_owned())
        .collect()
}

/// The page with the code of today in every block that is a quote; and how many there are.
fn quoted(page: &str) -> (String, usize) {
    let (mut out, mut quotes) = (String::new(), 0);
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        let Some(mark) = line.trim_start().strip_prefix(MARK) else { continue };
        let (file, begin) = mark.trim_end_matches(" -->").split_once(" | ").unwrap();
        let margin = &line[..indent(line)];
        let fence = lines.next().unwrap();
        assert!(fence.trim_start().starts_with("```"), "{line}");
        out.push_str(&format!("{fence}\n"));
        for code in item(file, begin) {
            out.push_str(format!("{margin}{code}").trim_end());
            out.push('\n');
        }
        let end = lines.by_ref().find(|line| line.trim() == "```").unwrap();
        out.push_str(&format!("{end}\n"));
        quotes += 1;
    }
    (out, quotes)
}

#[test]
fn quotes_are_the_code_of_today() {
    let mut seen = 0;
    for page in files("", ".md") {
        let text = read(&page);
        let (today, quotes) = quoted(&text);
        seen += quotes;
        if std::env::var_os("BLESS").is_some() && text != today {
            fs::write(root().join(&page), today).unwrap();
        } else {
            assert_eq!(text, today, "{page}: `just bless` writes it anew");
        }
    }
    assert!(seen > 0, "no document quotes code");
}
