//! Conversations that several cases share.
//!
//! Checks that change nothing may share one, in which each asks in turn. An observer, or a law, watches every conversation of a run, and has none of its own but a tour.
//! One tour for all of them shows as much as one for each.

use std::collections::HashMap;

use report::Dialect;

use crate::run::Case;
use crate::select::Selected;
use crate::session::results::Results;

/// For each case, the case whose conversation counts for it: its own, but for cases that share one,
/// and for observers and laws.
pub(super) fn tours(selected: &[Selected]) -> Vec<usize> {
    let mut first = HashMap::new();
    let case = |(index, selected): (usize, &Selected)| {
        let Case { check, dialect } = selected.case;
        let key = match check.shared {
            _ if selected.exempt.is_some() => return index,
            Some(name) => (dialect, false, Some(name)),
            // Any conversation shows them enough.
            None if check.observes() && dialect.is_mcp() => return usize::MAX,
            None if check.observes() => (dialect, check.is_law(), None),
            None => return index,
        };
        *first.entry(key).or_insert(index)
    };
    let mut tours: Vec<usize> = selected.iter().enumerate().map(case).collect();
    let mut longest = HashMap::new();
    for index in 0..tours.len() {
        if tours[index] == usize::MAX {
            let dialect = selected[index].case.dialect;
            let longest = longest
                .entry(dialect)
                .or_insert_with(|| longest_of(selected, &tours, dialect).unwrap_or(index));
            tours[index] = *longest;
        }
    }
    tours
}

/// The case that leads the longest conversation that is shared in this dialect.
fn longest_of(selected: &[Selected], tours: &[usize], dialect: Dialect) -> Option<usize> {
    let leads = |index: &usize| {
        let Selected { case, exempt } = &selected[*index];
        exempt.is_none() && case.dialect == dialect && case.check.shared.is_some()
    };
    let members = |leader: &usize| tours.iter().filter(|tour| *tour == leader).count();
    tours.iter().copied().filter(|tour| *tour != usize::MAX).filter(leads).max_by_key(members)
}

/// The cases that share the conversation of the case `leader`, in their order; none if it has one
/// of its own.
pub(super) fn together(selected: &[Selected], tours: &[usize], leader: usize) -> Vec<usize> {
    let shares =
        |index: &usize| tours[*index] == leader && selected[*index].case.check.shared.is_some();
    let mut together: Vec<usize> = (0..tours.len()).filter(shares).collect();
    together.sort_by_key(|index| selected[*index].case.check.last);
    together
}

/// Gives each case the attempts that count for it.
pub(super) fn hand_out(selected: &[Selected], tours: &[usize], results: &mut Results) {
    let Results { all: results, unfinished } = results;
    let led = |tour: usize| selected[tour].case.check.shared.is_some();
    for (index, tour) in tours.iter().enumerate().filter(|(index, tour)| *index != **tour) {
        if results[index].is_some() {
            continue;
        }
        let attempts = results[*tour].as_ref();
        let attempts =
            attempts.map(|all| all.iter().map(|one| one.as_another(led(*tour))).collect());
        results[index] = attempts;
        unfinished[index] = unfinished[*tour];
    }
}
