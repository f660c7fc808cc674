//! A network from its input to its outputs, which must be what it declares.

use super::frames::Frame;
use super::scope::Known;
use super::unroll::Unroller;
use crate::diagnostics::{Message, source};
use crate::graph::{Graph, NodeId};
use crate::shape::Shape;
use crate::syntax::ast::{Network, Results, Tensor};
use proc_macro2::Ident;

impl Unroller<'_, '_> {
    /// The network; whole if nothing was reported.
    pub(super) fn network(mut self, network: &Network, name: &Ident, outputs: &[Option<Shape>]) -> Graph {
        self.frames.push(Frame::network(&name.to_string(), name.span()));
        self.scopes.bind_tensor(&network.input_name, self.current());
        let mark = self.scopes.enter();
        self.statements(&network.body);
        let results = match &network.results {
            Some(results) => self.results(results, network.outputs.len()),
            None if outputs.len() > 1 => self.single_result(network),
            None => vec![self.current()],
        };
        self.scopes.leave(mark);
        for ((tensor, declared), result) in network.outputs.iter().zip(outputs).zip(&results) {
            self.check_output(tensor, *declared, *result);
        }
        let nodes: Option<Vec<NodeId>> = results.iter().map(|known| known.map(|(node, _)| node)).collect();
        self.graph.outputs = nodes.unwrap_or_default();
        self.graph
    }

    /// Reports an output whose shape is not the declared one.
    fn check_output(&mut self, tensor: &Tensor, declared: Option<Shape>, result: Known) {
        let (Some(declared), Some((_, shape))) = (declared, result) else { return };
        if declared == shape {
            return;
        }
        let found = match shape {
            Shape::Image([channels, height, width]) => format!("Image<{channels}, {height}, {width}>"),
            Shape::Vector(features) => format!("Vector<{features}>"),
        };
        let declared = source(&tensor.tokens);
        let message =
            Message::new(format_args!("the output is declared as {declared}, but the layers give {shape}"))
                .help(format_args!("declare `{found}`, or change the last layers"));
        self.set_current(result);
        let message = self.with_shapes(message);
        self.report(&tensor.tokens, message);
    }

    /// The tensors of a tuple of outputs, of which there should be as many as declared.
    fn results(&mut self, results: &Results, declared: usize) -> Vec<Known> {
        let found = results.branches.len();
        if found != declared {
            let message = format!("there are {found} outputs here, but the network declares {declared}");
            let types: Vec<&str> = vec!["…"; found];
            let help = format!("declare `-> ({})`, or change the tuple", types.join(", "));
            self.report(&results.tokens, Message::new(message).help(help));
            return Vec::new();
        }
        let Ok(path) = self.names.entry(None) else { unreachable!("what has no name cannot be taken") };
        self.branches(&results.branches, "the outputs", &results.tokens, &path)
    }

    /// Reports that a network of several outputs gives one.
    fn single_result(&mut self, network: &Network) -> Vec<Known> {
        if self.current().is_some() {
            let declared = network.outputs.len();
            let message =
                format!("`{}` declares {declared} outputs, but its body ends with one", network.name);
            let help = "end the body with a tuple, without `;`: `({ linear(10) }, { linear(4) })`; \
                        it takes branches, names of tensors, and `_`";
            self.report(&network.name, Message::new(message).help(help));
        }
        Vec::new()
    }
}
