//! Which releases a server could be, by what it offers and by what it claims.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Kit;
use crate::judge::Judge;
use crate::set::Kind;

/// A release, as three numbers.
type Numbers = [u32; 3];

/// How many methods may differ from the list of the release that a server claims: a release may
/// answer old methods that its schema no longer lists.
const HIDDEN: usize = 3;

/// What is known of a server.
#[derive(Clone, Copy, Debug)]
pub struct Offer<'a> {
    /// The release that it claims.
    pub claimed: Option<Numbers>,
    /// Whether it has a method, for each that it was asked for.
    pub methods: &'a BTreeMap<String, bool>,
}

/// How far a release is from what a server offers.
#[derive(Debug)]
struct Distance {
    /// Methods of the server that the release does not list, although another does.
    more: usize,
    /// Methods of the release that the server does not have.
    fewer: usize,
}

impl Kit {
    /// A judge by the releases that the server could be; nothing if it is older than all of them.
    ///
    /// A server that claims a release is judged by that one, if the kit carries it and the methods
    /// agree; between two by both; beyond the newest by the newest. In the last two cases a listed
    /// value may be new. Any other server could be each release that lists what it offers.
    pub fn judge_of(&self, offer: &Offer<'_>) -> Option<Arc<Judge>> {
        let releases = self.releases();
        if releases.is_empty() {
            return None;
        }
        let methods = offer.methods.iter();
        let offered: Vec<(bool, u64)> =
            methods.map(|(name, has)| (*has, self.listing(Kind::Request, name))).collect();
        let distances: Vec<Distance> =
            releases.iter().map(|(_, sets)| distance(&offered, sets)).collect();
        let (chosen, words) = match offer.claimed {
            Some(claimed) if claimed < releases[0].0 => return None,
            Some(claimed) => {
                let next = releases.partition_point(|(release, _)| *release < claimed);
                match releases.get(next) {
                    Some((release, _)) if *release == claimed && distances[next].agrees() => {
                        (vec![next], true)
                    }
                    Some((release, _)) if *release == claimed => (could_be(&distances), true),
                    Some(_) => (vec![next - 1, next], false),
                    None => (vec![releases.len() - 1], false),
                }
            }
            None => (could_be(&distances), true),
        };
        let sets = chosen.iter().flat_map(|release| releases[*release].1.iter().copied());
        Some(self.judge(sets.collect(), words))
    }

    /// The releases in order, each with its sets.
    fn releases(&self) -> Vec<(Numbers, Vec<usize>)> {
        let mut releases: BTreeMap<Numbers, Vec<usize>> = BTreeMap::new();
        for (at, name) in self.names.iter().enumerate() {
            let mut numbers = [0; 3];
            let parts = name.split('+').next().unwrap_or(name).split('.');
            for (number, part) in numbers.iter_mut().zip(parts) {
                *number = part.parse().unwrap_or_default();
            }
            releases.entry(numbers).or_default().push(at);
        }
        releases.into_iter().collect()
    }
}

/// How far a release is from what a server offers: for each method whether the server has it, and the
/// sets that list it.
fn distance(offer: &[(bool, u64)], sets: &[usize]) -> Distance {
    let own = sets.iter().fold(0_u64, |all, at| all | 1 << at);
    let mut distance = Distance { more: 0, fewer: 0 };
    for (has, listing) in offer {
        let listed = listing & own != 0;
        distance.more += usize::from(*has && *listing != 0 && !listed);
        distance.fewer += usize::from(!*has && listed);
    }
    distance
}

impl Distance {
    fn agrees(&self) -> bool {
        self.more <= HIDDEN && self.fewer <= HIDDEN
    }
}

/// The releases that list most of what the server offers, and all between them.
fn could_be(distances: &[Distance]) -> Vec<usize> {
    let least = distances.iter().map(|distance| distance.more).min().unwrap_or_default();
    let fits = |at: &usize| distances[*at].more == least;
    let first = (0..distances.len()).find(fits).unwrap_or_default();
    let last = (0..distances.len()).rfind(fits).unwrap_or_default();
    (first..=last).collect()
}
