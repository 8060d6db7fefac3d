//! The sixteen colours in the old way of saying them. The backend says `38;5;1` for red, which terminals with sixteen
//! colours need not know; all know `31`. What is passed on is counted.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The longest sequence that is looked at; those that set colours are far shorter.
const LONGEST: usize = 64;

/// How many bytes were passed on; clones count the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Written(Arc<AtomicU64>);

impl Written {
    /// Since the beginning.
    pub(crate) fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn add(&self, bytes: usize) {
        self.0.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

/// Passes on what is written, and says the sixteen colours in the old way.
#[derive(Debug)]
pub(super) struct Sixteen<W> {
    out: W,
    /// The beginning of a sequence whose end was not written yet.
    begun: Vec<u8>,
    written: Written,
}

impl<W: Write> Sixteen<W> {
    /// To there.
    pub(super) fn new(out: W) -> Self {
        Self { out, begun: Vec::with_capacity(LONGEST), written: Written::default() }
    }

    /// How many bytes went there.
    pub(super) fn written(&self) -> Written {
        self.written.clone()
    }

    fn push(&mut self, byte: u8) -> io::Result<()> {
        self.begun.push(byte);
        let goes_on = match self.begun.as_slice() {
            [0x1b] | [0x1b, b'['] => true,
            [0x1b, b'[', ..] => byte.is_ascii_digit() || byte == b';',
            _ => false,
        };
        if goes_on && self.begun.len() < LONGEST {
            return Ok(());
        }
        let told = match self.begun.as_slice() {
            [0x1b, b'[', parameters @ .., b'm'] => in_the_old_way(parameters),
            _ => None,
        };
        let told = told.as_deref().unwrap_or(&self.begun);
        self.written.add(told.len());
        let written = self.out.write_all(told);
        self.begun.clear();
        written
    }
}

impl<W: Write> Write for Sixteen<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut rest = bytes;
        while let Some((&byte, after)) = rest.split_first() {
            if self.begun.is_empty() {
                let plain = memchr::memchr(0x1b, rest).unwrap_or(rest.len());
                if let Some((text, after)) = rest.split_at_checked(plain).filter(|(text, _)| !text.is_empty())
                {
                    self.written.add(text.len());
                    self.out.write_all(text)?;
                    rest = after;
                    continue;
                }
            }
            self.push(byte)?;
            rest = after;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The whole sequence anew; `None` where it has nothing to change.
fn in_the_old_way(parameters: &[u8]) -> Option<Vec<u8>> {
    let all: Vec<&str> = std::str::from_utf8(parameters).ok()?.split(';').collect();
    let mut told: Vec<String> = Vec::with_capacity(all.len());
    let mut rest = all.as_slice();
    let mut differs = false;
    while let [first, after @ ..] = rest {
        rest = after;
        let base = match *first {
            "38" => 30,
            "48" => 40,
            _ => {
                told.push((*first).to_owned());
                continue;
            }
        };
        let number = after.get(1).and_then(|number| number.parse::<u8>().ok());
        if let (["5", _, then @ ..], Some(number @ 0..16)) = (after, number) {
            let bright = if number < 8 { 0 } else { 60 - 8 };
            told.push((base + bright + u32::from(number)).to_string());
            (rest, differs) = (then, true);
            continue;
        }
        // A colour beyond the sixteen: its numbers are not parameters of their own.
        let taken = if after.first() == Some(&"5") { 2 } else { 4 };
        let (own, then) = after.split_at(taken.min(after.len()));
        told.push((*first).to_owned());
        told.extend(own.iter().map(|&one| one.to_owned()));
        rest = then;
    }
    differs.then(|| format!("\x1b[{}m", told.join(";")).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(written: &str, at_once: usize) -> String {
        let mut out = Vec::new();
        let mut sixteen = Sixteen::new(&mut out);
        for piece in written.as_bytes().chunks(at_once) {
            sixteen.write_all(piece).unwrap();
        }
        let counted = sixteen.written().bytes();
        assert_eq!(counted, out.len() as u64, "{written:?}");
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_sixteen_are_told_in_the_old_way_and_all_else_as_it_is() {
        for (written, expected) in [
            ("a\x1b[38;5;1mb", "a\x1b[31mb"),
            ("\x1b[38;5;8;48;5;15m", "\x1b[90;107m"),
            ("\x1b[1;38;5;0;49m", "\x1b[1;30;49m"),
            ("\x1b[38;5;16;48;5;7m", "\x1b[38;5;16;47m"),
            ("\x1b[38;2;5;1;2;48;5;2m", "\x1b[38;2;5;1;2;42m"),
            (
                "\x1b[38;5;200m\x1b[m\x1b[0m\x1b[38m\x1b[38;5m",
                "\x1b[38;5;200m\x1b[m\x1b[0m\x1b[38m\x1b[38;5m",
            ),
            ("\x1b[12;38H\x1b[?25l\x1bM\x1b]52;c;bQ==\x07x", "\x1b[12;38H\x1b[?25l\x1bM\x1b]52;c;bQ==\x07x"),
        ] {
            for at_once in [1, 2, 3, 1000] {
                assert_eq!(told(written, at_once), expected, "{written:?} in pieces of {at_once}");
            }
        }
    }

    #[test]
    fn what_never_ends_is_passed_on() {
        let long = format!("\x1b[{}", "1;".repeat(200));
        assert_eq!(told(&long, 7), long);
    }
}
