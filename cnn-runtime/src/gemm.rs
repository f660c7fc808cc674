//! Matrix products on strided matrices: a safe face for `matrixmultiply`.
//!
//! A transposed operand is the same numbers with the strides exchanged, and a block of a larger matrix a later start, so
//! kernels never copy an operand to please the product.
//!
//! Every element of a product is summed in an order that follows from the inner dimension alone, not from where the
//! element stands. So the outer dimensions may be cut anywhere, for one thread each, and the bits stay the same.

use crate::Write;
use crate::memory::LINE;
use crate::parallel::{self, Split};
use core::marker::PhantomData;
use core::ops::Range;
use core::ptr::NonNull;

/// Where the elements of a matrix stand: (i, j) is `i * row_stride + j * col_stride` numbers behind (0, 0).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Layout {
    rows: usize,
    cols: usize,
    row_stride: usize,
    col_stride: usize,
}

impl Layout {
    /// How many numbers there are from the first element to the last; what overflows is more than any slice has.
    fn span(&self) -> usize {
        if self.rows == 0 || self.cols == 0 {
            return 0;
        }
        let last_row = (self.rows - 1).saturating_mul(self.row_stride);
        let last_col = (self.cols - 1).saturating_mul(self.col_stride);
        last_row.saturating_add(last_col).saturating_add(1)
    }

    fn transposed(self) -> Self {
        Self { rows: self.cols, cols: self.rows, row_stride: self.col_stride, col_stride: self.row_stride }
    }
}

/// A matrix to be read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Matrix<'a> {
    /// From element (0, 0) at least to the last.
    numbers: &'a [f32],
    layout: Layout,
}

impl<'a> Matrix<'a> {
    /// A matrix whose rows stand one behind the other.
    pub(crate) fn dense(numbers: &'a [f32], rows: usize, cols: usize) -> Self {
        Self::strided(numbers, rows, cols, cols)
    }

    /// A matrix whose rows start `row_stride` numbers apart.
    pub(crate) fn strided(numbers: &'a [f32], rows: usize, cols: usize, row_stride: usize) -> Self {
        let layout = Layout { rows, cols, row_stride, col_stride: 1 };
        assert!(layout.span() <= numbers.len(), "{layout:?} in {} numbers", numbers.len());
        Self { numbers, layout }
    }

    /// The same numbers with rows and columns exchanged.
    pub(crate) fn transposed(self) -> Self {
        Self { layout: self.layout.transposed(), ..self }
    }

    /// How many rows it has.
    pub(crate) fn row_count(self) -> usize {
        self.layout.rows
    }

    /// The numbers of one row, where they stand side by side.
    pub(crate) fn row(self, row: usize) -> &'a [f32] {
        let Layout { rows, cols, row_stride, col_stride } = self.layout;
        assert!(row < rows && col_stride == 1, "row {row} of {:?}", self.layout);
        &self.numbers[row * row_stride..][..cols]
    }

    /// Some of its rows.
    pub(crate) fn rows(self, range: Range<usize>) -> Self {
        assert!(range.start <= range.end && range.end <= self.layout.rows, "{range:?} of {:?}", self.layout);
        let layout = Layout { rows: range.len(), ..self.layout };
        let first = if layout.span() == 0 { 0 } else { range.start * layout.row_stride };
        Self { numbers: &self.numbers[first..], layout }
    }

    /// Some of its columns.
    pub(crate) fn cols(self, range: Range<usize>) -> Self {
        self.transposed().rows(range).transposed()
    }
}

/// A matrix to be written.
///
/// It holds a pointer and not a slice, because blocks of columns interleave in memory: two of them cannot be two slices.
#[derive(Debug)]
pub(crate) struct MatrixMut<'a> {
    /// Element (0, 0).
    ///
    /// Invariant: for the lifetime `'a`, the elements that `layout` tells are valid, distinct numbers that nothing else
    /// reads or writes.
    first: NonNull<f32>,
    layout: Layout,
    numbers: PhantomData<&'a mut [f32]>,
}

// SAFETY: it is an exclusive borrow of numbers, as `&'a mut [f32]` is, which is `Send`.
unsafe impl Send for MatrixMut<'_> {}

impl<'a> MatrixMut<'a> {
    /// A matrix whose rows stand one behind the other.
    pub(crate) fn dense(numbers: &'a mut [f32], rows: usize, cols: usize) -> Self {
        Self::strided(numbers, rows, cols, cols)
    }

    /// A matrix whose rows start `row_stride` numbers apart.
    pub(crate) fn strided(numbers: &'a mut [f32], rows: usize, cols: usize, row_stride: usize) -> Self {
        let layout = Layout { rows, cols, row_stride, col_stride: 1 };
        assert!(cols <= row_stride, "rows of {layout:?} overlap");
        assert!(layout.span() <= numbers.len(), "{layout:?} in {} numbers", numbers.len());
        // The invariant: the last element is `span() - 1` behind the first, so all lie within the slice, which is
        // borrowed for 'a. Rows are no longer than their distance, so no two elements are the same number.
        let first = NonNull::from(numbers).cast();
        Self { first, layout, numbers: PhantomData }
    }

