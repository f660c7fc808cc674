//! Losses, mean over the batch, with the gradient for the outputs.

use super::Real;

/// Cross-entropy of (N, C) logits with N class numbers; each target gives `label_smoothing` to all classes alike.
pub fn cross_entropy<T: Real>(
    logits: &[T],
    classes: usize,
    labels: &[usize],
    label_smoothing: T,
    d_logits: &mut [T],
) -> T {
    let count = T::from_f64(labels.len() as f64);
    let of_each = label_smoothing / T::from_f64(classes as f64);
    let mut loss = T::ZERO;
    for (n, label) in labels.iter().enumerate() {
        let row = n * classes..(n + 1) * classes;
        let largest = logits[row.clone()].iter().fold(logits[row.start], |a, b| if *b > a { *b } else { a });
        let sum: T = logits[row.clone()].iter().map(|z| (*z - largest).exp()).sum();
        for i in row.clone() {
            let right = if i == row.start + label { T::ONE - label_smoothing } else { T::ZERO };
            let target = of_each + right;
            d_logits[i] = ((logits[i] - largest).exp() / sum - target) / count;
            loss += target * (sum.ln() + largest - logits[i]) / count;
        }
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
        for label_smoothing in [0.0, 0.1, 1.0] {
            cross_entropy(&y, 5, &[4, 0, 2], label_smoothing, &mut d_y);
            let loss = |y: &[f64]| cross_entropy(y, 5, &[4, 0, 2], label_smoothing, &mut [0.0; 15]);
            assert_gradient("cross-entropy", loss, &y, &d_y);
        }

        let target = scattered(15, 7);
        mean_squared_error(&y, &target, &mut d_y);
        let loss = |y: &[f64]| mean_squared_error(y, &target, &mut [0.0; 15]);
        assert_gradient("mean squared error", loss, &y, &d_y);
    }
}
