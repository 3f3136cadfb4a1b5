//! How long outputs stayed open after the exit: a number, which says more than "leak" or "no leak".

use serde::Serialize;

/// Tails of runs under the same conditions, in milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Tails {
    /// The number of measured tails.
    pub measured: usize,
    /// Half of them were at most this long.
    pub p50: f64,
    /// Nine of ten were at most this long.
    pub p90: f64,
    /// 99 of 100 were at most this long.
    pub p99: f64,
    /// The longest.
    pub max: f64,
}

impl Tails {
    /// Summarizes tails; `None` if there are none.
    pub fn of(tails: &[f64]) -> Option<Self> {
        let mut sorted = tails.to_vec();
        sorted.sort_by(f64::total_cmp);
        // The nearest rank: an observed value, not an interpolated one.
        let rank = |percent: usize| {
            let rank = (percent * sorted.len()).div_ceil(100);
            sorted.get(rank.saturating_sub(1)).copied()
        };
        Some(Self {
            measured: sorted.len(),
            p50: rank(50)?,
            p90: rank(90)?,
            p99: rank(99)?,
            max: *sorted.last()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Tails;

    #[test]
    fn ranks_are_values_that_were_seen() {
        let tails: Vec<f64> = (1..=200).rev().map(f64::from).collect();
        let tails = Tails::of(&tails).unwrap();
        assert_eq!((tails.p50, tails.p90, tails.p99, tails.max), (100.0, 180.0, 198.0, 200.0));
        assert_eq!(tails.measured, 200);
    }

    #[test]
    fn one_is_every_rank_and_none_is_none() {
        let one = Tails::of(&[3.0]).unwrap();
        assert_eq!((one.p50, one.p99, one.max), (3.0, 3.0, 3.0));
        assert_eq!(Tails::of(&[]), None);
    }
}
