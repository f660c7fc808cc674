//! Random numbers as a function of where they are used, not of how many were drawn before.
//!
//! A stream is known by a seed and a number of its own; each of its numbers by an index. So the same numbers come out in
//! any order and on any number of threads, and dropout can draw its mask again instead of keeping it.

/// A stream of random numbers, each a function of its index.
///
/// `SplitMix64` (Steele, Lea and Flood 2014, *Fast Splittable Pseudorandom Number Generators*): a counter times the
/// golden ratio, mixed. Seed and stream are mixed first, so that neighbouring ones have nothing in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stream {
    start: u64,
}

impl Stream {
    /// Stream number `stream` of those that belong to `seed`.
    #[must_use]
    pub fn new(seed: u64, stream: u64) -> Self {
        Self { start: mix(mix(seed.wrapping_add(GOLDEN)) ^ stream.wrapping_mul(GOLDEN)) }
    }

    /// 64 mixed bits.
    #[must_use]
    #[inline]
    pub fn bits(self, index: u64) -> u64 {
        mix(self.start.wrapping_add(index.wrapping_add(1).wrapping_mul(GOLDEN)))
    }

    /// A number in [0, 1), a multiple of 2⁻²⁴, all of them equally likely.
    #[must_use]
    #[inline]
    pub fn uniform(self, index: u64) -> f32 {
        (self.bits(index) >> 40) as f32 / (1 << 24) as f32
    }

    /// A number below `bound`; none is more than bound · 2⁻⁶⁴ likelier than another.
    ///
    /// The upper half of a product (Lemire 2019, *Fast Random Integer Generation in an Interval*). 0 if `bound` is 0.
    #[must_use]
    #[inline]
    pub fn below(self, index: u64, bound: usize) -> usize {
        ((u128::from(self.bits(index)) * bound as u128) >> 64) as usize
    }

    /// A number that is normally distributed with mean 0 and variance 1 (Box and Muller 1958).
    #[must_use]
    pub fn normal(self, index: u64) -> f32 {
        let bits = self.bits(index);
        let unit = 1.0 / (1_u64 << 32) as f64;
        // Above 0, so that there is a logarithm; the largest result is √(2 ln 2³³), about 6.8.
        let radius = ((bits >> 32) as f64 + 0.5) * unit;
        let angle = (bits & 0xffff_ffff) as f64 * unit;
        (libm::sqrt(-2.0 * libm::log(radius)) * libm::cos(2.0 * core::f64::consts::PI * angle)) as f32
    }
}

/// Puts items into a random order (Fisher and Yates), the same for the same seed.
pub fn shuffle<T>(seed: u64, items: &mut [T]) {
    let stream = Stream::new(seed, SHUFFLE);
    for last in (1..items.len()).rev() {
        items.swap(last, stream.below(last as u64, last + 1));
    }
}

/// 2⁶⁴ divided by the golden ratio, odd.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The stream of [`shuffle`].
const SHUFFLE: u64 = u64::MAX;

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

    /// What is in a stored mask or initialisation must not change under its owner's feet.
    #[test]
    fn streams_stay_what_they_are() {
        // In Python: the definition above with & (2**64 - 1) after every product and sum.
        assert_eq!(Stream::new(0, 0).bits(0), 0x568a_9b0b_1a2c_05ec);
        assert_eq!(Stream::new(42, 7).bits(1_000_000), 0xef41_c086_ad81_d2d0);
    }

    #[test]
    fn numbers_fill_the_unit_interval_evenly() {
        for (seed, stream) in [(0, 0), (0, 1), (1, 0), (42, 7)] {
            let stream = Stream::new(seed, stream);
            let mut counts = [0_u32; 10];
            for index in 0..100_000 {
                let tenths = stream.uniform(index) * 10.0;
                let bin = (0..9).find(|bin| tenths < f32::from(*bin + 1_u8)).unwrap_or(9);
                counts[usize::from(bin)] += 1;
            }
            // Ten thousand are expected in each, with a standard deviation of 95.
            assert!(counts.iter().all(|count| count.abs_diff(10_000) < 500), "{counts:?}");
        }
    }

    #[test]
    fn streams_have_nothing_in_common() {
        let pairs = [((0, 0), (0, 1)), ((0, 0), (1, 0)), ((5, 6), (6, 5))];
        for (a, b) in pairs {
            let (one, other) = (Stream::new(a.0, a.1), Stream::new(b.0, b.1));
            for lag in 0..3 {
                let products = (0..100_000)
                    .map(|i| f64::from(one.uniform(i) - 0.5) * f64::from(other.uniform(i + lag) - 0.5));
                let correlation = 12.0 * products.sum::<f64>() / 100_000.0;
                assert!(correlation.abs() < 0.015, "{a:?} and {b:?} at {lag}: {correlation}");
            }
        }
    }

    #[test]
    fn normal_numbers_have_the_moments_of_a_normal_distribution() {
        let stream = Stream::new(3, 4);
        let moment = |power: i32| {
            let powers = (0..200_000).map(|i| (0..power).fold(1.0, |p, _| p * f64::from(stream.normal(i))));
            powers.sum::<f64>() / 200_000.0
        };
        for (power, expected, bound) in [(1, 0.0, 0.01), (2, 1.0, 0.015), (3, 0.0, 0.05), (4, 3.0, 0.12)] {
            let found = moment(power);
            assert!((found - expected).abs() < bound, "moment {power} is {found}, not {expected}");
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
