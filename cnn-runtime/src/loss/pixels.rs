//! Cross-entropy where each pixel has a class of its own, as in segmentation.
//!
//! The targets of an image are the numbers of the classes, row by row: `[[u8; W]; H]`. The mean is over all pixels of the
//! batch, as PyTorch has it for logits (N, C, H, W) and targets (N, H, W).

use super::{CrossEntropy, Label, Loss, SmoothedCrossEntropy, check_lengths};
use crate::error::Error;
use crate::sample::{Image, Vector};

#[diagnostic::do_not_recommend]
impl<const C: usize, const H: usize, const W: usize, L: Label> Loss<Image<C, H, W>, [[L; W]; H]>
    for CrossEntropy
{
    fn check(&self, targets: &[[[L; W]; H]]) -> Result<(), Error> {
        Loss::<Image<C, H, W>, _>::check(&self.label_smoothing(0.0), targets)
    }

    fn evaluate(
        &self,
        outputs: &[Image<C, H, W>],
        targets: &[[[L; W]; H]],
        d_outputs: &mut [Image<C, H, W>],
    ) -> Result<f32, Error> {
        self.label_smoothing(0.0).evaluate(outputs, targets, d_outputs)
    }
}

/// An error counts the pixels of all images.
#[diagnostic::do_not_recommend]
impl<const C: usize, const H: usize, const W: usize, L: Label> Loss<Image<C, H, W>, [[L; W]; H]>
    for SmoothedCrossEntropy
{
    fn check(&self, targets: &[[[L; W]; H]]) -> Result<(), Error> {
        Loss::<Vector<C>, L>::check(self, targets.as_flattened().as_flattened())
    }

    fn evaluate(
        &self,
        outputs: &[Image<C, H, W>],
        targets: &[[[L; W]; H]],
        d_outputs: &mut [Image<C, H, W>],
    ) -> Result<f32, Error> {
        check_lengths(outputs.len(), targets.len(), d_outputs.len())?;
        Loss::<Image<C, H, W>, _>::check(self, targets)?;
        let count = outputs.len() * H * W;
        let scale = 1.0 / count as f32;
        let mut sum = 0.0;
        for ((Image(logits), labels), Image(d_logits)) in outputs.iter().zip(targets).zip(d_outputs) {
            for (y, labels) in labels.iter().enumerate() {
                for (x, label) in labels.iter().enumerate() {
                    let pixel: [f32; C] = core::array::from_fn(|c| logits[c][y][x]);
                    let mut d_pixel = [0.0; C];
                    sum += self.one(&pixel, label.class(), scale, &mut d_pixel);
                    for (plane, d) in d_logits.iter_mut().zip(d_pixel) {
                        plane[y][x] = d;
                    }
                }
            }
        }
        Ok((sum / count as f64) as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conv2d::testing::{assert_close, numbers};
    use crate::sample::Sample;
    use alloc::vec::Vec;

    type Pixels = Image<5, 3, 4>;

    const LABELS: [[[u8; 4]; 3]; 2] =
        [[[0, 1, 2, 3], [4, 0, 0, 1], [2, 2, 4, 3]], [[4, 4, 3, 1], [0, 1, 0, 2], [3, 0, 1, 4]]];

    /// A batch of images is a batch of pixels whose channels stand apart.
    #[test]
    fn each_pixel_is_an_item() {
        let numbers = numbers(2 * Pixels::LEN, 1);
        let images = Pixels::from_numbers(&numbers).expect("two images");
        let place = |i: usize, c: usize| (i / 12 * 5 + c) * 12 + i % 12;
        let pixels: Vec<Vector<5>> =
            (0..24).map(|i| Vector(core::array::from_fn(|c| numbers[place(i, c)]))).collect();
        let labels = LABELS.as_flattened().as_flattened();
        for label_smoothing in [0.0, 0.2] {
            let loss = CrossEntropy.label_smoothing(label_smoothing);
            let (mut d_pixels, mut d_images) = (Vector::zeros(24), Pixels::zeros(2));
            let expected = loss.evaluate(&pixels, labels, &mut d_pixels).expect("a batch that fits");
            let found = loss.evaluate(images, &LABELS, &mut d_images).expect("a batch that fits");
            assert_close("loss", &[found], &[expected], 0);
            let d_images = Pixels::as_numbers(&d_images);
            for (i, d_pixel) in d_pixels.iter().enumerate() {
                let d_image: Vec<f32> = (0..5).map(|c| d_images[place(i, c)]).collect();
                assert_close("gradient", &d_image, &d_pixel.0, 0);
            }
        }
    }

    #[test]
    fn numbers_are_pytorchs() {
        // PyTorch 2.15.0; F = torch.nn.functional
        // z = torch.tensor([[[[1., -1.], [0., 2.]], [[.5, 3.], [0., -2.]]]], requires_grad=True)
        // loss = F.cross_entropy(z, torch.tensor([[[0, 1], [1, 1]]])); loss.backward(); loss, z.grad
        let outputs = [Image([[[1.0, -1.0], [0.0, 2.0]], [[0.5, 3.0], [0.0, -2.0]]])];
        let mut d_outputs = [Image([[[f32::NAN; 2]; 2]; 2])];
        let loss = CrossEntropy.evaluate(&outputs, &[[[0_u8, 1], [1, 1]]], &mut d_outputs);
        assert_close("loss", &[loss.expect("an image")], &[GOLDEN], 0);
        assert_close("gradient", Image::as_numbers(&d_outputs), &GOLDEN_GRAD, 0);
    }

    const GOLDEN: f32 = 1.300_880_9;

    const GOLDEN_GRAD: [f32; 8] = [
        -0.094_385_16,
        0.004_496_553,
        0.125,
        0.245_503_44,
        0.094_385_17,
        -0.004_496_56,
        -0.125,
        -0.245_503_44,
    ];

    #[test]
    fn a_class_that_is_not_there_changes_nothing() {
        let (outputs, mut d_outputs) = (Image::<2, 1, 3>::zeros(2), [Image([[[7.0; 3]]; 2]); 2]);
        let found = CrossEntropy.evaluate(&outputs, &[[[0_u8, 1, 1]], [[0, 2, 0]]], &mut d_outputs);
        assert_eq!(found, Err(Error::Label { index: 4, found: 2, classes: 2 }));
        let found = CrossEntropy.evaluate(&outputs, &[[[0_u8; 3]]], &mut d_outputs);
        assert_eq!(found, Err(Error::BatchLength { what: "targets", expected: 2, found: 1 }));
        assert_eq!(d_outputs, [Image([[[7.0; 3]]; 2]); 2]);
    }
}
