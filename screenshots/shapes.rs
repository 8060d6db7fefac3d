//! Filled shapes by colour, written as one path each, so that neighbours join without a seam at any scale.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::colours::Ink;

/// The width of a cell. One unit is half a pixel of the SVG, and one pixel of the PNG.
pub(crate) const CELL_WIDTH: u32 = 16;
/// The height of a cell: a multiple of eight, so that bars in eighths end on whole pixels.
pub(crate) const CELL_HEIGHT: u32 = 32;

/// The diameter of a braille dot.
const DOT: u32 = 5;

/// From and to, across and down; the second ends are outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Block {
    left: u32,
    top: u32,
    right: u32,
    bottom: u32,
}

#[derive(Debug, Default)]
struct Drawing {
    blocks: Vec<Block>,
    outlines: String,
    dots: String,
}

/// What is drawn, by its colour.
#[derive(Debug, Default)]
pub(crate) struct Shapes(BTreeMap<Ink, Drawing>);

impl Shapes {
    /// Draws with one ink in one cell: places are given from the cell's left top corner.
    pub(crate) fn pen(&mut self, ink: Ink, column: u32, row: u32) -> Pen<'_> {
        Pen { drawing: self.0.entry(ink).or_default(), left: column * CELL_WIDTH, top: row * CELL_HEIGHT }
    }

    /// Adds the SVG of everything drawn: a line for each colour.
    pub(crate) fn write(&self, out: &mut String) {
        for (ink, drawing) in &self.0 {
            let mut path = String::new();
            for Block { left, top, right, bottom } in joined(&drawing.blocks) {
                let (width, height) = (right - left, bottom - top);
                // Writing to a string does not fail.
                let _ = write!(path, "M{left} {top}h{width}v{height}h-{width}z");
            }
            path.push_str(&drawing.outlines);
            if !path.is_empty() {
                let _ = writeln!(out, r#"<path fill="{ink}" d="{path}"/>"#);
            }
            if !drawing.dots.is_empty() {
                let _ = writeln!(
                    out,
                    r#"<path stroke="{ink}" stroke-width="{DOT}" stroke-linecap="round" d="{}"/>"#,
                    drawing.dots
                );
            }
        }
    }
}

/// See [`Shapes::pen`].
#[derive(Debug)]
pub(crate) struct Pen<'a> {
    drawing: &'a mut Drawing,
    left: u32,
    top: u32,
}

impl Pen<'_> {
    /// Fills what lies between two columns and two rows of units. Nothing, where they meet.
    pub(crate) fn block(&mut self, across: (u32, u32), down: (u32, u32)) {
        if across.0 < across.1 && down.0 < down.1 {
            self.drawing.blocks.push(Block {
                left: self.left + across.0,
                top: self.top + down.0,
                right: self.left + across.1,
                bottom: self.top + down.1,
            });
        }
    }

    /// Fills an outline: where it begins, and the rest as a path tells it, in relative steps.
    pub(crate) fn outline(&mut self, from: (u32, u32), steps: &str) {
        let _ = write!(self.drawing.outlines, "M{} {}{steps}z", self.left + from.0, self.top + from.1);
    }

    /// A round dot with its middle here.
    pub(crate) fn dot(&mut self, x: u32, y: u32) {
        let _ = write!(self.drawing.dots, "M{} {}h0", self.left + x, self.top + y);
    }
}

/// The same area in fewer blocks: neighbours in a row first, then whole rows of the same width.
fn joined(blocks: &[Block]) -> Vec<Block> {
    let mut blocks = blocks.to_vec();
    blocks.sort_unstable_by_key(|block| (block.top, block.bottom, block.left, block.right));
    let mut rows: Vec<Block> = Vec::new();
    for block in blocks {
        match rows.last_mut() {
            Some(last)
                if (last.top, last.bottom) == (block.top, block.bottom) && block.left <= last.right =>
            {
                last.right = last.right.max(block.right);
            }
            _ => rows.push(block),
        }
    }
    rows.sort_unstable_by_key(|block| (block.left, block.right, block.top, block.bottom));
    let mut all: Vec<Block> = Vec::new();
    for block in rows {
        match all.last_mut() {
            Some(last)
                if (last.left, last.right) == (block.left, block.right) && block.top <= last.bottom =>
            {
                last.bottom = last.bottom.max(block.bottom);
            }
            _ => all.push(block),
        }
    }
    all.sort_unstable_by_key(|block| (block.top, block.left, block.bottom, block.right));
    all
}
