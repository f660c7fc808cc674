//! A plan as text: a line for each step, for tests and for whoever wants to see what will run.

use super::{Action, Blocked, Call, Epilogue, Layout, Mode, Operand, Pass, Place, Plan, Root};
use crate::ops::Op;
use crate::ops::activation::Activation;
use std::fmt;

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "parameters: {} numbers", self.parameters.parameters_len)?;
        writeln!(f, "running statistics: {} numbers", self.parameters.buffers_len)?;
        writeln!(f, "\nprepared:")?;
        for piece in &self.prepared.pieces {
            self.call(f, &piece.call, &self.inference)?;
        }
        for (name, pass) in
            [("inference", &self.inference), ("forward", &self.forward), ("backward", &self.backward)]
        {
            writeln!(f, "\n{name}: {} numbers per image", pass.image_len)?;
            self.steps(f, pass)?;
        }
        let Some(bundled) = &self.bundled else { return Ok(()) };
        writeln!(f, "\nbundled inference: {} numbers per bundle", bundled.inference.image_len)?;
        self.steps(f, &bundled.inference)?;
        for (name, pass) in ["forward", "backward"].into_iter().zip(bundled.training.iter().flatten()) {
            writeln!(f, "\nbundled {name}: {} numbers per bundle", pass.image_len)?;
            self.steps(f, pass)?;
        }
        Ok(())
    }
}

impl Plan {
    fn steps(&self, f: &mut fmt::Formatter<'_>, pass: &Pass) -> fmt::Result {
        for step in &pass.steps {
            if let Action::Call(call) = &step.action {
                self.call(f, call, pass)?;
            }
        }
        Ok(())
    }

    fn call(&self, f: &mut fmt::Formatter<'_>, call: &Call, pass: &Pass) -> fmt::Result {
        let operands: Vec<String> = call.operands.iter().map(|operand| self.operand(operand, pass)).collect();
        writeln!(f, "    {}({})", call.kernel, operands.join(", "))
    }

    fn operand(&self, operand: &Operand, pass: &Pass) -> String {
        let key = |tensor: usize| self.parameters.tensors[tensor].key.clone();
        let optional = |tensor: Option<usize>, what: &str| match tensor {
            Some(tensor) => format!("{what}{}", key(tensor)),
            None => String::from("none"),
        };
        match operand {
            Operand::Read(at) => place(at, pass),
            Operand::Write(at) => format!("-> {}", place(at, pass)),
            Operand::Weight(tensor) | Operand::Running(tensor) | Operand::RunningMut(tensor) => key(*tensor),
            Operand::Parameter(tensor) => optional(*tensor, ""),
            Operand::WeightGradient(tensor) => optional(Some(*tensor), "d "),
            Operand::Gradient(tensor) => optional(*tensor, "d "),
            Operand::Saved(range) => format!("saved[{}..{}]", range.start, range.end),
            Operand::Mode(Mode::Overwrite) => "overwrite".into(),
            Operand::Mode(Mode::Accumulate) => "accumulate".into(),
            Operand::DropoutKey => "key".into(),
            Operand::Number(number) => format!("{number:?}"),
            Operand::Descriptor(_) => "layer".into(),
            Operand::Prepared(piece) => format!("prepared {piece}"),
            Operand::PreparedMut(piece) => format!("-> prepared {piece}"),
            Operand::Epilogue(epilogue) => self.epilogue(epilogue),
            Operand::Activation(activation) => activation_name(*activation).into(),
        }
    }

    /// `conv1.bias, prepared 1, relu`
    fn epilogue(&self, epilogue: &Epilogue) -> String {
        let bias = epilogue.bias.map(|tensor| self.parameters.tensors[tensor].key.clone());
        let norm = epilogue.norm.map(|piece| format!("prepared {piece}"));
        let activation = epilogue.activation.map(|activation| activation_name(Some(activation)).into());
        let all: Vec<String> = [bias, norm, activation].into_iter().flatten().collect();
        if all.is_empty() { "identity".into() } else { all.join(" + ") }
    }
}

fn activation_name(activation: Option<Activation>) -> &'static str {
    activation.map_or("identity", |activation| Op::Activation(activation).name())
}

/// `@784[0..2352 of 4704]`: the offset per image, and which part of a joined tensor; `16c` for blocks, with their halo.
fn place(place: &Place, pass: &Pass) -> String {
    let root = match place.root {
        Root::Input => "input".into(),
        Root::Output => "output".into(),
        Root::OutputGradient => "d output".into(),
        Root::Buffer(buffer) => format!("@{}", pass.offsets[buffer]),
    };
    let layout = match place.layout {
        Layout::Planes(_) => String::new(),
        Layout::Bundled(_) => " 16n".into(),
        Layout::Blocked(blocked) if blocked.halo == [0, 0] => " 16c".into(),
        Layout::Blocked(Blocked { halo: [rows, columns], .. }) => format!(" 16c+{rows}x{columns}"),
    };
    let end = place.start + place.len;
    if place.is_whole() {
        format!("{root}[{}]{layout}", place.len)
    } else {
        format!("{root}[{}..{end} of {}]{layout}", place.start, place.stride)
    }
}
