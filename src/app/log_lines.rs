//! Writing lines of a log: to a file, to a pager.

use std::io::{self, Write};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::logs::{Line, LineKind, LogReader, RawLine};
use crate::text::fit;
use crate::ui::{LogForm, LogLines};

/// How many lines are held at a time: of at most 64 KiB each, 16 MiB.
const WINDOW: usize = 256;

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Written {
    /// Lines.
    pub(super) lines: u64,
    /// Bytes.
    pub(super) bytes: u64,
    /// Lines that were dropped from the log before they could be.
    pub(super) dropped: u64,
}

/// Writes them, a window at a time, on a thread that may wait.
///
/// # Errors
/// What the writing fails with; `Interrupted` once it is no longer wanted.
pub(super) fn write(
    lines: &LogLines,
    form: LogForm,
    to: impl Write,
    is_wanted: impl Fn() -> bool,
) -> io::Result<Written> {
    let mut to = Counted { to, bytes: 0 };
    let mut written = Written::default();
    let names = Names::of(&lines.names);
    // A line that goes on in the next has no line break between them.
    let mut is_unfinished = false;
    // Where the next line stands among those that were asked for, whatever was put before them since.
    let mut done = 0;
    let all = lines.end.since(lines.from);
    while done < all {
        if !is_wanted() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let count = usize::try_from(all - done).unwrap_or(usize::MAX).min(WINDOW);
        let (window, first) = settled(lines, |reader, shift| {
            let from = lines.from.plus(done).plus(shift);
            let window = match form {
                LogForm::Raw => Window::Raw(reader.raw_window(from, count)),
                LogForm::Text | LogForm::Timed => Window::Drawn(reader.window(from, count)),
            };
            let first = window.first().map(|number| number.minus(shift).since(lines.from));
            (window, first)
        });
        let number_of = |index: u64| lines.from.plus(index);
        let Some(first) = first.filter(|first| *first < all) else {
            // Nothing of what is left is there any more.
            written.dropped += lines_between(lines, done, all);
            break;
        };
        written.dropped += lines_between(lines, done, first);
        let left = usize::try_from(all - first).unwrap_or(usize::MAX);
        done = first;
        match window {
            Window::Drawn(window) => {
                for line in window.iter().take(left) {
                    done += 1;
                    if !lines.has(number_of(done - 1)) {
                        continue;
                    }
                    drawn(line, form == LogForm::Timed, &names, &mut to)?;
                    written.lines += 1;
                }
            }
            Window::Raw(window) => {
                for line in window.iter().take(left) {
                    done += 1;
                    if line.kind == LineKind::Remark || !lines.has(number_of(done - 1)) {
                        continue;
                    }
                    if is_unfinished && line.kind != LineKind::Continuation {
                        to.write_all(b"\n")?;
                    }
                    to.write_all(&line.bytes)?;
                    is_unfinished = true;
                    written.lines += 1;
                }
            }
        }
    }
    if is_unfinished {
        to.write_all(b"\n")?;
    }
    to.flush()?;
    written.bytes = to.bytes;
    Ok(written)
}

/// How many of those asked for stand between two places among them all.
fn lines_between(lines: &LogLines, from: u64, to: u64) -> u64 {
    LogLines { from: lines.from.plus(from), end: lines.from.plus(to), ..lines.clone() }.count()
}

enum Window {
    Drawn(Vec<Line>),
    Raw(Vec<RawLine>),
}

impl Window {
    fn first(&self) -> Option<crate::logs::LineNumber> {
        match self {
            Self::Drawn(lines) => lines.first().map(|line| line.number),
            Self::Raw(lines) => lines.first().map(|line| line.number),
        }
    }
}

/// What is read while no line is put before the others: by how many they have been put further down is told.
fn settled<T>(lines: &LogLines, read: impl Fn(&LogReader, u64) -> T) -> T {
    loop {
        let before = lines.reader.extent().shifted;
        let found = read(&lines.reader, before.saturating_sub(lines.shifted));
        if lines.reader.extent().shifted == before {
            return found;
        }
    }
}

