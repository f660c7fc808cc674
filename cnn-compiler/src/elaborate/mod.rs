//! The tree in, a graph for each network out: blocks and loops are unrolled, conditions decided, shapes computed.
//!
//! Shapes are computed as the layers are laid, not in a stage of their own, since an expression may ask for one:
//! `if x.channels != channels { … }`.

mod blocks;
mod budget;
mod consts;
mod control_flow;
mod format_name;
mod frames;
mod items;
mod names;
mod outputs;
mod recursion;
mod scope;
mod unroll;

use crate::diagnostics::{Diagnostics, Message, nearest};
use crate::graph::Graph;
use crate::ops::too_large;
use crate::shape::{LARGEST_SIZE, Shape};
use crate::syntax::ast::{Attributes, Broken, Instance, JoinKind, Network, Policy, Program, Tensor};
use crate::value::{Value, evaluate, ill_typed};
pub use budget::Bound;
use consts::Consts;
use items::{Item, Items};
use proc_macro2::Ident;
use scope::Scopes;
use unroll::Unroller;

/// A type that the program declares: a network without open parameters, or an instance of one.
#[derive(Debug)]
pub struct Declared<'p> {
    /// What its own attributes say.
    pub attrs: &'p Attributes,
    /// What it or its network says of its sums.
    pub policy: Option<Policy>,
    /// What it must keep to.
    pub budget: Vec<Bound<'p>>,
    /// Visibility.
    pub vis: &'p syn::Visibility,
    /// Its name.
    pub name: &'p Ident,
    /// The declared shape of the input, unless it is wrong.
    pub input: Option<Shape>,
    /// The declared shapes of the outputs, unless they are wrong.
    pub outputs: Vec<Option<Shape>>,
    /// The network; [whole](Graph::is_whole) only if nothing was reported.
    pub graph: Graph,
}

/// Lays out every network of the program.
pub fn elaborate<'p>(program: &'p Program, errors: &Diagnostics) -> Vec<Declared<'p>> {
    names_are_unique(program, errors);
    let items = Items::new(program, errors);
    items.consts.evaluate_all(errors);
    let mut declared = Vec::new();
    for network in &program.networks {
        let Network { attrs, vis, name, .. } = network;
        let site = Site { attrs, vis, name, args: &[], consts: &items.consts };
        if network.params.iter().all(|param| param.default.is_some()) {
            declared.push(lay_out(network, &items, &site, errors));
        } else if program.instances.iter().all(|instance| instance.network != network.name) {
            check_open_network(network, &items, errors);
        }
        weights_are_known(network, errors);
    }
    for instance in &program.instances {
        let Instance { attrs, vis, name, .. } = instance;
        let site = Site { attrs, vis, name, args: &instance.args, consts: &items.consts };
        match items.network(&instance.network) {
            Some(Item::Known(items, network)) => declared.push(lay_out(network, items, &site, errors)),
            Some(Item::Broken) => declared.push(unknown(&site)),
            None => {
                unknown_network(program, &instance.network, errors);
                declared.push(unknown(&site));
            }
        }
    }
    check_blocks(&items, errors);
    declared
}

/// An instance of a network of which nothing is known, so that a stub can stand for it.
fn unknown<'p>(site: &Site<'p, '_>) -> Declared<'p> {
    let Site { attrs, vis, name, .. } = *site;
    let mut graph = Graph::new(Shape::Vector(1));
    graph.outputs.clear();
    let (policy, budget, outputs) = (attrs.policy, Vec::new(), vec![None]);
    Declared { attrs, policy, budget, vis, name, input: None, outputs, graph }
}

/// Checks the blocks that no network has laid out, as far as that goes without their arguments.
pub fn check(program: &Program, errors: &Diagnostics) {
    names_are_unique(program, errors);
    let items = Items::new(program, errors);
    items.consts.evaluate_all(errors);
    check_blocks(&items, errors);
}

fn check_blocks(items: &Items<'_>, errors: &Diagnostics) {
    for block in &items.program.blocks {
        let checked = items.laid.borrow().contains(&block.name) || items.recursive.contains(&&block.name);
        if !checked {
            let scopes = Scopes::new(&items.consts, errors);
            Unroller::new(items, scopes, None, errors).check_block(block);
        }
    }
}

/// Checks a network whose parameters nobody has given yet, as far as that goes.
fn check_open_network(network: &Network, items: &Items<'_>, errors: &Diagnostics) {
    let mut scopes = Scopes::new(&items.consts, errors);
    for param in &network.params {
        scopes.bind(&param.ident, Value::Unknown);
    }
    budget::check(network, &scopes, errors);
    let input = shape(&network.input, &scopes, errors);
    let outputs: Vec<Option<Shape>> = network.outputs.iter().map(|_| None).collect();
    Unroller::new(items, scopes, input, errors).network(network, &network.name, &outputs);
}

/// Reports weights of a network of which nobody knows what tensors it has.
fn weights_are_known(network: &Network, errors: &Diagnostics) {
    if let Some(weights) = &network.attrs.weights
        && network.params.iter().any(|param| param.default.is_none())
    {
        let name = &network.name;
        let message = Message::new(format_args!("the weights of `{name}` depend on its parameters"));
        let help = format!("put the attribute on an instance: `#[weights(…)] pub type Other = {name}<…>;`");
        errors.error(weights, message.help(help));
    }
}

/// Where a network becomes a type.
struct Site<'p, 'i> {
    attrs: &'p Attributes,
    vis: &'p syn::Visibility,
    name: &'p Ident,
    args: &'p [syn::Expr],
    /// The constants that the arguments can see.
    consts: &'i Consts<'p>,
}

