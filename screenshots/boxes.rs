//! Box-drawing characters (U+2500 to U+257F) as shapes: their ends lie on the cell's edge in every font.

use crate::shapes::{CELL_HEIGHT, CELL_WIDTH, Pen};

/// For each character the arms that go up, right, down and left of the middle: light, heavy, double or none.
/// Those with none at all are drawn by hand below.
const ARMS: &str = "\
    .l.l .h.h l.l. h.h. .... .... .... .... .... .... .... .... .ll. .hl. .lh. .hh. \
    ..ll ..lh ..hl ..hh ll.. lh.. hl.. hh.. l..l l..h h..l h..h lll. lhl. hll. llh. \
    hlh. hhl. lhh. hhh. l.ll l.lh h.ll l.hl h.hl h.lh l.hh h.hh .lll .llh .hll .hlh \
    .lhl .lhh .hhl .hhh ll.l ll.h lh.l lh.h hl.l hl.h hh.l hh.h llll lllh lhll lhlh \
    hlll llhl hlhl hllh hhll llhh lhhl hhlh lhhh hlhh hhhl hhhh .... .... .... .... \
    .d.d d.d. .dl. .ld. .dd. ..ld ..dl ..dd ld.. dl.. dd.. l..d d..l d..d ldl. dld. \
    ddd. l.ld d.dl d.dd .dld .ldl .ddd ld.d dl.l dd.d ldld dldl dddd .... .... .... \
    .... .... .... .... ...l l... .l.. ..l. ...h h... .h.. ..h. .h.l l.h. .l.h h.l.";

/// The middle of a light line, a pixel right and below of the cell's own, so that the line covers whole pixels.
const MIDDLE: (u32, u32) = (CELL_WIDTH / 2 + 1, CELL_HEIGHT / 2 + 1);

/// Draws the character, and says whether it is one of these.
pub(crate) fn draw(character: char, pen: &mut Pen<'_>) -> bool {
    let Some(index) = u32::from(character).checked_sub(0x2500).filter(|index| *index < 0x80) else {
        return false;
    };
    match character {
        '┄' | '┅' | '┈' | '┉' | '╌' | '╍' => dashes(character, true, pen),
        '┆' | '┇' | '┊' | '┋' | '╎' | '╏' => dashes(character, false, pen),
        '╭' => corner(true, true, pen),
        '╮' => corner(false, true, pen),
        '╯' => corner(false, false, pen),
        '╰' => corner(true, false, pen),
        '╱' => rising(pen),
        '╲' => falling(pen),
        '╳' => {
            rising(pen);
            falling(pen);
        }
        _ => {
            let arms = ARMS.split_whitespace().nth(index as usize).unwrap_or_default();
            if let &[up, right, down, left] = arms.as_bytes() {
                let arms = [up, right, down, left].map(Line::of);
                (0..4).for_each(|side| arm(side, arms, pen));
            }
        }
    }
    true
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    None,
    Light,
    Heavy,
    Double,
}

impl Line {
    fn of(letter: u8) -> Self {
        match letter {
            b'l' => Self::Light,
            b'h' => Self::Heavy,
            b'd' => Self::Double,
            _ => Self::None,
        }
    }
}

/// One arm from the cell's edge to the middle, and as far over it as the lines it meets there need.
fn arm(side: usize, arms: [Line; 4], pen: &mut Pen<'_>) {
    let at = |turn: usize| arms.get((side + turn) % 4).copied().unwrap_or(Line::None);
    let (own, clockwise, opposite, counter) = (at(0), at(1), at(2), at(3));
    let half = |line| match line {
        Line::None => 0,
        Line::Light | Line::Double => 1,
        Line::Heavy => 2,
    };
    let reach = half(clockwise).max(half(counter));
    match own {
        Line::None => {}
        Line::Light | Line::Heavy => {
            let reach = match (clockwise, counter) {
                (Line::Double, Line::Double) if opposite == Line::None => -1,
                (Line::Double, Line::Double) => 0,
                (Line::Double, _) | (_, Line::Double) => 3,
                _ => reach,
            };
            stroke(side, (-half(own), half(own)), reach, pen);
        }
        Line::Double => {
            // Of its two lines one lies on the clockwise side; each may turn into the line it meets there.
            for (near, far, across) in [(clockwise, counter, (1, 3)), (counter, clockwise, (-3, -1))] {
                let reach = match (near, far) {
                    (Line::Double, _) => -1,
                    (Line::None, Line::Double) => 3,
                    _ => reach,
                };
                stroke(side, across, reach, pen);
            }
        }
    }
}

