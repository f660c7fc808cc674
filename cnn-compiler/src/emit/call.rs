//! One kernel call.
//!
//! expands to:
//!
//! ```text
//! {
//!     let ([t0, t1], work) = pass.arena.split(pass.count, [buffer(at[0], 784), …]);
//!     im2col::forward(&L0, t0.into_view(), &pass.parameters[at[2]..at[3]], Some(…), t1, work);
//! }
//! ```

use super::descriptor::{Descriptors, float};
use crate::ops::activation::Activation;
use crate::plan::{Call, Epilogue, Mode, Operand, Parameters, Place, Root};

/// Numbers that differ between calls of the same function: each becomes `at[i]`.
#[derive(Default)]
pub(super) struct Offsets {
    numbers: Vec<String>,
}

impl Offsets {
    /// The expression for one more number.
    pub(super) fn at(&mut self, number: &impl ToString) -> String {
        let index = self.numbers.len();
        self.numbers.push(number.to_string());
        format!("at[{index}]")
    }

    /// The range of a prepared piece.
    pub(super) fn prepared(&mut self, piece: usize) -> String {
        let [start, end] = [piece, piece + 1].map(|piece| self.at(&format_args!("PREPARED[{piece}]")));
        format!("{start}..{end}")
    }

    pub(super) fn finish(self) -> Vec<String> {
        self.numbers
    }
}

/// Where the buffers of a pass and the tensors of the network stand.
#[derive(Clone, Copy)]
pub(super) struct Memory<'p> {
    pub(super) parameters: &'p Parameters,
    pub(super) buffers: &'p [usize],
}

impl Memory<'_> {
    /// Where a tensor of the network starts in its vector, and its length.
    fn start_and_len(self, tensor: usize, offsets: &mut Offsets) -> (String, usize) {
        let placed = &self.parameters.tensors[tensor];
        (offsets.at(&placed.offset), placed.tensor.len())
    }

    /// Where a tensor of the network stands in its vector.
    pub(super) fn range(self, tensor: usize, offsets: &mut Offsets) -> String {
        let placed = &self.parameters.tensors[tensor];
        let [start, end] = [placed.offset, placed.offset + placed.tensor.len()].map(|at| offsets.at(&at));
        format!("{start}..{end}")
    }
}

/// A buffer of the arena; `None` for the user's memory.
pub(super) fn buffer(place: Place, memory: Memory<'_>, offsets: &mut Offsets) -> Option<String> {
    let Root::Buffer(index) = place.root else { return None };
    let offset = offsets.at(&memory.buffers[index]);
    let Place { start, len, stride, .. } = place;
    Some(if start == 0 && len == stride {
        format!("buffer({offset}, {len})")
    } else {
        format!("Buffer::part({offset}, {start}, {len}, {stride})")
    })
}

/// Writes one call.
pub(super) fn call(
    call: &Call,
    memory: Memory<'_>,
    offsets: &mut Offsets,
    descriptors: &mut Descriptors,
) -> String {
    let mut writer = Writer {
        memory,
        offsets,
        descriptors,
        buffers: Vec::new(),
        gradients: Vec::new(),
        running: Vec::new(),
    };
    let mut arguments = String::new();
    for operand in &call.operands {
        arguments += &writer.operand(operand);
        arguments += ", ";
    }
    let layer = call.descriptor.as_ref().map_or_else(String::new, |descriptor| {
        let name = writer.descriptors.name(descriptor);
        format!("&{name}, ")
    });
    let split_gradients = writer.disjoint(Slot::Gradient, "gradients");
    let split_running = writer.disjoint(Slot::Running, "buffers");
    let (buffers, places) = writer.names(Slot::Buffer);
    let split = match Prepared::of(call) {
        Prepared::Read => {
            format!("let ([{buffers}], prepared, work) = pass.arena.split_prepared(pass.count, [{places}]);")
        }
        Prepared::Written => "let (prepared, work) = pass.arena.prepared_mut();".into(),
        Prepared::Untouched => {
            format!("let ([{buffers}], work) = pass.arena.split(pass.count, [{places}]);")
        }
    };
    let kernel = short(&call.kernel);
    format!("{{ {split_gradients}{split_running}{split} {kernel}({layer}{arguments}work); }}\n")
}

/// A kernel's path as emitted code has it: the kernels of convolutions are named without `conv2d::`.
pub(super) fn short(kernel: &str) -> &str {
    kernel.strip_prefix("conv2d::").unwrap_or(kernel)
}

/// What a call does with prepared memory.
enum Prepared {
    Read,
    Written,
    Untouched,
}

impl Prepared {
    fn of(call: &Call) -> Self {
        let any = |is_one: fn(&Operand) -> bool| call.operands.iter().any(is_one);
        if any(|operand| matches!(operand, Operand::PreparedMut(_))) {
            Self::Written
        } else if any(|operand| matches!(operand, Operand::Prepared(_))) {
            Self::Read
        } else {
            Self::Untouched
        }
    }
}

/// What is borrowed before the call.
#[derive(Clone, Copy)]
enum Slot {
    Buffer,
    Gradient,
    Running,
}

struct Writer<'w, 'p> {
    memory: Memory<'p>,
    offsets: &'w mut Offsets,
    descriptors: &'w mut Descriptors,
    buffers: Vec<String>,
    gradients: Vec<String>,
    running: Vec<String>,
}

