//! Tours that several cases share.
//!
//! An observer, or a law, watches every conversation of a run, and has none of its own but a tour.
//! One tour for all of them shows as much as one for each.

use std::collections::HashMap;

use crate::run::Attempt;
use crate::select::Selected;

/// For each case, the case whose conversation counts for it: its own, but for observers and laws.
pub(super) fn tours(selected: &[Selected]) -> Vec<usize> {
    let mut first = HashMap::new();
    let case = |(index, selected): (usize, &Selected)| {
        let check = selected.case.check;
        if !check.observes() || selected.exempt.is_some() {
            return index;
        }
        *first.entry((selected.case.dialect, check.is_law())).or_insert(index)
    };
    selected.iter().enumerate().map(case).collect()
}

/// Gives each case the attempts that count for it.
pub(super) fn hand_out(tours: &[usize], results: &mut [Option<Vec<Attempt>>]) {
    for (index, tour) in tours.iter().enumerate().filter(|(index, tour)| *index != **tour) {
        let attempts = results[*tour].as_ref();
        let attempts = attempts.map(|all| all.iter().map(Attempt::as_another).collect());
        results[index] = attempts;
    }
}
