//! Opening again: after an end in good order, and after one in the midst of writing.

use std::fs;
use std::io::BufRead as _;

use proptest::prelude::*;

use super::*;
use crate::logs::{Extent, RawLine, Stream};

fn opened(directory: &Path, limit: u64) -> (LogWriter, LogReader) {
    Log::lasting(directory, limit).unwrap()
}

fn all(reader: &LogReader) -> Vec<RawLine> {
    let Extent { first, end, .. } = reader.extent();
    let mut lines = Vec::new();
    while lines.len() < usize::try_from(end.since(first)).unwrap() {
        lines.extend(reader.raw_window(first.plus(lines.len() as u64), usize::MAX));
    }
    lines
}

fn texts(lines: &[RawLine]) -> Vec<String> {
    lines.iter().map(|line| String::from_utf8_lossy(&line.bytes).into_owned()).collect()
}

/// The same files, as they are just now: what a program leaves that is killed.
fn killed(directory: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for file in fs::read_dir(directory).unwrap() {
        let path = file.unwrap().path();
        fs::copy(&path, copy.path().join(path.file_name().unwrap())).unwrap();
    }
    copy
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_was_flushed_is_there_again_whatever_comes_after(
        runs in prop::collection::vec(prop::collection::vec("[a-f]{0,30}", 0..40), 1..5),
        limit in 1_u64..6000,
        at_random in any::<prop::sample::Index>(),
    ) {
        let directory = tempfile::tempdir().unwrap();
        let mut model: Vec<String> = Vec::new();
        for run in &runs {
            let (mut writer, reader) = opened(directory.path(), limit);
            for (count, line) in run.iter().enumerate() {
                writer.append(Stream::Stdout, None, format!("{line}\n").as_bytes());
                model.push(line.clone());
                if count % 7 == 3 {
                    writer.flush().unwrap();
                    let copy = killed(directory.path());
                    let (_writer, again) = opened(copy.path(), limit);
                    // Dropped lines come back where their file held others.
                    let mut lines = all(&again);
                    lines.retain(|line| line.number >= reader.extent().first);
                    prop_assert_eq!(lines, all(&reader));
                    prop_assert_eq!(again.extent().end, reader.extent().end);
                    let bytes = |extent: Extent| extent.dropped_bytes + extent.bytes;
                    prop_assert_eq!(bytes(again.extent()), bytes(reader.extent()));
                }
            }
            let dropped = usize::try_from(reader.extent().dropped_lines()).unwrap();
            prop_assert_eq!(texts(&all(&reader)), &model[dropped..]);
            let bytes: usize = model[..dropped].iter().map(|line| line.len() + 1).sum();
            prop_assert_eq!(reader.extent().dropped_bytes, bytes as u64);
            writer.close().unwrap();
        }
        // Cut off anywhere, it is the same lines up to some whole one.
        let whole = all(&opened(directory.path(), limit).1);
        for ending in ["lines", "facts"] {
            let copy = killed(directory.path());
            if let Some(newest) = parts(copy.path()).unwrap().pop() {
                let path = newest.with_extension(ending);
                let length = usize::try_from(fs::metadata(&path).unwrap().len()).unwrap();
                let file = OpenOptions::new().write(true).open(&path).unwrap();
                file.set_len(at_random.index(length + 1) as u64).unwrap();
                let (mut writer, reader) = opened(copy.path(), limit);
                let held = all(&reader);
                let from = whole.iter().position(|line| Some(line.number) == held.first().map(|line| line.number));
                if let Some(from) = from {
                    prop_assert_eq!(&held[..], &whole[from..from + held.len()]);
                }
                writer.append(Stream::Stdout, None, b"more\n");
                writer.close().unwrap();
                let (_writer, reader) = opened(copy.path(), limit);
                prop_assert_eq!(texts(&all(&reader)).pop(), Some("more".to_owned()));
            }
        }
    }
}

