//! From bytes to builds.

use std::sync::LazyLock;

use jiff::Timestamp;
use memchr::{memchr, memmem};

use super::build::{Build, Place};
use super::cut::{Cut, Cutter, opening};
use super::escapes::{Marks, pieces};
use super::event::BuildEvent;
use super::event_log::EventLogEvent;
use super::names::Subject;
use super::recognise::Recogniser;
use super::scan::{capped, text as decoded};
use super::stamp::stamped;

/// How many earlier builds of one log are kept. Of more, the oldest are forgotten.
const MOST_EARLIER: usize = 8;

/// The streams of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard output, a terminal, or a file.
    Output,
    /// Standard error: where BitBake writes its errors when it has no terminal.
    Errors,
}

/// How the bytes come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// Each stream for itself, or a terminal's one.
    Apart,
    /// Both as one, as in a file that both were written to: a line of one may stand within one of the other.
    Mixed,
}

/// Whom each event is told to, with the number of its line.
pub type Told<'a> = &'a mut dyn FnMut(u64, &BuildEvent<'_>);

/// Reads what BitBake prints.
///
/// The same bytes on the same streams in the same order give the same builds, however they are cut into pieces.
/// Of a line, 64 KiB are read.
#[derive(Debug)]
pub struct BuildReader {
    cutters: [Cutter; 2],
    lines: Lines,
}

impl BuildReader {
    /// Reads nothing yet.
    #[must_use]
    pub fn new(output: Output) -> Self {
        let lines = Lines {
            output,
            recognisers: <[Recogniser; 2]>::default(),
            builds: Builds { build: Build::default(), earlier: Vec::new() },
            begun: 0,
            numbers: [0; 2],
            parts: [false; 2],
            carried: String::new(),
        };
        Self { cutters: <[Cutter; 2]>::default(), lines }
    }

    /// Takes the next bytes of a stream, and when they came, where that is known. A time a line brings itself counts
    /// more.
    ///
    /// Lines are counted as they begin, over both streams, from one.
    pub fn feed(&mut self, stream: Stream, time: Option<Timestamp>, bytes: &[u8]) {
        self.feed_telling(stream, time, bytes, &mut |_, _| {});
    }

    /// The same, and tells each event with the number of its line, before the build has taken it.
    pub fn feed_telling(&mut self, stream: Stream, time: Option<Timestamp>, bytes: &[u8], told: Told<'_>) {
        let which = usize::from(stream == Stream::Errors);
        let [output, errors] = &mut self.cutters;
        let cutter = if which == 0 { output } else { errors };
        let lines = &mut self.lines;
        cutter.feed(bytes, &mut |cut| lines.take(which, time, cut, told));
    }

    /// Takes what the event log of the newest build says; it adds to what is printed.
    pub fn learn(&mut self, event: &EventLogEvent) {
        self.lines.builds.build.learn(event);
    }

    /// Says that recipes are being parsed, as its processes show; a console log does not tell. Where it is further
    /// already, that counts.
    pub fn is_seen_parsing(&mut self) {
        self.lines.builds.build.is_seen_parsing();
    }

    /// Says since when a task has been running whose line came without a time. `which` is its place among
    /// [`Build::running`].
    pub fn is_running_since(&mut self, which: usize, since: Timestamp) {
        self.lines.builds.build.running.is_since(which, since);
    }

    /// Says that nothing more comes: what is unfinished is read, and the build has ended, well or not.
    pub fn finish(&mut self) {
        let lines = &mut self.lines;
        for (which, cutter) in self.cutters.iter_mut().enumerate() {
            cutter.finish(&mut |cut| lines.take(which, None, cut, &mut |_, _| {}));
        }
        if !lines.carried.is_empty() {
            lines.line_is(0, None, b"", &mut |_, _| {});
        }
        lines.builds.build.finish();
    }

    /// The build, or the newest of several.
    #[must_use]
    pub fn build(&self) -> &Build {
        &self.lines.builds.build
    }

    /// The builds before it, at most the last eight, oldest first.
    #[must_use]
    pub fn earlier(&self) -> &[Build] {
        &self.lines.builds.earlier
    }

    /// How many lines have begun, over both streams.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.lines.begun
    }
}

#[derive(Debug)]
struct Builds {
    build: Build,
    earlier: Vec<Build>,
}

/// Everything behind the cutting.
#[derive(Debug)]
struct Lines {
    output: Output,
    recognisers: [Recogniser; 2],
    builds: Builds,
    begun: u64,
    /// The number of the line under way on each stream.
    numbers: [u64; 2],
    /// Whether a part of it was given already, so that what is left of it may be nothing.
    parts: [bool; 2],
    /// The beginning of a line that an error of the other stream broke off.
    carried: String,
}

