//! Splitting and holding: against a plain list, for any cut of the bytes.

use proptest::prelude::*;

use super::*;
use crate::logs::{LineKind, RawLine};

const STREAMS: [Stream; 3] = [Stream::Stdout, Stream::Stderr, Stream::Terminal];

/// Something that happens to a log.
#[derive(Debug, Clone)]
enum Step {
    Print(Stream, u8, Vec<u8>),
    Remark(u8, String),
    End,
}

fn at(second: u8) -> Option<Timestamp> {
    (second > 0).then(|| Timestamp::from_second(second.into()).unwrap())
}

fn steps(bytes: &'static str) -> impl Strategy<Value = Vec<Step>> {
    let print = (0_usize..3, any::<u8>(), bytes)
        .prop_map(|(stream, time, text)| Step::Print(STREAMS[stream], time, text.into_bytes()));
    let step = prop_oneof![
        10 => print,
        1 => (any::<u8>(), "[a-z]{0,9}").prop_map(|(time, text)| Step::Remark(time, text)),
        1 => Just(Step::End),
    ];
    prop::collection::vec(step, 0..40)
}

fn play(writer: &mut LogWriter, steps: &[Step], mut cut: impl FnMut(usize) -> usize) {
    for step in steps {
        match step {
            Step::Print(stream, time, bytes) => {
                let mut rest = bytes.as_slice();
                while !rest.is_empty() {
                    let (now, later) = rest.split_at(cut(rest.len()).clamp(1, rest.len()));
                    writer.append(*stream, at(*time), now);
                    rest = later;
                }
            }
            Step::Remark(time, text) => writer.remark(at(*time), text),
            Step::End => writer.end(),
        }
    }
}

fn all(reader: &LogReader) -> Vec<RawLine> {
    reader.raw_window(LineNumber::FIRST, usize::MAX)
}

fn text(line: &RawLine) -> &str {
    str::from_utf8(&line.bytes).unwrap()
}

/// The same, as plainly as can be: a list of lines, a byte at a time. Knows no escapes.
fn model(steps: &[Step], longest: usize) -> Vec<RawLine> {
    let mut lines: Vec<RawLine> = Vec::new();
    let begin = |stream, time, kind, is_open, bytes: Vec<u8>, lines: &mut Vec<RawLine>| {
        let number = LineNumber::new(lines.len() as u64 + 1);
        let (level, source, carry) = (None, 0, Carry::default());
        lines.push(RawLine { number, time: at(time), stream, kind, level, source, is_open, carry, bytes });
    };
    for step in steps {
        match step {
            Step::Remark(time, text) => {
                begin(None, *time, LineKind::Remark, false, text.clone().into(), &mut lines);
            }
            Step::End => lines.iter_mut().for_each(|line| line.is_open = false),
            Step::Print(stream, time, bytes) => {
                for byte in bytes {
                    let open = lines.iter_mut().find(|line| line.is_open && line.stream == Some(*stream));
                    match (open, byte) {
                        (Some(open), b'\n') => open.is_open = false,
                        (None, b'\n') => {
                            begin(Some(*stream), *time, LineKind::Output, false, vec![], &mut lines);
                        }
                        (Some(open), byte) if open.bytes.len() < longest => open.bytes.push(*byte),
                        (Some(open), byte) => {
                            open.is_open = false;
                            let kind = LineKind::Continuation;
                            begin(Some(*stream), *time, kind, true, vec![*byte], &mut lines);
                        }
                        (None, byte) => {
                            begin(Some(*stream), *time, LineKind::Output, true, vec![*byte], &mut lines);
                        }
                    }
                }
            }
        }
    }
    lines
}

const SMALL: Bounds = Bounds { line: 12, tail: 600 };
const NO_TAIL_LIMIT: Bounds = Bounds { line: 12, tail: usize::MAX };

fn in_memory(limit: u64, bounds: Bounds) -> (LogWriter, LogReader) {
    of(Held::new(limit, None), None, bounds)
}

fn on_disk(limit: u64, bounds: Bounds) -> (LogWriter, LogReader) {
    Log::bounded(Home::Temporary(std::env::temp_dir()), limit, bounds)
}