fn lay_out<'p>(
    network: &'p Network,
    items: &Items<'p>,
    site: &Site<'p, '_>,
    errors: &Diagnostics,
) -> Declared<'p> {
    let mut scopes = Scopes::new(&items.consts, errors);
    bind_parameters(network, site, &mut scopes, errors);
    let budget = budget::bounds(network, site, &scopes, errors);
    let input = shape(&network.input, &scopes, errors);
    let outputs: Vec<Option<Shape>> =
        network.outputs.iter().map(|output| shape(output, &scopes, errors)).collect();
    let graph = Unroller::new(items, scopes, input, errors).network(network, site.name, &outputs);
    let Site { attrs, vis, name, .. } = *site;
    let policy = attrs.policy.or(network.attrs.policy);
    Declared { attrs, policy, budget, vis, name, input, outputs, graph }
}

/// Gives the network's constant parameters their values: the instance's arguments, or the defaults.
fn bind_parameters(network: &Network, site: &Site<'_, '_>, scopes: &mut Scopes<'_>, errors: &Diagnostics) {
    for arg in site.args.iter().skip(network.params.len()) {
        let text =
            format!("`{}` has {} parameters, this is one too many", network.name, network.params.len());
        errors.error(arg, Message::new(text).help("remove it"));
    }
    let outside = Scopes::new(site.consts, errors);
    let mut missing = Vec::new();
    for (i, param) in network.params.iter().enumerate() {
        let default = param.default.as_ref().map(|(_, expr)| (expr, evaluate(expr, scopes, errors)));
        let given = site.args.get(i).map(|expr| (expr, evaluate(expr, &outside, errors)));
        let mut value = Value::Unknown;
        if let Some((expr, found)) = given.or(default) {
            value = found;
            if !value.fits(&param.ty) {
                errors.error(expr, ill_typed(&param.ident.to_string(), &param.ty, &value));
                value = Value::Unknown;
            }
        } else {
            missing.push(format!("`{}`", param.ident));
        }
        scopes.bind(&param.ident, value);
    }
    if !missing.is_empty() {
        let text = format!("`{}` needs a value for {}", network.name, missing.join(" and "));
        errors.error(site.name, Message::new(text).help("write it between `<` and `>`"));
    }
}

/// The shape that a type says, if all its dimensions are known.
fn shape(tensor: &Tensor, scopes: &Scopes<'_>, errors: &Diagnostics) -> Option<Shape> {
    let mut dims = Vec::new();
    for expr in &tensor.dims {
        match evaluate(expr, scopes, errors) {
            Value::Int(size @ 1..=LARGEST_SIZE) => dims.push(size.unsigned_abs() as usize),
            Value::Unknown => {}
            other => {
                let text = format!("a size is an integer from 1 to {LARGEST_SIZE}, found {other}");
                errors.error(expr, Message::new(text).help("write a size such as 10"));
            }
        }
    }
    let shape = match dims[..] {
        [channels, height, width] if tensor.dims.len() == 3 => Shape::Image([channels, height, width]),
        [features] if tensor.dims.len() == 1 => Shape::Vector(features),
        _ => return None,
    };
    if shape.checked_len().is_none() {
        errors.error(&tensor.tokens, too_large("tensor"));
        return None;
    }
    Some(shape)
}

/// The shapes that a network with an error declares, as far as they are known; says nothing of errors here.
pub fn broken_shapes(program: &Program, broken: &Broken) -> (Option<Shape>, Vec<Option<Shape>>) {
    let Some((input, outputs)) = &broken.tensors else { return (None, vec![None]) };
    let silent = Diagnostics::default();
    let consts = Consts::new(&program.consts);
    let shapes = {
        let scopes = Scopes::new(&consts, &silent);
        let outputs = outputs.iter().map(|output| shape(output, &scopes, &silent)).collect();
        (shape(input, &scopes, &silent), outputs)
    };
    let _ = silent.finish();
    shapes
}

fn unknown_network(program: &Program, name: &Ident, errors: &Diagnostics) {
    let names: Vec<String> = program.networks.iter().map(|network| network.name.to_string()).collect();
    let message = Message::new(format_args!("there is no network `{name}` in this `network!`"));
    errors.error(
        name,
        match nearest(&name.to_string(), names.iter().map(String::as_str)) {
            Some(near) => message.help(format_args!("there is one with a similar name: `{near}`")),
            None => {
                message.help("declare it here: `fn Name<const …>(image: Image<C, H, W>) -> Vector<N> { … }`")
            }
        },
    );
}

/// Every name may be declared once.
fn names_are_unique(program: &Program, errors: &Diagnostics) {
    let networks = program.networks.iter().map(|network| &network.name);
    let instances = program.instances.iter().map(|instance| &instance.name);
    let consts = program.consts.iter().map(|item| &item.ident);
    let blocks = program.blocks.iter().map(|block| &block.name);
    let imports = program.imports.iter().map(|import| &import.alias);
    let mut seen: Vec<&Ident> = Vec::new();
    for name in imports.chain(networks).chain(instances).chain(blocks).chain(consts) {
        if seen.contains(&name) {
            let message = Message::new(format_args!("`{name}` is declared twice"));
            errors.error(name, message.help("choose another name"));
        } else if crate::ops::find(&name.to_string()).is_some() || JoinKind::find(name).is_some() {
            let message = Message::new(format_args!("`{name}` is a layer of the language"));
            errors.error(name, message.help("choose another name"));
        }
        seen.push(name);
    }
}

#[cfg(test)]
mod tests;