impl Writer<'_, '_> {
    fn operand(&mut self, operand: &Operand) -> String {
        match operand {
            Operand::Read(place) => match place.root {
                Root::Input => "pass.input".into(),
                Root::OutputGradient if place.is_whole() => "pass.d_output".into(),
                Root::OutputGradient => format!("pass.d_output.part({}, {})", place.start, place.len),
                Root::Output => unreachable!("nothing reads the user's output"),
                Root::Buffer(_) => format!("{}.into_view()", self.place(*place)),
            },
            Operand::Write(place) => match place.root {
                Root::Output if place.is_whole() => "pass.output.reborrow()".into(),
                Root::Output => format!("pass.output.reborrow().part({}, {})", place.start, place.len),
                Root::Input | Root::OutputGradient => unreachable!("nothing writes to the user's input"),
                Root::Buffer(_) => self.place(*place),
            },
            Operand::Weight(tensor) => self.parameter(*tensor),
            Operand::Parameter(tensor) => optional(tensor.map(|tensor| self.parameter(tensor))),
            Operand::WeightGradient(tensor) => self.gradient(*tensor),
            Operand::Gradient(tensor) => optional(tensor.map(|tensor| self.gradient(tensor))),
            Operand::Running(tensor) => {
                format!("&pass.buffers[{}]", self.memory.range(*tensor, self.offsets))
            }
            Operand::RunningMut(tensor) => {
                let (start, len) = self.memory.start_and_len(*tensor, self.offsets);
                self.running.push(format!("({start}, {len})"));
                name(Slot::Running, self.running.len() - 1)
            }
            Operand::Saved(range) => {
                let (start, len) = (self.offsets.at(&range.start), range.len());
                format!("{start}..{start} + {len}")
            }
            Operand::Mode(Mode::Overwrite) => "Overwrite".into(),
            Operand::Mode(Mode::Accumulate) => "Accumulate".into(),
            Operand::DropoutKey => "pass.dropout".into(),
            Operand::Number(number) => float(*number),
            Operand::Descriptor(descriptor) => format!("&{}", self.descriptors.name(descriptor)),
            Operand::Prepared(piece) => format!("&prepared[{}]", self.offsets.prepared(*piece)),
            Operand::PreparedMut(piece) => format!("&mut prepared[{}]", self.offsets.prepared(*piece)),
            Operand::Epilogue(epilogue) => self.epilogue(epilogue),
            Operand::Activation(activation) => epilogue_activation(*activation).into(),
        }
    }

    /// All of it, unless someone looks at what stands between the layers.
    fn epilogue(&mut self, epilogue: &Epilogue) -> String {
        let bias = epilogue.bias.map(|tensor| self.parameter(tensor));
        let norm = epilogue.norm.map(|piece| format!("&prepared[{}]", self.offsets.prepared(piece)));
        let (bias, norm, channels) = (optional(bias), optional(norm), epilogue.channels);
        let activation = epilogue_activation(epilogue.activation);
        format!("Fused::new({bias}, {norm}, {activation}).epilogue({channels}, pass.observer.looks())")
    }

    fn place(&mut self, place: Place) -> String {
        let Some(buffer) = buffer(place, self.memory, self.offsets) else {
            unreachable!("only buffers of the arena are split off it")
        };
        self.buffers.push(buffer);
        name(Slot::Buffer, self.buffers.len() - 1)
    }

    fn parameter(&mut self, tensor: usize) -> String {
        format!("&pass.parameters[{}]", self.memory.range(tensor, self.offsets))
    }

    fn gradient(&mut self, tensor: usize) -> String {
        let (start, len) = self.memory.start_and_len(tensor, self.offsets);
        self.gradients.push(format!("({start}, {len})"));
        name(Slot::Gradient, self.gradients.len() - 1)
    }

    /// What borrows several parts of a vector of the pass, if any is wanted.
    fn disjoint(&self, slot: Slot, vector: &str) -> String {
        let (names, ranges) = self.names(slot);
        if names.is_empty() {
            return names;
        }
        format!("let [{names}] = disjoint(pass.{vector}, [{ranges}]); ")
    }

    /// The names of what is borrowed, and the expressions that say what it is.
    fn names(&self, slot: Slot) -> (String, String) {
        let list = match slot {
            Slot::Buffer => &self.buffers,
            Slot::Gradient => &self.gradients,
            Slot::Running => &self.running,
        };
        let names: Vec<String> = (0..list.len()).map(|i| name(slot, i)).collect();
        (names.join(", "), list.join(", "))
    }
}

fn name(slot: Slot, index: usize) -> String {
    let prefix = match slot {
        Slot::Buffer => 't',
        Slot::Gradient => 'd',
        Slot::Running => 'r',
    };
    format!("{prefix}{index}")
}

/// `Some(…)` or `None`
pub(super) fn optional(expression: Option<String>) -> String {
    expression.map_or_else(|| "None".into(), |expression| format!("Some({expression})"))
}

/// What the epilogue of a convolution ends with.
pub(super) fn epilogue_activation(activation: Option<Activation>) -> &'static str {
    match activation {
        None => "Identity",
        Some(Activation::Relu) => "Relu",
        Some(Activation::Relu6) => "Relu6",
        Some(Activation::Sigmoid) => "Sigmoid",
        Some(other) => unreachable!("{other:?} is not fused"),
    }
}
