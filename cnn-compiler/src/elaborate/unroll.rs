//! Walks a network's body and lays its layers, one after the other.

use super::frames::{Frame, annotate, source};
use super::names::Names;
use super::scope::{Binding, Known, Scopes};
use super::{Item, Items};
use crate::diagnostics::{Diagnostics, Message, nearest};
use crate::graph::{Field, Graph, Layer, NodeId};
use crate::ops::arguments::{Arguments, block_arguments};
use crate::ops::{self, Misfit, Op};
use crate::shape::Shape;
use crate::syntax::ast::{
    Block, Body, Branch, Call, For, Format, If, Join, JoinKind, Name, Network, Results, Step, Stmt, Tensor,
};
use crate::value::{MOST_ITEMS, Value, evaluate};
use proc_macro2::Ident;
use quote::ToTokens;

/// The most statements that may be unrolled: a network of more is a mistake, and must not take the compiler down.
const MOST_STATEMENTS: usize = 100_000;

/// Lays the layers of one network.
pub(super) struct Unroller<'p, 'c> {
    items: &'c Items<'p>,
    errors: &'c Diagnostics,
    scopes: Scopes<'c>,
    names: Names,
    frames: Vec<Frame>,
    graph: Graph,
    /// The outermost block call that is being laid, and how many there were.
    block: Option<usize>,
    blocks: usize,
    statements: usize,
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
            statements: 0,
        }
    }

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

    fn current(&self) -> Known {
        self.scopes.current.flatten()
    }

    fn set_current(&mut self, tensor: Known) {
        self.scopes.current = Some(tensor);
    }

    fn report(&self, tokens: impl ToTokens, message: Message) {
        self.errors.error(tokens, annotate(message, &self.frames));
    }

    fn body(&mut self, body: &Body) {
        let mark = self.scopes.enter();
        self.statements(body);
        self.scopes.leave(mark);
    }

    fn statements(&mut self, body: &Body) {
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
    fn too_many(&mut self, token: impl ToTokens) -> bool {
        self.statements += 1;
        let beyond = self.statements > MOST_STATEMENTS;
        if beyond {
            if self.statements == MOST_STATEMENTS + 1 {
                let text = format!(
                    "the network has more than {MOST_STATEMENTS} statements when its loops are unrolled"
                );
                self.report(token, Message::new(text));
            }
            self.set_current(None);
        }
        beyond
    }

    /// The name of a layer in this turn of the loops around it.
    fn name(&self, name: &Name) -> Option<String> {
        let Format { text, args } = match name {
            Name::Let(name) => return Some(name.to_string()),
            Name::Format(format) => format,
        };
        let values: Vec<Value> = args.iter().map(|arg| evaluate(arg, &self.scopes, self.errors)).collect();
        let written = text.value();
        let parts: Vec<&str> = written.split("{}").collect();
        if parts.len() != values.len() + 1 {
            let (places, values) = (parts.len() - 1, values.len());
            let message =
                format!("there are {places} places `{{}}` in this name, and {values} values for them");
            self.report(text, Message::new(message));
            return None;
        }
        if values.iter().any(Value::is_unknown) {
            return None;
        }
        let values = values.iter().map(|value| match value {
            Value::Text(text) => text.clone(),
            other => other.to_string(),
        });
        let name: String = parts
            .iter()
            .map(ToString::to_string)
            .zip(values.chain([String::new()]))
            .map(|(part, value)| part + &value)
            .collect();
        if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
            let message = Message::new(format_args!("`{name}` cannot be the name of a layer"));
            self.report(text, message.help("a name has letters, digits and `_`"));
            return None;
        }
        Some(name)
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
        if let Err(misfit) = self.lay(op, text, path, vec![node]) {
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
    fn lay(&mut self, op: Op, text: String, path: String, inputs: Vec<NodeId>) -> Result<(), Misfit> {
        let shapes: Vec<Shape> = inputs.iter().map(|node| self.graph.shape(*node)).collect();
        let output = op.output(&shapes)?;
        let fields = inputs.iter().map(|node| self.graph.field(*node));
        let Some(field) = fields.reduce(Field::join) else { unreachable!("a layer has at least one input") };
        let field = field.through(op.reach(), output);
        let input = shapes[0];
        let layer = Layer { op, text, path, inputs, input, output, field, block: self.block };
        let node = self.graph.push(layer);
        self.set_current(Some((node, output)));
        Ok(())
    }

    fn values(&self, call: &Call) -> Vec<Value> {
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

    /// Lays a block, whose body sees `items`.
    fn block_call(&mut self, items: &'c Items<'p>, block: &'p Block, call: &Call, path: &str) {
        let values = self.values(call);
        let Some(args) = block_arguments(call, &block.params, self.errors) else {
            self.set_current(None);
            return;
        };
        let text: Vec<String> = values.iter().map(ToString::to_string).collect();
        let text = format!("{}({})", block.name, text.join(", "));
        let hidden = self.scopes.hide(&items.consts);
        for (arg, (pat, ty)) in args.iter().zip(&block.params) {
            let Some(at) = call.args.iter().position(|other| std::ptr::eq(other, *arg)) else {
                unreachable!("the arguments are the call's")
            };
            let value = &values[at];
            if !value.fits(ty) {
                let text = format!("`{}` must be of type `{}`, found {value}", source(pat), source(ty));
                self.errors.error(&arg.value, text);
            }
            let value = if value.fits(ty) { value } else { &Value::Unknown };
            self.scopes.bind_pattern(pat, value);
        }
        let outer = self.block;
        if outer.is_none() {
            self.block = Some(self.blocks);
            self.blocks += 1;
        }
        self.frames.push(Frame::block(&text, call.name.span()));
        self.names.enter_block(path);
        let anchor = self.errors.enter(call.name.span());
        self.block_body(items, block);
        self.errors.restore(anchor);
        self.names.leave();
        self.frames.pop();
        self.block = outer;
        self.scopes.restore(hidden);
    }

    fn block_body(&mut self, items: &'c Items<'p>, block: &'p Block) {
        items.laid.borrow_mut().push(&block.name);
        let caller = std::mem::replace(&mut self.items, items);
        self.body(&block.body);
        self.items = caller;
    }

    /// Checks a block that nobody calls: its arguments are unknown, and what goes in.
    pub(super) fn check_block(mut self, block: &'p Block) {
        for (pat, _) in &block.params {
            self.scopes.bind_pattern(pat, &Value::Unknown);
        }
        self.frames.push(Frame::block(&block.name.to_string(), block.name.span()));
        self.block_body(self.items, block);
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
        if let Err(misfit) = self.lay(op, join.name.to_string(), path, inputs) {
            self.misfit(&join.name, None, misfit);
        }
    }

    /// Lays branches, each from the tensor that stands here, which stands here again afterwards; gives their results.
    fn branches(&mut self, branches: &[Branch], of: &str, tokens: impl ToTokens, path: &str) -> Vec<Known> {
        let (start, span) = (self.current(), first_span(&tokens));
        let mut results = Vec::new();
        for (i, branch) in branches.iter().enumerate() {
            self.set_current(start);
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
        }
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

    fn repeat(&mut self, repeat: &For) {
        let items = match evaluate(&repeat.values, &self.scopes, self.errors) {
            Value::Array(items) => items,
            Value::Range(start, end) if end.saturating_sub(start) <= MOST_ITEMS => {
                (start..end).map(Value::Int).collect()
            }
            Value::Range(start, end) => {
                let turns = end.saturating_sub(start);
                let text = format!("this loop would run {turns} times, more than {MOST_ITEMS}");
                self.report(&repeat.values, Message::new(text));
                return self.set_current(None);
            }
            Value::Unknown => return self.unknown_turns(repeat),
            other => {
                let text =
                    format!("a loop runs over a range or an array, not over {other}, {}", other.kind());
                self.report(&repeat.values, Message::new(text));
                return self.set_current(None);
            }
        };
        if items.is_empty() {
            let message =
                Message::new("this loop never runs").help("remove it, or give it a value to run over");
            self.report(&repeat.values, message);
            return self.set_current(None);
        }
        for (turn, item) in items.iter().enumerate() {
            if self.too_many(&repeat.values) {
                break;
            }
            let mark = self.scopes.enter();
            let pattern = source(&repeat.pat);
            let span = first_span(&repeat.pat);
            self.frames.push(Frame::turn(turn + 1, items.len(), &pattern, &item.to_string(), span));
            self.scopes.bind_pattern(&repeat.pat, item);
            self.body(&repeat.body);
            self.frames.pop();
            self.scopes.leave(mark);
        }
    }

    /// Checks a loop over unknown values: its body once, on an unknown tensor.
    fn unknown_turns(&mut self, repeat: &For) {
        self.set_current(None);
        let mark = self.scopes.enter();
        self.scopes.bind_pattern(&repeat.pat, &Value::Unknown);
        self.body(&repeat.body);
        self.scopes.leave(mark);
        self.set_current(None);
    }

    fn choice(&mut self, choice: &If) {
        match evaluate(&choice.condition, &self.scopes, self.errors) {
            Value::Bool(true) => self.body(&choice.then),
            Value::Bool(false) => self.body(&choice.otherwise),
            Value::Unknown => {
                let names = self.names.clone();
                for body in [&choice.then, &choice.otherwise] {
                    self.set_current(None);
                    self.names = names.clone(); // both may use the same
                    self.body(body);
                }
                self.set_current(None);
            }
            other => {
                let text = format!("a condition is `true` or `false`, not {other}, {}", other.kind());
                self.report(&choice.condition, Message::new(text));
                self.set_current(None);
            }
        }
    }

    /// Adds the last few shapes that led to the tensor that stands here.
    fn with_shapes(&self, message: Message) -> Message {
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

fn first_span(tokens: &impl ToTokens) -> proc_macro2::Span {
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
