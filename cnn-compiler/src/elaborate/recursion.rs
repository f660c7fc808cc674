//! Blocks are inlined where they are called, so none may call itself, not even by way of others.

use crate::diagnostics::{Diagnostics, Message};
use crate::syntax::ast::{Block, Body, Branch, Call, Program, Step, Stmt};
use proc_macro2::Ident;

/// Reports each circle of calls once. Gives the blocks that stand in one.
pub(super) fn check<'p>(program: &'p Program, errors: &Diagnostics) -> Vec<&'p Ident> {
    let mut recursive = Vec::new();
    let mut reported: Vec<&Ident> = Vec::new();
    for block in &program.blocks {
        let Some(circle) = circle(program, block) else { continue };
        recursive.push(&block.name);
        if circle.iter().any(|call| reported.contains(&&call.name)) {
            continue;
        }
        reported.extend(circle.iter().map(|call| &call.name));
        let way: Vec<String> = circle.iter().map(|call| call.name.to_string()).collect();
        let message = Message::new(format_args!("block `{}` calls itself", block.name))
            .note(format_args!(
                "blocks are laid out where they are called, without end: {} → {}",
                block.name,
                way.join(" → ")
            ))
            .help("use a loop: `for _ in 0..n { … }`");
        errors.error(&circle[0].name, message);
    }
    recursive
}

/// The calls that lead from a block back to it.
fn circle<'p>(program: &'p Program, block: &'p Block) -> Option<Vec<&'p Call>> {
    let (mut way, mut seen) = (Vec::new(), Vec::new());
    leads_to(program, block, &block.name, &mut way, &mut seen).then_some(way)
}

/// Whether a call in `block` comes, by any way, to `target`; `way` gets the calls, `seen` the blocks that were tried.
fn leads_to<'p>(
    program: &'p Program,
    block: &'p Block,
    target: &Ident,
    way: &mut Vec<&'p Call>,
    seen: &mut Vec<&'p Ident>,
) -> bool {
    seen.push(&block.name);
    for call in calls(&block.body) {
        way.push(call);
        let next = program.blocks.iter().find(|next| next.name == call.name);
        let arrived = call.name == *target;
        let further = next.is_some_and(|next| {
            !arrived && !seen.contains(&&next.name) && leads_to(program, next, target, way, seen)
        });
        if arrived || further {
            return true;
        }
        way.pop();
    }
    false
}

/// Every call in a body, in branches and loops too.
fn calls(body: &Body) -> Vec<&Call> {
    let mut found = Vec::new();
    for stmt in &body.stmts {
        match stmt {
            Stmt::Step(_, Step::Call(call)) => found.push(call),
            Stmt::Step(_, Step::Join(join)) => {
                for branch in &join.branches {
                    if let Branch::Body(body) = branch {
                        found.extend(calls(body));
                    }
                }
            }
            Stmt::Tap(_) => {}
            Stmt::For(repeat) => found.extend(calls(&repeat.body)),
            Stmt::If(choice) => {
                found.extend(calls(&choice.then));
                found.extend(calls(&choice.otherwise));
            }
        }
    }
    found
}
