//! The one-dimensional maps of Winograd's algorithm.
//!
//! F(m, r) computes m outputs of a filter of r taps from α = m + r - 1 inputs by α products (Winograd 1980; Lavin and Gray
//! 2016, whose names these are):
//!
//! ```text
//! y = Aᵀ ((G g) ⊙ (Bᵀ d))
//! ```
//!
//! It is Toom and Cook's: the filter is a polynomial, known from its values at α - 1 points and its leading coefficient.
//! The points here are 0 and some pairs ±p, which share all but a sign. With N(p) = the product of p - q over all
//! other points q, and the polynomials E(z) = Π (z - q²) over all pairs, Q(z) = the same without p:
//!
//! | row of | Bᵀ | G | A |
//! |---|---|---|---|
//! | 0 | E(x²) | 1 / N(0) | 1 |
//! | ±p | (x ± p) · x · Q(x²) | (1, ±p, p², …) / N(p) | (1, ±p, p², …) |
//! | last | x · E(x²) | (0, …, 1) | (0, …, 1) |
//!
//! where a polynomial in x stands for its coefficients. For the points 0, ±1, ±2 these are the matrices of Lavin and Gray's
//! F(4×4, 3×3).

use super::arithmetic::Arithmetic;
use core::marker::PhantomData;

/// The largest α.
pub(super) const MOST: usize = 8;

/// An F(m, r).
pub(super) trait Transform: Send + Sync + 'static {
    /// Outputs.
    const M: usize;
    /// Taps.
    const R: usize;
    /// The positive points.
    const POINTS: &'static [f64];

    /// Inputs, and products.
    const ALPHA: usize = Self::M + Self::R - 1;
    /// Products of a tile in two dimensions.
    const PRODUCTS: usize = Self::ALPHA * Self::ALPHA;
    /// The coefficients of E.
    const E: [f64; MOST] = product(Self::POINTS, Self::POINTS.len());
    /// The coefficients of each Q.
    const Q: [[f64; MOST]; MOST] = quotients(Self::POINTS);
    /// The rows of A.
    const A: Rows = rows(Self::POINTS, false);
    /// The rows of G.
    const G: Rows = rows(Self::POINTS, true);
}

/// F(2, 3).
pub(super) struct F2x3;
/// F(4, 3).
pub(super) struct F4x3;
/// F(6, 3).
pub(super) struct F6x3;
/// F(4, 5).
pub(super) struct F4x5;

impl Transform for F2x3 {
    const M: usize = 2;
    const R: usize = 3;
    const POINTS: &'static [f64] = &[1.0];
}

impl Transform for F4x3 {
    const M: usize = 4;
    const R: usize = 3;
    const POINTS: &'static [f64] = &[1.0, 2.0];
}

impl Transform for F6x3 {
    const M: usize = 6;
    const R: usize = 3;
    const POINTS: &'static [f64] = &[1.0, 2.0, 0.5];
}

impl Transform for F4x5 {
    const M: usize = 4;
    const R: usize = 5;
    const POINTS: &'static [f64] = &[1.0, 2.0, 0.5];
}

/// The coefficients of Π (z - q²) over all points but the one numbered `without`.
const fn product(points: &[f64], without: usize) -> [f64; MOST] {
    let mut coefficients = [0.0; MOST];
    coefficients[0] = 1.0;
    let mut i = 0;
    while i < points.len() {
        if i != without {
            let square = points[i] * points[i];
            let mut k = MOST - 1;
            while k > 0 {
                coefficients[k] = coefficients[k - 1] - square * coefficients[k];
                k -= 1;
            }
            coefficients[0] *= -square;
        }
        i += 1;
    }
    coefficients
}

const fn quotients(points: &[f64]) -> [[f64; MOST]; MOST] {
    let mut quotients = [[0.0; MOST]; MOST];
    let mut i = 0;
    while i < points.len() {
        quotients[i] = product(points, i);
        i += 1;
    }
    quotients
}

