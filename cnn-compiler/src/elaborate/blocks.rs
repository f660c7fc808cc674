//! Blocks: laid where they are called, or checked where they stand if nobody calls them.

use super::frames::Frame;
use super::items::Items;
use super::unroll::Unroller;
use crate::diagnostics::{Message, source};
use crate::graph::{BlockCall, Group};
use crate::ops::arguments::block_arguments;
use crate::syntax::ast::{Block, Call};
use crate::value::{Value, ill_typed};

/// How many calls, loops and branches may stand in each other.
const DEEPEST: usize = 64;

impl<'p, 'c> Unroller<'p, 'c> {
    /// Lays a block, whose body sees `items`.
    pub(super) fn block_call(&mut self, items: &'c Items<'p>, block: &'p Block, call: &Call, path: &str) {
        if self.frames.len() >= DEEPEST {
            let text = format!("more than {DEEPEST} calls, loops and branches stand in each other here");
            let help = "a loop does the same again: `for _ in 0..n { … }`";
            self.errors.error(&call.name, Message::new(text).help(help));
            return self.set_current(None);
        }
        let values = self.values(call);
        let Some(args) = block_arguments(call, &block.params, self.errors) else {
            self.set_current(None);
            return;
        };
        let text: Vec<String> = values.iter().map(ToString::to_string).collect();
        let text = format!("{}({})", block.name, text.join(", "));
        let hidden = self.scopes.hide(&items.consts);
        for (index, (pat, ty)) in args.into_iter().zip(&block.params) {
            let (arg, value) = (&call.args[index], &values[index]);
            if !value.fits(ty) {
                self.errors.error(&arg.value, ill_typed(&source(pat), ty, value));
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
        let (input, place) = (self.current(), self.errors.place(call.name.span()));
        let (group, first) = (self.graph.groups.len(), self.graph.layers.len());
        let anchor = self.errors.enter(call.name.span());
        self.block_body(items, block);
        self.errors.restore(anchor);
        if let Some((input, _)) = input {
            let (path, output) = (path.to_string(), self.current().map(|(node, _)| node));
            let layers = first..self.graph.layers.len();
            let call = BlockCall { text, path, input, output, layers, place };
            self.graph.groups.insert(group, Group::Call(call));
        }
        self.names.leave();
        self.frames.pop();
        self.block = outer;
        self.scopes.restore(hidden);
    }

    fn block_body(&mut self, items: &'c Items<'p>, block: &'p Block) {
        items.laid.borrow_mut().insert(&block.name);
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
}
