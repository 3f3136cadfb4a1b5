//! Checks that had another name in the release before: an old name is answered with the new one.

/// The page that lists them, a row each: `| before | now |`.
const PAGE: &str = include_str!("../../docs/renamed-checks.md");

/// What a check is called now that had this name, with or without a dialect.
pub(crate) fn today(name: &str) -> Option<String> {
    let (id, dialect) = name.split_once('@').map_or((name, ""), |(id, dialect)| (id, dialect));
    let (_, now) = rows().find(|(before, _)| *before == id)?;
    Some(if dialect.is_empty() { now.to_owned() } else { format!("{now}@{dialect}") })
}

fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    PAGE.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| `")?.strip_suffix("` |")?.split("` | `");
        Some((cells.next()?, cells.next()?))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{rows, today};

    #[test]
    fn every_row_leads_from_a_name_that_is_gone_to_one_that_is_there() {
        let ids: BTreeSet<String> = harness::all_checks().iter().map(|check| check.id()).collect();
        assert!(rows().count() > 0);
        for (before, now) in rows() {
            assert!(ids.contains(now), "{now}");
            assert!(!ids.contains(before), "{before}");
        }
    }

    #[test]
    fn the_dialect_is_kept() {
        let (before, now) = rows().next().unwrap();
        assert_eq!(today(&format!("{before}@v1")), Some(format!("{now}@v1")));
        assert_eq!(today(now), None);
    }
}
