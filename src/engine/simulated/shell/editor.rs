//! Editing the line at a prompt, as a terminal's keys come in.

use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The longest line that can be typed, in characters; what is typed beyond that is not taken.
const LINE_LIMIT: usize = 4096;
/// How many lines are remembered.
const HISTORY_LIMIT: usize = 200;
/// The longest escape sequence that is waited for, in bytes.
const SEQUENCE_LIMIT: usize = 16;

/// What came of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Typed {
    /// The line goes on.
    More,
    /// It was entered.
    Line(String),
    /// It was given up.
    Interrupt,
    /// The end of all input.
    End,
}

/// The line that is being typed.
#[derive(Debug, Default)]
pub(super) struct Editor {
    line: Vec<char>,
    cursor: usize,
    history: Vec<String>,
    /// Which line of the history is shown, and what was typed before.
    shown: Option<(usize, Vec<char>)>,
    /// The bytes of a character or an escape sequence that has not come whole.
    partial: Vec<u8>,
    prompt: String,
    columns: usize,
    /// The row of the cursor, counted from that of the prompt.
    row: usize,
}

impl Editor {
    /// A new line after this prompt. What is to be printed.
    pub(super) fn begin(&mut self, prompt: String) -> String {
        self.line.clear();
        (self.cursor, self.shown, self.row) = (0, None, 0);
        self.prompt = prompt;
        self.prompt.clone()
    }

    /// The lines entered so far.
    pub(super) fn history(&self) -> &[String] {
        &self.history
    }

    /// Takes a byte in a terminal of so many columns; what is to be printed goes to `out`.
    pub(super) fn take(&mut self, byte: u8, columns: u16, out: &mut String) -> Typed {
        self.columns = usize::from(columns.max(1));
        if self.partial.first() == Some(&0x1b) {
            self.escape(byte, out);
            return Typed::More;
        }
        if !self.partial.is_empty() || byte >= 0x80 {
            self.partial.push(byte);
            match std::str::from_utf8(&self.partial) {
                Ok(text) => {
                    let letters: Vec<char> = text.chars().collect();
                    self.partial.clear();
                    for letter in letters {
                        self.insert(letter, out);
                    }
                }
                Err(error) if error.error_len().is_some() => self.partial.clear(),
                Err(_) => {}
            }
            return Typed::More;
        }
        match byte {
            b'\r' | b'\n' => return self.enter(out),
            0x03 => {
                out.push_str("^C\r\n");
                return Typed::Interrupt;
            }
            0x04 if self.line.is_empty() => return Typed::End,
            0x04 => self.cut(self.cursor, self.cursor + 1, out),
            0x01 => self.go(0, out),
            0x02 => self.go(self.cursor.saturating_sub(1), out),
            0x05 => self.go(self.line.len(), out),
            0x06 => self.go(self.cursor + 1, out),
            0x08 | 0x7f => self.cut(self.cursor.saturating_sub(1), self.cursor, out),
            0x0b => self.cut(self.cursor, self.line.len(), out),
            0x0c => {
                out.push_str("\x1b[H\x1b[2J");
                self.row = 0;
                self.draw(out);
            }
            0x0e => self.recall(false, out),
            0x10 => self.recall(true, out),
            0x15 => self.cut(0, self.cursor, out),
            0x17 => self.cut(self.word_before(), self.cursor, out),
            0x1b => self.partial.push(byte),
            0x00..=0x1f => {}
            letter => self.insert(letter.into(), out),
        }
        Typed::More
    }

    fn enter(&mut self, out: &mut String) -> Typed {
        self.go(self.line.len(), out);
        out.push_str("\r\n");
        let line: String = self.line.iter().collect();
        if !line.trim().is_empty() && self.history.last() != Some(&line) {
            self.history.push(line.clone());
            if self.history.len() > HISTORY_LIMIT {
                self.history.remove(0);
            }
        }
        Typed::Line(line)
    }

    fn escape(&mut self, byte: u8, out: &mut String) {
        self.partial.push(byte);
        let is_open = matches!(self.partial.as_slice(), [_, b'[' | b'O'])
            || (self.partial.get(1) == Some(&b'[') && !(0x40..=0x7e).contains(&byte));
        if is_open && self.partial.len() < SEQUENCE_LIMIT {
            return;
        }
        let sequence = std::mem::take(&mut self.partial);
        match sequence.get(1..).unwrap_or_default() {
            b"[A" | b"OA" => self.recall(true, out),
            b"[B" | b"OB" => self.recall(false, out),
            b"[C" | b"OC" => self.go(self.cursor + 1, out),
            b"[D" | b"OD" => self.go(self.cursor.saturating_sub(1), out),
            b"[H" | b"OH" | b"[1~" => self.go(0, out),
            b"[F" | b"OF" | b"[4~" => self.go(self.line.len(), out),
            b"[3~" => self.cut(self.cursor, self.cursor + 1, out),
            _ => {}
        }
    }

    fn insert(&mut self, letter: char, out: &mut String) {
        if self.line.len() >= LINE_LIMIT || letter.is_control() {
            return;
        }
        self.line.insert(self.cursor, letter);
        self.cursor += 1;
        self.draw(out);
    }

    fn go(&mut self, to: usize, out: &mut String) {
        self.cursor = to.min(self.line.len());
        self.draw(out);
    }