    /// The same numbers with rows and columns exchanged.
    pub(crate) fn transposed(self) -> Self {
        Self { layout: self.layout.transposed(), ..self }
    }

    /// The first `middle` rows, and the others.
    pub(crate) fn split_rows(self, middle: usize) -> (Self, Self) {
        assert!(middle <= self.layout.rows, "row {middle} of {:?}", self.layout);
        let head = Layout { rows: middle, ..self.layout };
        let tail = Layout { rows: self.layout.rows - middle, ..self.layout };
        let mut first_of_tail = self.first;
        if tail.span() > 0 {
            // SAFETY: the tail has an element, so its (0, 0) is element (middle, 0) of this matrix, and valid.
            first_of_tail = unsafe { self.first.add(middle * self.layout.row_stride) };
        }
        (Self { layout: head, ..self }, Self { first: first_of_tail, layout: tail, numbers: PhantomData })
    }

    /// The first `middle` columns, and the others.
    pub(crate) fn split_cols(self, middle: usize) -> (Self, Self) {
        let (head, tail) = self.transposed().split_rows(middle);
        (head.transposed(), tail.transposed())
    }

    /// The numbers of one row, where they stand side by side.
    pub(crate) fn row_mut(&mut self, row: usize) -> &mut [f32] {
        let Layout { rows, cols, row_stride, col_stride } = self.layout;
        assert!(row < rows && col_stride == 1, "row {row} of {:?}", self.layout);
        if cols == 0 {
            return &mut [];
        }
        // SAFETY: elements (row, 0) to (row, cols - 1) are valid and side by side, and exclusively borrowed with `self`.
        unsafe { core::slice::from_raw_parts_mut(self.first.add(row * row_stride).as_ptr(), cols) }
    }

    /// All its numbers, where rows stand one behind the other.
    pub(crate) fn numbers_mut(&mut self) -> &mut [f32] {
        let Layout { rows, cols, row_stride, col_stride } = self.layout;
        let dense = col_stride == 1 && row_stride == cols;
        assert!(dense || self.layout.span() == 0, "gaps in {:?}", self.layout);
        // SAFETY: without gaps, the elements are `span()` valid numbers from the first on, and exclusively borrowed with
        // `self`. Without elements, the slice is empty.
        unsafe { core::slice::from_raw_parts_mut(self.first.as_ptr(), if dense { rows * cols } else { 0 }) }
    }
}

/// The units are rows; transpose it to cut between columns.
impl Split for MatrixMut<'_> {
    fn units(&self) -> usize {
        self.layout.rows
    }
    fn cut(self, middle: usize) -> (Self, Self) {
        self.split_rows(middle)
    }
}

/// Between what a result is cut for several threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// Each thread reads some rows of the left factor, and all of the right one.
    Rows,
    /// Each thread reads some columns of the right factor, and all of the left one.
    Cols,
}

impl Cut {
    /// Across the longer side: the larger factor is the one that is not read by all.
    pub(crate) fn longer(rows: usize, cols: usize) -> Self {
        if rows > cols { Self::Rows } else { Self::Cols }
    }
}

/// Runs `body` on blocks of `result`, with the rows and the columns that each holds, in parallel.
pub(crate) fn over_blocks(
    result: MatrixMut,
    cut: Cut,
    (lanes, scratch): (usize, &mut [f32]),
    body: &(impl Fn(MatrixMut, Range<usize>, Range<usize>, &mut [f32]) + Sync),
) {
    let Layout { rows, cols, .. } = result.layout;
    match cut {
        Cut::Rows => parallel::over((result, 0..rows), scratch, lanes, &|(block, rows), scratch| {
            body(block, rows, 0..cols, scratch);
        }),
        Cut::Cols => {
            parallel::over((result.transposed(), 0..cols), scratch, lanes, &|(block, cols), scratch| {
                body(block.transposed(), 0..rows, cols, scratch);
            });
        }
    }
}

/// `c = a b`, or `c += a b`, as `write` says.
pub(crate) fn multiply(a: Matrix, b: Matrix, c: &mut MatrixMut, write: Write) {
    assert_eq!(a.layout.cols, b.layout.rows, "inner dimensions");
    assert_eq!((a.layout.rows, b.layout.cols), (c.layout.rows, c.layout.cols), "outer dimensions");
    let beta = match write {
        Write::Overwrite => 0.0,
        Write::Accumulate => 1.0,
    };
    let strides = |layout: &Layout| (layout.row_stride.cast_signed(), layout.col_stride.cast_signed());
    let ((row_a, col_a), (row_b, col_b), (row_c, col_c)) =
        (strides(&a.layout), strides(&b.layout), strides(&c.layout));
    // SAFETY: the dimensions agree. Every element of `a` and `b` lies within its slice: all ways to make a `Matrix` check
    // that or keep it. Every element of `c` is valid, distinct from the others and exclusively borrowed, by the invariant
    // of `MatrixMut`; so it is no element of `a` or `b` either. Without elements nothing is read or written.
    unsafe {
        matrixmultiply::sgemm(
            a.layout.rows,
            a.layout.cols,
            b.layout.cols,
            1.0,
            a.numbers.as_ptr(),
            row_a,
            col_a,
            b.numbers.as_ptr(),
            row_b,
            col_b,
            beta,
            c.first.as_ptr(),
            row_c,
            col_c,
        );
    }
}

