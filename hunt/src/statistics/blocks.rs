//! Tests whether blocks of runs under the same conditions had the same rate.
//!
//! Rates of races are not stationary: batches minutes apart were measured at 11 of 30 and 0 of 30.
//! Without this test, an interval from pooled runs would be too narrow.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ChiSquared, ContinuousCDF};

use super::Rate;

/// The smallest expected number of hits, and of misses, in a cell of the test; the usual rule for
/// χ².
const EXPECTED: f64 = 5.0;

/// The number of random permutations that stand for all.
const DEALS: usize = 1_999;

/// Runs that were done one right after the other.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// When it began, in milliseconds from the start of the hunt.
    pub at_ms: f64,
    /// The hits and runs.
    #[serde(flatten)]
    pub rate: Rate,
}

/// The probability that blocks differ this much, or more, if the rate is the same in all of them:
/// the χ² test of homogeneity or, with few hits, where the statistic is not distributed as χ², a
/// permutation test with the same statistic. `None` if there is nothing to compare: fewer than two
/// blocks, no hit, or only hits.
pub fn heterogeneity(blocks: &[Block]) -> Option<f64> {
    let rates: Vec<Rate> =
        blocks.iter().map(|block| block.rate).filter(|rate| rate.runs > 0).collect();
    let mut all = Rate::default();
    rates.iter().for_each(|rate| all.add(*rate));
    if rates.len() < 2 || all.hits == 0 || all.hits == all.runs {
        return None;
    }
    let seen = statistic(&rates, all);
    let share = all.estimate();
    if rates.iter().all(|rate| rate.runs as f64 * share.min(1.0 - share) >= EXPECTED) {
        return ChiSquared::new((rates.len() - 1) as f64).ok().map(|chi| chi.sf(seen));
    }
    Some(dealt_out(&rates, all, seen))
}

/// Pearson's sum over hits and misses of all blocks.
fn statistic(rates: &[Rate], all: Rate) -> f64 {
    let of_one = |rate: &Rate| {
        let expected = all.estimate() * rate.runs as f64;
        let off = (rate.hits as f64 - expected).powi(2);
        off / expected + off / (rate.runs as f64 - expected)
    };
    rates.iter().map(of_one).sum()
}

/// The share of random permutations whose statistic is at least as large; the observed one counts
/// among them.
fn dealt_out(rates: &[Rate], all: Rate, seen: f64) -> f64 {
    // Independent of the choices of a hunt: the result depends on the blocks alone.
    let mut rng = crate::seed::choices(0);
    let ends: Vec<u64> = rates
        .iter()
        .scan(0, |end, rate| {
            *end += rate.runs;
            Some(*end)
        })
        .collect();
    let as_large = (0..DEALS).filter(|_| {
        let mut dealt: Vec<Rate> = rates.iter().map(|rate| Rate { hits: 0, ..*rate }).collect();
        for place in rand::seq::index::sample(&mut rng, all.runs as usize, all.hits as usize) {
            let block = ends.partition_point(|end| *end <= place as u64);
            dealt[block].hits += 1;
        }
        // Sums of the same numbers in another order may differ in the last digit.
        statistic(&dealt, all) >= seen - 1e-9
    });
    (as_large.count() + 1) as f64 / (DEALS + 1) as f64
}

#[cfg(test)]
mod tests {
    use super::{Block, Rate, heterogeneity};

    fn blocks(rates: &[(u64, u64)]) -> Vec<Block> {
        let block = |&(hits, runs)| Block { at_ms: 0.0, rate: Rate { hits, runs } };
        rates.iter().map(block).collect()
    }

    #[test]
    fn two_blocks_by_hand() {
        // 30 of 100 and 50 of 100: expected 40 each, χ² = 4·100/40·… = 2·(100/40 + 100/60) =
        // 8.3333; one degree of freedom, so p = erfc(√(8.3333/2)) = 0.003892.
        let p = heterogeneity(&blocks(&[(30, 100), (50, 100)])).unwrap();
        assert!((p - 0.003_892).abs() < 1e-5, "{p}");
    }

    #[test]
    fn equal_blocks_are_equal() {
        let p = heterogeneity(&blocks(&[(10, 40); 5])).unwrap();
        assert!((p - 1.0).abs() < 1e-9, "{p}");
    }

    #[test]
    fn the_batches_that_started_this() {
        let p = heterogeneity(&blocks(&[(11, 30), (1, 60), (0, 30)])).unwrap();
        assert!(p < 0.002, "{p}");
    }

    #[test]
    fn few_hits_have_the_chance_that_counting_gives() {
        // Both hits in one of two blocks of five: 2·(5 over 2) of (10 over 2) deals, so 20 of 45.
        let p = heterogeneity(&blocks(&[(2, 5), (0, 5)])).unwrap();
        assert!((p - 20.0 / 45.0).abs() < 0.04, "{p}");
        // One hit is in one block or the other.
        assert_eq!(heterogeneity(&blocks(&[(1, 50), (0, 50)])), Some(1.0));
    }

    #[test]
    fn without_variation_there_is_no_result() {
        for rates in [&[(0, 50), (0, 50)][..], &[(5, 5), (5, 5)], &[(3, 9)], &[(3, 9), (0, 0)], &[]]
        {
            assert_eq!(heterogeneity(&blocks(rates)), None, "{rates:?}");
        }
    }
}
