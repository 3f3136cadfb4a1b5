//! Removes the prefixes that CI systems and tools add to a line.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::text::regex;

/// A line without its known decorations.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Bare<'a> {
    /// The source that the decorations name: a job and a step, a service, a branch.
    pub(super) source: Option<String>,
    /// Whether it continues the previous line of the same source.
    pub(super) continued: bool,
    pub(super) text: &'a str,
}

struct Decoration {
    /// Whether it names a source.
    names: bool,
    expression: Regex,
    apply: fn(&Captures<'_>, &mut Bare<'_>),
}

fn named(captures: &Captures<'_>, bare: &mut Bare<'_>) {
    let names: Vec<&str> =
        captures.iter().skip(1).flatten().map(|name| name.as_str().trim()).collect();
    bare.source.get_or_insert_with(|| names.join(" / "));
}

fn gitlab(captures: &Captures<'_>, bare: &mut Bare<'_>) {
    bare.continued = captures.get(1).is_some_and(|flag| flag.as_str() == "+");
}

static DECORATIONS: LazyLock<[Decoration; 13]> = LazyLock::new(|| {
    let plain =
        |expression| Decoration { names: false, expression: regex(expression), apply: |_, _| {} };
    let named =
        |expression| Decoration { names: true, expression: regex(expression), apply: named };
    [
        // `gh run view --log`: job, step, then the line with its timestamp.
        named("^([^\\s][^\t]{0,200})\t([^\t]{1,200})\t"),
        plain("^\u{feff}"),
        // GitLab with timestamps: the stream, and whether the line continues.
        Decoration {
            names: false,
            expression: regex(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z \d\d[OE]([+ ])"),
            apply: gitlab,
        },
        // GitHub, Azure, `docker logs --timestamps`, Kubernetes.
        plain(r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)? "),
        // Jenkins and Buildkite with timestamps.
        plain(r"^\[\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\] "),
        // TeamCity.
        plain("^\\[\\d\\d:\\d\\d:\\d\\d\\][A-Za-z ]?:\t? ?(?:\\[[^\\]]{1,80}\\] )?"),
        // GitHub's and Azure's commands.
        plain(r"^##\[[a-z]+\]"),
        plain(r"^::(?:debug|error|group|notice|warning)[^:]{0,200}::"),
        // docker compose; act has brackets around the name.
        named(r"^(\[[^\]]{1,80}\]|[A-Za-z0-9][A-Za-z0-9_.-]{0,80}) *\| "),
        // Google Cloud Build.
        named(r#"^(Step #\d+(?: - "[^"]{1,80}")?): "#),
        // Branches of a Jenkins pipeline, Drone.
        named(r"^\[([A-Za-z][^\]]{0,80})\] "),
        // syslog, and `ts` of moreutils.
        plain(r"^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (?:\S{1,80} \S{1,80}\[\d+\]: )?"),
        // A quotation in an issue or a mail.
        plain("^> "),
    ]
});

/// Removes all known decorations, however they are stacked.
pub(super) fn bare(line: &str) -> Bare<'_> {
    without(line, |_| true)
}

/// Removes those that name no source.
pub(super) fn nameless(line: &str) -> Bare<'_> {
    without(line, |decoration| !decoration.names)
}

fn without(line: &str, which: fn(&Decoration) -> bool) -> Bare<'_> {
    let mut bare = Bare { text: line, ..Bare::default() };
    // Each decoration shortens the line, so this ends; more than a handful are never stacked.
    for _ in 0..8 {
        let found = DECORATIONS.iter().filter(|one| which(one)).find_map(|decoration| {
            let captures = decoration.expression.captures(bare.text)?;
            Some((decoration, captures))
        });
        let Some((decoration, captures)) = found else { break };
        let end = captures.get_match().end();
        (decoration.apply)(&captures, &mut bare);
        bare.text = &bare.text[end..];
    }
    bare
}

/// How much of an unknown decoration may differ from line to line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Varies {
    /// Numbers, with their points and colons, and the blanks that align them.
    Numbers,
    /// And whatever is within brackets: a time, a place, a level.
    Brackets,
    /// And every word.
    Words,
}

