//! Searches against looking at each line as it is drawn.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::logs::{Findings, Log, LogWriter, Stream};

/// A log of small segments, in memory or on a disk.
fn logs(limit: u64) -> [(LogWriter, LogReader); 2] {
    [Log::new(limit), Log::temporary(&std::env::temp_dir(), limit)]
}

fn all(reader: &LogReader) -> Vec<(LineNumber, Option<Level>, String)> {
    let Extent { first, end, .. } = reader.extent();
    let mut lines = Vec::new();
    while lines.len() < usize::try_from(end.since(first)).unwrap() {
        let window = reader.window(first.plus(lines.len() as u64), usize::MAX);
        lines.extend(window.into_iter().map(|line| (line.number, line.level, line.text.plain())));
    }
    lines
}

/// What a search finds, and that it covers everything once.
fn found(search: &mut Search) -> BTreeSet<u64> {
    let mut lines = BTreeSet::new();
    let mut covered: Option<Range<LineNumber>> = None;
    while let Some(found) = search.step() {
        if let Some(before) = covered {
            assert!(found.covered.start <= before.start && found.covered.end >= before.end);
            assert_ne!(found.covered, before, "a step looks at something");
        }
        covered = Some(found.covered.clone());
        for line in found.lines {
            assert!(lines.insert(line), "line {line} is found twice");
        }
    }
    if let Some(covered) = covered {
        let Extent { first, end, .. } = search.reader.extent();
        assert_eq!(covered, first..end);
    }
    lines
}

fn queries() -> Vec<Query> {
    let patterns =
        ["a", "ab", "B", "^a", "b$", "a[^b]b", r"\s", "b?", "a.*b", r"\bb", "é", "(", "\u{fffd}", "10%"];
    let patterns = patterns.map(|typed| Pattern::new(typed).unwrap());
    let both = patterns.into_iter().flat_map(|one| [Query::Matching(one.clone()), Query::Lacking(one)]);
    both.chain([Level::Error, Level::Warning, Level::Note].map(Query::Level)).collect()
}

fn wants(query: &Query, level: Option<Level>, text: &str) -> bool {
    match query {
        Query::Matching(pattern) => pattern.is_in(text),
        Query::Lacking(pattern) => !pattern.is_in(text),
        Query::Level(least) => level >= Some(*least),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_search_finds_what_looking_at_each_line_finds(
        lines in prop::collection::vec(
            "(ERROR: |WARNING: |NOTE: )?([abB (]|\t|\x1b\\[3[0-7]m|\x1b\\[0m|\r|é|10%){0,20}", 0..80),
        from in 0_u64..90,
        limit in 400_u64..20_000,
    ) {
        for (mut writer, reader) in logs(limit) {
            for line in &lines {
                writer.append(Stream::Stdout, None, format!("{line}\n").as_bytes());
            }
            writer.append(Stream::Stdout, None, b"\xffa\xfe\n");
            let model = all(&reader);
            for query in queries() {
                let wanted = model.iter().filter(|(_, level, text)| wants(&query, *level, text));
                let wanted: BTreeSet<u64> = wanted.map(|(number, ..)| number.get()).collect();
                let from = LineNumber::new(from);
                let mut search = Search::new(reader.clone(), query.clone(), from..from);
                prop_assert_eq!(found(&mut search), wanted, "{:?}", query);
                prop_assert!(search.step().is_none());
            }
        }
    }
}

/// Some thousand segments' worth of lines, every hundredth with a mark.
fn many(writer: &mut LogWriter, numbers: Range<u64>) {
    for number in numbers {
        let mark = if number % 100 == 0 { " marked" } else { "" };
        writer.append(Stream::Stdout, None, format!("NOTE: line {number}{mark}\n").as_bytes());
    }
}

#[test]
fn the_nearest_segments_come_first_and_new_lines_later() {
    let (mut writer, reader) = Log::temporary(&std::env::temp_dir(), 1 << 20);
    many(&mut writer, 1..20_001);
    let query = Query::Matching(Pattern::new("marked").unwrap());
    let from = LineNumber::new(10_050);
    let mut search = Search::new(reader.clone(), query, from..from);
    let extent = reader.extent();
    let mut findings = Findings::beginning_at(from, &extent);
    findings.add(&search.step().unwrap());
    assert_eq!(findings.next(from, &extent), Some(LineNumber::new(10_100)), "after one step");
    findings.add(&search.step().unwrap());
    assert_eq!(findings.previous(from, &extent), Some(LineNumber::new(10_000)), "after another");
    assert!(!findings.is_complete(&extent));
    while let Some(found) = search.step() {
        findings.add(&found);
    }
    assert!(findings.is_complete(&extent));
    assert_eq!((findings.count(&extent), findings.rank(from, &extent)), (200, 100));
    many(&mut writer, 20_001..20_201);
    while let Some(found) = search.step() {
        findings.add(&found);
    }
    let extent = reader.extent();
    assert_eq!(findings.count(&extent), 202);
    assert_eq!(findings.next(LineNumber::new(20_150), &extent), Some(LineNumber::new(20_200)));
    assert_eq!(findings.next(LineNumber::new(20_200), &extent), None);
}

#[test]
fn lines_put_before_the_first_are_found_under_the_new_numbers() {
    let (mut writer, reader) = Log::new(8 << 20);
    many(&mut writer, 1001..2001);
    let query = Query::Matching(Pattern::new("marked").unwrap());
    let middle = LineNumber::new(500);
    let mut search = Search::new(reader.clone(), query, middle..middle);
    let mut findings = Findings::beginning_at(middle, &reader.extent());
    while let Some(found) = search.step() {
        findings.add(&found);
    }
    assert_eq!(findings.count(&reader.extent()), 10);
    let (mut earlier, _) = Log::new(8 << 20);
    many(&mut earlier, 1..1001);
    writer.prepend(earlier);
    while let Some(found) = search.step() {
        findings.add(&found);
    }
    let extent = reader.extent();
    let mut line = LineNumber::FIRST;
    for number in 1..=20 {
        line = findings.next(line, &extent).unwrap();
        assert_eq!(line.get(), number * 100);
        assert!(reader.window(line, 1)[0].text.plain().ends_with("marked"));
    }
    assert_eq!(findings.next(line, &extent), None);
}

#[test]
fn context_is_shown_around_and_not_counted() {
    let (mut writer, reader) = Log::new(8 << 20);
    many(&mut writer, 1..1001);
    let query = Query::Matching(Pattern::new("line 1 |line 100 |line 1000").unwrap());
    let mut findings = Findings::beginning_at(LineNumber::FIRST, &reader.extent());
    findings.set_context(2);
    let mut search = Search::new(reader.clone(), query, LineNumber::FIRST..LineNumber::FIRST);
    while let Some(found) = search.step() {
        findings.add(&found);
    }
    let extent = reader.extent();
    let shown = |findings: &Findings| {
        let mut line = LineNumber::new(0);
        let mut lines = Vec::new();
        while let Some(next) = findings.next(line, &extent) {
            lines.push(next.get());
            line = next;
        }
        lines
    };
    assert_eq!(shown(&findings), [98, 99, 100, 101, 102, 998, 999, 1000]);
    assert_eq!(findings.count(&extent), 2);
    assert!(findings.has(LineNumber::new(100)) && !findings.has(LineNumber::new(101)));
    findings.set_context(0);
    assert_eq!(shown(&findings), [100, 1000]);
    assert_eq!(findings.previous(LineNumber::new(1000), &extent), Some(LineNumber::new(100)));
}
