//! Random numbers as a function of where they are used, not of how many were drawn before.
//!
//! A stream is known by a seed and a number of its own; each of its numbers by an index. So the same numbers come out in
//! any order and on any number of threads, and dropout can draw its mask again instead of keeping it.

/// 64 mixed bits for number `index` of stream `stream`.
///
/// `SplitMix64` (Steele, Lea and Flood 2014, *Fast Splittable Pseudorandom Number Generators*): a counter times the
/// golden ratio, mixed. Seed and stream are mixed first, so that neighbouring ones have nothing in common.
#[must_use]
#[inline]
pub fn bits(seed: u64, stream: u64, index: u64) -> u64 {
    mix(start(seed, stream).wrapping_add(index.wrapping_add(1).wrapping_mul(GOLDEN)))
}

/// A number in [0, 1), a multiple of 2⁻²⁴.
#[must_use]
#[inline]
pub fn uniform(seed: u64, stream: u64, index: u64) -> f32 {
    (bits(seed, stream, index) >> 40) as f32 / (1 << 24) as f32
}

/// Puts items into a random order (Fisher and Yates), the same for the same seed.
pub fn shuffle<T>(seed: u64, items: &mut [T]) {
    for last in (1..items.len()).rev() {
        // The product's upper half is a number below `last + 1` (Lemire 2019); its bias is below 2⁻⁴⁰ for any list here.
        let other = (u128::from(bits(seed, SHUFFLE, last as u64)) * (last as u128 + 1)) >> 64;
        items.swap(last, other as usize);
    }
}

/// 2⁶⁴ divided by the golden ratio, odd.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The stream of [`shuffle`].
const SHUFFLE: u64 = u64::MAX;

fn start(seed: u64, stream: u64) -> u64 {
    mix(mix(seed.wrapping_add(GOLDEN)) ^ stream.wrapping_mul(GOLDEN))
}

/// The finaliser: every bit of the input changes about half of the output.
fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn the_mixer_is_splitmix64() {
        // The first outputs of the generator with seed 0, as its authors' Java class prints them.
        assert_eq!(mix(GOLDEN), 0xe220_a839_7b1d_cdaf);
        assert_eq!(mix(GOLDEN.wrapping_mul(2)), 0x6e78_9e6a_a1b9_65f4);
    }

    #[test]
    fn numbers_fill_the_unit_interval_evenly() {
        #[allow(clippy::cast_sign_loss)] // none is negative
        for (seed, stream) in [(0, 0), (0, 1), (1, 0), (42, 7)] {
            let mut counts = [0_u32; 10];
            for index in 0..100_000 {
                counts[(uniform(seed, stream, index) * 10.0) as usize] += 1;
            }
            // Ten thousand are expected in each, with a standard deviation of 95.
            assert!(counts.iter().all(|count| count.abs_diff(10_000) < 500), "{counts:?}");
        }
    }

    #[test]
    fn streams_have_nothing_in_common() {
        let pairs = [((0, 0), (0, 1)), ((0, 0), (1, 0)), ((5, 6), (6, 5))];
        for (a, b) in pairs {
            let products = (0..100_000)
                .map(|i| f64::from(uniform(a.0, a.1, i) - 0.5) * f64::from(uniform(b.0, b.1, i) - 0.5));
            let correlation = 12.0 * products.sum::<f64>() / 100_000.0;
            assert!(correlation.abs() < 0.015, "{a:?} and {b:?}: {correlation}");
        }
    }

    #[test]
    fn a_shuffle_keeps_every_item_and_depends_on_its_seed() {
        let shuffled = |seed| {
            let mut items: Vec<u32> = (0..1000).collect();
            shuffle(seed, &mut items);
            items
        };
        let (a, b) = (shuffled(1), shuffled(2));
        assert_eq!(a, shuffled(1));
        assert_ne!(a, b);
        let mut sorted = a.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..1000).collect::<Vec<u32>>());
        let fixed = a.iter().enumerate().filter(|(i, item)| *i == **item as usize).count();
        assert!(fixed < 10, "{fixed} items stayed where they were; about one does");
    }
}
