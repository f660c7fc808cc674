//! Every operation of every unit that the machine has, beside the same of one number; and [`chosen_unit`], by which the
//! tests of all kernels run on every unit too.

use super::*;
use crate::conv2d::testing::numbers;
use alloc::vec::Vec;
use core::array::from_fn;

/// The environment variable that names the unit which all tests of a process run on, instead of the best.
#[cfg(feature = "std")]
const CHOICE: &str = "CNN_TEST_UNIT";

/// The unit that [`CHOICE`] names, if any.
#[cfg(feature = "std")]
pub(super) fn chosen_unit() -> Option<Unit> {
    static CHOSEN: std::sync::OnceLock<Option<Unit>> = std::sync::OnceLock::new();
    *CHOSEN.get_or_init(|| {
        let name = std::env::var(CHOICE).ok()?;
        let (_, unit) = Unit::all().find(|(known, _)| *known == name).expect("the name of a unit");
        Some(unit.unwrap_or_else(|| panic!("{name} cannot be tested on this machine")))
    })
}

/// Runs this program once more for each unit that is there beside the best, and tells on which the tests passed.
#[cfg(feature = "std")]
#[test]
fn the_tests_of_all_kernels_pass_on_every_unit() {
    // Not by a macro of `print`'s, whose text is shown for failures only.
    let tell = |told: &str| std::io::Write::write_all(&mut std::io::stderr(), told.as_bytes());
    if let Ok(name) = std::env::var(CHOICE) {
        tell(&alloc::format!("\nunit tested: {name}, and no other\n")).expect("a standard error");
        return; // this is such a run
    }
    let names = |there: bool| -> Vec<_> {
        Unit::all().filter(|(_, unit)| unit.is_some() == there).map(|(name, _)| name).collect()
    };
    let (tested, missing) = (names(true), names(false));
    let must_be_there = cfg!(target_arch = "x86_64") && std::env::var_os("CI").is_some();
    assert!(!must_be_there || tested.contains(&"avx2"), "this machine cannot test the copies for AVX2");
    for name in &tested[1..] {
        let program = std::env::current_exe().expect("the path of this program");
        let run = std::process::Command::new(program).env(CHOICE, name).output().expect("this program runs");
        let told = alloc::string::String::from_utf8_lossy(&run.stdout);
        assert!(run.status.success(), "the tests fail on {name}:\n{told}");
    }
    let told = alloc::format!(
        "\nunits tested: {}, here; {}, once more each; not on this machine: {}\n",
        tested[0],
        tested[1..].join(", "),
        if missing.is_empty() { "none".into() } else { missing.join(", ") },
    );
    tell(&told).expect("a standard error");
}

/// Those that the machine has.
fn units() -> impl Iterator<Item = (&'static str, Unit)> {
    Unit::all().filter_map(|(name, unit)| Some((name, unit?)))
}

/// Asserts that both have the same bits, or both are NaN, in all lanes.
fn assert_same<const N: usize>(what: &str, found: &[f32; N], expected: &[f32; N]) {
    let same = |(a, b): (&f32, &f32)| a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan();
    assert!(found.iter().zip(expected).all(same), "{what}: {found:?} instead of {expected:?}");
}

/// Every function of [`math`] of every number.
struct Functions<'a>(&'a [f32], &'a mut [[f32; 6]]);

impl Body for Functions<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        for (x, y) in self.0.iter().zip(self.1) {
            let (distribution, density) = math::normal(*x);
            let root = math::sqrt(x.abs());
            *y = [math::exp(*x), math::sigmoid(*x), math::tanh(*x), distribution, density, root];
        }
    }
}

#[test]
fn bodies_give_the_same_bits_on_every_unit() {
    let x: Vec<f32> = (-60_000..60_000).map(|i| i as f32 * 1.7e-3).collect();
    let mut expected = alloc::vec![[0.0; 6]; x.len()];
    Functions(&x, &mut expected).run();
    for (name, unit) in units() {
        let mut found = alloc::vec![[0.0; 6]; x.len()];
        unit.run(Loop(Functions(&x, &mut found)));
        let differs = |(a, b): (&[f32; 6], &[f32; 6])| a.map(f32::to_bits) != b.map(f32::to_bits);
        assert_eq!(expected.iter().zip(&found).position(differs), None, "on {name}");
    }
}

/// Every operation on lines.
struct OfLines<'a>([&'a [f32; LINE]; 3]);

impl Kernel for OfLines<'_> {
    type Output = [[f32; LINE]; 12];
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Self::Output {
        let [a, b, c] = self.0.map(|numbers| simd.load(numbers));
        let results = [
            simd.splat(self.0[0][3]),
            simd.add(a, b),
            simd.sub(a, b),
            simd.mul(a, b),
            simd.div(a, b),
            simd.mul_add(a, b, c),
            simd.max(a, b),
            simd.min(a, b),
            simd.larger(a, b),
            simd.if_beats(a, b, c, a),
            simd.if_equal(a, b, c, a),
            simd.join(simd.halves(a)[1], simd.halves(b)[0]),
        ];
        results.map(|line| {
            let mut numbers = [0.0; LINE];
            simd.store(line, &mut numbers);
            numbers
        })
    }
}

/// Every operation on halves of lines.
struct OfHalves<'a>([&'a [f32; HALF]; 3]);

