//! Blocks are inlined where they are called, so none may call itself, not even by way of others.

use crate::diagnostics::{Diagnostics, Message};
use crate::syntax::ast::{Block, Body, Branch, Call, Program, Step, Stmt};
use proc_macro2::Ident;
use std::collections::BTreeMap;

/// Reports each circle of calls once. Gives the blocks that stand in one.
pub(super) fn check<'p>(program: &'p Program, errors: &Diagnostics) -> Vec<&'p Ident> {
    let calls = Calls::new(program);
    let mut recursive = Vec::new();
    let mut reported: Vec<&Ident> = Vec::new();
    for block in &program.blocks {
        let Some(circle) = calls.circle(block) else { continue };
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

/// The calls of each block, with the block that each calls if it is one of the program's.
struct Calls<'p> {
    blocks: BTreeMap<&'p Ident, usize>,
    of: Vec<Vec<(&'p Call, Option<usize>)>>,
}

impl<'p> Calls<'p> {
    fn new(program: &'p Program) -> Self {
        // The first of two of the same name counts, as everywhere.
        let blocks: BTreeMap<&Ident, usize> =
            program.blocks.iter().enumerate().rev().map(|(at, block)| (&block.name, at)).collect();
        let of = program.blocks.iter().map(|block| {
            calls(&block.body).into_iter().map(|call| (call, blocks.get(&call.name).copied())).collect()
        });
        Self { of: of.collect(), blocks }
    }

    /// The calls that lead from a block back to it. Long chains of calls are no deep recursion here.
    fn circle(&self, block: &'p Block) -> Option<Vec<&'p Call>> {
        let start = self.blocks[&block.name];
        let mut seen = vec![false; self.of.len()];
        seen[start] = true;
        let (mut way, mut stack) = (Vec::new(), vec![(start, 0)]);
        while let Some((at, next)) = stack.last_mut() {
            let Some((call, target)) = self.of[*at].get(*next) else {
                stack.pop();
                way.pop();
                continue;
            };
            *next += 1;
            match *target {
                Some(target) if target == start => {
                    way.push(*call);
                    return Some(way);
                }
                Some(target) if !seen[target] => {
                    seen[target] = true;
                    way.push(*call);
                    stack.push((target, 0));
                }
                _ => {}
            }
        }
        None
    }
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