proptest! {
    #[test]
    fn any_cut_of_the_bytes_gives_the_same_lines(
        steps in steps("([a-f\n]|\x1b\\[3[0-7]m|\x1b\\[0m|\x1b\\]0;x|\x07|\u{20ac}|\r){0,40}"),
        cuts in prop::collection::vec(1_usize..9, 1..20),
    ) {
        for bounds in [SMALL, NO_TAIL_LIMIT] {
            let (mut whole, whole_reader) = in_memory(1 << 20, bounds);
            play(&mut whole, &steps, |length| length);
            let (mut single, single_reader) = in_memory(1 << 20, bounds);
            play(&mut single, &steps, |_| 1);
            let (mut mixed, mixed_reader) = in_memory(1 << 20, bounds);
            let mut cuts = cuts.iter().cycle();
            play(&mut mixed, &steps, |_| *cuts.next().unwrap());
            prop_assert_eq!(all(&whole_reader), all(&single_reader));
            prop_assert_eq!(all(&whole_reader), all(&mixed_reader));
            let drawn = |reader: &LogReader| reader.window(LineNumber::FIRST, usize::MAX);
            prop_assert_eq!(drawn(&whole_reader), drawn(&single_reader));
            prop_assert_eq!(drawn(&whole_reader), drawn(&mixed_reader));
            prop_assert_eq!(whole_reader.extent(), single_reader.extent());
            prop_assert_eq!(whole_reader.extent(), mixed_reader.extent());
        }
    }

    #[test]
    fn a_log_agrees_with_a_plain_list(steps in steps("[a-f\n]{0,40}"), limit in 0_u64..4000) {
        for make in [in_memory, on_disk] {
        let (mut writer, reader) = make(limit, NO_TAIL_LIMIT);
        play(&mut writer, &steps, |length| length);
        let model = model(&steps, NO_TAIL_LIMIT.line);
        let extent = reader.extent();
        let weight = |lines: &[RawLine]| -> u64 {
            lines.iter().map(|line| line.bytes.len() as u64 + u64::from(!line.is_open)).sum()
        };
        let (dropped, held) = model.split_at(usize::try_from(extent.dropped_lines()).unwrap());
        prop_assert_eq!(extent.end.get(), model.len() as u64 + 1);
        prop_assert_eq!(extent.lines(), held.len() as u64);
        prop_assert_eq!(extent.dropped_bytes, weight(dropped));
        prop_assert_eq!(extent.bytes, weight(held));
        prop_assert_eq!(held.is_empty(), model.is_empty(), "the newest line is always held");
        // Every window at every place.
        for from in 0..model.len() + 3 {
            for count in [0, 1, 2, 7, usize::MAX] {
                let got = reader.raw_window(LineNumber::new(from as u64), count);
                let begin = from.saturating_sub(1).saturating_sub(dropped.len()).min(held.len());
                let end = begin.saturating_add(count).min(held.len());
                prop_assert_eq!(&got, &held[begin..end], "from {} count {}", from, count);
            }
        }
        }
    }

    #[test]
    fn a_log_stays_within_its_limit(steps in steps("[a-f\n]{0,40}"), limit in 0_u64..4000) {
        for make in [in_memory, on_disk] {
            let (mut writer, reader) = make(limit, SMALL);
            play(&mut writer, &steps, |length| length);
            writer.end();
            let extent = reader.extent();
            let newest = reader.raw_window(extent.end.minus(1), 1);
            let newest = newest.first().map_or(0, |line| line.bytes.len() as u64 + 17);
            let size = extent.bytes + extent.lines() * 16;
            prop_assert!(size <= limit.max(limit / 8 + newest).max(newest), "{size} of {limit}");
        }
    }
}

#[test]
fn a_fresh_log_is_empty() {
    let (_writer, reader) = Log::new(1 << 20);
    assert_eq!(reader.extent(), Extent::EMPTY);
    assert_eq!(reader.extent().last(), None);
    assert_eq!(all(&reader), []);
    assert_eq!(reader.window(LineNumber::new(u64::MAX), usize::MAX), []);
}

