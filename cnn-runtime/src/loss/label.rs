//! What classification is about: scores of classes on one side, the number of the right class on the other.

use crate::sample::{Sample, Vector};

/// The number of a class, counted from 0.
///
/// ```
/// use cnn_runtime::loss::{CrossEntropy, Label, Loss};
/// use cnn_runtime::sample::Vector;
///
/// #[derive(Clone, Copy)]
/// enum Pet {
///     Cat,
///     Dog,
/// }
///
/// impl Label for Pet {
///     fn class(self) -> usize {
///         self as usize
///     }
/// }
///
/// let (outputs, mut d_outputs) = ([Vector([0.0; 2]); 2], [Vector([0.0; 2]); 2]);
/// let loss = CrossEntropy.evaluate(&outputs, &[Pet::Cat, Pet::Dog], &mut d_outputs)?;
/// assert!((loss - 2.0_f32.ln()).abs() < 1e-6);
/// # Ok::<(), cnn_runtime::error::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no label",
    label = "a label is the number of a class: `u8`, `u16`, `u32` or `usize`",
    note = "write the first of several labels as `0_u8`, and numbers of other types `as usize`"
)]
pub trait Label: Copy {
    /// The number of the class.
    fn class(self) -> usize;
}

macro_rules! labels {
    ($($integer:ty)+) => {
        $(#[diagnostic::do_not_recommend]
        impl Label for $integer {
            fn class(self) -> usize {
                // What no `usize` can hold is no class of any network, and neither is this.
                usize::try_from(self).unwrap_or(usize::MAX)
            }
        })+
    };
}

labels!(u8 u16 u32 usize);

/// What a classifier gives: a score for each class, of any size; labels `L` say which class is the right one.
///
/// One bound says both, so that rustc finds one mistake in outputs and labels that do not go together.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no vector of scores, one for each class, to which labels `{L}` belong",
    label = "a classifier gives `Vector<C>` for C classes",
    note = "`flatten` and `linear(C)` at the end of a network make its output one"
)]
pub trait Logits<L>: Sample {
    /// The number of the class that a label stands for.
    fn class(label: &L) -> usize;
}

#[diagnostic::do_not_recommend]
impl<const C: usize, L: Label> Logits<L> for Vector<C> {
    fn class(label: &L) -> usize {
        label.class()
    }
}
