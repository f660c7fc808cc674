//! Walks a network's body and lays its layers, one after the other.

use super::frames::{Frame, annotate};
use super::items::{Item, Items};
use super::names::Names;
use super::scope::{Binding, Known, Scopes};
use crate::diagnostics::{Diagnostics, Message, nearest};
use crate::graph::{Field, Graph, Group, Layer, NodeId};
use crate::ops::arguments::Arguments;
use crate::ops::{self, Misfit, Op};
use crate::shape::Shape;
use crate::syntax::ast::{Body, Branch, Call, Join, JoinKind, Name, Step, Stmt};
use crate::value::{Value, evaluate};
use proc_macro2::{Ident, Span};
use quote::ToTokens;
use std::cell::Cell;

/// The most statements that may be unrolled in one `network!`: more are a mistake, and must not take the compiler down.
const MOST_STATEMENTS: usize = 10_000;

/// Lays the layers of one network.
///
/// What it does with blocks, with loops and conditions, and with the network's outputs stands in the files beside this one.
pub(super) struct Unroller<'p, 'c> {
    pub(super) items: &'c Items<'p>,
    pub(super) errors: &'c Diagnostics,
    pub(super) scopes: Scopes<'c>,
    pub(super) names: Names,
    pub(super) frames: Vec<Frame>,
    pub(super) graph: Graph,
    /// The outermost block call that is being laid, and how many there were.
    pub(super) block: Option<usize>,
    pub(super) blocks: usize,
    statements: &'c Cell<usize>,
}

impl<'p, 'c> Unroller<'p, 'c> {
    pub(super) fn new(
        items: &'c Items<'p>,
        mut scopes: Scopes<'c>,
        input: Option<Shape>,
        errors: &'c Diagnostics,
    ) -> Self {
        scopes.current = Some(input.map(|shape| (NodeId::INPUT, shape)));
        Self {
            items,
            errors,
            scopes,
            names: Names::new(),
            frames: Vec::new(),
            graph: Graph::new(input.unwrap_or(Shape::Vector(1))),
            block: None,
            blocks: 0,
            statements: &items.statements,
        }
    }

    pub(super) fn current(&self) -> Known {
        self.scopes.current.flatten()
    }

    pub(super) fn set_current(&mut self, tensor: Known) {
        self.scopes.current = Some(tensor);
    }

    pub(super) fn report(&self, tokens: impl ToTokens, message: Message) {
        self.errors.error(tokens, annotate(message, &self.frames));
    }

    pub(super) fn body(&mut self, body: &Body) {
        let mark = self.scopes.enter();
        self.statements(body);
        self.scopes.leave(mark);
    }

    pub(super) fn statements(&mut self, body: &Body) {
        for stmt in &body.stmts {
            if self.too_many(stmt_token(stmt)) {
                break;
            }
            match stmt {
                Stmt::Step(name, step) => self.step(name.as_ref(), step),
                Stmt::Tap(name) => self.scopes.bind_tensor(name, self.current()),
                Stmt::For(repeat) => self.repeat(repeat),
                Stmt::If(choice) => self.choice(choice),
            }
        }
    }

    /// Counts a statement or a turn of a loop; says whether it is beyond what may be unrolled.
    pub(super) fn too_many(&mut self, token: impl ToTokens) -> bool {
        let statements = self.statements.get() + 1;
        self.statements.set(statements);
        let beyond = statements > MOST_STATEMENTS;
        if beyond {
            if statements == MOST_STATEMENTS + 1 {
                let text = format!(
                    "this `network!` has more than {MOST_STATEMENTS} statements when its loops are unrolled"
                );
                let help = "let its loops run less often, or give each network a `network!` of its own";
                self.report(token, Message::new(text).help(help));
            }
            self.set_current(None);
        }
        beyond
    }

