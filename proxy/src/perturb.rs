//! Delays and pauses that violate nothing: pure functions of a seed.
//!
//! There are only a few, at points that the seed determines: a conversation that is slow everywhere
//! keeps its order, one that is slow at a few places does not.

use std::time::Duration;

use crate::steps::Side;

/// The number of points in each direction.
const POINTS: usize = 4;
/// The last message that can have one.
const LAST: f64 = 200.0;
/// The shortest and the longest duration.
const SHORTEST: Duration = Duration::from_micros(100);
const LONGEST: Duration = Duration::from_millis(500);

/// The messages before which time passes, and how much.
#[derive(Clone, Debug, PartialEq)]
struct Points([(Side, usize, Duration); 2 * POINTS]);

impl Points {
    fn new(seed: u64, salt: u64) -> Self {
        let mut state = seed ^ salt;
        // Log-uniform: most conversations are short, and most races are.
        let mut between = |from: f64, to: f64| from * (to / from).powf(unit(&mut state));
        let mut point = |place: usize| {
            let side = if place.is_multiple_of(2) { Side::Client } else { Side::Subject };
            let number = between(1.0, LAST);
            let time = between(SHORTEST.as_secs_f64(), LONGEST.as_secs_f64());
            // Whole numbers of messages, counted from 0.
            (side, number as usize - 1, Duration::from_secs_f64(time))
        };
        Self(std::array::from_fn(&mut point))
    }

    fn at(&self, from: Side, number: usize) -> Option<Duration> {
        let here = self.0.iter().filter(|(side, at, _)| (*side, *at) == (from, number));
        here.map(|(.., time)| *time).max()
    }
}

/// The next number of the sequence, from 0 to 1 (splitmix64).
fn unit(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    // The 53 bits that a double holds.
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Messages that are held back for a moment, both ways.
#[derive(Clone, Debug, PartialEq)]
pub struct Delays(Points);

impl Delays {
    /// The delays that belong to a seed.
    pub fn new(seed: u64) -> Self {
        Self(Points::new(seed, 0))
    }

    pub(crate) fn at(&self, from: Side, number: usize) -> Option<Duration> {
        self.0.at(from, number)
    }
}

/// Moments at which the subject is stopped (`SIGSTOP`, `SIGCONT`).
#[derive(Clone, Debug, PartialEq)]
pub struct Pauses(Points);

impl Pauses {
    /// The pauses that belong to a seed.
    pub fn new(seed: u64) -> Self {
        Self(Points::new(seed, 0x5054_4F50))
    }

    pub(crate) fn at(&self, from: Side, number: usize) -> Option<Duration> {
        self.0.at(from, number)
    }
}

#[cfg(test)]
mod tests {
    use super::{Delays, LONGEST, Pauses, Points, SHORTEST};
    use crate::steps::Side;

    #[test]
    fn they_depend_only_on_the_seed() {
        assert_eq!(Delays::new(7), Delays::new(7));
        assert_ne!(Delays::new(7), Delays::new(8));
        assert_ne!(Delays::new(7).0, Pauses::new(7).0);
    }

    #[test]
    fn they_keep_to_their_bounds() {
        for seed in 0..1_000 {
            for (_, number, time) in Points::new(seed, 0).0 {
                assert!(number < 200 && time >= SHORTEST && time <= LONGEST, "{number} {time:?}");
            }
        }
    }

    #[test]
    fn both_directions_have_theirs() {
        let delays = Delays::new(1);
        for side in [Side::Client, Side::Subject] {
            assert!((0..200).any(|number| delays.at(side, number).is_some()), "{side:?}");
        }
        assert!((0..200).any(|number| delays.at(Side::Client, number).is_none()));
    }
}