#[test]
fn an_open_line_is_seen_and_keeps_its_number() {
    let (mut writer, reader) = Log::new(1 << 20);
    let mut changed = reader.changed();
    writer.append(Stream::Stdout, at(1), b"Initialising tasks...");
    assert!(changed.has_changed().unwrap());
    let before = *changed.borrow_and_update();
    assert_eq!((before.end.get(), before.bytes), (2, 21));
    writer.append(Stream::Stderr, at(2), b"warning\n");
    writer.append(Stream::Stdout, at(3), b"done");
    let lines = all(&reader);
    assert_eq!(
        lines.iter().map(|line| (text(line), line.is_open)).collect::<Vec<_>>(),
        [("Initialising tasks...done", true), ("warning", false)]
    );
    writer.append(Stream::Stdout, at(4), b".\nnext\n");
    let lines = all(&reader);
    let seen: Vec<_> =
        lines.iter().map(|line| (line.number.get(), text(line), line.is_open, line.time)).collect();
    assert_eq!(
        seen,
        [
            (1, "Initialising tasks...done.", false, at(1)),
            (2, "warning", false, at(2)),
            (3, "next", false, at(4))
        ]
    );
    assert!(changed.has_changed().unwrap());
    drop(writer);
    changed.borrow_and_update();
    assert!(changed.has_changed().is_err(), "nothing more can come");
    assert_eq!(all(&reader).len(), 3, "what came stays");
}

#[test]
fn a_remark_stands_in_its_place_and_the_end_closes_what_is_open() {
    let (mut writer, reader) = Log::new(1 << 20);
    writer.append(Stream::Terminal, None, b"\x1b[31mhalf a li");
    writer.end();
    writer.remark(at(9), "the container\nwas restarted");
    writer.append(Stream::Terminal, None, b"ne\n");
    let lines = reader.window(LineNumber::FIRST, 9);
    let seen: Vec<_> =
        lines.iter().map(|line| (line.kind, line.stream, line.is_open, line.text.plain())).collect();
    assert_eq!(
        seen,
        [
            (LineKind::Output, Some(Stream::Terminal), false, "half a li".into()),
            (LineKind::Remark, None, false, "the container was restarted".into()),
            (LineKind::Output, Some(Stream::Terminal), false, "ne".into())
        ]
    );
    assert_eq!(lines[1].time, at(9));
    assert_eq!(lines[2].text.spans()[0].style(), crate::logs::Style::PLAIN, "colours end, too");
    writer.remark(None, &"\u{20ac}".repeat(LINE_BYTES));
    assert_eq!(all(&reader)[3].bytes.len(), LINE_BYTES / 3 * 3);
}

#[test]
fn colours_last_from_line_to_line_of_one_stream_only() {
    let (mut writer, reader) = Log::new(1 << 20);
    writer.append(Stream::Stderr, None, b"\x1b[33mWARNING: one\ntwo\n");
    writer.append(Stream::Stdout, None, b"other\n");
    writer.append(Stream::Stderr, None, b"three\x1b[0m\nfour\n");
    let seen: Vec<String> = reader
        .window(LineNumber::new(2), 9)
        .iter()
        .map(|line| crate::logs::clean::tests::marked(&line.text))
        .collect();
    assert_eq!(seen, ["<yellow>two</>", "other", "<yellow>three</>", "four"]);
}

#[test]
fn a_line_without_an_end_goes_on_in_others() {
    let (mut writer, reader) = Log::new(4 << 20);
    for _ in 0..100 {
        writer.append(Stream::Stdout, None, "€uro ".repeat(1000).as_bytes());
    }
    writer.append(Stream::Stdout, None, b"\nshort\n");
    let lines = all(&reader);
    let bytes: Vec<u8> = lines.iter().take(lines.len() - 1).flat_map(|line| line.bytes.clone()).collect();
    assert_eq!(bytes, "€uro ".repeat(100_000).as_bytes(), "nothing is lost");
    assert!(lines.iter().all(|line| line.bytes.len() <= LINE_BYTES));
    assert!(lines.iter().all(|line| str::from_utf8(&line.bytes).is_ok()), "no character is halved");
    let kinds: Vec<LineKind> = lines.iter().map(|line| line.kind).collect();
    assert_eq!(lines.len(), 700_000 / LINE_BYTES + 2);
    assert_eq!((kinds[0], kinds[1]), (LineKind::Output, LineKind::Continuation));
    assert_eq!(kinds.last(), Some(&LineKind::Output));
}

#[test]
fn a_line_as_long_as_can_be_is_one() {
    let (mut writer, reader) = Log::new(4 << 20);
    for extra in [0, 1] {
        writer.append(Stream::Stdout, None, &vec![b'x'; LINE_BYTES + extra]);
        writer.append(Stream::Stdout, None, b"\n");
    }
    let lengths: Vec<usize> = all(&reader).iter().map(|line| line.bytes.len()).collect();
    assert_eq!(lengths, [LINE_BYTES, LINE_BYTES, 1]);
}

