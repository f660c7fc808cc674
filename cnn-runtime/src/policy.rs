//! How exact the sums of convolutions are.

/// Which algorithms may compute a convolution.
///
/// A Winograd algorithm needs fewer multiplications than the definition and rounds other sums. Errors are those of one
/// layer, relative to its largest output, against sums in double precision (tests of `conv2d::winograd`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// Sums as the definition has them: errors of about 1e-6.
    Exact,
    /// Winograd on tiles of 2 × 2 too, which is as exact as that.
    F2,
    /// Winograd on larger tiles too: errors up to 2e-5.
    #[default]
    Fast,
}
