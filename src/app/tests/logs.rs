//! Following logs through everything that can happen to them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use tokio_util::task::AbortOnDropHandle;

use super::harness::{engine, key, opening};
use crate::actions::Supervisor;
use crate::app::clock::Clock;
use crate::app::connect::Opening;
use crate::app::demo;
use crate::app::engines::Engines;
use crate::app::follow_log::follow;
use crate::app::link::Links;
use crate::app::outbox::{Inbox, boxes};
use crate::app::own_log::OwnLog;
use crate::app::wires::Wires;
use crate::builds::NoHistories;
use crate::engine::discovery::Candidate;
use crate::engine::simulated::scene::{Operation, Refusal};
use crate::engine::simulated::{Fault, Simulated};
use crate::engine::{ContainerManager, StopOptions};
use crate::logs::{Extent, Line, LineKind, LogReader};
use crate::ui::{ContainerKey, ContainerNews, LogState, Message, Wanted};

pub(in crate::app) fn wires(engine: &Simulated) -> (Wires, Inbox) {
    wires_by(opening(engine))
}

fn wires_by(open: Opening) -> (Wires, Inbox) {
    let (outbox, inbox) = boxes();
    // Kept open: what is wanted never changes here.
    let (wanting, wanted) = watch::channel(Wanted::default());
    std::mem::forget(wanting);
    let wires = Wires {
        outbox,
        clock: Clock::start(),
        supervisor: Supervisor::new(),
        limits: Arc::default(),
        rules: Arc::default(),
        keep_sessions: Duration::ZERO,
        log_limit: 64 << 20,
        log_directory: std::env::temp_dir().as_path().into(),
        announce: None,
        links: Links::default(),
        wanted,
        open,
        histories: Arc::new(NoHistories),
        log: OwnLog::default(),
    };
    (wires, inbox)
}

/// A log that is followed, and the engine kept open.
pub(super) struct Followed {
    pub(super) reader: LogReader,
    state: Arc<Mutex<LogState>>,
    /// How far the reading of its history was told to be, each time.
    history: Arc<Mutex<Vec<Option<u8>>>>,
    _engines: Engines,
    _tasks: [AbortOnDropHandle<()>; 2],
}

async fn followed(engine: &Simulated) -> Followed {
    follow_by(opening(engine), demo::candidate(), key(engine, "yocto-a").await).await
}

/// A container of an engine that is opened so.
pub(super) async fn follow_by(open: Opening, candidate: Candidate, key: ContainerKey) -> Followed {
    let (wires, mut inbox) = wires_by(open);
    let mut engines = Engines::new(wires.clone());
    engines.add(candidate);
    let link = wires.links.get(key.engine).unwrap();
    let following = tokio::spawn(follow(wires, link, key));
    let reader = loop {
        if let Some(Message::Container(_, ContainerNews::Log(reader))) = inbox.messages.recv().await {
            break reader;
        }
    };
    let state = Arc::new(Mutex::new(LogState::Open));
    let history = Arc::new(Mutex::new(Vec::new()));
    let (last, told) = (state.clone(), history.clone());
    let hearing = tokio::spawn(async move {
        while let Some(message) = inbox.messages.recv().await {
            match message {
                Message::Container(_, ContainerNews::LogMoved(state)) => *last.lock().unwrap() = state,
                Message::Container(_, ContainerNews::LogHistory(read)) => told.lock().unwrap().push(read),
                _ => {}
            }
        }
    });
    let tasks = [following, hearing].map(AbortOnDropHandle::new);
    Followed { reader, state, history, _engines: engines, _tasks: tasks }
}

impl Followed {
    pub(super) fn lines(&self, kind: LineKind) -> Vec<String> {
        let extent = self.reader.extent();
        let (mut from, mut found) = (extent.first, Vec::new());
        while from < extent.end {
            let lines = self.reader.window(from, crate::logs::WINDOW_LINES);
            let Some(last) = lines.last() else { break };
            from = last.number.plus(1);
            let of_kind = lines.iter().filter(|line| line.kind == kind);
            found.extend(of_kind.map(|line| format!("{:?}", line.text.plain())));
        }
        found
    }

