//! Layers that need no file of their own.

use super::{Kind, Misfit, Op, Parameter, Signature};
use crate::diagnostics::Message;

pub(super) static SOFTMAX: Signature = Signature {
    name: "softmax",
    parameters: &[],
    summary: "Turns channels (or features) into probabilities, pixel by pixel.",
    build: |_| Ok(Op::Softmax),
};

pub(super) static FLATTEN: Signature = Signature {
    name: "flatten",
    parameters: &[],
    summary: "Looks at an image as a vector, channel by channel and row by row.",
    build: |_| Ok(Op::Flatten),
};

pub(super) static DROPOUT: Signature = Signature {
    name: "dropout",
    parameters: &[Parameter::required("p", Kind::Number)],
    summary: "While training, sets a share p of the numbers to zero and scales the others by 1 / (1 - p).",
    build: |arguments| {
        let p = arguments.number("p");
        if (0.0..1.0).contains(&p) {
            return Ok(Op::Dropout { p });
        }
        let message = Message::new(format_args!("dropout needs 0 <= p < 1, found p = {p:?}"))
            .help("p is the share of numbers that become zero: `dropout(0.5)` drops half of them");
        Err(Misfit::argument("p", message))
    },
};
