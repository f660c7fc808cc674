//! Finite differences: the oracle of every gradient.

use alloc::vec::Vec;

/// Asserts that `gradient` is the gradient of `loss` at `x`, entry by entry, by central differences in `f64`.
///
/// The step is 1e-5, so that for a smooth loss of order one the differences are good to about 1e-9; kinks (`relu`,
/// max-pooling) must lie farther than that from every entry of `x`.
pub(crate) fn assert_gradient(what: &str, loss: impl Fn(&[f64]) -> f64, x: &[f64], gradient: &[f64]) {
    assert_eq!(x.len(), gradient.len(), "{what}: a gradient entry for each number");
    let step = 1e-5;
    let mut moved = x.to_vec();
    for i in 0..x.len() {
        moved[i] = x[i] + step;
        let above = loss(&moved);
        moved[i] = x[i] - step;
        let below = loss(&moved);
        moved[i] = x[i];
        let expected = (above - below) / (2.0 * step);
        assert!(
            (gradient[i] - expected).abs() <= 1e-7 * (1.0 + expected.abs()),
            "{what}: entry {i} is {}, finite differences give {expected}",
            gradient[i]
        );
    }
}

/// `len` numbers between -1 and 1 that differ from each other by at least 1/`len`, in a scattered order.
///
/// Distinct by construction, so no window of a max-pool has a tie, and none is 0.
pub(crate) fn scattered(len: usize, seed: usize) -> Vec<f64> {
    let stride = (len * 618 / 1000..=len).find(|&stride| stride > 0 && coprime(stride, len)).unwrap_or(1);
    (0..len)
        .map(|i| (2 * ((i * stride + seed) % len) + 1) as f64 / len as f64 - 1.0 + 0.25 / len as f64)
        .collect()
}

fn coprime(mut a: usize, mut b: usize) -> bool {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a == 1
}
