//! The matrices of a product: numbers with their strides.

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

    /// How many rows it has, and columns.
    pub(crate) fn shape(self) -> [usize; 2] {
        [self.layout.rows, self.layout.cols]
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

    /// Copies `rows` of at most `W` columns to `panel`, one row behind the other, with zeros for columns that there are not.
    ///
    /// Its rows or its columns stand side by side.
    pub(crate) fn pack<const W: usize>(self, rows: Range<usize>, cols: Range<usize>, panel: &mut [[f32; W]]) {
        let Layout { row_stride, col_stride, .. } = self.layout;
        let part = self.rows(rows).cols(cols);
        let [rows, cols] = part.shape();
        let panel = &mut panel[..rows];
        if cols < W {
            panel.as_flattened_mut().fill(0.0);
        }
        if col_stride == 1 {
            for (row, to) in panel.iter_mut().enumerate() {
                let from = &part.numbers[row * row_stride..][..cols];
                match <&[f32; W]>::try_from(from) {
                    Ok(from) => *to = *from,
                    Err(_) => to[..cols].copy_from_slice(from),
                }
            }
        } else {
            assert_eq!(row_stride, 1, "neither rows nor columns stand side by side");
            for col in 0..cols {
                let from = &part.numbers[col * col_stride..][..rows];
                for (to, number) in panel.iter_mut().zip(from) {
                    to[col] = *number;
                }
            }
        }
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

    /// How many rows it has, and columns.
    pub(crate) fn shape(&self) -> [usize; 2] {
        [self.layout.rows, self.layout.cols]
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
