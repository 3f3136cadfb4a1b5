//! The score as text: a summary for a terminal, and docs/mutants.md.

use std::fmt::Write as _;

use super::score::{Score, Unnoticed};

/// How the score comes about; the top of the page.
const ABOUT: &str = include_str!("about.md");

/// A few lines with the score, and the survivors that nobody has explained.
pub(super) fn summary(score: &Score, survivors: &[Unnoticed]) -> String {
    let missed = survivors.len();
    let unexplained: Vec<&Unnoticed> =
        survivors.iter().filter(|one| one.reason.is_none()).collect();
    let mut text = format!(
        "{} changes: {} caught ({} of them by the last deadline), {missed} missed, {} do not compile\n\
         score: {}\n\
         missed: {} of {missed} are explained in {}\n",
        score.noticed().runs + score.unviable,
        score.noticed().hits,
        score.hung,
        score.unviable,
        rate(score),
        missed - unexplained.len(),
        super::EXPLAINED,
    );
    for (file, survivors) in by_file(&unexplained) {
        // Writing to a string cannot fail, here and below.
        let _ = writeln!(text, "\n{file}");
        for survivor in survivors {
            let _ = writeln!(text, "  {}", place(survivor));
        }
    }
    text
}

/// The page.
pub(super) fn page(score: &Score, survivors: &[Unnoticed]) -> String {
    let mut text = about();
    let _ = write!(
        text,
        "\n## Score\n\n\
         | changes | do not compile | caught | of them by the last deadline | missed |\n\
         |---:|---:|---:|---:|---:|\n\
         | {} | {} | {} | {} | {} |\n\n\
         The checks notice {}.\n\n## Survivors\n",
        score.noticed().runs + score.unviable,
        score.unviable,
        score.noticed().hits,
        score.hung,
        survivors.len(),
        rate(score),
    );
    if survivors.is_empty() {
        text.push_str("\nNone.\n");
    }
    for (file, survivors) in by_file(&survivors.iter().collect::<Vec<_>>()) {
        let _ = writeln!(text, "\n### `{file}`\n");
        for survivor in survivors {
            let reason = survivor.reason.as_deref().unwrap_or("not explained yet");
            let name = survivor.mutant.plain();
            let name = name.strip_prefix(&format!("{file}: ")).unwrap_or(&name);
            let _ = writeln!(text, "- `{name}`: {reason}");
        }
    }
    text
}

fn about() -> String {
    ABOUT.replace("{version}", super::MUTANTS)
}

fn rate(score: &Score) -> String {
    let noticed = score.noticed();
    let (low, high) = noticed.interval();
    format!(
        "{} of {} = {:.1} % (as a sample: {:.1} % to {:.1} %, Clopper-Pearson, 95 %)",
        noticed.hits,
        noticed.runs,
        100.0 * noticed.estimate(),
        100.0 * low,
        100.0 * high,
    )
}

/// Survivors are sorted, so those of one file stand together.
fn by_file<'a>(survivors: &[&'a Unnoticed]) -> Vec<(&'a str, Vec<&'a Unnoticed>)> {
    let mut files: Vec<(&str, Vec<&Unnoticed>)> = Vec::new();
    for survivor in survivors.iter().copied() {
        match files.last_mut() {
            Some((file, there)) if *file == survivor.mutant.file => there.push(survivor),
            _ => files.push((&survivor.mutant.file, vec![survivor])),
        }
    }
    files
}

/// The line, the column, and what was changed.
fn place(survivor: &Unnoticed) -> &str {
    let name = &survivor.mutant.name;
    name.strip_prefix(&survivor.mutant.file).map_or(name, |rest| rest.trim_start_matches(':'))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use pretty_assertions::assert_eq;

    use super::{about, page, summary};
    use crate::mutants::PAGE;
    use crate::mutants::score::Explained;
    use crate::mutants::score::tests::score;
    use crate::workspace::root;

    const SCORE: &str = "2 of 4 = 50.0 % (as a sample: 6.8 % to 93.2 %, Clopper-Pearson, 95 %)";

    #[test]
    fn the_page_that_is_here_says_how_it_is_measured_now() {
        let path = root().join(PAGE);
        let page = fs::read_to_string(path).unwrap();
        assert!(page.starts_with(&about()), "{page}");
    }

    #[test]
    fn the_summary_lists_what_is_not_explained() {
        let explained =
            Explained::parse("src/a.rs: replace a + 'b' with c in h  # the same\n").unwrap();
        let score = score();
        let expected = format!(
            "5 changes: 2 caught (1 of them by the last deadline), 2 missed, 1 do not compile\n\
             score: {SCORE}\n\
             missed: 1 of 2 are explained in docs/mutants-explained.txt\n\nsrc/a.rs\n  4:5: delete ! in i\n"
        );
        assert_eq!(summary(&score, &score.survivors(&explained)), expected);
    }

    #[test]
    fn the_page_lists_every_survivor_with_its_reason() {
        let explained =
            Explained::parse("src/a.rs: replace a + 'b' with c in h  # the same\n").unwrap();
        let score = score();
        let page = page(&score, &score.survivors(&explained));
        let end = format!(
            "| 5 | 1 | 2 | 1 | 2 |\n\nThe checks notice {SCORE}.\n\n## Survivors\n\n### `src/a.rs`\n\n\
             - `replace a + 'b' with c in h`: the same\n- `delete ! in i`: not explained yet\n"
        );
        assert!(page.ends_with(&end), "{page}");
    }
}
