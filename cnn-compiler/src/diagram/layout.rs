//! Where boxes, frames and edges stand.
//!
//! Boxes stand in rows: each one row below what it reads in its own sequence. Between two rows nothing stands, so an edge can
//! go sideways there; and beside a branch that ends early, or that is only the way around the others, nothing stands either,
//! so an edge can go down. What comes from further away goes around everything, on the right.

use super::boxes::Boxes;
use super::tree::{Branch, Item};
use std::collections::BTreeMap;

/// A point: x to the right, y down, in pixels.
pub(super) type Point = (i32, i32);

/// Width of a character, height of a line of text.
pub(super) const CHARACTER: i32 = 7;
pub(super) const LINE: i32 = 14;
/// Around the text of a box.
const MARGIN: i32 = 6;
/// Between rows, without frames.
const GAP: i32 = 20;
/// What a frame needs above its boxes for its title, and at its other sides.
const TITLE: i32 = 30;
const PAD: i32 = 8;
/// Between branches; a branch without boxes.
const APART: i32 = 14;
const SKIP: i32 = 16;
/// An edge turns so far above the box that it leads to, and below the box that it comes from if it goes around everything.
const TURN: i32 = 8;

/// A rectangle with its left upper corner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
}

impl Area {
    fn middle(self) -> i32 {
        self.x + self.width / 2
    }
    fn bottom(self) -> i32 {
        self.y + self.height
    }
}

/// A block.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) title: String,
    pub(super) area: Area,
    rows: [usize; 2],
    /// Frames within it that begin, and end, in the same row.
    nested: [i32; 2],
}

/// From the bottom of a box to the top of another: the boxes, and the points where it turns.
pub(super) type Edge = ((usize, usize), Vec<Point>);

/// Where everything stands.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) width: i32,
    pub(super) height: i32,
    /// By the index of the box.
    pub(super) boxes: Vec<Area>,
    pub(super) frames: Vec<Frame>,
    pub(super) edges: Vec<Edge>,
}

/// Lays everything out.
pub(super) fn lay_out(boxes: &Boxes, tree: &[Item], edges: &[(usize, usize)]) -> Layout {
    let areas = boxes.all.iter().map(|drawn| {
        let longest = drawn.lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
        let (width, lines) = (CHARACTER * pixels(longest) + 2 * MARGIN, pixels(drawn.lines.len()));
        // An even width has a middle.
        Area { x: 0, y: 0, width: (width + 1) / 2 * 2, height: LINE * lines + 2 * MARGIN }
    });
    let mut placer = Placer {
        areas: areas.collect(),
        rows: vec![0; boxes.all.len()],
        turns: vec![0; boxes.all.len()],
        frames: Vec::new(),
        ways: BTreeMap::new(),
    };
    let width = placer.width(tree);
    placer.place(tree, APART + width / 2, 0, 0);
    let tops = placer.tops();
    placer.set_heights(&tops);
    let (edges, width) = placer.edges(edges, width + 2 * APART);
    let height = placer.areas.iter().map(|area| area.bottom()).max().unwrap_or(0) + TITLE;
    Layout { width, height, boxes: placer.areas, frames: placer.frames, edges }
}

struct Placer {
    areas: Vec<Area>,
    /// The row of each box.
    rows: Vec<usize>,
    /// Frames between the box and where edges to it turn.
    turns: Vec<i32>,
    frames: Vec<Frame>,
    /// Edges that pass rows in a column of their own: its x.
    ways: BTreeMap<(usize, usize), i32>,
}

impl Placer {
    fn width(&self, items: &[Item]) -> i32 {
        let item = |item: &Item| match item {
            Item::Box(index) => self.areas[*index].width,
            Item::Frame { items, .. } => self.width(items) + 2 * PAD,
            Item::Fork { branches, .. } => {
                branches.iter().map(|branch| self.branch_width(branch) + APART).sum::<i32>() - APART
            }
        };
        // An even width, so that halves are whole.
        (items.iter().map(item).max().unwrap_or(0) + 1) / 2 * 2
    }

