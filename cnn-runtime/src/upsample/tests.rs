//! Both ways against the definition, against themselves on more threads, and against PyTorch.

use super::*;
use crate::Write;
use crate::blocked::testing::{batch, planes};
use crate::conv2d::testing::{Batch, Scratch, assert_close, numbers};
use crate::reference::upsample as reference;
use crate::reference::upsample::Mode;
use alloc::vec;
use proptest::prelude::*;

fn forward(d: &Haloed<Upsample>, mode: Mode, x: &Batch, y: &Batch, lanes: usize) -> Batch {
    let (mut scratch, mut y) = (Scratch::new(lanes, 0, 0), y.clone());
    let kernel = match mode {
        Mode::Nearest => nearest::forward,
        Mode::Bilinear => bilinear::forward,
    };
    kernel(d, x.view(), y.view_mut(), scratch.workspace());
    y
}

fn backward(d: &Haloed<Upsample>, mode: Mode, d_y: &Batch, d_x: &Batch, write: Write, lanes: usize) -> Batch {
    let (mut scratch, mut d_x) = (Scratch::new(lanes, 0, 0), d_x.clone());
    let kernel = match mode {
        Mode::Nearest => nearest::backward,
        Mode::Bilinear => bilinear::backward,
    };
    kernel(d, d_y.view(), d_x.view_mut(), write, scratch.workspace());
    d_x
}

proptest! {
    #[test]
    fn kernels_are_the_definition(
        channels in prop_oneof![1..4_usize, 14..35_usize],
        input in [1..5_usize, 1..5],
        scale in [1..4_usize, 1..4],
        align_corners: bool,
        halos in [[0..3_usize, 0..3], [0..3, 0..3]],
        count in 1..4_usize,
        gaps in [0..5_usize, 0..5],
    ) {
        let layer = Upsample { channels, input, scale, align_corners };
        let d = Haloed { layer, x_halo: halos[0], y_halo: halos[1] };
        let [from, to] = layouts(&d);
        let (x, d_y) = (numbers(count * from.planes_len(), 1), numbers(count * to.planes_len(), 2));
        let (images, gradients) = (batch(&from, &x, gaps[0]), batch(&to, &d_y, gaps[1]));
        let garbage = |layout: &Blocked| Batch::new(&vec![f32::NAN; count * layout.len()], layout.len(), 2);
        for mode in [Mode::Nearest, Mode::Bilinear] {
            let (mut y, mut d_x) = (vec![f32::NAN; d_y.len()], vec![f32::NAN; x.len()]);
            reference::forward(&layer, mode, &x, &mut y);
            assert_close("y", &planes(&to, &forward(&d, mode, &images, &garbage(&to), 1)), &y, 4);
            reference::backward(&layer, mode, &d_y, &mut d_x);
            let terms = 4 * scale[0] * scale[1];
            let found = backward(&d, mode, &gradients, &garbage(&from), Write::Overwrite, 1);
            assert_close("d_x", &planes(&from, &found), &d_x, terms);
            d_x.iter_mut().zip(&x).for_each(|(d_x, x)| *d_x += x);
            let found = backward(&d, mode, &gradients, &images, Write::Accumulate, 1);
            assert_close("sum in d_x", &planes(&from, &found), &d_x, terms);
        }
    }
}

#[cfg(feature = "rayon")]
#[test]
fn bits_do_not_depend_on_the_threads() {
    use crate::conv2d::testing::assert_same_bits;
    for (channels, count) in [(65, 1), (33, 2), (11, 7)] {
        let layer = Upsample { channels, input: [27, 33], scale: [2, 3], align_corners: false };
        let d = Haloed { layer, x_halo: [1, 0], y_halo: [0, 1] };
        let [from, to] = layouts(&d);
        let x = batch(&from, &numbers(count * from.planes_len(), 1), 3);
        let y = batch(&to, &numbers(count * to.planes_len(), 2), 0);
        for mode in [Mode::Nearest, Mode::Bilinear] {
            assert_same_bits("y", |lanes| forward(&d, mode, &x, &y, lanes).dense());
            assert_same_bits("d_x", |lanes| backward(&d, mode, &y, &x, Write::Overwrite, lanes).dense());
        }
    }
}

/// ```python
/// # torch 2.15.0
/// x = torch.tensor([[1., 2, 4], [8, 16, 32]]).reshape(1, 1, 2, 3)
/// F.interpolate(x, scale_factor=(2, 3), mode='bilinear', align_corners=False)[0, 0, 1], align_corners=True)[0, 0, 1]
/// ```
#[test]
fn numbers_are_pytorchs() {
    let rows = [
        (false, [2.75, 2.75, 3.666_666_7, 4.583_333_5, 5.5, 7.333_333_5, 9.166_667, 11.0, 11.0]),
        (
            true,
            [3.333_333_5, 4.166_666_5, 5.0, 5.833_333, 6.666_667, 8.333_333, 10.0, 11.666_667, 13.333_333],
        ),
    ];
    for (align_corners, expected) in rows {
        let layer = Upsample { channels: 1, input: [2, 3], scale: [2, 3], align_corners };
        let d = Haloed { layer, x_halo: [0, 0], y_halo: [0, 0] };
        let [from, to] = layouts(&d);
        let x = batch(&from, &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0], 0);
        let y = planes(&to, &forward(&d, Mode::Bilinear, &x, &batch(&to, &[0.0; 36], 0), 1));
        assert_close("second row", &y[9..18], &expected, 4);
    }
}
