//! What stands between a program and the screen: takes its output apart and passes on what the screen can hold.

use std::io::Write as _;

use vte::{Params, Perform};

use super::characters::may_be_shown;
use super::line_drawing::graphic;
use super::sgr;

/// The most answers to a program's questions in one call: a program that asks faster does not read them.
const MOST_ANSWERS: usize = 32;

/// The most characters of a title that are kept.
const MOST_TITLE: usize = 256;

/// Bytes kept back before the screen gets them.
const PENDING: usize = 16 * 1024;

/// Tab stops stand every so many columns, and cannot be moved.
const TAB: u16 = 8;

/// The screen, and what a program has said beside it.
pub(super) struct Feed {
    screen: vt100::Parser,
    pending: Vec<u8>,
    answers: Vec<u8>,
    answered: usize,
    pub(super) title: Option<String>,
    pub(super) bells: u64,
    /// Whether each of the two character sets is the line-drawing one, and whether the second is in use.
    graphics: [bool; 2],
    shifted: bool,
}

impl Feed {
    pub(super) fn new(screen: vt100::Parser) -> Self {
        Self {
            screen,
            pending: Vec::new(),
            answers: Vec::new(),
            answered: 0,
            title: None,
            bells: 0,
            graphics: [false; 2],
            shifted: false,
        }
    }

    pub(super) fn screen(&self) -> &vt100::Screen {
        self.screen.screen()
    }

    pub(super) fn screen_mut(&mut self) -> &mut vt100::Screen {
        self.screen.screen_mut()
    }

    /// Brings the screen up to date and hands over the answers given since the last time.
    pub(super) fn finish(&mut self) -> Vec<u8> {
        self.flush();
        self.answered = 0;
        std::mem::take(&mut self.answers)
    }

    fn flush(&mut self) {
        self.screen.process(&self.pending);
        self.pending.clear();
    }

    fn pass(&mut self, bytes: &[u8]) {
        if self.pending.len() + bytes.len() > PENDING {
            self.flush();
        }
        self.pending.extend_from_slice(bytes);
    }

    fn pass_csi(&mut self, private: &str, numbers: &[u16], action: char) {
        let numbers: Vec<String> = numbers.iter().map(u16::to_string).collect();
        self.pass(format!("\x1b[{private}{}{action}", numbers.join(";")).as_bytes());
    }

    fn answer(&mut self, answer: std::fmt::Arguments<'_>) {
        self.answered += 1;
        // Cannot fail: it writes into memory.
        let _ = self.answers.write_fmt(answer);
    }

    /// Answers as a terminal of the kind the screen is: a VT100 with advanced video.
    fn answer_to(&mut self, action: char, question: u16) {
        if self.answered >= MOST_ANSWERS {
            return;
        }
        match (action, question) {
            ('c', 0) => self.answer(format_args!("\x1b[?1;2c")),
            ('n', 5) => self.answer(format_args!("\x1b[0n")),
            ('n', 6) => {
                self.flush();
                let (row, column) = cursor(self.screen());
                self.answer(format_args!("\x1b[{};{}R", row + 1, column + 1));
            }
            _ => {}
        }
    }

    fn back_tab(&mut self, count: u16) {
        self.flush();
        let (_, column) = self.screen().cursor_position();
        let stop = (column.saturating_sub(1) / TAB).saturating_sub(count - 1) * TAB;
        self.pass_csi("", &[stop + 1], 'G');
    }

    fn set_private_modes(&mut self, params: &Params, action: char) {
        for mode in params.iter().filter_map(|param| param.first().copied()) {
            match (mode, action) {
                (1047, _) => self.pass_csi("?", &[47], action),
                (1048, 'h') => self.pass(b"\x1b7"),
                (1048, _) => self.pass(b"\x1b8"),
                _ => self.pass_csi("?", &[mode], action),
            }
        }
    }
}