    fn branch_width(&self, branch: &Branch) -> i32 {
        match branch {
            Branch::Items(items) => self.width(items),
            Branch::Skip => SKIP,
        }
    }

    /// Places items around `x`, from `row` on; gives the row behind them. Edges to the first box turn above `turn` frames.
    fn place(&mut self, items: &[Item], x: i32, mut row: usize, turn: i32) -> usize {
        for (i, item) in items.iter().enumerate() {
            let turn = if i == 0 { turn } else { 0 };
            row = match item {
                Item::Box(index) => {
                    self.areas[*index].x = x - self.areas[*index].width / 2;
                    (self.rows[*index], self.turns[*index]) = (row, turn);
                    row + 1
                }
                Item::Frame { title, items } => self.frame(title, items, x, row, turn),
                Item::Fork { start, branches } => {
                    let join = items.get(i + 1).and_then(|next| match next {
                        Item::Box(index) => Some(*index),
                        Item::Frame { .. } | Item::Fork { .. } => None,
                    });
                    self.fork(*start, branches, join, x, row)
                }
            };
        }
        row
    }

    fn frame(&mut self, title: &str, items: &[Item], x: i32, row: usize, turn: i32) -> usize {
        let index = self.frames.len();
        let width = self.width(items) + 2 * PAD;
        let area = Area { x: x - width / 2, y: 0, width, height: 0 };
        let nested = [frames_at(items, <[Item]>::first), frames_at(items, <[Item]>::last)];
        self.frames.push(Frame { title: title.into(), area, rows: [row, row], nested });
        let next = self.place(items, x, row, turn);
        self.frames[index].rows[1] = next - 1;
        next
    }

    fn fork(&mut self, start: usize, branches: &[Branch], join: Option<usize>, x: i32, row: usize) -> usize {
        let width: i32 = branches.iter().map(|branch| self.branch_width(branch) + APART).sum::<i32>() - APART;
        let turn = branches.iter().map(|branch| branch_frames(branch, <[Item]>::first)).max().unwrap_or(0);
        let (mut left, mut next) = (x - width / 2, row);
        for branch in branches {
            let middle = left + self.branch_width(branch) / 2;
            left += self.branch_width(branch) + APART;
            let last = match branch {
                Branch::Items(items) => {
                    next = next.max(self.place(items, middle, row, turn));
                    last_box(items)
                }
                Branch::Skip => Some(start),
            };
            if let (Some(from), Some(join)) = (last, join) {
                self.ways.insert((from, join), middle);
            }
        }
        next
    }

    /// Where each row begins, and where the last ends.
    fn tops(&self) -> Vec<i32> {
        let count = self.rows.iter().max().map_or(0, |row| row + 1);
        let (mut heights, mut above, mut below) = (vec![0; count], vec![0; count], vec![0; count]);
        for (area, row) in self.areas.iter().zip(&self.rows) {
            heights[*row] = area.height.max(heights[*row]);
        }
        for Frame { rows: [first, last], nested: [starts, ends], .. } in &self.frames {
            above[*first] = above[*first].max(starts + 1);
            below[*last] = below[*last].max(ends + 1);
        }
        let (mut tops, mut y) = (Vec::new(), APART - GAP);
        for row in 0..count {
            y += GAP + TITLE * above[row];
            tops.push(y);
            y += heights[row] + PAD * below[row];
        }
        tops
    }

    fn set_heights(&mut self, tops: &[i32]) {
        for (area, row) in self.areas.iter_mut().zip(&self.rows) {
            area.y = tops[*row];
        }
        let mut bottoms = tops.to_vec();
        for (area, row) in self.areas.iter().zip(&self.rows) {
            bottoms[*row] = bottoms[*row].max(area.bottom());
        }
        for Frame { area, rows: [first, last], nested: [starts, ends], .. } in &mut self.frames {
            area.y = tops[*first] - TITLE * (*starts + 1);
            area.height = bottoms[*last] + PAD * (*ends + 1) - area.y;
        }
    }

