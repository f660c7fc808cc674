//! `upsample`: PyTorch's `Upsample` by whole factors.

use super::{Default, Kind, Misfit, Op, Parameter, Shape, Signature, needs_image, too_large};
use crate::diagnostics::Message;

pub(super) static SIGNATURE: Signature = Signature {
    name: "upsample",
    parameters: &[
        Parameter::required("scale_factor", Kind::Size),
        Parameter::optional("mode", Kind::Word(&[NEAREST, BILINEAR]), Default::Word(NEAREST)),
        Parameter::optional("align_corners", Kind::Flag, Default::Flag(false)),
    ],
    summary: "Makes the image larger: repeats each pixel, or interpolates between the nearest four.",
    build: |arguments| {
        let bilinear = arguments.word("mode") == BILINEAR;
        let align_corners = arguments.flag("align_corners");
        if align_corners && !bilinear {
            let message = Message::new("align_corners is for mode = \"bilinear\"");
            let help = "remove it, or write mode = \"bilinear\"";
            return Err(Misfit::argument("align_corners", message.help(help)));
        }
        Ok(Op::Upsample(Upsample { scale: arguments.pair("scale_factor"), bilinear, align_corners }))
    },
};

const NEAREST: &str = "nearest";
const BILINEAR: &str = "bilinear";

/// An upsampling layer's arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upsample {
    /// How many times larger the image becomes: (height, width).
    pub scale: [usize; 2],
    /// Whether pixels are interpolated, or repeated.
    pub bilinear: bool,
    /// Whether the corner pixels lie on each other.
    pub align_corners: bool,
}

impl Upsample {
    pub(super) fn output(&self, input: Shape) -> Result<Shape, Misfit> {
        let Shape::Image([channels, height, width]) = input else {
            return Err(needs_image("upsample", input));
        };
        let sizes = (height.checked_mul(self.scale[0]), width.checked_mul(self.scale[1]));
        let (Some(height), Some(width)) = sizes else {
            return Err(Misfit::argument("scale_factor", too_large("image")));
        };
        Ok(Shape::Image([channels, height, width]))
    }
}
