//! A rate: hits in runs, its interval, and the number of runs that show that it is gone.

use serde::{Deserialize, Serialize};
use statrs::distribution::{Beta, ContinuousCDF};

/// The error probability of a statement "at 95 %".
const ERROR: f64 = 0.05;

/// Hits in runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// The number of hits.
    pub hits: u64,
    /// The number of runs.
    pub runs: u64,
}

impl Rate {
    /// Records one run.
    pub fn note(&mut self, hit: bool) {
        self.hits += u64::from(hit);
        self.runs += 1;
    }

    /// Adds other runs under the same conditions.
    pub fn add(&mut self, other: Self) {
        self.hits += other.hits;
        self.runs += other.runs;
    }

    /// The share of hits; 0 without a run.
    pub fn estimate(&self) -> f64 {
        if self.runs == 0 { 0.0 } else { self.hits as f64 / self.runs as f64 }
    }

    /// The two-sided 95 % interval of Clopper and Pearson (Biometrika 1934): it covers the true
    /// rate at least that often, whatever the rate is. From 0 to 1 without a run.
    pub fn interval(&self) -> (f64, f64) {
        (self.low(ERROR / 2.0), self.high(ERROR / 2.0))
    }

    /// The upper bound of the rate at 95 %, one-sided: 1 − 0.05^(1/n) after n runs without a hit.
    pub fn upper_bound(&self) -> f64 {
        self.high(ERROR)
    }

    /// The lower bound of the rate at 95 %, one-sided.
    pub fn lower_bound(&self) -> f64 {
        self.low(ERROR)
    }

    fn low(&self, error: f64) -> f64 {
        if self.hits == 0 {
            return 0.0;
        }
        quantile(self.hits as f64, (self.runs - self.hits) as f64 + 1.0, error)
    }

    fn high(&self, error: f64) -> f64 {
        if self.hits == self.runs {
            return 1.0;
        }
        quantile(self.hits as f64 + 1.0, (self.runs - self.hits) as f64, 1.0 - error)
    }
}

/// A quantile of the beta distribution. Its parameters here are at least 1, so it always exists.
fn quantile(a: f64, b: f64, share: f64) -> f64 {
    Beta::new(a, b).map_or(f64::NAN, |beta| beta.inverse_cdf(share))
}

/// The number of runs without a hit that show at 95 % that a rate of at least `rate` is gone: ln
/// 0.05 / ln(1 − rate), rounded up. No number of runs shows that for a rate of 0.
pub fn runs_to_show(rate: f64) -> Option<u64> {
    match rate {
        rate if rate >= 1.0 => Some(1),
        rate if rate > 0.0 => Some((ERROR.ln() / (-rate).ln_1p()).ceil() as u64),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Rate, runs_to_show};

    fn close(seen: f64, expected: f64) {
        assert!((seen - expected).abs() < 1e-6, "{seen} is not {expected}");
    }

    #[test]
    fn interval_is_the_one_of_the_tables() {
        // The example of `binom.test` in the manual of R.
        let (low, high) = Rate { hits: 682, runs: 925 }.interval();
        close(low, 0.707_668_3);
        close(high, 0.765_406_6);
    }

    #[test]
    fn no_hit_and_only_hits_have_closed_forms() {
        for runs in [1, 5, 30, 149, 5_000] {
            let root = |share: f64| share.powf(1.0 / runs as f64);
            let none = Rate { hits: 0, runs };
            close(none.upper_bound(), 1.0 - root(0.05));
            close(none.interval().1, 1.0 - root(0.025));
            assert_eq!((none.interval().0, none.lower_bound()), (0.0, 0.0));
            let all = Rate { hits: runs, runs };
            close(all.lower_bound(), root(0.05));
            close(all.interval().0, root(0.025));
            assert_eq!((all.interval().1, all.upper_bound()), (1.0, 1.0));
        }
    }

    #[test]
    fn without_a_run_the_rate_is_unknown() {
        assert_eq!(Rate::default().interval(), (0.0, 1.0));
        assert_eq!(Rate::default().estimate(), 0.0);
    }

    #[test]
    fn proof_takes_as_many_runs_as_the_rule_says() {
        // Published with the rule: 5 % takes 59 runs, 2 % takes 149, 1 % takes 299.
        assert_eq!([0.05, 0.02, 0.01].map(runs_to_show), [Some(59), Some(149), Some(299)]);
        assert_eq!([1.0, 0.0].map(runs_to_show), [Some(1), None]);
    }
}