    /// Waits for a printed line; looks at what is new only.
    pub(super) async fn until_line(&self, wanted: &str) -> Vec<String> {
        let (begun, mut seen) = (Instant::now(), Extent::EMPTY);
        loop {
            let now = self.reader.extent();
            // The last one seen may have been unfinished; and of two streams one may have ended far before the other, in
            // what is put in front.
            let mut from = if now.shifted == seen.shifted { seen.end.minus(1) } else { now.first };
            seen = now;
            while from < now.end {
                let lines = self.reader.window(from, crate::logs::WINDOW_LINES);
                let is_it = |line: &Line| format!("{:?}", line.text.plain()).contains(wanted);
                if lines.iter().any(|line| line.kind == LineKind::Output && is_it(line)) {
                    return self.lines(LineKind::Output);
                }
                from = lines.last().map_or(now.end, |last| last.number.plus(1));
            }
            let lines = || self.lines(LineKind::Output);
            assert!(begun.elapsed() < Duration::from_secs(600), "no {wanted} in {:#?}", lines());
            sleep(Duration::from_millis(50)).await;
        }
    }
}

fn scene(output: &str) -> String {
    format!(
        r#"
images: [{{reference: "yocto:kirkstone"}}]
containers:
  - name: yocto-a
    image: yocto:kirkstone
    state: running
    process: {{output: [{output}], exit: {{never: true}}}}
"#
    )
}

