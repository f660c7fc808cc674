//! The paths of layers: PyTorch's names of modules, and so the keys of its `state_dict`.
//!
//! A body is an `nn.Sequential`: an entry's name is its index in it, its `let` name, or what `#[name(…)]` gives it. A loop's layers are entries of the
//! body that the loop stands in. A block call is one entry and opens a level. A named layer in a branch of `concat` or
//! `add` belongs to the enclosing block, as in a module that keeps all its layers as attributes; an unnamed one to
//! `join.branch.index`, as in an `nn.ModuleList` of branches.

use std::collections::BTreeSet;

/// Gives out paths.
#[derive(Clone, Debug)]
pub(super) struct Names {
    levels: Vec<Level>,
    blocks: Vec<Block>,
}

/// Where unnamed entries count.
#[derive(Clone, Debug)]
struct Level {
    prefix: String,
    next: usize,
    opens_block: bool,
}

/// Where named entries belong.
#[derive(Clone, Debug)]
struct Block {
    prefix: String,
    taken: BTreeSet<String>,
}

impl Names {
    /// For the body of a network.
    pub(super) fn new() -> Self {
        let mut names = Self { levels: Vec::new(), blocks: Vec::new() };
        names.open(String::new(), true);
        names
    }

    /// The path of the next entry; `Err` with it if the name is taken.
    pub(super) fn entry(&mut self, name: Option<&str>) -> Result<String, String> {
        let (Some(level), Some(block)) = (self.levels.last_mut(), self.blocks.last_mut()) else {
            unreachable!("the network's own level is never left")
        };
        let index = level.next;
        level.next += 1;
        let Some(name) = name else { return Ok(format!("{}{index}", level.prefix)) };
        let path = format!("{}{name}", block.prefix);
        if block.taken.insert(name.to_owned()) { Ok(path) } else { Err(path) }
    }

    /// Opens the level of a block call at `path`.
    pub(super) fn enter_block(&mut self, path: &str) {
        self.open(format!("{path}."), true);
    }

    /// Opens the level of a branch of the join at `path`.
    pub(super) fn enter_branch(&mut self, path: &str, branch: usize) {
        self.open(format!("{path}.{branch}."), false);
    }

    /// Goes back to the level before.
    pub(super) fn leave(&mut self) {
        if self.levels.pop().is_some_and(|level| level.opens_block) {
            self.blocks.pop();
        }
    }

    fn open(&mut self, prefix: String, opens_block: bool) {
        if opens_block {
            self.blocks.push(Block { prefix: prefix.clone(), taken: BTreeSet::new() });
        }
        self.levels.push(Level { prefix, next: 0, opens_block });
    }
}
