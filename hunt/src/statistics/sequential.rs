//! Decides when there are enough runs: the sequential probability ratio test.

use crate::plan::Certainty;

/// The present result of a sequential test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// None yet.
    Undecided,
    /// The rate is nearer to `p1`: it happens.
    Happens,
    /// The rate is nearer to `p0`: it does not happen often enough to matter.
    Rare,
}

/// Wald's sequential probability ratio test (Annals of Mathematical Statistics, 1945) of two rates:
/// after each run it shows whether one of them is ruled out.
#[derive(Clone, Copy, Debug)]
pub struct Sequential {
    hit: f64,
    miss: f64,
    upper: f64,
    lower: f64,
    sum: f64,
}

impl Sequential {
    /// A test without runs. Rates and error rates are strictly between 0 and 1, and `p0` is below
    /// `p1`.
    pub fn new(certainty: Certainty) -> Self {
        let Certainty { p0, p1, alpha, beta } = certainty;
        Self {
            hit: (p1 / p0).ln(),
            miss: ((1.0 - p1) / (1.0 - p0)).ln(),
            upper: ((1.0 - beta) / alpha).ln(),
            lower: (beta / (1.0 - alpha)).ln(),
            sum: 0.0,
        }
    }

    /// Records one run. A decision is final.
    pub fn note(&mut self, hit: bool) -> Decision {
        if self.decision() == Decision::Undecided {
            self.sum += if hit { self.hit } else { self.miss };
        }
        self.decision()
    }

    /// The present result.
    pub fn decision(&self) -> Decision {
        match self.sum {
            sum if sum >= self.upper => Decision::Happens,
            sum if sum <= self.lower => Decision::Rare,
            _ => Decision::Undecided,
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::{Certainty, Decision, Sequential};

    fn clean_runs_until_rare(certainty: Certainty) -> usize {
        let mut test = Sequential::new(certainty);
        (1..).find(|_| test.note(false) == Decision::Rare).unwrap()
    }

    #[test]
    fn clean_runs_that_are_enough() {
        // By the formula: ln(β/(1−α)) / ln((1−p1)/(1−p0)), rounded up.
        assert_eq!(clean_runs_until_rare(Certainty::default()), 154);
        let other = Certainty { p0: 0.005, p1: 0.05, ..Certainty::default() };
        assert_eq!(clean_runs_until_rare(other), 64);
    }

    #[test]
    fn one_hit_at_once_is_enough() {
        let mut test = Sequential::new(Certainty::default());
        assert_eq!(test.note(true), Decision::Happens);
        assert_eq!(test.note(false), Decision::Happens, "it stays decided");
    }

    /// The share of wrong decisions when the rate is `rate`.
    fn wrong(rate: f64, wrong: Decision) -> f64 {
        let certainty = Certainty { p0: 0.02, p1: 0.1, alpha: 0.05, beta: 0.05 };
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let decided = (0..4_000).map(|_| {
            let mut test = Sequential::new(certainty);
            loop {
                match test.note(rng.random_bool(rate)) {
                    Decision::Undecided => {}
                    decision => return decision,
                }
            }
        });
        decided.filter(|decision| *decision == wrong).count() as f64 / 4_000.0
    }

    #[test]
    fn error_rates_hold() {
        // Wald: the bounds are exact up to overshooting, which makes them smaller, not larger; 0.01
        // is three standard errors of the simulation.
        assert!(wrong(0.02, Decision::Happens) < 0.05 + 0.01);
        assert!(wrong(0.1, Decision::Rare) < 0.05 + 0.01);
    }
}
