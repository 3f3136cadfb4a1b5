//! Tests whether a rate fell: Fisher's exact test.

use statrs::distribution::{DiscreteCDF, Hypergeometric};

use super::Rate;

/// The probability that the later runs have this few hits, or fewer, if nothing has changed
/// (one-sided exact test, Fisher 1922). 1 without runs on both sides.
pub fn fell(before: Rate, after: Rate) -> f64 {
    let (runs, hits) = (before.runs + after.runs, before.hits + after.hits);
    Hypergeometric::new(runs, hits, after.runs).map_or(1.0, |hits| hits.cdf(after.hits).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::{Rate, fell};

    fn rate(hits: u64, runs: u64) -> Rate {
        Rate { hits, runs }
    }

    #[test]
    fn the_lady_tasting_tea() {
        // Fisher's own example: 3 of 4 against 1 of 4 has 17 chances in 70.
        assert!((fell(rate(3, 4), rate(1, 4)) - 17.0 / 70.0).abs() < 1e-12);
    }

    #[test]
    fn all_against_none_has_one_chance_in_all_arrangements() {
        // 10 over 5 arrangements.
        assert!((fell(rate(5, 5), rate(0, 5)) - 1.0 / 252.0).abs() < 1e-12);
    }

    #[test]
    fn nothing_changed_is_no_surprise() {
        assert!(fell(rate(1, 10), rate(1, 10)) > 0.5);
        assert_eq!(fell(rate(0, 10), rate(0, 10)), 1.0);
        assert_eq!(fell(rate(0, 0), rate(0, 0)), 1.0);
        assert_eq!(fell(rate(2, 10), rate(0, 0)), 1.0);
    }
}
