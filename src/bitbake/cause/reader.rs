//! From the bytes of a log to the lines that say why.

use memchr::memchr;

use super::sayings::{Saying, Weight, saying};
use super::{Cause, CauseKind};
use crate::bitbake::escapes::pieces;
use crate::bitbake::scan::{capped, text as decoded};

/// How many causes are kept; of more, those that say most, and of these the first.
const MOST: usize = 200;
/// How much of a line is looked at.
const LONGEST_LINE: usize = 64 << 10;
/// How much of a line is kept.
const MOST_OF_A_TEXT: usize = 500;
/// How many lines a traceback may have.
const LONGEST_TRACEBACK: u64 = 2000;

/// Finds in a failed task's log the lines that say why it failed.
///
/// What best says it comes first: `make: *** Error 1` and the like, which only say that something before them went
/// wrong, come after everything else. The same bytes give the same causes, however they are cut into pieces.
#[derive(Debug, Default)]
pub struct CauseReader {
    /// The beginning of the line under way, where a piece ended within it.
    pub(super) open: Vec<u8>,
    /// Whether a line is under way.
    has_begun: bool,
    lines: u64,
    found: Found,
}

impl CauseReader {
    /// Reads nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes of the log. A line counts once its end is there.
    pub fn feed(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some(at) = memchr(b'\n', rest) {
            let (before, after) = rest.split_at(at);
            rest = after.get(1..).unwrap_or_default();
            self.lines += 1;
            if self.has_begun {
                self.keep(before);
                self.found.line(self.lines, &self.open);
                self.open.clear();
                self.has_begun = false;
            } else {
                self.found.line(self.lines, before.get(..LONGEST_LINE).unwrap_or(before));
            }
        }
        if !rest.is_empty() {
            self.has_begun = true;
            self.keep(rest);
        }
    }

    /// Says that nothing more comes: the last line counts without its end, too.
    pub fn finish(&mut self) {
        if std::mem::take(&mut self.has_begun) {
            self.lines += 1;
            self.found.line(self.lines, &self.open);
            self.open.clear();
        }
        self.found.end_traceback();
    }

    /// The causes, the best first; at most 200.
    #[must_use]
    pub fn causes(&self) -> impl ExactSizeIterator<Item = &Cause> {
        self.found.causes.iter().map(|(_, cause)| cause)
    }

    /// The one to look at first.
    #[must_use]
    pub fn best(&self) -> Option<&Cause> {
        self.found.causes.first().map(|(_, cause)| cause)
    }

    /// How many lines have been read.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.lines
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = LONGEST_LINE.saturating_sub(self.open.len());
        self.open.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }
}

/// A traceback whose last line has not come yet.
#[derive(Debug)]
struct Traceback {
    line: u64,
    text: String,
    /// The last line of the traceback before it that tells of the same failure.
    before: Option<u64>,
}

#[derive(Debug, Default)]
struct Found {
    /// By weight, then by line.
    causes: Vec<(Weight, Cause)>,
    traceback: Option<Traceback>,
    /// Where the last traceback ended.
    raised: Option<u64>,
    /// Whether the next traceback tells of the same failure as the last.
    is_chained: bool,
    /// An error in plain words on the line before.
    plain: Option<u64>,
}

impl Found {
    fn line(&mut self, number: u64, bytes: &[u8]) {
        for part in bytes.split(|byte| *byte == b'\r').filter(|part| !part.is_empty()) {
            if memchr(0x1b, part).is_some() {
                pieces(part, |text, _| self.text(number, &text));
            } else {
                self.text(number, &decoded(part));
            }
        }
    }

    fn text(&mut self, number: u64, text: &str) {
        // As it stands in what the client prints of it.
        let text = text.strip_prefix("| ").unwrap_or(text).trim_end();
        if let Some(traceback) = &self.traceback {
            let goes_on = text.is_empty() || text.starts_with([' ', '\t']);
            if goes_on && number - traceback.line < LONGEST_TRACEBACK {
                return;
            }
            if !goes_on && is_exception(text) {
                let before = self.traceback.take().and_then(|traceback| traceback.before);
                if let Some(before) = before {
                    self.causes.retain(|(_, cause)| cause.line != before);
                }
                let kind = match saying(text) {
                    Some(Saying::Failure(kind, Weight::Root)) => kind,
                    _ => CauseKind::Python,
                };
                let weight = if kind == CauseKind::Python { Weight::Says } else { Weight::Root };
                self.add(kind, weight, number, text);
                self.raised = Some(number);
                return;
            }
            self.end_traceback();
        }
        let plain = self.plain.take();
        match saying(text) {
            None => {}
            Some(Saying::Failure(kind, weight)) => self.add(kind, weight, number, text),
            Some(Saying::Traceback) => {
                let before = self.raised.filter(|_| self.is_chained);
                self.is_chained = false;
                let text = capped(text, MOST_OF_A_TEXT).to_owned();
                self.traceback = Some(Traceback { line: number, text, before });
            }
            Some(Saying::Chained) => self.is_chained = true,
            Some(Saying::Plain) => {
                self.add(CauseKind::Shell, Weight::Says, number, text);
                self.plain = Some(number);
            }
            Some(Saying::Points) => {
                let said = self.causes.iter_mut().map(|(_, cause)| cause);
                if let Some(error) = said.into_iter().find(|cause| Some(cause.line) == plain) {
                    error.kind = CauseKind::Compiler;
                }
            }
        }
    }

    /// A traceback that ends without an exception.
    fn end_traceback(&mut self) {
        if let Some(traceback) = self.traceback.take() {
            self.add(CauseKind::Python, Weight::Hints, traceback.line, &traceback.text);
        }
    }

    fn add(&mut self, kind: CauseKind, weight: Weight, line: u64, text: &str) {
        let at = self.causes.partition_point(|(other, cause)| (*other, cause.line) <= (weight, line));
        // Of one line, one cause: a line with returns in it may say several things.
        let is_told = self.causes.iter().any(|(_, cause)| cause.line == line);
        if at < MOST && !is_told {
            self.causes.truncate(MOST - 1);
            let text = capped(text.trim(), MOST_OF_A_TEXT).to_owned();
            self.causes.insert(at, (weight, Cause { kind, line, text }));
        }
    }
}

/// Whether a line names what was raised: `KeyError: 'x'`, `bb.BBHandledException`, `subprocess.CalledProcessError: …`.
fn is_exception(line: &str) -> bool {
    let name = line.split([':', ' ']).next().unwrap_or_default();
    let is_name = |part: &str| {
        part.starts_with(|first: char| first.is_alphabetic() || first == '_')
            && part.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    let is_whole =
        name.len() == line.len() || line.get(name.len()..).is_some_and(|rest| rest.starts_with(':'));
    is_whole && name.split('.').all(is_name)
}
