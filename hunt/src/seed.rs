//! Derives all random choices from one seed.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The generator for the choices of a hunt itself.
pub fn choices(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// The seed of one run of an arm. The generator can jump to any position of any of its streams, so
/// no run depends on earlier ones. The numbers never change, because the algorithm is fixed by its
/// name. They have 53 bits, so that shells and languages that only have doubles can compute with
/// them.
pub fn of_run(seed: u64, arm: &str, index: u64) -> u64 {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream(arm));
    // A number takes two words.
    rng.set_word_pos(u128::from(index) * 2);
    rng.next_u64() >> 11
}

/// A seed for runs that are independent of those of `seed`.
pub fn apart(seed: u64) -> u64 {
    of_run(seed, "apart", 0)
}

/// A stream for each arm: FNV-1a of its name. Stream 0 belongs to [`choices`].
fn stream(arm: &str) -> u64 {
    let hash = arm.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash.max(1)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{of_run, stream};

    #[test]
    fn every_run_has_its_own_seed_and_keeps_it() {
        let mut seen = HashSet::new();
        for seed in [0, 1, u64::MAX] {
            for arm in ["as is", "copies 4", "busy 4x", "busy 16x"] {
                for index in 0..200 {
                    assert!(seen.insert(of_run(seed, arm, index)), "{seed} {arm} {index}");
                    assert_eq!(of_run(seed, arm, index), of_run(seed, arm, index));
                }
            }
        }
    }

    #[test]
    fn streams_are_those_of_the_published_hash() {
        // Test vectors of FNV-1a, 64 bit.
        assert_eq!(stream(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(stream("a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(stream("foobar"), 0x8594_4171_f739_67e8);
    }
}
