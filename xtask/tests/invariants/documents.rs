//! Documents: their links lead somewhere, and the short ones stay short.

use crate::tree::{files, read, root};

/// Documents that a newcomer reads whole, and the most lines of each.
const SHORT: [(&str, usize); 2] = [("README.md", 80), ("ARCHITECTURE.md", 150)];

/// The targets of links in Markdown, without those in code.
fn links(page: &str) -> Vec<&str> {
    let prose = page.split("```").step_by(2);
    let targets = prose.flat_map(|text| text.split("](").skip(1));
    targets.filter_map(|rest| rest.split([')', ' ']).next()).collect()
}

/// The anchor of a heading.
fn anchor(heading: &str) -> String {
    let kept = |letter: &char| letter.is_alphanumeric() || " -_".contains(*letter);
    heading.trim().to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-")
}

#[test]
fn links_lead_to_files_and_headings() {
    let mut seen = 0;
    for page in files("", ".md") {
        let folder = root().join(&page).parent().unwrap().to_owned();
        let text = read(&page);
        let outside = |link: &&str| link.contains("://") || link.starts_with("mailto:");
        for link in links(&text).into_iter().filter(|link| !outside(link)) {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { root().join(&page) } else { folder.join(file) };
            assert!(target.exists(), "{page} links to {link}, which does not exist");
            if !heading.is_empty() {
                let target = std::fs::read_to_string(&target).unwrap();
                let headings = target.lines().filter(|line| line.starts_with('#'));
                let mut anchors = headings.map(|line| anchor(line.trim_start_matches('#')));
                assert!(anchors.any(|anchor| anchor == heading), "{page} links to {link}");
            }
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen} links");
}

#[test]
fn the_documents_for_newcomers_are_short() {
    for (page, most) in SHORT {
        let lines = read(page).lines().count();
        assert!(lines <= most, "{page} has {lines} lines");
    }
}
