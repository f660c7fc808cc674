//! Blocks are inlined where they are called, so none may call itself, not even by way of others.

use crate::diagnostics::{Diagnostics, Message};
use crate::syntax::ast::{Block, Body, Branch, Call, Program, Step, Stmt};

/// Reports each call that leads back to the block it stands in. Says whether there was one.
pub(super) fn check(program: &Program, errors: &Diagnostics) -> bool {
    let before = errors.count();
    for block in &program.blocks {
        for call in calls(&block.body) {
            let mut path = vec![block.name.to_string()];
            if leads_to(program, call, block, &mut path) {
                let message = Message::new(format_args!("block `{}` calls itself", block.name))
                    .note(format_args!(
                        "blocks are laid out where they are called, without end: {}",
                        path.join(" → ")
                    ))
                    .help("use a loop: `for _ in 0..n { … }`");
                errors.error(&call.name, message);
            }
        }
    }
    errors.count() != before
}

/// Whether `call` comes, by any way, to `target`; `path` gets the blocks on the way.
fn leads_to(program: &Program, call: &Call, target: &Block, path: &mut Vec<String>) -> bool {
    let name = call.name.to_string();
    if call.name == target.name {
        path.push(name);
        return true;
    }
    let Some(block) = program.blocks.iter().find(|block| block.name == call.name) else { return false };
    if path.contains(&name) {
        return false; // a circle that does not contain the target
    }
    path.push(name);
    if calls(&block.body).into_iter().any(|call| leads_to(program, call, target, path)) {
        return true;
    }
    path.pop();
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