impl Perform for Feed {
    fn print(&mut self, c: char) {
        let [first, second] = self.graphics;
        let c = if if self.shifted { second } else { first } { graphic(c) } else { c };
        // The screen shows nothing for bytes that are no character, and what follows would stand too far left.
        let c = if c == char::REPLACEMENT_CHARACTER { '?' } else { c };
        if may_be_shown(c) {
            self.pass(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }

    fn execute(&mut self, byte: u8) {
        match byte {
            0x07 => self.bells = self.bells.saturating_add(1),
            0x08..=0x0d => self.pass(&[byte]),
            0x0e => self.shifted = true,
            0x0f => self.shifted = false,
            _ => {}
        }
    }

    fn esc_dispatch(&mut self, intermediates: &[u8], ignore: bool, byte: u8) {
        match (intermediates, byte) {
            _ if ignore => {}
            (b"(", _) => self.graphics[0] = byte == b'0',
            (b")", _) => self.graphics[1] = byte == b'0',
            ([], b'7' | b'8' | b'=' | b'>' | b'M') => self.pass(&[0x1b, byte]),
            ([], b'D') => self.pass(b"\n"),
            ([], b'E') => self.pass(b"\r\n"),
            ([], b'c') => {
                (self.graphics, self.shifted) = ([false; 2], false);
                self.pass(b"\x1bc");
            }
            _ => {}
        }
    }

    fn csi_dispatch(&mut self, params: &Params, intermediates: &[u8], ignore: bool, action: char) {
        let numbers: Vec<u16> = params.iter().filter_map(|param| param.first().copied()).collect();
        let first = numbers.first().copied().unwrap_or_default();
        let count = first.max(1);
        let columns = self.screen().size().1.get();
        match (intermediates, action) {
            ([], 'm') => match sgr::rewrite(params) {
                styles if styles.is_empty() => {}
                styles => self.pass_csi("", &styles, 'm'),
            },
            _ if ignore => {}
            ([], '@' | 'A'..='H' | 'J'..='M' | 'P' | 'S' | 'T' | 'X' | '`' | 'd' | 'f' | 'r') => {
                self.pass_csi("", &numbers, action);
            }
            ([], 'a') => self.pass_csi("", &numbers, 'C'),
            ([], 'e') => self.pass_csi("", &numbers, 'B'),
            // No line is longer, and without a bound a few bytes would be the work of a whole book.
            ([], 'b') => self.pass_csi("", &[count.min(columns)], 'b'),
            ([], 'I') => self.pass(&b"\t".repeat(count.min(columns / TAB + 1).into())),
            ([], 'Z') => self.back_tab(count),
            ([], 's') => self.pass(b"\x1b7"),
            ([], 'u') => self.pass(b"\x1b8"),
            ([], 'c' | 'n') => self.answer_to(action, first),
            (b"?", 'J' | 'K') => self.pass_csi("?", &numbers, action),
            (b"?", 'h' | 'l') => self.set_private_modes(params, action),
            (b"!", 'p') => {
                (self.graphics, self.shifted) = ([false; 2], false);
                self.pass(b"\x1b[?25h\x1b[?1l\x1b>\x1b[m");
            }
            _ => {}
        }
    }

    fn osc_dispatch(&mut self, params: &[&[u8]], _bell_terminated: bool) {
        if let [b"0" | b"2", title @ ..] = params {
            // A title may itself hold the mark that parts parameters.
            let title = String::from_utf8_lossy(&title.join(&b';')).into_owned();
            let title: String = title.chars().filter(|c| may_be_shown(*c)).take(MOST_TITLE).collect();
            self.title = Some(title.trim().to_owned()).filter(|title| !title.is_empty());
        }
    }
}

/// The cursor's row and column. Behind the last column, where it waits to wrap, it is still shown on that column.
pub(super) fn cursor(screen: &vt100::Screen) -> (u16, u16) {
    let (row, column) = screen.cursor_position();
    (row, column.min(screen.size().1.get() - 1))
}