fn each_once(lines: &[String], last: usize) {
    for number in 1..=last {
        let wanted = format!("line {number}\"");
        let count = lines.iter().filter(|line| line.contains(&wanted)).count();
        assert_eq!(count, 1, "{wanted} in {lines:#?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_breaks_again_and_again_loses_nothing_and_repeats_nothing() {
    for fault in [
        Fault { on: vec![Operation::Logs], break_after: Some(7), ..Fault::default() },
        Fault { on: vec![Operation::Logs], end_after: Some(7), ..Fault::default() },
    ] {
        let engine = engine(&scene(r#"{stdout: "line {n}\n", repeat: 1000, every: 1s}"#));
        engine.add_fault(fault);
        let log = followed(&engine).await;
        let lines = log.until_line("line 40\"").await;
        each_once(&lines, 40);
        let remarks = log.lines(LineKind::Remark);
        assert!(remarks.iter().any(|remark| remark.contains("broke off")), "{remarks:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_container_that_starts_again_is_followed_on_and_it_is_said() {
    let engine = engine(&scene(r#"{stdout: "line {n}\n", repeat: 5}"#));
    let log = followed(&engine).await;
    let id = key(&engine, "yocto-a").await.id;
    each_once(&log.until_line("line 5\"").await, 5);
    engine.stop(&id, &StopOptions::default()).await.unwrap();
    let begun = Instant::now();
    while *log.state.lock().unwrap() != LogState::Ended {
        sleep(Duration::from_millis(50)).await;
        assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", log.state.lock().unwrap());
    }
    sleep(Duration::from_secs(100)).await;
    engine.start(&id).await.unwrap();
    while log.lines(LineKind::Output).len() < 10 {
        sleep(Duration::from_millis(50)).await;
        assert!(begun.elapsed() < Duration::from_secs(200), "{:#?}", log.lines(LineKind::Output));
    }
    sleep(Duration::from_secs(30)).await;
    assert_eq!(log.lines(LineKind::Output).len(), 10);
    let remarks = log.lines(LineKind::Remark);
    assert_eq!(remarks.len(), 1, "{remarks:?}");
    assert!(remarks[0].contains("started again"), "{remarks:?}");
    assert_eq!(*log.state.lock().unwrap(), LogState::Open);
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_was_away_is_read_on_where_it_was() {
    let engine = engine(&scene(r#"{stdout: "line {n}\n", repeat: 1000, every: 1s}"#));
    let log = followed(&engine).await;
    log.until_line("line 5\"").await;
    engine.add_fault(Fault { refuse: Some(Refusal::Unreachable), ..Fault::default() });
    sleep(Duration::from_secs(30)).await;
    engine.clear_faults();
    let lines = log.until_line("line 60\"").await;
    each_once(&lines, 60);
}

/// Waits until what was there before is read, and put before the rest.
pub(super) async fn whole(log: &Followed) -> Vec<String> {
    let begun = Instant::now();
    while log.history.lock().unwrap().last() != Some(&None) {
        sleep(Duration::from_millis(50)).await;
        assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", log.history.lock().unwrap());
    }
    log.lines(LineKind::Output)
}

pub(super) fn numbered(lines: &[String], prefix: &str, count: usize) {
    let of_prefix = lines.iter().filter(|line| line.starts_with(&format!("\"{prefix} ")));
    let wanted = (1..=count).map(|number| format!("\"{prefix} {number}\""));
    let wrong = of_prefix.clone().zip(wanted).find(|(line, wanted)| *line != wanted);
    assert_eq!(wrong, None);
    assert_eq!(of_prefix.count(), count, "{prefix}");
}

#[tokio::test(start_paused = true)]
async fn of_a_long_log_the_end_is_there_at_once_and_all_of_it_later() {
    // Of the seam's 15 000 equal stamps, a third are before it.
    let engine = engine(&scene(
        r#"{stdout: "early {n}\n", repeat: 20000, every: 1ms},
           {after: 1s, stdout: "same {n}\n", repeat: 15000},
           {after: 20s, stdout: "live {n}\n", repeat: 10000, every: 1ms}"#,
    ));
    sleep(Duration::from_secs(30)).await;
    let log = followed(&engine).await;
    let tail = log.until_line("same 15000").await;
    assert_eq!(tail.len(), 10_000);
    let lines = whole(&log).await;
    numbered(&lines, "early", 20_000);
    numbered(&lines, "same", 15_000);
    let lines = log.until_line("live 10000").await;
    assert_eq!(lines.len(), 45_000);
    numbered(&lines, "live", 10_000);
    assert!(lines[0].contains("early 1\"") && lines[44_999].contains("live 10000\""));
    assert_eq!(log.lines(LineKind::Remark), [""; 0]);
    assert_eq!(log.reader.extent().shifted, 25_000);
    let told = log.history.lock().unwrap().clone();
    assert!(told.len() > 10 && told.is_sorted_by_key(|read| read.unwrap_or(100)), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn a_short_log_is_not_moved() {
    let engine = engine(&scene(r#"{stdout: "line {n}\n", repeat: 500}"#));
    let log = followed(&engine).await;
    log.until_line("line 500\"").await;
    assert_eq!(whole(&log).await.len(), 500);
    assert_eq!(log.reader.extent().shifted, 0);
    assert_eq!(*log.history.lock().unwrap(), [None]);
}

#[tokio::test(start_paused = true)]
async fn what_was_there_before_is_read_on_where_it_broke_off() {
    let engine = engine(&scene(
        r#"{stdout: "early {n}\n", repeat: 30000, every: 1ms}, {stdout: "live {n}\n", repeat: 1000, every: 1s}"#,
    ));
    sleep(Duration::from_secs(31)).await;
    engine.add_fault(Fault {
        on: vec![Operation::Logs],
        break_after: Some(2500),
        times: Some(20),
        ..Fault::default()
    });
    let log = followed(&engine).await;
    let lines = whole(&log).await;
    numbered(&lines, "early", 30_000);
    sleep(Duration::from_secs(200)).await;
    let lines = log.until_line("live 200\"").await;
    numbered(&lines[..30_200], "live", 200);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_for_good_is_said_where_it_would_be() {
    let engine = engine(&scene(r#"{stdout: "line {n}\n", repeat: 20000, every: 1ms}"#));
    sleep(Duration::from_secs(30)).await;
    engine.add_fault(Fault {
        on: vec![Operation::Logs],
        skip: 1,
        refuse: Some(Refusal::EngineFault),
        ..Fault::default()
    });
    let log = followed(&engine).await;
    assert_eq!(whole(&log).await.len(), 10_000);
    let remarks = log.lines(LineKind::Remark);
    assert!(remarks.len() == 1 && remarks[0].contains("could not be read: "), "{remarks:?}");
    assert_eq!(log.reader.window(crate::logs::LineNumber::FIRST, 1)[0].kind, LineKind::Remark);
}

#[tokio::test(start_paused = true)]
async fn what_the_engine_rotated_away_meanwhile_is_said_in_its_place() {
    let text = "x".repeat(8000);
    let engine = engine(&scene(&format!(
        r#"{{stdout: "line {{n}}\n", repeat: 20, every: 1s}}, {{stdout: "{text} {{n}}\n", repeat: 6000}}, {{stdout: "last\n"}}"#
    )));
    let log = followed(&engine).await;
    log.until_line("line 5\"").await;
    engine.add_fault(Fault { refuse: Some(Refusal::Unreachable), ..Fault::default() });
    sleep(Duration::from_secs(60)).await;
    engine.clear_faults();
    log.until_line("last").await;
    let remarks = log.lines(LineKind::Remark);
    let gaps: Vec<_> = remarks.iter().filter(|remark| remark.contains("are missing")).collect();
    assert_eq!(gaps.len(), 1, "{remarks:?}");
}

#[tokio::test(start_paused = true)]
async fn a_log_that_cannot_be_read_says_why_and_is_not_asked_for_again() {
    for driver in ["none", "syslog"] {
        let of_driver = format!("    log_driver: {driver}\n    process:");
        let engine = engine(&scene(r#"{stdout: "line\n"}"#).replace("    process:", &of_driver));
        // A second time it would be there.
        engine.add_fault(Fault {
            on: vec![Operation::Logs],
            refuse: Some(Refusal::Unsupported),
            times: Some(1),
            ..Fault::default()
        });
        let log = followed(&engine).await;
        sleep(Duration::from_secs(600)).await;
        let state = log.state.lock().unwrap().clone();
        let LogState::Failed(problem) = state else { panic!("{state:?}") };
        assert!(problem.words.contains(&format!("log driver is {driver}")), "{problem:?}");
        assert!(problem.hint.is_some() && log.reader.extent().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_keeps_the_end_only_says_so_at_the_beginning() {
    let options = "    log_driver: json-file\n    log_options: {max-size: 10m, max-file: '3'}\n    process:";
    let engine = engine(&scene(r#"{stdout: "line {n}\n", repeat: 20}"#).replace("    process:", options));
    let log = followed(&engine).await;
    numbered(&whole(&log).await, "line", 20);
    let first = log.reader.window(crate::logs::LineNumber::FIRST, 1).remove(0);
    assert_eq!(first.kind, LineKind::Remark);
    assert!(first.text.plain().contains("only 3 files of 10m"), "{}", first.text.plain());
}

#[tokio::test(start_paused = true)]
async fn a_line_in_pieces_is_joined_where_it_broke_off_among_them() {
    let text = "0123456789".repeat(10_240);
    let engine = engine(&scene(&format!(
        r#"{{stdout: "before\n"}}, {{after: 1s, stdout: "{text}\n"}}, {{after: 9s, stdout: "after\n"}}"#
    )));
    for cut in 1..8 {
        engine.add_fault(Fault {
            on: vec![Operation::Logs],
            break_after: Some(cut),
            times: Some(1),
            ..Fault::default()
        });
        let log = followed(&engine).await;
        log.until_line("after").await;
        let lines = log.reader.raw_window(crate::logs::LineNumber::FIRST, 100);
        let printed = lines.iter().filter(|line| line.kind != LineKind::Remark);
        let joined = printed.fold(Vec::new(), |mut joined, line| {
            if line.kind == LineKind::Output {
                joined.push(Vec::new());
            }
            joined.last_mut().unwrap().extend_from_slice(&line.bytes);
            joined
        });
        let texts: Vec<_> = joined.iter().map(|line| String::from_utf8_lossy(line)).collect();
        assert!(
            texts == ["before", &text, "after"],
            "{cut}: {:?}",
            texts.iter().map(|line| line.len()).collect::<Vec<_>>()
        );
    }
}
