//! Looking through logs of some size, and through what comes later.

use std::fmt::Write as _;
use std::time::Duration;

use tokio::time::timeout;
use tokio_util::task::AbortOnDropHandle;

use super::harness::{Console, SCENE, engine};
use super::logs::wires;
use crate::app::look_through::look;
use crate::app::outbox::Inbox;
use crate::logs::{Extent, Findings, Found, LineNumber, Log, LogReader, LogWriter, Pattern, Query, Stream};
use crate::ui::{LookId, Looking, Message};

const LINES: u64 = 300_000;
const PLACE: LineNumber = LineNumber::new(150_000);
/// Nothing here takes as long, however busy the machine is.
const LONG: Duration = Duration::from_secs(60);

/// A log of many lines on a disk, every thousandth of which has a needle.
fn a_log(directory: &std::path::Path) -> (LogWriter, LogReader) {
    let (mut writer, reader) = Log::temporary(directory, 1 << 30);
    let mut lines = String::new();
    for number in 1..=LINES {
        let what = if number % 1000 == 0 { "needle" } else { "recipe do_compile: Succeeded of a task" };
        writeln!(lines, "NOTE: {what} {number} of {LINES}").unwrap();
        if number % 1000 == 0 {
            writer.append(Stream::Stdout, None, lines.as_bytes());
            lines.clear();
        }
    }
    (writer, reader)
}

fn looking(reader: &LogReader, typed: &str) -> Looking {
    let query = Query::Matching(Pattern::new(typed).unwrap());
    Looking { id: LookId(7), reader: reader.clone(), query, covered: PLACE..PLACE }
}

/// A search that has begun; once it is dropped, no message can come but those that wait.
fn begun(looking: Looking) -> (AbortOnDropHandle<()>, Inbox) {
    let (wires, inbox) = wires(&engine(SCENE));
    (AbortOnDropHandle::new(tokio::spawn(look(wires, looking))), inbox)
}

async fn heard(inbox: &mut Inbox) -> Option<Found> {
    match timeout(LONG, inbox.messages.recv()).await.expect("nothing for a minute")? {
        Message::Found(LookId(7), found) => Some(found),
        other => panic!("{other:?}"),
    }
}

/// Hears everything until all that is there has been looked through; how many messages that took.
async fn all(inbox: &mut Inbox, findings: &mut Findings, extent: &Extent) -> usize {
    let mut count = 0;
    while !findings.is_complete(extent) {
        findings.add(&heard(inbox).await.unwrap());
        count += 1;
    }
    count
}

#[tokio::test]
async fn it_looks_outwards_from_a_place_and_finds_everything() {
    let directory = tempfile::tempdir().unwrap();
    let (_writer, reader) = a_log(directory.path());
    let (_task, mut inbox) = begun(looking(&reader, "needle"));
    let first = heard(&mut inbox).await.unwrap();
    assert!(first.covered.contains(&PLACE) || first.covered.end == PLACE, "{:?}", first.covered);
    assert!(first.lines.contains(PLACE.get()), "the nearest comes first");
    let extent = reader.extent();
    let mut findings = Findings::beginning_at(PLACE, &extent);
    findings.add(&first);
    let steps = all(&mut inbox, &mut findings, &extent).await;
    assert_eq!(findings.count(&extent), LINES / 1000);
    assert!(steps < 60, "{steps} messages of slices that take a while each");
}

#[tokio::test]
async fn it_ends_soon_when_it_is_dropped() {
    let directory = tempfile::tempdir().unwrap();
    let (_writer, reader) = a_log(directory.path());
    let (task, mut inbox) = begun(looking(&reader, "needle"));
    heard(&mut inbox).await.unwrap();
    drop(task);
    let mut covered = 0;
    // The inbox is closed as soon as the task is gone, which has the only way to it.
    while let Some(found) = heard(&mut inbox).await {
        covered = found.covered.end.since(found.covered.start);
    }
    assert!(covered < LINES, "it went on to the end");
}

#[tokio::test]
async fn what_comes_later_is_looked_through_and_nothing_is_told_of_nothing() {
    let (mut writer, reader) = Log::new(1 << 20);
    writer.append(Stream::Stdout, None, b"a needle\n");
    let (_task, mut inbox) =
        begun(Looking { covered: LineNumber::FIRST..LineNumber::FIRST, ..looking(&reader, "needle") });
    assert_eq!(heard(&mut inbox).await.unwrap().lines.iter().collect::<Vec<_>>(), [1]);
    // An unfinished line is nothing yet.
    writer.append(Stream::Stdout, None, b"another nee");
    writer.append(Stream::Stdout, None, b"dle\nhay\n");
    let found = heard(&mut inbox).await.unwrap();
    assert_eq!(found.lines.iter().collect::<Vec<_>>(), [2]);
    assert_eq!(found.covered, LineNumber::FIRST..LineNumber::new(4));
    drop(writer);
    assert!(heard(&mut inbox).await.is_none(), "it ends when nothing more can come");
}

#[tokio::test(start_paused = true)]
async fn a_console_finds_what_is_typed() {
    let console = Console::open(&engine(SCENE));
    console.shows("yocto-a").await;
    console.press("enter");
    console.shows("line 9").await;
    console.press("/line 3$");
    console.shows("/line 3$▏ 1 of 1").await;
    console.press("enter");
    console.press("&line [24]$");
    console.shows("2 lines").await;
    console.shows("nothing").await;
}
