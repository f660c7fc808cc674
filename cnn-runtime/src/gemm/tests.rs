//! Products against their definition and against `matrixmultiply`.

use super::*;
use crate::reference::gradient_check::scattered;
use alloc::vec;
use alloc::vec::Vec;

/// The product with scratch of its own.
fn multiply(a: Matrix, b: Matrix, c: &mut MatrixMut, write: Write) {
    let [rows, depth] = a.shape();
    let mut packing = vec![f32::NAN; packing_len(rows, depth)];
    super::multiply(a, b, c, write, &mut packing);
}

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
            assert_eq!(c[i * 4 + 3].to_bits(), before.to_bits(), "what lies between the rows is not touched");
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

/// Depths, rows and columns around the sizes of blocks and tiles, each factor as it stands and transposed; against sums of
/// 64 bits, which are as good as exact. A sum of k products may differ from them by k + 1 roundings of its magnitude, whatever
/// its order, and whether a unit rounds its products or not (Higham, *Accuracy and Stability of Numerical Algorithms*, 3.1).
#[test]
fn products_are_those_of_matrixmultiply() {
    for (m, k, n) in
        [(1, 1, 1), (6, 16, 16), (7, 255, 17), (144, 256, 32), (145, 257, 33), (290, 600, 50), (5, 0, 3)]
    {
        let (a, b) = (numbers(m * k, 1), numbers(k * n, 2));
        for (a_transposed, b_transposed) in [(false, false), (false, true), (true, false), (true, true)] {
            let strides = |rows, cols, transposed| if transposed { (1, rows) } else { (cols, 1) };
            let matrix = |numbers, rows, cols, transposed| {
                let [stored_rows, stored_cols] = if transposed { [cols, rows] } else { [rows, cols] };
                let stored = Matrix::dense(numbers, stored_rows, stored_cols);
                if transposed { stored.transposed() } else { stored }
            };
            let mut found = vec![0.5; m * n];
            let (matrix_a, matrix_b) = (matrix(&a, m, k, a_transposed), matrix(&b, k, n, b_transposed));
            multiply(matrix_a, matrix_b, &mut MatrixMut::dense(&mut found, m, n), Write::Accumulate);
            let ((row_a, col_a), (row_b, col_b)) = (strides(m, k, a_transposed), strides(k, n, b_transposed));
            let signed = usize::cast_signed;
            let [expected, magnitudes] =
                [|number: f32| f64::from(number), |number: f32| f64::from(number.abs())].map(|of| {
                    let [a, b] = [&a, &b].map(|numbers| numbers.iter().copied().map(of).collect::<Vec<_>>());
                    let mut sums = vec![0.5; m * n];
                    // SAFETY: the strides reach the last element of vectors of m × k, k × n and m × n numbers.
                    unsafe {
                        matrixmultiply::dgemm(
                            m,
                            k,
                            n,
                            1.0,
                            a.as_ptr(),
                            signed(row_a),
                            signed(col_a),
                            b.as_ptr(),
                            signed(row_b),
                            signed(col_b),
                            1.0,
                            sums.as_mut_ptr(),
                            signed(n),
                            1,
                        );
                    }
                    sums
                });
            for (i, found) in found.iter().enumerate() {
                let error = (f64::from(*found) - expected[i]).abs();
                let bound = (k + 1) as f64 * f64::from(f32::EPSILON) / 2.0 * magnitudes[i];
                assert!(error <= bound, "{m} x {k} x {n} at {i}: {found}, not {}", expected[i]);
            }
        }
    }
}

#[test]
fn nothing_to_sum_gives_zeros() {
    let mut c = [f32::NAN; 6];
    multiply(
        Matrix::dense(&[], 2, 0),
        Matrix::dense(&[], 0, 3),
        &mut MatrixMut::dense(&mut c, 2, 3),
        Write::Overwrite,
    );
    assert!(c.iter().all(|number| *number == 0.0), "{c:?}");
}

#[test]
#[should_panic(expected = "scratch for a product of 4 rows by 3")]
fn too_little_scratch() {
    let (a, b, mut c) = ([0.0; 12], [0.0; 3], [0.0; 4]);
    let mut packing = [0.0; 65];
    let (a, b, mut c) = (Matrix::dense(&a, 4, 3), Matrix::dense(&b, 3, 1), MatrixMut::dense(&mut c, 4, 1));
    super::multiply(a, b, &mut c, Write::Overwrite, &mut packing);
}
