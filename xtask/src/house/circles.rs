//! Modules that import each other, directly or by way of others.

use std::collections::{BTreeMap, BTreeSet};

use super::modules::Edges;

/// The circles, largest first, each by name; a module that stands in none is left out.
pub(crate) fn circles(edges: &Edges) -> Vec<Vec<String>> {
    let reach: BTreeMap<&str, BTreeSet<&str>> =
        edges.keys().map(|module| (module.as_str(), reachable(edges, module))).collect();
    let mut circles: BTreeSet<Vec<String>> = BTreeSet::new();
    for (module, found) in &reach {
        // Two modules that reach each other stand in one circle.
        let returns = |other: &&&str| reach.get(**other).is_some_and(|back| back.contains(module));
        let circle: Vec<String> =
            found.iter().filter(returns).map(|&other| other.to_owned()).collect();
        if circle.len() > 1 {
            circles.insert(circle);
        }
    }
    let mut circles: Vec<Vec<String>> = circles.into_iter().collect();
    circles.sort_by_key(|circle| std::cmp::Reverse(circle.len()));
    circles
}

/// Everything that can be reached from a module by at least one import.
fn reachable<'a>(edges: &'a Edges, module: &str) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut waiting: Vec<&str> =
        edges.get(module).into_iter().flatten().map(String::as_str).collect();
    while let Some(next) = waiting.pop() {
        if found.insert(next) {
            waiting.extend(edges.get(next).into_iter().flatten().map(String::as_str));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::circles;
    use crate::house::modules::Edges;

    fn edges(pairs: &[(&str, &str)]) -> Edges {
        let mut edges = Edges::new();
        for (from, to) in pairs {
            edges.entry((*from).to_owned()).or_default().insert((*to).to_owned());
        }
        edges
    }

    #[test]
    fn the_largest_comes_first() {
        let graph = edges(&[
            ("a", "b"),
            ("b", "a"),
            ("c", "d"),
            ("d", "e"),
            ("e", "c"),
            ("a", "c"),
            ("e", "f"),
        ]);
        assert_eq!(circles(&graph), [vec!["c", "d", "e"], vec!["a", "b"]]);
    }

    #[test]
    fn two_circles_that_share_a_module_are_one() {
        let graph = edges(&[("a", "b"), ("b", "a"), ("b", "c"), ("c", "b")]);
        assert_eq!(circles(&graph), [["a", "b", "c"]]);
    }
}