impl Varies {
    /// The strictest first.
    pub(super) const ALL: [Self; 3] = [Self::Numbers, Self::Brackets, Self::Words];
}

/// A number as decorations have it: of a line, a step, a time.
static NUMBER: LazyLock<Regex> = LazyLock::new(|| regex(r"\x20*\d+(?:[.,:]\d+)*"));
/// Something in brackets.
static BRACKETS: LazyLock<Regex> = LazyLock::new(|| regex(r"\[[^\[\]]*\]|\([^()]*\)|<[^<>]*>"));
/// A word, a path, a name.
static WORD: LazyLock<Regex> = LazyLock::new(|| regex(r"\x20*[\w./\\@+~-]+"));

/// An unknown decoration, in a form that is the same for all lines of a program.
pub(super) fn mask(decoration: &str, varies: Varies) -> String {
    let mask = NUMBER.replace_all(decoration.trim_end(), "0");
    match varies {
        Varies::Numbers => mask.into_owned(),
        Varies::Brackets => BRACKETS.replace_all(&mask, "[]").into_owned(),
        Varies::Words => WORD.replace_all(&BRACKETS.replace_all(&mask, "[]"), "w").into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[track_caller]
    fn assert_bare(line: &str, source: Option<&str>) {
        let bare = bare(line);
        assert_eq!(bare.text, "        LEAK [   0.212s] a::b c", "{line:?}");
        assert_eq!(bare.source.as_deref(), source, "{line:?}");
    }

    #[test]
    fn decorations_are_taken_off_and_alignment_is_kept() {
        assert_bare("        LEAK [   0.212s] a::b c", None);
        assert_bare("2026-11-20T10:11:12.1234567Z         LEAK [   0.212s] a::b c", None);
        assert_bare("2026-11-20T10:11:12.123456Z 00O         LEAK [   0.212s] a::b c", None);
        assert_bare("##[error]        LEAK [   0.212s] a::b c", None);
        assert_bare("[2026-11-20T10:11:12Z]         LEAK [   0.212s] a::b c", None);
        assert_bare("[10:11:12]W:\t [Step 1/3]         LEAK [   0.212s] a::b c", None);
        assert_bare("Nov 20 10:11:12 host ci[12]:         LEAK [   0.212s] a::b c", None);
        assert_bare("> > \u{feff}        LEAK [   0.212s] a::b c", None);
        assert_bare("test-1  |         LEAK [   0.212s] a::b c", Some("test-1"));
        assert_bare("[CI/test]   |         LEAK [   0.212s] a::b c", Some("[CI/test]"));
        assert_bare(
            "Step #1 - \"test\":         LEAK [   0.212s] a::b c",
            Some("Step #1 - \"test\""),
        );
        let gh = "linux (stable)\tRun tests\t\u{feff}2026-11-20T10:11:12.1234567Z         LEAK [   0.212s] a::b c";
        assert_bare(gh, Some("linux (stable) / Run tests"));
    }

    #[test]
    fn a_line_of_gitlab_may_go_on() {
        assert!(bare("2026-11-20T10:11:12.123456Z 01O+rest").continued);
        assert!(!bare("2026-11-20T10:11:12.123456Z 01O rest").continued);
    }

    #[test]
    fn unknown_decorations_are_compared_without_their_digits() {
        let same = |one, other, varies| mask(one, varies) == mask(other, varies);
        assert!(same("{t=12.5} worker-3 >> ", "{t=99.1} worker-17 >>", Varies::Numbers));
        assert!(same("#14 9.951 ", "#14 10.05 ", Varies::Numbers));
        assert!(!same("[main 1] ", "[io 2] ", Varies::Numbers));
        assert!(same("[main 1] ", "[io 2] ", Varies::Brackets));
        assert!(!same("alpha: ", "beta-2: ", Varies::Brackets));
        assert!(same("alpha: ", "beta-2: ", Varies::Words));
    }
}