#[test]
fn times_streams_and_levels_come_back_and_the_files_are_text() {
    let directory = tempfile::tempdir().unwrap();
    let (mut writer, reader) = opened(directory.path(), 1 << 20);
    let time = Some("2026-03-01T10:00:00.123456789Z".parse().unwrap());
    writer.append(Stream::Stderr, time, b"\x1b[31mERROR: one\ntwo\n");
    writer.remark(time, "started again");
    writer.append(Stream::Terminal, None, b"half");
    let before = all(&reader);
    writer.close().unwrap();
    let (_writer, reader) = opened(directory.path(), 1 << 20);
    let after = all(&reader);
    assert_eq!(after[..3], before[..3]);
    assert_eq!(texts(&after), ["\x1b[31mERROR: one", "two", "started again", "half"]);
    assert_eq!(reader.extent().errors, 1);
    let lines = parts(directory.path()).unwrap()[0].with_extension("lines");
    assert_eq!(fs::read(lines).unwrap(), b"\x1b[31mERROR: one\ntwo\nstarted again\nhalf\n");
}

#[test]
fn a_hole_where_the_last_lines_were_is_no_line() {
    let directory = tempfile::tempdir().unwrap();
    let (mut writer, _reader) = opened(directory.path(), 1 << 20);
    writer.append(Stream::Stdout, None, b"one\ntwo\nthree\n");
    writer.close().unwrap();
    // A machine that lost its power may keep a file's length without what was written last.
    let lines = parts(directory.path()).unwrap()[0].with_extension("lines");
    fs::write(&lines, b"one\ntwo\n\0\0\0\0\0\0").unwrap();
    let (_writer, reader) = opened(directory.path(), 1 << 20);
    assert_eq!(texts(&all(&reader)), ["one", "two"]);
}

/// Where the child of the next test writes.
const KILLED: &str = "SMIDR_TEST_KILLED_LOG";

/// Numbers without end, and on standard output how far they are in the file.
fn write_until_killed(directory: &Path) {
    let (mut writer, reader) = opened(directory, 1 << 20);
    for number in reader.extent().end.get().. {
        writer.append(Stream::Stdout, None, format!("line {number}\n").as_bytes());
        if number % 777 == 0 {
            writer.flush().unwrap();
            println!("flushed {number}");
        }
    }
}

#[test]
fn a_program_that_is_killed_leaves_whole_lines_to_go_on_from() {
    if let Some(directory) = std::env::var_os(KILLED) {
        return write_until_killed(Path::new(&directory));
    }
    let directory = tempfile::tempdir().unwrap();
    for round in 1..=5 {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "--nocapture",
                "logs::lasting::tests::a_program_that_is_killed_leaves_whole_lines_to_go_on_from",
            ])
            .env(KILLED, directory.path())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let told = std::io::BufReader::new(child.stdout.take().unwrap());
        let flushed = told
            .lines()
            .map_while(Result::ok)
            .filter_map(|line| line.strip_prefix("flushed ").and_then(|number| number.parse::<u64>().ok()));
        let flushed = flushed.take(20 * round).last().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let (_writer, reader) = opened(directory.path(), 1 << 20);
        let Extent { first, end, .. } = reader.extent();
        assert!(end.get() > flushed, "{flushed} lines were in the file, {end:?} is the end");
        assert!(end.since(first) > 700);
        for line in all(&reader) {
            assert_eq!(line.bytes, format!("line {}", line.number).into_bytes());
        }
    }
}

#[test]
fn one_at_a_time_writes() {
    let directory = tempfile::tempdir().unwrap();
    let (writer, _reader) = opened(directory.path(), 1 << 20);
    let error = Log::lasting(directory.path(), 1 << 20).unwrap_err();
    assert!(matches!(&error, OpenLogError::InUse(of) if of == directory.path()), "{error:?}");
    drop(writer);
    opened(directory.path(), 1 << 20);
}

#[test]
fn a_place_that_cannot_be_is_said() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let error = Log::lasting(&file.path().join("log"), 1 << 20).unwrap_err();
    assert!(error.to_string().contains("cannot open the log in"), "{error}");
}

#[test]
fn what_is_dropped_takes_no_room_on_the_disk() {
    let directory = tempfile::tempdir().unwrap();
    let (mut writer, reader) = opened(directory.path(), 1 << 20);
    for number in 1..=100_000_u64 {
        writer.append(Stream::Stdout, None, format!("NOTE: line {number} of a long build\n").as_bytes());
    }
    let before = all(&reader);
    writer.close().unwrap();
    let files = fs::read_dir(directory.path()).unwrap();
    let size: u64 = files.map(|file| file.unwrap().metadata().unwrap().len()).sum();
    assert!(size <= (1 << 20) + (1 << 20) / 8, "{size}");
    drop(reader);
    let (_writer, reader) = opened(directory.path(), 1 << 20);
    assert_eq!(all(&reader), before);
}
