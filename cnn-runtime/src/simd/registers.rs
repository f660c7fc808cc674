//! What units whose lines are arrays of registers share.

use super::LINE;
use core::array::from_fn;

/// Defines how such numbers come from memory and go there: `WIDTH` of them are a register.
///
/// The intrinsics that it names must be the unit's own, and read or write `WIDTH` numbers where they are told.
macro_rules! memory {
    (unsafe $Numbers:ident [f32; $LEN:ident] by $WIDTH:literal:
        $splat:ident => $set:ident, $load:ident => $read:ident, $store:ident => $write:ident) => {
        #[inline(always)]
        fn $splat(self, number: f32) -> Self::$Numbers {
            // SAFETY: `self` proves that the CPU has the unit.
            [unsafe { $set(number) }; $LEN / $WIDTH]
        }
        #[inline(always)]
        fn $load(self, numbers: &[f32; $LEN]) -> Self::$Numbers {
            let (parts, _) = numbers.as_chunks::<$WIDTH>();
            // SAFETY: `self` proves that the CPU has the unit; there are as many numbers as are read.
            core::array::from_fn(|i| unsafe { $read(parts[i].as_ptr()) })
        }
        #[inline(always)]
        fn $store(self, registers: Self::$Numbers, numbers: &mut [f32; $LEN]) {
            let (parts, _) = numbers.as_chunks_mut::<$WIDTH>();
            for (register, part) in registers.into_iter().zip(parts) {
                // SAFETY: `self` proves that the CPU has the unit; there are as many numbers, exclusively borrowed, as
                // are written.
                unsafe { $write(part.as_mut_ptr(), register) };
            }
        }
    };
}

/// Defines methods that do the same to each register of their numbers.
///
/// The intrinsics that it names must be the unit's own, and have no other arguments than numbers.
macro_rules! each_register {
    (unsafe $Numbers:ident: $($method:ident($($argument:ident),+) => $result:expr;)+) => {$(
        #[inline(always)]
        fn $method(self, $($argument: Self::$Numbers),+) -> Self::$Numbers {
            core::array::from_fn(|i| {
                let ($($argument,)+) = ($($argument[i],)+);
                // SAFETY: `self` proves that the CPU has the unit.
                unsafe { $result }
            })
        }
    )+};
}

pub(super) use {each_register, memory};

/// A unit that makes columns of `W` rows, each a register of `W` numbers.
///
/// Methods, not closures: a closure that is not inlined loses the instruction set, and each intrinsic in it becomes a call.
pub(super) trait Columns<const W: usize>: Copy {
    type Register: Copy;
    fn row(self, numbers: &[f32; W]) -> Self::Register;
    fn columns(self, rows: [Self::Register; W]) -> [Self::Register; W];
    fn put(self, register: Self::Register, numbers: &mut [f32; W]);
}

type Square = [[f32; LINE]; LINE];

/// Makes columns of rows, `W` × `W` numbers at a time.
#[inline(always)]
pub(super) fn transpose<U: Columns<W>, const W: usize>(unit: U, square: &mut Square) {
    // Squares on the diagonal stay where they are, the others change places in pairs.
    for row in 0..LINE / W {
        for column in row..LINE / W {
            let (a, b) = (columns_at(unit, square, row, column), columns_at(unit, square, column, row));
            put_at(unit, square, column, row, a);
            if row != column {
                put_at(unit, square, row, column, b);
            }
        }
    }
}

#[inline(always)]
fn columns_at<U: Columns<W>, const W: usize>(
    unit: U,
    square: &Square,
    row: usize,
    column: usize,
) -> [U::Register; W] {
    unit.columns(from_fn(|i| unit.row(&square[row * W + i].as_chunks().0[column])))
}

#[inline(always)]
fn put_at<U: Columns<W>, const W: usize>(
    unit: U,
    square: &mut Square,
    row: usize,
    column: usize,
    registers: [U::Register; W],
) {
    for (i, register) in registers.into_iter().enumerate() {
        unit.put(register, &mut square[row * W + i].as_chunks_mut().0[column]);
    }
}