/// Fills from the edge on a side to `reach` beyond the middle; `across` counts clockwise from the middle of the arm.
fn stroke(side: usize, across: (i32, i32), reach: i32, pen: &mut Pen<'_>) {
    let (x, y) = MIDDLE;
    let from = |middle: u32, offset: i32| middle.saturating_add_signed(offset);
    match side {
        0 => pen.block((from(x, across.0), from(x, across.1)), (0, from(y, reach))),
        1 => pen.block((from(x, -reach), CELL_WIDTH), (from(y, across.0), from(y, across.1))),
        2 => pen.block((from(x, -across.1), from(x, -across.0)), (from(y, -reach), CELL_HEIGHT)),
        _ => pen.block((0, from(x, reach)), (from(y, -across.1), from(y, -across.0))),
    }
}

/// A quarter of a ring between two arms, with straight pieces to the edges.
fn corner(to_right: bool, to_bottom: bool, pen: &mut Pen<'_>) {
    const RADIUS: u32 = CELL_WIDTH - MIDDLE.0;
    let (x, y) = MIDDLE;
    let end_x = if to_right { x + RADIUS } else { x - RADIUS };
    let end_y = if to_bottom { y + RADIUS } else { y - RADIUS };
    let (across, down) = if to_right { (1, 1) } else { (-1, 1) };
    let down = if to_bottom { down } else { -down };
    let (outer, inner) = (i64::from(RADIUS) + 1, i64::from(RADIUS) - 1);
    let (sweep, back) = if to_right == to_bottom { (1, 0) } else { (0, 1) };
    let start = if to_right { x - 1 } else { x + 1 };
    let steps = format!(
        "a{outer} {outer} 0 0 {sweep} {} {}v{}a{inner} {inner} 0 0 {back} {} {}",
        across * outer,
        -down * outer,
        down * 2,
        -across * inner,
        down * inner,
    );
    pen.outline((start, end_y), &steps);
    pen.block(if to_right { (end_x, CELL_WIDTH) } else { (0, end_x) }, (y - 1, y + 1));
    pen.block((x - 1, x + 1), if to_bottom { (end_y, CELL_HEIGHT) } else { (0, end_y) });
}

fn dashes(character: char, across: bool, pen: &mut Pen<'_>) {
    let count = match character {
        '╌' | '╍' | '╎' | '╏' => 2,
        '┄' | '┅' | '┆' | '┇' => 3,
        _ => 4,
    };
    let half = if matches!(character, '╍' | '╏' | '┅' | '┇' | '┉' | '┋') { 2 } else { 1 };
    let length = if across { CELL_WIDTH } else { CELL_HEIGHT };
    for dash in 0..count {
        let (from, to) = (dash * length / count, (dash + 1) * length / count);
        let gap = (to - from) * 3 / 8;
        let along = (from + gap / 2, to - (gap - gap / 2));
        if across {
            pen.block(along, (MIDDLE.1 - half, MIDDLE.1 + half));
        } else {
            pen.block((MIDDLE.0 - half, MIDDLE.0 + half), along);
        }
    }
}

fn rising(pen: &mut Pen<'_>) {
    pen.outline((CELL_WIDTH - 1, 0), "h1v2l-15 30h-1v-2");
}

fn falling(pen: &mut Pen<'_>) {
    pen.outline((0, 0), "h1l15 30v2h-1l-15 -30");
}