/// The sum of the products, in an order that vector units like.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0; LINE];
    let ((whole_a, rest_a), (whole_b, rest_b)) = (a.as_chunks::<LINE>(), b.as_chunks::<LINE>());
    for (a, b) in whole_a.iter().zip(whole_b) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    let rest: f32 = rest_a.iter().zip(rest_b).map(|(a, b)| a * b).sum();
    lanes.iter().sum::<f32>() + rest
}

/// The sum of `numbers`, in an order that vector units like.
pub(crate) fn sum(numbers: &[f32]) -> f32 {
    let mut lanes = [0.0; LINE];
    let (whole, rest) = numbers.as_chunks::<LINE>();
    for chunk in whole {
        for (lane, number) in lanes.iter_mut().zip(chunk) {
            *lane += number;
        }
    }
    lanes.iter().sum::<f32>() + rest.iter().sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::gradient_check::scattered;
    use alloc::vec;
    use alloc::vec::Vec;

    fn numbers(len: usize, seed: usize) -> Vec<f32> {
        scattered(len, seed).into_iter().map(|x| x as f32).collect()
    }

    #[test]
    fn product_of_strided_and_transposed_matrices() {
        let (m, k, n) = (5, 7, 3);
        let (a, b) = (numbers(k * 9, 1), numbers(k * 4, 2)); // a is stored transposed, 9 numbers a row; b 4 a row
        for write in [Write::Overwrite, Write::Accumulate] {
            let before = if write == Write::Overwrite { f32::NAN } else { 2.0 };
            let mut c = vec![before; m * 4];
            let matrix_a = Matrix::strided(&a, k, m, 9).transposed();
            multiply(matrix_a, Matrix::strided(&b, k, n, 4), &mut MatrixMut::strided(&mut c, m, n, 4), write);
            for i in 0..m {
                for j in 0..n {
                    let sum: f32 = (0..k).map(|l| a[l * 9 + i] * b[l * 4 + j]).sum();
                    let expected = if write == Write::Overwrite { sum } else { 2.0 + sum };
                    assert!((c[i * 4 + j] - expected).abs() < 1e-6, "({i}, {j})");
                }
                assert_eq!(
                    c[i * 4 + 3].to_bits(),
                    before.to_bits(),
                    "what lies between the rows is not touched"
                );
            }
        }
    }

    #[test]
    fn bits_do_not_depend_on_the_cuts() {
        let (m, k, n) = (19, 531, 37);
        let (a, b) = (numbers(m * k, 1), numbers(k * n, 2));
        let (a, b) = (Matrix::dense(&a, m, k), Matrix::dense(&b, k, n));
        let mut whole = vec![1.0; m * n];
        multiply(a, b, &mut MatrixMut::dense(&mut whole, m, n), Write::Accumulate);
        for (row, col) in [(1, 1), (8, 16), (11, 29), (18, 36), (0, 37)] {
            let mut cut = vec![1.0; m * n];
            let (top, bottom) = MatrixMut::dense(&mut cut, m, n).split_rows(row);
            for (part, rows) in [(top, 0..row), (bottom, row..m)] {
                let (mut left, mut right) = part.split_cols(col);
                multiply(a.rows(rows.clone()), b.cols(0..col), &mut left, Write::Accumulate);
                multiply(a.rows(rows), b.cols(col..n), &mut right, Write::Accumulate);
            }
            assert_eq!(whole, cut, "cut at ({row}, {col})");
        }
    }

    #[test]
    fn rows_of_a_block() {
        let mut numbers = vec![0.0; 12];
        let (_, right) = MatrixMut::dense(&mut numbers, 3, 4).split_cols(1);
        let (_, mut block) = right.split_rows(1);
        block.row_mut(1).fill(5.0);
        assert_eq!(numbers, [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 5.0, 5.0, 5.0]);
    }

    #[test]
    #[should_panic(expected = "in 11 numbers")]
    fn a_matrix_fits_its_numbers() {
        let _ = Matrix::dense(&[0.0; 11], 3, 4);
    }

    #[test]
    #[should_panic(expected = "in 5 numbers")]
    fn an_overflow_fits_nothing() {
        let _ = MatrixMut::strided(&mut [0.0; 5], usize::MAX, 2, usize::MAX / 2);
    }

    #[test]
    #[should_panic(expected = "overlap")]
    fn rows_to_be_written_do_not_overlap() {
        let _ = MatrixMut::strided(&mut [0.0; 12], 3, 4, 3);
    }
}
