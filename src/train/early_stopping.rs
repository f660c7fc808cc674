//! When to stop, because it does not get better any more.

/// Watches one figure, the loss of a validation set say, and tells when it has stopped getting better.
///
/// ```
/// use cnn::train::{EarlyStopping, Verdict};
///
/// let mut stopping = EarlyStopping::new(2);
/// for loss in [1.0, 0.5, 0.7, 0.6, 0.1] {
///     match stopping.observe(loss) {
///         Verdict::Better => { /* keep these weights */ }
///         Verdict::NotYet => {}
///         Verdict::Stop => break,
///     }
/// }
/// assert_eq!(stopping.best(), Some(0.5));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EarlyStopping {
    patience: u32,
    min_delta: f32,
    /// 1 if less is better, -1 if more is.
    sign: f32,
    best: Option<f32>,
    waited: u32,
}

/// What a figure says about the training.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Verdict {
    /// It is the best so far.
    Better,
    /// It is not, but there is patience left.
    NotYet,
    /// It is not, and there is no patience left.
    Stop,
}

impl EarlyStopping {
    /// Stops at the figure number `patience` (at least 1) in a row that is not better than the best before. Less is better.
    #[must_use]
    pub fn new(patience: u32) -> Self {
        Self { patience: patience.max(1), min_delta: 0.0, sign: 1.0, best: None, waited: 0 }
    }

    /// Only what is better by more than this counts; 0 unless set.
    #[must_use]
    pub fn min_delta(self, min_delta: f32) -> Self {
        Self { min_delta, ..self }
    }

    /// More is better: for an accuracy.
    #[must_use]
    pub fn more_is_better(self) -> Self {
        Self { sign: -1.0, ..self }
    }

    /// Takes note of one more figure. NaN is never better.
    pub fn observe(&mut self, figure: f32) -> Verdict {
        let better = match self.best {
            Some(best) => self.sign * (best - figure) > self.min_delta,
            None => !figure.is_nan(),
        };
        if better {
            (self.best, self.waited) = (Some(figure), 0);
            return Verdict::Better;
        }
        self.waited = self.waited.saturating_add(1);
        if self.waited < self.patience { Verdict::NotYet } else { Verdict::Stop }
    }

    /// The best figure so far.
    #[must_use]
    pub fn best(&self) -> Option<f32> {
        self.best
    }

    /// How many figures there were since the best.
    #[must_use]
    pub fn waited(&self) -> u32 {
        self.waited
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict::{Better, NotYet, Stop};
    use super::*;

    fn check(mut stopping: EarlyStopping, figures: &[(f32, Verdict)]) {
        for (i, (figure, expected)) in figures.iter().enumerate() {
            assert_eq!(stopping.observe(*figure), *expected, "figure {i}: {stopping:?}");
        }
    }

    #[test]
    fn patience_starts_anew_with_every_best() {
        let figures =
            [(1.0, Better), (1.0, NotYet), (0.9, Better), (2.0, NotYet), (0.95, Stop), (0.95, Stop)];
        check(EarlyStopping::new(2), &figures);
        check(
            EarlyStopping::new(2),
            &[(1.0, Better), (2.0, NotYet), (3.0, Stop), (0.5, Better), (1.0, NotYet)],
        );
    }

    #[test]
    fn a_small_gain_is_none() {
        let figures = [(1.0, Better), (0.95, NotYet), (0.91, NotYet), (0.85, Better), (0.8, NotYet)];
        check(EarlyStopping::new(3).min_delta(0.1), &figures);
    }

    #[test]
    fn accuracies_rise() {
        let figures = [(0.5, Better), (0.4, NotYet), (0.65, Better), (0.7, NotYet), (0.74, Stop)];
        check(EarlyStopping::new(2).min_delta(0.1).more_is_better(), &figures);
    }

    #[test]
    fn what_is_not_a_number_is_never_best() {
        check(
            EarlyStopping::new(2),
            &[(f32::NAN, NotYet), (3.0, Better), (f32::NAN, NotYet), (f32::NAN, Stop)],
        );
        check(EarlyStopping::new(0), &[(1.0, Better), (f32::INFINITY, Stop)]);
        check(EarlyStopping::new(1), &[(f32::INFINITY, Better), (1.0, Better)]);
    }
}
