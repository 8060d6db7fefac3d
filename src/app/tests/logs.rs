//! Following logs through everything that can happen to them.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use tokio_util::task::AbortOnDropHandle;

use super::harness::{engine, key, opening};
use crate::actions::Supervisor;
use crate::app::clock::Clock;
use crate::app::demo;
use crate::app::engines::Engines;
use crate::app::follow_log::follow;
use crate::app::link::Links;
use crate::app::outbox::{Inbox, boxes};
use crate::app::own_log::OwnLog;
use crate::app::wires::Wires;
use crate::engine::simulated::scene::{Operation, Refusal};
use crate::engine::simulated::{Fault, Simulated};
use crate::engine::{ContainerManager, StopOptions};
use crate::logs::{LineKind, LogReader};
use crate::ui::{ContainerNews, LogState, Message, Wanted};

pub(super) fn wires(engine: &Simulated) -> (Wires, Inbox) {
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
        log_limit: 1 << 20,
        log_directory: std::env::temp_dir().as_path().into(),
        links: Links::default(),
        wanted,
        open: opening(engine),
        log: OwnLog::default(),
    };
    (wires, inbox)
}

/// A log that is followed, and the engine kept open.
struct Followed {
    reader: LogReader,
    state: Arc<std::sync::Mutex<LogState>>,
    _engines: Engines,
    _tasks: [AbortOnDropHandle<()>; 2],
}

async fn followed(engine: &Simulated) -> Followed {
    let (wires, mut inbox) = wires(engine);
    let key = key(engine, "yocto-a").await;
    let mut engines = Engines::new(wires.clone());
    engines.add(demo::candidate());
    let link = wires.links.get(key.engine).unwrap();
    let following = tokio::spawn(follow(wires, link, key));
    let reader = loop {
        if let Some(Message::Container(_, ContainerNews::Log(reader))) = inbox.messages.recv().await {
            break reader;
        }
    };
    let state = Arc::new(std::sync::Mutex::new(LogState::Open));
    let last = state.clone();
    let hearing = tokio::spawn(async move {
        while let Some(message) = inbox.messages.recv().await {
            if let Message::Container(_, ContainerNews::LogMoved(state)) = message {
                *last.lock().unwrap() = state;
            }
        }
    });
    let tasks = [following, hearing].map(AbortOnDropHandle::new);
    Followed { reader, state, _engines: engines, _tasks: tasks }
}

impl Followed {
    fn lines(&self, kind: LineKind) -> Vec<String> {
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

    /// Waits for a printed line.
    async fn until_line(&self, wanted: &str) -> Vec<String> {
        let begun = Instant::now();
        loop {
            let lines = self.lines(LineKind::Output);
            if lines.iter().any(|line| line.contains(wanted)) {
                return lines;
            }
            assert!(begun.elapsed() < Duration::from_secs(600), "no {wanted} in {lines:#?}");
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

#[tokio::test(start_paused = true)]
async fn of_a_long_log_the_end_is_read_and_it_is_said() {
    let engine = engine(&scene(
        r#"{stdout: "early\n", repeat: 500}, {after: 1s, stdout: "line {n}\n", repeat: 10000}, {after: 20s, stdout: "more\n"}"#,
    ));
    sleep(Duration::from_secs(5)).await;
    let log = followed(&engine).await;
    let lines = log.until_line("more").await;
    assert_eq!(lines.len(), 10_001);
    let remarks = log.lines(LineKind::Remark);
    assert!(remarks.len() == 1 && remarks[0].contains("there are earlier ones"), "{remarks:?}");
}
