//! The bytes of one stream cut into lines, and lines drawn over one another told apart.

use memchr::{memchr, memchr2};

/// What is printed without a line end while it goes on, three dots after it.
pub(super) const OPENINGS: &[&str] =
    &["Loading cache", "Parsing recipes", "Initialising tasks", "Checking sstate mirror object availability"];

/// How much of a line is kept; what is beyond is left out. Real lines are below a tenth of it.
pub(super) const LONGEST_LINE: usize = 64 << 10;

/// One stream.
#[derive(Debug, Default)]
pub(super) struct Cutter {
    /// The line under way, from where nothing has been given yet.
    open: Vec<u8>,
    /// Whether the line under way has begun, though all of it may have been given.
    has_begun: bool,
    /// How much of it was given, since the last return that drew over it.
    given: usize,
    /// Whether it has a return that draws over nothing; then none does.
    holds_return: bool,
}

/// What the cutter tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut<'a> {
    /// The first byte of a line is there.
    Begins,
    /// A part that the rest of the line does not belong to: it is drawn over, or tells what goes on.
    Part(&'a [u8]),
    /// The rest of a line, without its end.
    Line(&'a [u8]),
}

impl Cutter {
    /// Takes the next bytes of the stream and gives what they complete to `each`.
    pub(super) fn feed(&mut self, bytes: &[u8], each: &mut impl FnMut(Cut<'_>)) {
        let mut rest = bytes;
        while !rest.is_empty() {
            if !self.has_begun {
                self.has_begun = true;
                each(Cut::Begins);
            }
            let Some(at) = memchr2(b'\n', b'\r', rest) else {
                self.keep(rest);
                // What has begun without a line end is told at once.
                self.give_openings(each);
                return;
            };
            let (before, end) = (rest.get(..at).unwrap_or_default(), rest.get(at));
            rest = rest.get(at + 1..).unwrap_or_default();
            if end == Some(&b'\n') {
                self.line(before, each);
            } else {
                self.carriage_return(before, each);
            }
        }
    }

    fn line(&mut self, before: &[u8], each: &mut impl FnMut(Cut<'_>)) {
        if self.open.is_empty() && self.given == 0 {
            let mut line = before.get(..before.len().min(LONGEST_LINE)).unwrap_or_default();
            while let Some(length) = opening(line) {
                let (name, after) = line.split_at(length);
                each(Cut::Part(name));
                line = after;
            }
            each(Cut::Line(line));
        } else {
            self.keep(before);
            self.give_openings(each);
            each(Cut::Line(without_returns(&self.open)));
        }
        self.forget();
        self.has_begun = false;
    }

    fn carriage_return(&mut self, before: &[u8], each: &mut impl FnMut(Cut<'_>)) {
        self.keep(before);
        self.give_openings(each);
        if self.open.is_empty() {
            // Nothing to go back over.
        } else if !self.holds_return && is_drawn_over(&self.open) {
            each(Cut::Part(&self.open));
            self.forget();
        } else {
            self.holds_return = true;
            self.keep(b"\r");
        }
    }

    /// Gives what is left at the end of the stream; whether there was an unfinished line.
    pub(super) fn finish(&mut self, each: &mut impl FnMut(Cut<'_>)) -> bool {
        let is_unfinished = std::mem::take(&mut self.has_begun);
        if is_unfinished {
            each(Cut::Line(without_returns(&self.open)));
        }
        self.forget();
        is_unfinished
    }

    fn forget(&mut self) {
        self.open.clear();
        self.given = 0;
        self.holds_return = false;
    }

    fn give_openings(&mut self, each: &mut impl FnMut(Cut<'_>)) {
        while let Some(length) = opening(&self.open) {
            each(Cut::Part(self.open.get(..length).unwrap_or_default()));
            self.open.drain(..length);
            self.given += length;
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = LONGEST_LINE.saturating_sub(self.open.len() + self.given);
        self.open.extend_from_slice(bytes.get(..bytes.len().min(room)).unwrap_or_default());
    }
}

/// The length of `Parsing recipes...` and the like, where the line begins with it.
pub(super) fn opening(line: &[u8]) -> Option<usize> {
    if !matches!(line.first(), Some(b'L' | b'P' | b'I' | b'C')) {
        return None;
    }
    let is_opening =
        |name: &&&str| line.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.starts_with(b"..."));
    OPENINGS.iter().find(is_opening).map(|name| name.len() + 3)
}

/// Whether what comes after a carriage return is something new: after a bar, or after blanks that wipe one away. A
/// return within a message belongs to the message.
fn is_drawn_over(part: &[u8]) -> bool {
    part.iter().all(|byte| *byte == b' ')
        || memchr(b'%', part).is_some()
            && std::str::from_utf8(part).is_ok_and(|text| super::footer::bar(text).is_some())
}

fn without_returns(line: &[u8]) -> &[u8] {
    let end = line.iter().rposition(|byte| *byte != b'\r').map_or(0, |last| last + 1);
    line.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(chunks: &[&[u8]]) -> Vec<String> {
        let mut found = Vec::new();
        let mut cutter = Cutter::default();
        let mut each = |cut: Cut<'_>| match cut {
            Cut::Begins => {}
            Cut::Part(part) => found.push(format!("part {}", String::from_utf8_lossy(part))),
            Cut::Line(line) => found.push(format!("line {}", String::from_utf8_lossy(line))),
        };
        for chunk in chunks {
            cutter.feed(chunk, &mut each);
        }
        cutter.finish(&mut each);
        found
    }

    #[test]
    fn lines_end_at_newlines_and_bars_at_returns() {
        let text = b"one\r\nLoading cache...done.\nParsing recipes...\rx\nParsing recipes:   0% |  | ETA:  --:--:--\r      \rtwo\rstill two\r\r\n\nlast";
        let expected = [
            "line one",
            "part Loading cache...",
            "line done.",
            "part Parsing recipes...",
            "line x",
            "part Parsing recipes:   0% |  | ETA:  --:--:--",
            "part       ",
            "line two\rstill two",
            "line ",
            "line last",
        ];
        assert_eq!(cut(&[text]), expected);
        for at in 0..=text.len() {
            let (left, right) = text.split_at(at);
            assert_eq!(cut(&[left, right]), expected, "cut at {at}");
        }
    }

    #[test]
    fn a_return_within_a_message_draws_over_nothing() {
        let bar = "Parsing recipes:   1% |  | ETA:  --:--:--";
        let text = format!("odd\r{bar}\rtext\n{bar}\rtext\n");
        let whole = format!("line odd\r{bar}\rtext");
        assert_eq!(cut(&[text.as_bytes()]), [whole, format!("part {bar}"), "line text".to_owned()]);
    }

    #[test]
    fn a_long_line_is_cut_off_at_the_same_place_in_any_pieces() {
        let long = [b"Parsing recipes...".as_slice(), &vec![b'x'; LONGEST_LINE], b"\n"].concat();
        let expected = cut(&[&long]);
        assert_eq!(expected[1].len(), "line ".len() + LONGEST_LINE - "Parsing recipes...".len());
        for at in [5, 18, 19, 1000, LONGEST_LINE, LONGEST_LINE + 18] {
            let (left, right) = long.split_at(at);
            assert_eq!(cut(&[left, right]), expected, "cut at {at}");
        }
    }

    #[test]
    fn a_line_without_end_is_bounded() {
        let mut cutter = Cutter::default();
        for _ in 0..10 {
            cutter.feed(&vec![b'x'; 50_000], &mut |_| {});
        }
        let mut length = 0;
        cutter.feed(b"\n", &mut |cut| {
            if let Cut::Line(line) = cut {
                length = line.len();
            }
        });
        assert_eq!(length, LONGEST_LINE);
    }
}