impl Kernel for OfHalves<'_> {
    type Output = [[f32; HALF]; 5];
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Self::Output {
        let [a, b, c] = self.0.map(|numbers| simd.load_half(numbers));
        let results = [
            simd.splat_half(self.0[0][3]),
            simd.add_half(a, b),
            simd.sub_half(a, b),
            simd.mul_half(a, b),
            simd.mul_add_half(a, b, c),
        ];
        results.map(|half| {
            let mut numbers = [0.0; HALF];
            simd.store_half(half, &mut numbers);
            numbers
        })
    }
}

/// What these operations give, number by number. The first five are those on halves too, with the sixth as the last.
fn expected_of_lines(unit: Unit, [a, b, c]: [&[f32; LINE]; 3]) -> [[f32; LINE]; 12] {
    let each = |f: &dyn Fn(f32, f32, f32) -> f32| from_fn(|i| f(a[i], b[i], c[i]));
    let beats = |new: f32, best: f32| new > best || new.is_nan();
    let rounds_twice = matches!(unit, Unit::Portable(_));
    [
        [a[3]; LINE],
        each(&|a, b, _| a + b),
        each(&|a, b, _| a - b),
        each(&|a, b, _| a * b),
        each(&|a, b, _| a / b),
        each(&|a, b, c| if rounds_twice { a * b + c } else { libm::fmaf(a, b, c) }),
        each(&|a, b, _| if a > b { a } else { b }),
        each(&|a, b, _| if a < b { a } else { b }),
        each(&|a, b, _| if beats(a, b) { a } else { b }),
        each(&|a, b, c| if beats(a, b) { c } else { a }),
        each(&|a, b, c| if a == b { c } else { a }),
        from_fn(|i| if i < HALF { a[HALF + i] } else { b[i - HALF] }),
    ]
}

#[test]
fn units_compute_what_they_say() {
    // All pairs of special numbers, and many others of which the products have to be rounded.
    let special = [0.0, -0.0, 1.0, -1.5, f32::NAN, f32::INFINITY, -f32::INFINITY, 1e-40];
    let of_pair = |first: usize| [special[first / 8], special[first % 8], 0.75];
    let specials: Vec<[f32; 3]> = (0..64).map(of_pair).collect();
    let others = [1, 2, 3].map(|seed| numbers(1600, seed));
    let others: Vec<[f32; 3]> = (0..1600).map(|i| [0, 1, 2].map(|k| others[k][i])).collect();
    for numbers in specials.as_chunks::<LINE>().0.iter().chain(others.as_chunks().0) {
        let lines: [[f32; LINE]; 3] = from_fn(|k| numbers.map(|numbers| numbers[k]));
        for (name, unit) in units() {
            let expected = expected_of_lines(unit, lines.each_ref());
            let found = unit.run(OfLines(lines.each_ref()));
            for (i, (found, expected)) in found.iter().zip(&expected).enumerate() {
                assert_same(&alloc::format!("{name}, operation {i}"), found, expected);
            }
            let halves = lines.each_ref().map(|line| line.as_chunks::<HALF>().0);
            for half in 0..2 {
                let found = unit.run(OfHalves(halves.map(|halves| &halves[half])));
                for (i, found) in found.iter().enumerate() {
                    let expected = match i {
                        0 => [halves[0][half][3]; HALF],
                        4 => expected[5].as_chunks().0[half],
                        _ => expected[i].as_chunks().0[half],
                    };
                    assert_same(&alloc::format!("{name}, operation {i} on halves"), found, &expected);
                }
            }
        }
    }
}

struct PowersOfTwo<'a>(&'a [f32; LINE]);

impl Kernel for PowersOfTwo<'_> {
    type Output = [f32; LINE];
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> [f32; LINE] {
        let mut powers = [0.0; LINE];
        simd.store(simd.power_of_two(simd.load(self.0)), &mut powers);
        powers
    }
}

#[test]
fn units_raise_two_to_a_power() {
    for (name, unit) in units() {
        for first in (-126..112).step_by(LINE) {
            let n: [f32; LINE] = from_fn(|i| first as f32 + i as f32);
            let found = unit.run(PowersOfTwo(&n.map(|n| math::ROUND + n)));
            assert_same(name, &found, &n.map(libm::exp2f));
        }
    }
}

struct Bytes<'a>(&'a [u8; LINE]);

impl Kernel for Bytes<'_> {
    type Output = ([f32; LINE], [u8; LINE]);
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Self::Output {
        let line = simd.load_bytes(self.0);
        let (mut numbers, mut bytes) = ([0.0; LINE], [0; LINE]);
        simd.store(line, &mut numbers);
        simd.store_bytes(line, &mut bytes);
        (numbers, bytes)
    }
}

#[test]
fn units_take_numbers_from_bytes_and_back() {
    for (name, unit) in units() {
        for first in (0..=255_u8).step_by(LINE) {
            let bytes: [u8; LINE] = from_fn(|i| first + i as u8);
            assert_eq!(unit.run(Bytes(&bytes)), (bytes.map(f32::from), bytes), "on {name}");
        }
    }
}

struct Transpose<'a>(&'a mut [[f32; LINE]; LINE]);

impl Kernel for Transpose<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        simd.transpose(self.0);
    }
}

#[test]
fn units_make_columns_of_rows() {
    let square = |step: [usize; 2]| -> [[f32; LINE]; LINE] {
        from_fn(|row| from_fn(|column| (row * step[0] + column * step[1]) as f32))
    };
    for (name, unit) in units() {
        let mut found = square([LINE, 1]);
        unit.run(Transpose(&mut found));
        assert_eq!(found, square([1, LINE]), "on {name}");
    }
}
