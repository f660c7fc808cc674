//! Losses, mean over the batch, with the gradient for the outputs.

use super::Real;

/// Cross-entropy of (N, C) logits with N class numbers.
pub fn cross_entropy<T: Real>(logits: &[T], classes: usize, labels: &[usize], d_logits: &mut [T]) -> T {
    let count = T::from_f64(labels.len() as f64);
    let mut loss = T::ZERO;
    for (n, label) in labels.iter().enumerate() {
        let row = n * classes..(n + 1) * classes;
        let largest = logits[row.clone()].iter().fold(logits[row.start], |a, b| if *b > a { *b } else { a });
        let sum: T = logits[row.clone()].iter().map(|z| (*z - largest).exp()).sum();
        for i in row.clone() {
            d_logits[i] = (logits[i] - largest).exp() / sum / count;
        }
        d_logits[row.start + label] = d_logits[row.start + label] - T::ONE / count;
        loss += (sum.ln() + largest - logits[row.start + label]) / count;
    }
    loss
}

/// Mean of the squared differences.
pub fn mean_squared_error<T: Real>(y: &[T], target: &[T], d_y: &mut [T]) -> T {
    let count = T::from_f64(y.len() as f64);
    let mut loss = T::ZERO;
    for i in 0..y.len() {
        let difference = y[i] - target[i];
        loss += difference * difference / count;
        d_y[i] = (difference + difference) / count;
    }
    loss
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::gradient_check::{assert_gradient, scattered};

    #[test]
    fn gradients_are_finite_differences() {
        let y = scattered(15, 2);
        let mut d_y = [0.0; 15];
        cross_entropy(&y, 5, &[4, 0, 2], &mut d_y);
        let loss = |y: &[f64]| cross_entropy(y, 5, &[4, 0, 2], &mut [0.0; 15]);
        assert_gradient("cross-entropy", loss, &y, &d_y);

        let target = scattered(15, 7);
        mean_squared_error(&y, &target, &mut d_y);
        let loss = |y: &[f64]| mean_squared_error(y, &target, &mut [0.0; 15]);
        assert_gradient("mean squared error", loss, &y, &d_y);
    }
}
