use std::path::Path;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::bitbake::{BuildReader, Output, Phase, Stream};

fn small() -> Vec<u8> {
    let root = std::env::var_os("CARGO_MANIFEST_DIR").unwrap();
    std::fs::read(Path::new(&root).join("tests/fixtures/bitbake/event-log/small.json")).unwrap()
}

fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<EventLogEvent>, u64, u64) {
    let mut events = Vec::new();
    let mut reader = EventLogReader::new();
    for piece in pieces {
        reader.feed(piece, &mut |event| events.push(event.clone()));
    }
    (events, reader.lines(), reader.unread())
}

fn task(pf: &str, task: &str, pid: u64, mc: Option<&str>, after: &str) -> TaskEvent {
    let (pn, rest) = pf.split_once('-').unwrap();
    let pv = rest.split_once('-').unwrap().0;
    TaskEvent {
        pf: pf.to_owned(),
        pn: pn.to_owned(),
        task: task.to_owned(),
        multiconfig: mc.map(str::to_owned),
        pid: Some(pid),
        log: Some(format!("/b/tmp/work/core2-64/{pn}/{pv}/temp/log.{task}.{pid}")),
        time: Some(after.parse().unwrap()),
    }
}

#[test]
fn a_whole_log_is_read() {
    use EventLogEvent::*;
    let process = |percent| Process { name: "Initialising tasks".into(), percent };
    let stats = |completed, active, failed| {
        Queue(QueueStats {
            completed,
            active,
            failed,
            total: 9,
            setscene_covered: 3,
            setscene_notcovered: 1,
            setscene_active: 0,
            setscene_total: 4,
        })
    };
    let busybox = |after| task("busybox-1.36-r0", "do_compile", 72, Some("boxa"), after);
    let expected = [
        Parsing { current: 0, total: 308 },
        Parsing { current: 30, total: 308 },
        Parsing { current: 150, total: 308 },
        Parsed,
        process(0),
        process(45),
        process(100),
        stats(2, 1, 0),
        TaskStarted(task("zlib-1.3-r0", "do_fetch", 71, None, "2025-06-27T04:53:20.25Z")),
        TaskProgress { pid: 71, percent: None, rate: None },
        TaskProgress { pid: 71, percent: Some(37), rate: Some("1.5M/s".into()) },
        TaskStarted(busybox("2025-06-27T04:53:21.75Z")),
        TaskEnded(task("zlib-1.3-r0", "do_fetch", 71, None, "2025-06-27T04:53:23.75Z"), Ending::Succeeded),
        TaskEnded(
            task("glibc-2.39-r0", "do_package_setscene", 73, None, "2025-06-27T04:53:24.25Z"),
            Ending::FailedSilently,
        ),
        TaskEnded(busybox("2025-06-27T04:53:25.25Z"), Ending::Failed),
        stats(4, 0, 1),
        Completed { failures: 1, interrupted: 0 },
    ];
    let (events, lines, unread) = read([small().as_slice()]);
    assert_eq!((lines, unread), (22, 0));
    assert_eq!(events, expected);
}

#[test]
fn every_cut_gives_the_same_events() {
    let bytes = small();
    let whole = read([bytes.as_slice()]);
    for at in (0..bytes.len()).step_by(7) {
        let (left, right) = bytes.split_at(at);
        assert_eq!(read([left, right]), whole, "cut at {at}");
    }
    assert_eq!(read(bytes.chunks(1)), whole);
}

#[test]
fn of_lines_that_are_of_no_use_nothing_is_kept() {
    let mut reader = EventLogReader::new();
    for begins in [
        &b"{\"allvariables\": {"[..],
        b"{\"class\": \"bb.event.ConfigParsed\", \"vars\": \"",
        b"{\"class\": \"bb.build.TaskStarted\", \"vars\": \"",
    ] {
        reader.feed(begins, &mut |_| panic!("an event"));
        for _ in 0..200 {
            reader.feed(&[b'A'; 10_000], &mut |_| panic!("an event"));
            let is_of_use = begins.ends_with(b"bb.build.TaskStarted\", \"vars\": \"");
            assert!(reader.open.len() <= if is_of_use { LONGEST } else { HEAD });
        }
        reader.feed(b"\"}\n", &mut |_| panic!("an event"));
        assert!(reader.open.is_empty());
    }
    let mut heard = 0;
    reader.feed(&small(), &mut |_| heard += 1);
    assert_eq!(heard, 17);
}