    fn step(&mut self, name: Option<&Name>, step: &Step) {
        let text = name.and_then(|name| self.name(name));
        let path = self.names.entry(text.as_deref()).unwrap_or_else(|path| {
            let message = Message::new(format_args!("there is a layer `{path}` already"))
                .help("names are unique within a block: choose another one, or put the layers of a loop into a block");
            match name {
                Some(Name::Let(name)) => self.report(name, message),
                Some(Name::Format(format)) => self.report(&format.text, message),
                None => unreachable!("what has no name cannot be taken"),
            }
            path
        });
        match step {
            Step::Call(call) => match self.items.block(&call.name) {
                Some(Item::Known(items, block)) => self.block_call(items, block, call, &path),
                Some(Item::Broken) => {
                    self.values(call);
                    self.set_current(None);
                }
                None => self.layer_call(call, path),
            },
            Step::Join(join) => self.join(join, path),
        }
        if let Some(Name::Let(name)) = name {
            self.scopes.bind_tensor(name, self.current());
        }
    }

    fn layer_call(&mut self, call: &Call, path: String) {
        let Some(signature) = ops::find(&call.name.to_string()) else {
            self.unknown_layer(call);
            self.set_current(None);
            return;
        };
        let values = self.values(call);
        let Some(arguments) = Arguments::check(signature, call, &values, self.errors) else {
            return self.set_current(None);
        };
        let op = match (signature.build)(&arguments) {
            Ok(op) => op,
            Err(misfit) => return self.misfit(&call.name, Some(&arguments), misfit),
        };
        let Some((node, _)) = self.current() else { return };
        let text = arguments.text().to_string();
        if let Err(misfit) = self.lay(op, text, path, vec![node], call.name.span()) {
            self.misfit(&call.name, Some(&arguments), misfit);
        }
    }

    /// Reports why a layer does not fit, on the argument that is at fault.
    fn misfit(&mut self, layer: &Ident, arguments: Option<&Arguments>, misfit: Misfit) {
        let given = misfit.argument.and_then(|name| arguments.and_then(|arguments| arguments.tokens(name)));
        let message =
            if self.current().is_some() { self.with_shapes(misfit.message) } else { misfit.message };
        match given {
            Some(tokens) => self.report(tokens, message),
            None => self.report(layer, message),
        }
        self.set_current(None);
    }

    /// Adds a layer to the graph.
    fn lay(
        &mut self,
        op: Op,
        text: String,
        path: String,
        inputs: Vec<NodeId>,
        span: Span,
    ) -> Result<(), Misfit> {
        let place = self.errors.place(span);
        let shapes: Vec<Shape> = inputs.iter().map(|node| self.graph.shape(*node)).collect();
        let output = op.output(&shapes)?;
        let fields = inputs.iter().map(|node| self.graph.field(*node));
        let Some(field) = fields.reduce(Field::join) else { unreachable!("a layer has at least one input") };
        let field = field.through(op.reach(), output);
        let input = shapes[0];
        let layer = Layer { op, text, path, inputs, input, output, field, block: self.block, place };
        let node = self.graph.push(layer);
        self.set_current(Some((node, output)));
        Ok(())
    }

    pub(super) fn values(&self, call: &Call) -> Vec<Value> {
        call.args.iter().map(|arg| evaluate(&arg.value, &self.scopes, self.errors)).collect()
    }

    fn unknown_layer(&self, call: &Call) {
        let name = call.name.to_string();
        if self.items.network(&call.name).is_some() {
            let message =
                Message::new(format_args!("`{name}` is a network: only blocks and layers can be called"))
                    .help("a block has no `->`; networks are chained by calling one on the other's output");
            return self.report(&call.name, message);
        }
        let program = self.items.program;
        let blocks = program.blocks.iter().map(|block| &block.name);
        let blocks = blocks.chain(program.imports.iter().map(|import| &import.alias));
        let blocks: Vec<String> = blocks.map(ToString::to_string).collect();
        let layers = ops::LAYERS.iter().map(|signature| signature.name);
        let known = layers.chain(JoinKind::ALL.map(JoinKind::name)).chain(blocks.iter().map(String::as_str));
        let message = Message::new(format_args!("there is no layer or block `{name}`"));
        let message = match nearest(&name, known) {
            Some(near) => message.help(format_args!("there is one with a similar name: `{near}`")),
            None => message.help(format_args!("declare a block in this `network!`: `fn {name}(…) {{ … }}`")),
        };
        self.report(&call.name, message);
    }