    /// The points of each edge, and the width of everything.
    fn edges(&self, edges: &[(usize, usize)], width: i32) -> (Vec<Edge>, i32) {
        // The rows that the ways around everything are taken up to, from left to right.
        let mut around: Vec<Vec<[usize; 2]>> = Vec::new();
        let mut drawn = Vec::new();
        for &(from, to) in edges {
            let (a, b) = (self.areas[from], self.areas[to]);
            let turn = b.y - TITLE * self.turns[to] - TURN;
            let (start, end) = ((a.middle(), a.bottom()), (b.middle(), b.y));
            let points = match self.ways.get(&(from, to)) {
                // A branch that ends, or a way around others: down its column from where the others begin.
                Some(&x) => {
                    let top = self.first_turn(from);
                    vec![start, (start.0, top), (x, top), (x, turn), (end.0, turn), end]
                }
                None if self.rows[from] + 1 == self.rows[to] => {
                    vec![start, (start.0, turn), (end.0, turn), end]
                }
                None => {
                    let mut rows = [self.rows[from], self.rows[to]];
                    rows.sort_unstable();
                    let free = |taken: &Vec<[usize; 2]>| {
                        taken.iter().all(|[first, last]| rows[0] >= *last || rows[1] <= *first)
                    };
                    let lane = around.iter().position(free).unwrap_or(around.len());
                    around.resize(around.len().max(lane + 1), Vec::new());
                    around[lane].push(rows);
                    let (x, leave) = (width + APART * pixels(lane), a.bottom() + TURN);
                    vec![start, (start.0, leave), (x, leave), (x, turn), (end.0, turn), end]
                }
            };
            drawn.push(((from, to), straightened(points)));
        }
        (drawn, width + APART * pixels(around.len()))
    }

    /// Where edges from a box to the row below turn.
    fn first_turn(&self, from: usize) -> i32 {
        let row = self.rows[from] + 1;
        let below = (0..self.areas.len()).filter(|index| self.rows[*index] == row);
        let turns = below.map(|index| self.areas[index].y - TITLE * self.turns[index] - TURN);
        turns.min().unwrap_or_else(|| self.areas[from].bottom() + TURN)
    }
}

/// A small count among coordinates.
fn pixels(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX / 100)
}

/// How many frames begin, or end, with these items, one in another.
fn frames_at(items: &[Item], at: fn(&[Item]) -> Option<&Item>) -> i32 {
    match at(items) {
        None | Some(Item::Box(_)) => 0,
        Some(Item::Frame { items, .. }) => 1 + frames_at(items, at),
        Some(Item::Fork { branches, .. }) => {
            branches.iter().map(|branch| branch_frames(branch, at)).max().unwrap_or(0)
        }
    }
}

fn branch_frames(branch: &Branch, at: fn(&[Item]) -> Option<&Item>) -> i32 {
    match branch {
        Branch::Items(items) => frames_at(items, at),
        Branch::Skip => 0,
    }
}

/// The box that the last tensor of a sequence comes out of.
fn last_box(items: &[Item]) -> Option<usize> {
    match items.last()? {
        Item::Box(index) => Some(*index),
        Item::Frame { items, .. } => last_box(items),
        Item::Fork { .. } => None,
    }
}

/// The points without those that lie on a straight line between others.
fn straightened(points: Vec<Point>) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::new();
    for point in points {
        if let [.., a, b] = kept[..]
            && (a.0 == b.0 && b.0 == point.0 || a.1 == b.1 && b.1 == point.1)
        {
            kept.pop();
        }
        if kept.last() != Some(&point) {
            kept.push(point);
        }
    }
    kept
}