/// What stands before lines that are merged from several logs.
struct Names<'a> {
    names: &'a [String],
    cells: usize,
}

impl<'a> Names<'a> {
    fn of(names: &'a [String]) -> Self {
        Self { names, cells: names.iter().map(|name| fit::width(name)).max().unwrap_or(0) }
    }

    /// The name of a source, as wide as the widest, and a blank; nothing where nothing is merged.
    fn write(&self, source: u8, to: &mut impl Write) -> io::Result<()> {
        if self.names.is_empty() {
            return Ok(());
        }
        let name = usize::from(source).checked_sub(1).and_then(|place| self.names.get(place));
        let name = name.map_or("", String::as_str);
        write!(to, "{name}{:blanks$} ", "", blanks = self.cells.saturating_sub(fit::width(name)))
    }
}

fn drawn(line: &Line, has_time: bool, names: &Names<'_>, to: &mut impl Write) -> io::Result<()> {
    if has_time {
        to.write_all(line.time.map(stamp).unwrap_or_default().as_bytes())?;
        to.write_all(b" ")?;
    }
    names.write(line.source, to)?;
    if line.kind == LineKind::Remark {
        to.write_all("── ".as_bytes())?;
    }
    for span in line.text.spans() {
        to.write_all(span.text().as_bytes())?;
    }
    to.write_all(b"\n")
}

/// In local time, with its offset: what is saved may be read elsewhere.
fn stamp(time: Timestamp) -> String {
    time.to_zoned_datetime(TimeZone::system()).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}

struct Counted<W> {
    to: W,
    bytes: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::{Findings, LineNumber, Log, LogWriter, Pattern, Query, Search, Stream};
    use crate::ui::model::LogView;

    fn time() -> Timestamp {
        "2026-03-01T10:00:00.25Z".parse().unwrap()
    }

    fn lines_of(reader: &LogReader) -> LogLines {
        LogLines::all(&LogView { reader: Some(reader.clone()), ..LogView::default() }).unwrap()
    }

    fn written(lines: &LogLines, form: LogForm) -> (Vec<u8>, Written) {
        let mut bytes = Vec::new();
        let written = write(lines, form, &mut bytes, || true).unwrap();
        (bytes, written)
    }

    fn print(writer: &mut LogWriter, bytes: &[u8]) {
        writer.append(Stream::Stdout, Some(time()), bytes);
    }

    #[test]
    fn every_form_is_exactly_so() {
        let (mut writer, reader) = Log::new(1 << 20);
        print(&mut writer, b" 1%\r100%\n\x1b[31mred\x1b[0m \xff\n");
        writer.remark(None, "started again");
        print(&mut writer, b"\nopen");
        let lines = lines_of(&reader);
        let (text, told) = written(&lines, LogForm::Text);
        assert_eq!(String::from_utf8(text).unwrap(), "100%\nred \u{fffd}\n── started again\n\nopen\n");
        assert_eq!(told, Written { lines: 5, bytes: 40, dropped: 0 });
        let stamp = stamp(time());
        assert!(stamp.contains(":00:00.250") && stamp.len() == 29, "{stamp}");
        let (timed, _) = written(&lines, LogForm::Timed);
        let expected =
            format!("{stamp} 100%\n{stamp} red \u{fffd}\n ── started again\n{stamp} \n{stamp} open\n");
        assert_eq!(String::from_utf8(timed).unwrap(), expected);
        let (raw, told) = written(&lines, LogForm::Raw);
        assert_eq!(raw, b" 1%\r100%\n\x1b[31mred\x1b[0m \xff\n\nopen\n");
        assert_eq!(told.lines, 4);
    }