    fn cut(&mut self, from: usize, to: usize, out: &mut String) {
        self.line.drain(from..to.clamp(from, self.line.len().max(from)));
        self.cursor = from.min(self.line.len());
        self.draw(out);
    }

    fn word_before(&self) -> usize {
        let before = self.line.get(..self.cursor).unwrap_or_default();
        let blank = |letter: &char| letter.is_whitespace();
        let end = before.iter().rposition(|letter| !blank(letter)).map_or(0, |at| at + 1);
        before.iter().take(end).rposition(blank).map_or(0, |at| at + 1)
    }

    /// Shows the line before (or after) the one that is shown.
    fn recall(&mut self, back: bool, out: &mut String) {
        let at = self.shown.as_ref().map_or(self.history.len(), |(at, _)| *at);
        let to = if back { at.checked_sub(1) } else { Some(at + 1).filter(|to| *to <= self.history.len()) };
        let Some(to) = to else { return };
        let typed = match self.shown.take() {
            Some((_, typed)) => typed,
            None => std::mem::take(&mut self.line),
        };
        if let Some(line) = self.history.get(to) {
            self.line = line.chars().collect();
            self.shown = Some((to, typed));
        } else {
            self.line = typed;
        }
        self.go(self.line.len(), out);
    }

    /// Draws prompt and line anew, with the cursor where it belongs.
    fn draw(&mut self, out: &mut String) {
        if self.row > 0 {
            let _ = write!(out, "\x1b[{}A", self.row);
        }
        out.push_str("\r\x1b[J");
        out.push_str(&self.prompt);
        out.extend(&self.line);
        let wide = |letters: &[char]| letters.iter().filter_map(|letter| letter.width()).sum::<usize>();
        let before = self.prompt.width() + wide(self.line.get(..self.cursor).unwrap_or_default());
        let all = self.prompt.width() + wide(&self.line);
        if all > 0 && all.is_multiple_of(self.columns) {
            // The terminal waits at the end of a full row.
            out.push_str("\r\n");
        }
        self.row = before / self.columns;
        let up = all / self.columns - self.row;
        if up > 0 {
            let _ = write!(out, "\x1b[{up}A");
        }
        if all != before {
            out.push('\r');
            if !before.is_multiple_of(self.columns) {
                let _ = write!(out, "\x1b[{}C", before % self.columns);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a terminal of 20 columns shows after these keys, and what came of them.
    fn typed(keys: &[u8]) -> (String, Vec<Typed>) {
        let mut editor = Editor::default();
        let mut screen = vt100::Parser::new(6.try_into().unwrap(), 20.try_into().unwrap(), 0);
        screen.process(editor.begin("$ ".to_owned()).as_bytes());
        let mut came = Vec::new();
        for key in keys {
            let mut out = String::new();
            let typed = editor.take(*key, 20, &mut out);
            if typed != Typed::More {
                out += &editor.begin("$ ".to_owned());
                came.push(typed);
            }
            screen.process(out.as_bytes());
        }
        let cursor = screen.screen().cursor_position();
        (format!("{}@{},{}", screen.screen().contents(), cursor.0, cursor.1), came)
    }

    #[test]
    fn keys_edit_the_line() {
        for (keys, screen) in [
            (&b"ls"[..], "$ ls@0,4"),
            (b"lx\x7fs", "$ ls@0,4"),
            (b"s\x1b[Dl\x1b[C -a", "$ ls -a@0,7"),
            (b"abc def\x17x", "$ abc x@0,7"),
            (b"abc\x15d", "$ d@0,3"),
            (b"abc\x01\x0b", "$ @0,2"),
            (b"abc\x01\x1b[3~", "$ bc@0,2"),
            ("gr\u{fc}n\u{4e16}".as_bytes(), "$ gr\u{fc}n\u{4e16}@0,8"),
            (b"0123456789abcdefghijk\x7f", "$ 0123456789abcdefghij@1,2"),
            (b"0123456789abcdefghijk\x01x", "$ x0123456789abcdefghijk@0,3"),
            (b"a\rb\r\x1b[A\x1b[A\x1b[B", "$ a\n$ b\n$ b@2,3"),
            (b"a\r\x1b[Axy\x0c", "$ axy@0,5"),
            (b"\x1b[200~a\x1b[201~\x1b[9999999999999999999999Xb\xff\x00", "$ a99999999Xb@0,13"),
        ] {
            assert_eq!(typed(keys).0, screen, "{}", keys.escape_ascii());
        }
    }

    #[test]
    fn a_line_is_entered_given_up_or_the_end() {
        let (_, came) = typed(b"one\r\ntwo\x03\x04");
        let line = |text: &str| Typed::Line(text.to_owned());
        assert_eq!(came, [line("one"), line(""), Typed::Interrupt, Typed::End]);
        assert_eq!(typed(b"ab\x01\x04").0, "$ b@0,2", "within a line it takes the letter under it");
    }

    proptest::proptest! {
        #[test]
        fn no_key_is_too_much(keys: Vec<u8>, columns in 0..5_u16) {
            let mut editor = Editor::default();
            let _ = editor.begin("$ ".to_owned());
            for key in keys {
                let mut out = String::new();
                if editor.take(key, columns, &mut out) != Typed::More {
                    let _ = editor.begin("$ ".to_owned());
                }
                proptest::prop_assert!(editor.cursor <= editor.line.len());
            }
        }
    }
}