impl Lines {
    fn take(&mut self, which: usize, time: Option<Timestamp>, cut: Cut<'_>, told: Told<'_>) {
        match cut {
            Cut::Begins => {
                self.begun += 1;
                if let Some(number) = self.numbers.get_mut(which) {
                    *number = self.begun;
                }
            }
            Cut::Part(part) => {
                if !part.ends_with(b"...") {
                    self.builds.build.is_terminal = true;
                }
                self.set_parted(which, true);
                self.each_piece(which, time, part, told);
            }
            Cut::Line(line) => {
                let is_rest = self.parts.get(which).copied().unwrap_or_default();
                self.set_parted(which, false);
                if is_rest && line.is_empty() {
                    self.builds.build.lines.end(which, self.output, None);
                } else {
                    self.line_is(which, time, line, told);
                }
            }
        }
    }

    fn set_parted(&mut self, which: usize, parted: bool) {
        if let Some(part) = self.parts.get_mut(which) {
            *part = parted;
        }
    }

    fn line_is(&mut self, which: usize, time: Option<Timestamp>, line: &[u8], told: Told<'_>) {
        let is_mended = self.output == Output::Mixed && !self.builds.build.is_terminal;
        let is_error = if memchr(0x1b, line).is_some() {
            self.each_piece(which, time, line, told)
        } else if is_mended {
            self.mended(which, time, &decoded(line), told)
        } else {
            self.piece(which, time, &decoded(line), Marks::default(), told)
        };
        self.builds.build.lines.end(which, self.output, Some(is_error));
    }

    /// A line of a file both streams were written to, put together again where one broke off the other.
    fn mended(&mut self, which: usize, time: Option<Timestamp>, text: &str, told: Told<'_>) -> bool {
        let (own_time, text) = stamped(text);
        let time = own_time.or(time);
        if self.carried.is_empty() {
            let Some(at) = broken_off(text) else {
                return self.piece(which, time, text, Marks::default(), told);
            };
            let (left, error) = text.split_at(at);
            capped(left, super::cut::LONGEST_LINE).clone_into(&mut self.carried);
            return self.piece(which, time, error, Marks::default(), told);
        }
        if text.starts_with("ERROR: ") {
            return self.piece(which, time, text, Marks::default(), told);
        }
        let mut whole = std::mem::take(&mut self.carried);
        whole.push_str(text);
        self.piece(which, time, &whole, Marks::default(), told)
    }

    /// Whether the last piece belongs to an error.
    fn each_piece(&mut self, which: usize, time: Option<Timestamp>, line: &[u8], told: Told<'_>) -> bool {
        let mut is_error = false;
        pieces(line, |text, marks| is_error = self.piece(which, time, &text, marks, told));
        is_error
    }

    fn piece(
        &mut self,
        which: usize,
        time: Option<Timestamp>,
        text: &str,
        marks: Marks,
        told: Told<'_>,
    ) -> bool {
        let place = Place { line: self.numbers.get(which).copied().unwrap_or_default(), time, stream: which };
        if marks.redraws {
            self.builds.build.is_terminal = true;
            self.builds.apply(BuildEvent::Redraw, place, told);
            if text.is_empty() {
                return false;
            }
        }
        let Some(recogniser) = self.recognisers.get_mut(which) else { return false };
        let (own_time, mut text) = stamped(text);
        let place = Place { time: own_time.or(time), ..place };
        while let Some((name, rest)) =
            opening(text.as_bytes()).and_then(|length| text.split_at_checked(length))
        {
            self.builds.apply(recogniser.recognise(name, Marks::default()), place, told);
            if rest.is_empty() {
                return false;
            }
            text = rest;
        }
        let event = recogniser.recognise(text, marks);
        self.builds.apply(event, place, told)
    }
}

impl Builds {
    /// Whether the event belongs to an error.
    fn apply(&mut self, event: BuildEvent<'_>, place: Place, told: Told<'_>) -> bool {
        told(place.line, &event);
        if self.build.is_followed_by(&event) {
            let mut before = std::mem::take(&mut self.build);
            before.finish();
            self.build.is_terminal = before.is_terminal;
            if self.earlier.len() == MOST_EARLIER {
                self.earlier.remove(0);
            }
            self.earlier.push(before);
        }
        self.build.apply(event, place)
    }
}

/// Where an error of the other stream stands within a line. Only what cannot be anything else is taken for one, and
/// nothing in the log of a failed task.
fn broken_off(line: &str) -> Option<usize> {
    static ERROR: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("ERROR: "));
    ERROR.find_iter(line.as_bytes()).find(|at| {
        let (Some(before), Some(error)) = (line.get(..*at), line.get(at + 7..)) else { return false };
        // What an output itself says of errors has a blank or a bracket before it.
        let is_broken = before.starts_with("NOTE: ") || before.ends_with(|last: char| last.is_alphanumeric());
        is_broken
            && (error.starts_with("Task (")
                || error.starts_with("Logfile of failure stored in: /")
                || Subject::of_message(error).0.is_some())
    })
}