/// The rows of A or of G.
#[derive(Clone, Copy)]
pub(super) struct Rows {
    /// The only number of the first row.
    zero: f64,
    /// For each positive point its row; that of the negative point has other signs.
    pairs: [[f64; MOST]; MOST],
}

const fn rows(points: &[f64], divided: bool) -> Rows {
    let mut rows = Rows { zero: 1.0, pairs: [[0.0; MOST]; MOST] };
    if divided {
        rows.zero /= product(points, points.len())[0];
    }
    let mut i = 0;
    while i < points.len() {
        let point = points[i];
        let mut power = 1.0;
        if divided {
            let quotient = product(points, i);
            let (mut value, mut k) = (0.0, MOST);
            while k > 0 {
                k -= 1;
                value = value * point * point + quotient[k];
            }
            power /= 2.0 * point * point * value;
        }
        let mut j = 0;
        while j < MOST {
            rows.pairs[i][j] = power;
            power *= point;
            j += 1;
        }
        i += 1;
    }
    rows
}

/// A linear map from `FROM` numbers to `TO`; what stands behind them is not looked at.
pub(super) trait Map {
    const FROM: usize;
    const TO: usize;
    fn apply<F: Arithmetic>(f: F, from: [F::Vector; MOST]) -> [F::Vector; MOST];
}

/// Bᵀ: of inputs.
pub(super) struct Input<W>(PhantomData<W>);
/// Aᵀ: from products to outputs.
pub(super) struct Output<W>(PhantomData<W>);
/// A: of the gradients of outputs.
pub(super) struct OutputGradient<W>(PhantomData<W>);
/// G: of weights.
pub(super) struct Weight<W>(PhantomData<W>);
/// Gᵀ: to the gradients of weights.
pub(super) struct WeightGradient<W>(PhantomData<W>);

impl<W: Transform> Map for Input<W> {
    const FROM: usize = W::ALPHA;
    const TO: usize = W::ALPHA;
    #[inline(always)]
    fn apply<F: Arithmetic>(f: F, d: [F::Vector; MOST]) -> [F::Vector; MOST] {
        let pairs = W::POINTS.len();
        let mut v = [f.zero(); MOST];
        v[0] = polynomial(f, &W::E, pairs, 0, d);
        for (i, point) in W::POINTS.iter().enumerate() {
            let even = polynomial(f, &W::Q[i], pairs - 1, 2, d);
            let odd = polynomial(f, &W::Q[i], pairs - 1, 1, d);
            v[2 * i + 1] = f.plus(even, *point, odd);
            v[2 * i + 2] = f.plus(even, -*point, odd);
        }
        v[W::ALPHA - 1] = polynomial(f, &W::E, pairs, 1, d);
        v
    }
}

/// The sum of every second number from `first` on, with these coefficients, the last of which is 1.
#[inline(always)]
fn polynomial<F: Arithmetic>(
    f: F,
    coefficients: &[f64; MOST],
    degree: usize,
    first: usize,
    d: [F::Vector; MOST],
) -> F::Vector {
    let mut sum = d[first + 2 * degree];
    for k in (0..degree).rev() {
        sum = f.plus(sum, coefficients[k], d[first + 2 * k]);
    }
    sum
}

/// From the values at the points to `n` numbers: the transposed of [`values`].
#[inline(always)]
fn sums<W: Transform, F: Arithmetic>(
    f: F,
    rows: &Rows,
    n: usize,
    from: [F::Vector; MOST],
) -> [F::Vector; MOST] {
    let mut to = [f.zero(); MOST];
    let (mut even, mut odd) = (to, to);
    for i in 0..W::POINTS.len() {
        even[i] = f.plus(from[2 * i + 1], 1.0, from[2 * i + 2]);
        odd[i] = f.plus(from[2 * i + 1], -1.0, from[2 * i + 2]);
    }
    for j in 0..n {
        let pairs = if j.is_multiple_of(2) { even } else { odd };
        let mut sum = f.times(rows.pairs[0][j], pairs[0]);
        for i in 1..W::POINTS.len() {
            sum = f.plus(sum, rows.pairs[i][j], pairs[i]);
        }
        if j == 0 {
            sum = f.plus(sum, rows.zero, from[0]);
        }
        if j == n - 1 {
            sum = f.plus(sum, 1.0, from[W::ALPHA - 1]);
        }
        to[j] = sum;
    }
    to
}