/// What a line costs: most are only looked at.
#[test]
fn a_line_costs_little() {
    let most = if cfg!(debug_assertions) { Duration::from_micros(100) } else { Duration::from_micros(5) };
    let bytes = small().repeat(20);
    let time = |_| {
        let begun = Instant::now();
        let (_, lines, _) = read(bytes.chunks(32 << 10));
        begun.elapsed() / u32::try_from(lines).unwrap()
    };
    let each = (0..20).map(time).min().unwrap();
    assert!(each < most, "{each:?} a line");
}

const PRINTED: &str = "NOTE: Executing Tasks\nNOTE: Running task 1 of 9 (/m/zlib_1.3.bb:do_fetch)\nNOTE: recipe zlib-1.3-r0: task do_fetch: Started\n";

/// The events up to and with the one that is so.
fn until(is_it: impl Fn(&EventLogEvent) -> bool) -> Vec<EventLogEvent> {
    let (events, ..) = read([small().as_slice()]);
    let end = events.iter().position(is_it).unwrap();
    events[..=end].to_vec()
}

#[test]
fn a_build_learns_of_its_tasks_whichever_log_is_ahead() {
    let events = until(|event| matches!(event, EventLogEvent::TaskProgress { percent: Some(_), .. }));
    for printed_first in [true, false] {
        let mut reader = BuildReader::new(Output::Apart);
        if printed_first {
            reader.feed(Stream::Output, None, PRINTED.as_bytes());
        }
        for event in &events {
            reader.learn(event);
        }
        if !printed_first {
            assert!(reader.build().running().is_empty());
            reader.feed(Stream::Output, None, PRINTED.as_bytes());
        }
        let [task] = reader.build().running() else { panic!("one runs") };
        assert_eq!((task.pid, task.percent, task.rate.as_deref()), (Some(71), Some(37), Some("1.5M/s")));
        assert_eq!(task.log.as_deref(), Some("/b/tmp/work/core2-64/zlib/1.3/temp/log.do_fetch.71"));
        assert_eq!(task.since, Some("2025-06-27T04:53:20.25Z".parse().unwrap()));
        assert_eq!(reader.build().tasks().total, Some(9));
    }
}

#[test]
fn a_build_learns_how_far_parsing_is() {
    let mut reader = BuildReader::new(Output::Apart);
    reader.learn(&EventLogEvent::Parsing { current: 150, total: 300 });
    assert_eq!((reader.build().phase(), reader.build().parse_percent()), (Phase::Parsing, Some(50)));
    reader.learn(&EventLogEvent::Process { name: "Initialising tasks".into(), percent: 10 });
    assert_eq!(reader.build().phase(), Phase::Initialising);
    // What is printed late is of the same build.
    reader.feed(Stream::Output, None, b"Loading cache...done.\nParsing recipes...done.\n");
    assert!(reader.earlier().is_empty());
    assert_eq!(reader.build().phase(), Phase::Initialising);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_pickle_is_read_or_passed_over(bytes in prop::collection::vec(any::<u8>(), 0..300), class in prop::sample::select(&["bb.build.TaskStarted", "bb.event.ParseProgress"][..])) {
        let line = format!("{{\"class\": \"{class}\", \"vars\": \"{}\"}}\n", STANDARD.encode(&bytes));
        let whole = read([line.as_bytes()]);
        prop_assert_eq!(read(line.as_bytes().chunks(5)), whole);
    }

    #[test]
    fn a_spoilt_log_is_read_as_far_as_it_goes(at in 0_usize..31_000, byte in any::<u8>(), size in 1_usize..5000) {
        let mut bytes = small();
        if let Some(spoilt) = bytes.get_mut(at) {
            *spoilt = byte;
        }
        let whole = read([bytes.as_slice()]);
        prop_assert!(whole.0.len() >= 15);
        prop_assert_eq!(read(bytes.chunks(size)), whole);
    }
}