#[test]
fn a_payload_longer_than_a_line_does_not_get_out() {
    for (begin, end) in
        [("\x1b]52;c;", "\x07"), ("\x1b]52;c;", "\x1b\\"), ("\x1bPq", "\x1b\\"), ("\x1b_G", "\x1b\\")]
    {
        let (mut writer, reader) = Log::new(4 << 20);
        let line = format!("before{begin}{}{end}after\nnext\n", "A".repeat(200_000));
        writer.append(Stream::Stdout, None, line.as_bytes());
        let lines = reader.window(LineNumber::FIRST, 99);
        let texts: Vec<String> = lines.iter().map(|line| line.text.plain()).collect();
        assert_eq!(texts, ["before", "", "", "after", "next"], "{begin:?}");
    }
    let (mut writer, reader) = Log::new(4 << 20);
    writer.append(Stream::Stdout, None, b"before\x1b]52;c;AAAA\nnext\n");
    let lines = reader.window(LineNumber::FIRST, 99);
    assert_eq!(lines[1].text.plain(), "next", "a stray byte does not swallow the log");
}

#[test]
fn a_prompt_does_not_hold_up_the_other_stream_for_ever() {
    let (mut writer, reader) = Log::new(64 << 20);
    writer.append(Stream::Stdout, None, b"Continue? ");
    for _ in 0..10_000 {
        writer.append(Stream::Stderr, None, format!("{:0>99}\n", 1).as_bytes());
    }
    assert!(writer.shared.lock().tail().size() <= TAIL_BYTES + LINE_BYTES);
    writer.append(Stream::Stdout, None, b"yes\n");
    let prompt = &reader.window(LineNumber::FIRST, 1)[0];
    assert_eq!((prompt.text.plain().as_str(), prompt.is_open), ("Continue? ", false));
    let answer = &reader.window(reader.extent().end.minus(1), 1)[0];
    assert_eq!((answer.text.plain().as_str(), answer.kind), ("yes", LineKind::Continuation));
    assert_eq!(reader.extent().lines(), 10_002);
}

#[test]
fn memory_is_bounded_and_what_goes_is_counted() {
    let (mut writer, reader) = Log::new(4 << 20);
    let mut written = 0;
    for number in 1..=200_000_u64 {
        let line = format!("NOTE: line {number} of a long build\n");
        written += line.len() as u64;
        writer.append(Stream::Stdout, at(1), line.as_bytes());
    }
    let extent = reader.extent();
    assert_eq!(extent.end.get(), 200_001);
    assert_eq!(extent.bytes + extent.dropped_bytes, written);
    assert!(extent.bytes + extent.lines() * 16 <= 4 << 20);
    assert!(extent.bytes + extent.lines() * 16 >= 3 << 20, "no more than is needed goes");
    for place in [extent.first.get(), extent.first.get() + 12_345, 200_000] {
        let line = &reader.window(LineNumber::new(place), 1)[0];
        assert_eq!(line.text.plain(), format!("NOTE: line {place} of a long build"));
        assert_eq!(line.number.get(), place);
    }
    assert_eq!(reader.window(LineNumber::FIRST, 1)[0].number, extent.first, "from the oldest that is held");
    assert_eq!(reader.window(extent.first, usize::MAX).len(), crate::logs::WINDOW_LINES);
}

#[test]
fn readers_go_to_other_threads() {
    fn is_shared<T: Clone + std::fmt::Debug + Send + Sync + 'static>(_: &T) {}
    let (mut writer, reader) = Log::new(1 << 20);
    is_shared(&reader);
    let watching = std::thread::spawn({
        let reader = reader.clone();
        move || {
            let mut seen = 0;
            while seen < 20_000 {
                let extent = reader.extent();
                for line in reader.window(extent.end.minus(50), 50) {
                    assert_eq!(line.text.plain(), format!("line {}", line.number));
                }
                seen = extent.end.since(LineNumber::FIRST);
            }
        }
    });
    for number in 1..=20_000 {
        writer.append(Stream::Stdout, None, format!("line {number}\n").as_bytes());
    }
    watching.join().unwrap();
}