/// The values at the points of the polynomial with these `n` coefficients, divided or not as `rows` say.
#[inline(always)]
fn values<W: Transform, F: Arithmetic>(
    f: F,
    rows: &Rows,
    n: usize,
    from: [F::Vector; MOST],
) -> [F::Vector; MOST] {
    let mut to = [f.zero(); MOST];
    to[0] = f.times(rows.zero, from[0]);
    for i in 0..W::POINTS.len() {
        let (mut even, mut odd) = (f.times(rows.pairs[i][0], from[0]), f.times(rows.pairs[i][1], from[1]));
        for j in 2..n {
            let sum = if j.is_multiple_of(2) { &mut even } else { &mut odd };
            *sum = f.plus(*sum, rows.pairs[i][j], from[j]);
        }
        to[2 * i + 1] = f.plus(even, 1.0, odd);
        to[2 * i + 2] = f.plus(even, -1.0, odd);
    }
    to[W::ALPHA - 1] = from[n - 1];
    to
}

impl<W: Transform> Map for Output<W> {
    const FROM: usize = W::ALPHA;
    const TO: usize = W::M;
    #[inline(always)]
    fn apply<F: Arithmetic>(f: F, products: [F::Vector; MOST]) -> [F::Vector; MOST] {
        sums::<W, F>(f, &W::A, W::M, products)
    }
}

impl<W: Transform> Map for OutputGradient<W> {
    const FROM: usize = W::M;
    const TO: usize = W::ALPHA;
    #[inline(always)]
    fn apply<F: Arithmetic>(f: F, d_y: [F::Vector; MOST]) -> [F::Vector; MOST] {
        values::<W, F>(f, &W::A, W::M, d_y)
    }
}

impl<W: Transform> Map for Weight<W> {
    const FROM: usize = W::R;
    const TO: usize = W::ALPHA;
    #[inline(always)]
    fn apply<F: Arithmetic>(f: F, taps: [F::Vector; MOST]) -> [F::Vector; MOST] {
        values::<W, F>(f, &W::G, W::R, taps)
    }
}

impl<W: Transform> Map for WeightGradient<W> {
    const FROM: usize = W::ALPHA;
    const TO: usize = W::R;
    #[inline(always)]
    fn apply<F: Arithmetic>(f: F, d_u: [F::Vector; MOST]) -> [F::Vector; MOST] {
        sums::<W, F>(f, &W::G, W::R, d_u)
    }
}

/// Vectors for each place of a square.
pub(super) type Square<V> = [[V; MOST]; MOST];

/// A square of vectors that is being mapped: first its rows, then what became of its columns.
///
/// Rows are taken and columns are given one by one, by plain calls: vector code in a closure would lose its instruction set
/// wherever the closure is not inlined.
pub(super) struct TwoWay<F: Arithmetic, P> {
    f: F,
    columns: Square<F::Vector>,
    of: PhantomData<P>,
}

impl<F: Arithmetic, P: Map> TwoWay<F, P> {
    #[inline(always)]
    pub(super) fn new(f: F) -> Self {
        Self { f, columns: [[f.zero(); MOST]; MOST], of: PhantomData }
    }

    /// A row to be filled.
    #[inline(always)]
    pub(super) fn empty(&self) -> [F::Vector; MOST] {
        [self.f.zero(); MOST]
    }

    /// Takes the `i`-th of `P::FROM` rows.
    #[inline(always)]
    pub(super) fn take_row(&mut self, i: usize, row: [F::Vector; MOST]) {
        let mapped = P::apply(self.f, row);
        for j in 0..P::TO {
            self.columns[j][i] = mapped[j];
        }
    }

    /// The `j`-th of `P::TO` columns, once all rows were taken.
    #[inline(always)]
    pub(super) fn column(&self, j: usize) -> [F::Vector; MOST] {
        P::apply(self.f, self.columns[j])
    }
}