    fn join(&mut self, join: &Join, path: String) {
        if join.branches.len() < 2 {
            let message = Message::new(format_args!("`{}` joins at least two branches", join.name));
            self.report(&join.name, message.help(format_args!("write {}({{ … }}, {{ … }})", join.name)));
            self.set_current(None);
            return;
        }
        let tensors = self.branches(&join.branches, &format!("this `{}`", join.name), &join.name, &path);
        let known: Option<Vec<NodeId>> = tensors.iter().map(|known| known.map(|(node, _)| node)).collect();
        let Some(inputs) = known else { return self.set_current(None) };
        let op = match join.kind {
            JoinKind::Concat => Op::Concat,
            JoinKind::Add => Op::Add,
        };
        if let Err(misfit) = self.lay(op, join.name.to_string(), path, inputs, join.name.span()) {
            self.misfit(&join.name, None, misfit);
        }
    }

    /// Lays branches, each from the tensor that stands here, which stands here again afterwards; gives their results.
    pub(super) fn branches(
        &mut self,
        branches: &[Branch],
        of: &str,
        tokens: impl ToTokens,
        path: &str,
    ) -> Vec<Known> {
        let (start, span) = (self.current(), first_span(&tokens));
        let group = self.graph.groups.len();
        let (mut results, mut layers) = (Vec::new(), Vec::new());
        for (i, branch) in branches.iter().enumerate() {
            self.set_current(start);
            let first = self.graph.layers.len();
            match branch {
                Branch::Current => {}
                Branch::Tap(name) => {
                    let tap = self.tap(name);
                    self.set_current(tap);
                }
                Branch::Body(body) => {
                    self.frames.push(Frame::branch(i + 1, of, span));
                    self.names.enter_branch(path, i);
                    self.body(body);
                    self.names.leave();
                    self.frames.pop();
                }
            }
            results.push(self.current());
            layers.push(first..self.graph.layers.len());
        }
        self.graph.groups.insert(group, Group::Fork(layers));
        self.set_current(start);
        results
    }

    /// The tensor that a name in a join stands for.
    fn tap(&self, name: &Ident) -> Known {
        if let Some(Binding::Tensor(tensor)) = self.scopes.find(name) {
            return *tensor;
        }
        let message = Message::new(format_args!("`{name}` does not name a tensor here"));
        let message = match nearest(&name.to_string(), self.scopes.tensors()) {
            Some(near) => message.help(format_args!("there is one with a similar name: `{near}`")),
            None => message.help(format_args!("name the tensor where it stands: `let {name};`")),
        };
        self.report(name, message);
        None
    }

    /// Adds the last few shapes that led to the tensor that stands here.
    pub(super) fn with_shapes(&self, message: Message) -> Message {
        const SHOWN: usize = 4;
        let mut steps = Vec::new();
        let mut node = self.current().map(|(node, _)| node);
        while let Some(layer) = node.and_then(|node| self.graph.layer(node)) {
            if steps.len() == SHOWN {
                steps.push(String::from("…"));
                break;
            }
            steps.push(format!("{} -> {}", layer.text, layer.output));
            node = layer.inputs.first().copied();
        }
        if steps.len() <= SHOWN {
            steps.push(format!("input {}", self.graph.input));
        }
        steps.reverse();
        steps.iter().enumerate().fold(message, |message, (i, step)| {
            message.line(format_args!("{} {step}", if i == 0 { "shapes:" } else { "       " }))
        })
    }
}

pub(super) fn first_span(tokens: &impl ToTokens) -> proc_macro2::Span {
    tokens
        .to_token_stream()
        .into_iter()
        .next()
        .map_or_else(proc_macro2::Span::call_site, |token| token.span())
}

/// A token to find a statement by.
fn stmt_token(stmt: &Stmt) -> proc_macro2::TokenStream {
    match stmt {
        Stmt::Step(_, Step::Call(call)) => call.name.to_token_stream(),
        Stmt::Step(_, Step::Join(join)) => join.name.to_token_stream(),
        Stmt::Tap(name) => name.to_token_stream(),
        Stmt::For(repeat) => repeat.values.to_token_stream(),
        Stmt::If(choice) => choice.condition.to_token_stream(),
    }
}
