//! What names stand for: the blocks, networks and constants of a program, and of those that it imports.

use super::consts::Consts;
use super::recursion;
use crate::diagnostics::Diagnostics;
use crate::syntax::ast::{Block, Import, Network, Program};
use proc_macro2::Ident;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

/// What blocks and constants a program has, and those that it imports.
pub(super) struct Items<'p> {
    pub(super) program: &'p Program,
    pub(super) consts: Consts<'p>,
    /// The blocks that call themselves and cannot be laid out.
    pub(super) recursive: Vec<&'p Ident>,
    /// The program of each import, unless it has errors.
    imports: Vec<Option<Items<'p>>>,
    /// The blocks that have been laid out.
    pub(super) laid: RefCell<BTreeSet<&'p Ident>>,
    /// How many statements have been unrolled.
    pub(super) statements: Cell<usize>,
}

/// What a name stands for where it is called or instantiated, with the items that its body can see.
pub(super) enum Item<'i, 'p, T> {
    Known(&'i Items<'p>, &'p T),
    /// It has errors, which have been reported where it is declared.
    Broken,
}

impl<'p> Items<'p> {
    pub(super) fn new(program: &'p Program, errors: &Diagnostics) -> Self {
        let import = |import: &'p Import| import.program.as_ref().map(|program| Self::new(program, errors));
        Self {
            program,
            consts: Consts::new(&program.consts),
            recursive: recursion::check(program, errors),
            imports: program.imports.iter().map(import).collect(),
            laid: RefCell::default(),
            statements: Cell::new(0),
        }
    }

    pub(super) fn block(&self, name: &Ident) -> Option<Item<'_, 'p, Block>> {
        if let Some(block) = self.program.blocks.iter().find(|block| block.name == *name) {
            let known = !self.recursive.contains(&&block.name);
            return Some(if known { Item::Known(self, block) } else { Item::Broken });
        }
        if self.program.broken_blocks.iter().any(|(_, broken)| broken == name) {
            return Some(Item::Broken);
        }
        self.imported(name, |items, name| items.program.blocks.iter().find(|block| block.name == *name))
    }

    pub(super) fn network(&self, name: &Ident) -> Option<Item<'_, 'p, Network>> {
        let find = |items: &Self, name: &Ident| -> Option<&'p Network> {
            items.program.networks.iter().find(|network| network.name == *name)
        };
        if let Some(network) = find(self, name) {
            return Some(Item::Known(self, network));
        }
        if self.program.broken.iter().any(|broken| broken.name == *name) {
            return Some(Item::Broken);
        }
        self.imported(name, find)
    }

    fn imported<T>(
        &self,
        name: &Ident,
        find: impl Fn(&Self, &Ident) -> Option<&'p T>,
    ) -> Option<Item<'_, 'p, T>> {
        let mut imports = self.program.imports.iter().zip(&self.imports);
        let (import, items) = imports.find(|(import, _)| import.alias == *name)?;
        let Some(items) = items else { return Some(Item::Broken) };
        find(items, &import.name).map(|item| Item::Known(items, item))
    }
}