    #[test]
    fn of_merged_logs_each_line_has_its_name() {
        let ((mut merged, reader), (mut one, of_one)) = (Log::new(1 << 20), Log::new(1 << 20));
        print(&mut one, b"a line\n");
        for source in [2, 1, 9] {
            merged.copy(&of_one.raw_window(crate::logs::LineNumber::FIRST, 1)[0], source);
        }
        let names = vec!["a".to_owned(), "寿司".to_owned()];
        let lines = LogLines { names, ..lines_of(&reader) };
        let (text, _) = written(&lines, LogForm::Text);
        assert_eq!(String::from_utf8(text).unwrap(), "寿司 a line\na    a line\n     a line\n");
        assert_eq!(written(&lines, LogForm::Raw).0, b"a line\n".repeat(3));
    }

    #[test]
    fn a_line_that_was_cut_is_whole_again_in_its_bytes() {
        let (mut writer, reader) = Log::new(1 << 22);
        let long = [vec![b'x'; 200_000], b"\nnext\n".to_vec()].concat();
        print(&mut writer, &long);
        assert!(reader.extent().lines() > 3);
        assert!(written(&lines_of(&reader), LogForm::Raw).0 == long);
    }

    #[test]
    fn what_was_asked_for_is_written_whatever_happens_to_the_numbers() {
        let (mut writer, reader) = Log::new(1 << 22);
        let all: String = (1..=5000).map(|number| format!("line {number}\n")).collect::<Vec<_>>().concat();
        print(&mut writer, all.as_bytes());
        let lines = lines_of(&reader);
        let (mut earlier, _other) = Log::new(1 << 20);
        print(&mut earlier, "before\n".repeat(700).as_bytes());
        writer.prepend(earlier);
        print(&mut writer, b"later\n");
        let (text, told) = written(&lines, LogForm::Text);
        assert!(text == all.as_bytes());
        assert_eq!((told.lines, told.dropped), (5000, 0));
    }

    #[test]
    fn what_was_dropped_meanwhile_is_told() {
        let (mut writer, reader) = Log::new(8192);
        for number in 1..=100 {
            print(&mut writer, format!("line {number}\n").as_bytes());
        }
        let lines = lines_of(&reader);
        for number in 101..=2000 {
            print(&mut writer, format!("line {number}\n").as_bytes());
        }
        assert!(reader.extent().first > lines.end);
        let (text, told) = written(&lines, LogForm::Text);
        assert!(text.is_empty());
        assert_eq!(told, Written { lines: 0, bytes: 0, dropped: 100 });
    }

    #[test]
    fn under_a_filter_only_what_is_shown_is_written() {
        let (mut writer, reader) = Log::new(1 << 20);
        let all: String = (1..=2000).map(|number| format!("line {number}\n")).collect::<Vec<_>>().concat();
        print(&mut writer, all.as_bytes());
        let mut findings = Findings::beginning_at(LineNumber::FIRST, &reader.extent());
        let query = Query::Matching(Pattern::new("00$").unwrap());
        let mut search = Search::new(reader.clone(), query, LineNumber::FIRST..LineNumber::FIRST);
        while let Some(found) = search.step() {
            findings.add(&found);
        }
        let lines = LogLines { only: Some(findings.into()), ..lines_of(&reader) };
        let expected: String =
            (1..=20).map(|number| format!("line {number}00\n")).collect::<Vec<_>>().concat();
        for form in [LogForm::Text, LogForm::Raw] {
            let (text, told) = written(&lines, form);
            assert_eq!(String::from_utf8(text).unwrap(), expected);
            assert_eq!((told.lines, lines.count()), (20, 20));
        }
    }

    #[test]
    fn it_ends_when_it_is_not_wanted_any_more() {
        let (mut writer, reader) = Log::new(1 << 20);
        print(&mut writer, b"a\n");
        let ended = write(&lines_of(&reader), LogForm::Text, io::sink(), || false).unwrap_err();
        assert_eq!(ended.kind(), io::ErrorKind::Interrupted);
    }
}
