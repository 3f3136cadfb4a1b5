//! Chooses the arm to try next, by Thompson sampling.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Distribution};

/// Chooses arms by their promise: draws a rate for each from its results so far, and takes the arm
/// with the most expected hits per second. Arms with few results are tried too, because their draws
/// vary most (Thompson 1933).
#[derive(Clone, Debug)]
pub struct Bandit {
    rng: ChaCha8Rng,
    arms: Vec<Belief>,
}

/// The belief about one arm.
#[derive(Clone, Copy, Debug)]
struct Belief {
    hits: f64,
    misses: f64,
    runs: f64,
    seconds: f64,
}

impl Bandit {
    /// A bandit for this many arms, without results.
    pub fn new(arms: usize, rng: ChaCha8Rng) -> Self {
        let belief = Belief { hits: 1.0, misses: 1.0, runs: 0.0, seconds: 0.0 };
        Self { rng, arms: vec![belief; arms] }
    }

    /// Records one run: its worth, from 0 to 1, and its duration. A worth between the two counts as
    /// a hit with that probability (Agrawal and Goyal, COLT 2012), so that a long tail makes an arm
    /// promising before it ever leaks.
    pub fn note(&mut self, arm: usize, worth: f64, seconds: f64) {
        let hit = self.rng.random_bool(worth.clamp(0.0, 1.0));
        if let Some(belief) = self.arms.get_mut(arm) {
            *(if hit { &mut belief.hits } else { &mut belief.misses }) += 1.0;
            belief.runs += 1.0;
            belief.seconds += seconds;
        }
    }

    /// The arm to try next among the `open` ones; `None` if there are none.
    pub fn choose(&mut self, open: impl Fn(usize) -> bool) -> Option<usize> {
        let mut best: Option<(usize, f64)> = None;
        for (arm, belief) in self.arms.iter().enumerate() {
            // Drawn for closed arms too, so that the draw for one arm does not depend on the
            // others.
            let rate =
                Beta::new(belief.hits, belief.misses).map_or(0.0, |b| b.sample(&mut self.rng));
            let yield_ = rate / belief.cost();
            if open(arm) && best.is_none_or(|(_, most)| yield_ > most) {
                best = Some((arm, yield_));
            }
        }
        best.map(|(arm, _)| arm)
    }
}

impl Belief {
    /// Seconds per run; never zero, because all other arms would be infinitely expensive in
    /// comparison.
    fn cost(&self) -> f64 {
        if self.runs == 0.0 { 1e-3 } else { (self.seconds / self.runs).max(1e-3) }
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::Bandit;

    /// The arms chosen in 300 tries, with these rates and costs.
    fn chosen(seed: u64, arms: &[(f64, f64)]) -> Vec<usize> {
        let mut world = ChaCha8Rng::seed_from_u64(99);
        let mut bandit = Bandit::new(arms.len(), ChaCha8Rng::seed_from_u64(seed));
        let mut choices = Vec::new();
        for _ in 0..300 {
            let arm = bandit.choose(|_| true).unwrap();
            let (rate, seconds) = arms[arm];
            bandit.note(arm, f64::from(u8::from(world.random_bool(rate))), seconds);
            choices.push(arm);
        }
        choices
    }

    fn count(choices: &[usize], arm: usize) -> usize {
        choices.iter().filter(|choice| **choice == arm).count()
    }

    #[test]
    fn one_seed_one_course() {
        let arms = [(0.0, 1.0), (0.3, 1.0), (0.1, 1.0)];
        assert_eq!(chosen(1, &arms), chosen(1, &arms));
        assert_ne!(chosen(1, &arms), chosen(2, &arms));
    }

    #[test]
    fn the_arm_that_hits_is_chosen_most() {
        for seed in 0..10 {
            let choices = chosen(seed, &[(0.0, 1.0), (0.0, 1.0), (0.5, 1.0), (0.0, 1.0)]);
            assert!(count(&choices, 2) > 200, "seed {seed}: {}", count(&choices, 2));
        }
    }

    #[test]
    fn of_two_that_hit_as_often_the_cheaper_one() {
        for seed in 0..10 {
            let choices = chosen(seed, &[(0.3, 1.0), (0.3, 8.0)]);
            assert!(count(&choices, 0) > 200, "seed {seed}: {}", count(&choices, 0));
        }
    }

    #[test]
    fn closed_arms_are_not_chosen() {
        let mut bandit = Bandit::new(3, ChaCha8Rng::seed_from_u64(1));
        assert!((0..50).all(|_| bandit.choose(|arm| arm == 1) == Some(1)));
        assert_eq!(bandit.choose(|_| false), None);
    }
}
