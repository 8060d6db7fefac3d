//! Whatever is pressed, clicked and heard, in whatever order: `update` takes it and `view` draws it, at any size.

use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{
    KeyCode, KeyEvent, KeyEventKind, KeyEventState, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::actions::Progress;
use crate::bitbake::{BuildReader, Cause, CauseKind, Output};
use crate::builds::WatchedBuild;
use crate::engine::{BlockIo, Container, ContainerState, Cpu, Memory, NetworkIo, ProcessTable, Stats};
use crate::logs::{Found, LineNumber, Log, LogReader, Stream};

use crate::sessions::{Session, SessionState};

use super::test_builds::{ended, id, watched, whole};
use super::test_sessions::{session, session_ended};
use super::test_support::{DOCKER, PODMAN, Stage, container, key, mounting, noon, usage, volume};
use super::{
    ActionId, ActionNews, ContainerKey, ContainerNews, Ended, Ending, EngineId, EngineNews, LogState, LookId,
    Message, Problem, SessionLogNews, SessionTabId, TaskLogId, TaskLogNews, Tone, Yield,
};

/// Something that happens. Made into a message only when it does, for messages cannot be cloned.
#[derive(Debug, Clone)]
enum Happening {
    Key(KeyCode, KeyModifiers, bool),
    Mouse(MouseEventKind, u16, u16),
    Pasted(String),
    Resized(u16, u16),
    Waited(u32),
    Engine(u16, u8, String),
    Container(u8, u8, String),
    Action(u64, u8, String),
    Told(String),
    Looked,
    Found(u64),
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z/.-]{0,12}",
        Just("寿司👨‍👩‍👧e\u{301}\u{202e}\u{1b}[2J\u{9b}".to_owned()),
        Just("x".repeat(300)),
        any::<String>(),
    ]
}

fn pressed() -> impl Strategy<Value = Happening> {
    let code = prop_oneof![
        8 => proptest::sample::select("EbEbMAjkhlgGfwt#/nNvyuisrRKpeSFDxPcaAoO*qz:?HI.[] dN&L+-!mV'@{}()<>|159%".chars().collect::<Vec<_>>())
            .prop_map(KeyCode::Char),
        1 => any::<char>().prop_map(KeyCode::Char),
        3 => proptest::sample::select(vec![
            KeyCode::Enter, KeyCode::Esc, KeyCode::Tab, KeyCode::BackTab, KeyCode::Backspace, KeyCode::Up,
            KeyCode::Down, KeyCode::Left, KeyCode::Right, KeyCode::PageUp, KeyCode::PageDown, KeyCode::Home,
            KeyCode::End, KeyCode::F(1), KeyCode::Null,
        ]),
    ];
    let held = prop_oneof![
        6 => Just(KeyModifiers::NONE),
        1 => Just(KeyModifiers::CONTROL),
        1 => Just(KeyModifiers::ALT),
        1 => Just(KeyModifiers::SHIFT),
    ];
    (code, held, any::<bool>()).prop_map(|(code, held, repeats)| Happening::Key(code, held, repeats))
}

fn moused() -> impl Strategy<Value = Happening> {
    let kind = proptest::sample::select(vec![
        MouseEventKind::Down(MouseButton::Left),
        MouseEventKind::Down(MouseButton::Right),
        MouseEventKind::Drag(MouseButton::Left),
        MouseEventKind::Up(MouseButton::Left),
        MouseEventKind::Moved,
        MouseEventKind::ScrollUp,
        MouseEventKind::ScrollDown,
    ]);
    (kind, 0..140_u16, 0..70_u16).prop_map(|(kind, x, y)| Happening::Mouse(kind, x, y))
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        8 => pressed(),
        3 => moused(),
        1 => text().prop_map(Happening::Pasted),
        2 => (0..=130_u16, 0..=60_u16).prop_map(|(width, height)| Happening::Resized(width, height)),
        1 => prop_oneof![0..30_u32, any::<u32>()].prop_map(Happening::Waited),
        3 => (0..4_u16, 0..14_u8, text()).prop_map(|(id, what, text)| Happening::Engine(id, what, text)),
        3 => (0..5_u8, 0..24_u8, text()).prop_map(|(of, what, text)| Happening::Container(of, what, text)),
        2 => (0..9_u64, 0..7_u8, text()).prop_map(|(id, what, text)| Happening::Action(id, what, text)),
        1 => text().prop_map(Happening::Told),
        2 => Just(Happening::Looked),
        1 => (0..9_u64).prop_map(Happening::Found),
    ]
}

fn problem(text: &str) -> Problem {
    Problem { hint: Some(text.to_owned()), ..Problem::new(text) }
}

fn some_containers(text: &str) -> Vec<Container> {
    let states = ContainerState::Running;
    let mut odd = mounting(container("yocto-b", ContainerState::Paused, text), text);
    odd.name = text.to_owned();
    odd.created = None;
    vec![container("yocto-a", states, text), odd, container(text, ContainerState::Dead, "Exited (")]
}

fn of_engine(what: u8, text: &str) -> EngineNews {
    match what {
        0 => EngineNews::Trying { named_by: text.into(), endpoint: text.into() },
        1 => EngineNews::Failed(problem(text), Duration::from_secs(3)),
        2 => EngineNews::Containers(some_containers(text)),
        3 => EngineNews::Containers(Vec::new()),
        4 => EngineNews::Volumes(vec![volume(text, true), volume(&"0".repeat(64), false)]),
        5 => EngineNews::Volumes(Vec::new()),
        6 => EngineNews::ListFailed(problem(text)),
        7 => EngineNews::Measuring,
        8 => EngineNews::Measured(Box::new(usage())),
        9 => EngineNews::NotMeasured(problem(text)),
        10 => EngineNews::Silent(Duration::from_secs(u64::MAX / 4)),
        11 => EngineNews::Spoke,
        12 => EngineNews::Lost(problem(text)),
        _ => EngineNews::Containers(
            (0..80).map(|at| container(&format!("{text}{at}"), ContainerState::Running, text)).collect(),
        ),
    }
}

fn of_container(what: u8, text: &str, size: usize) -> ContainerNews {
    match what {
        0 => ContainerNews::NoDetails(problem(text)),
        1 => ContainerNews::Stats(Stats {
            time: Some(noon()),
            cpu: Cpu { total_ns: 0, percent: Some(f64::INFINITY), online: 0 },
            memory: Memory { used: u64::MAX, limit: 1 },
            network: NetworkIo { received: u64::MAX, sent: 0 },
            block: BlockIo::default(),
            pids: None,
        }),
        2 => ContainerNews::Stats(Stats {
            time: None,
            cpu: Cpu { total_ns: 0, percent: Some(f64::NAN), online: 4 },
            memory: Memory { used: 0, limit: 0 },
            network: NetworkIo::default(),
            block: BlockIo::default(),
            pids: Some(u64::MAX),
        }),
        3 => ContainerNews::Top(ProcessTable {
            titles: vec![text.into(), "PID".into()],
            processes: vec![vec![text.into()], vec!["7".into(), text.into(), text.into()], Vec::new()],
        }),
        4 => ContainerNews::Top(ProcessTable { titles: Vec::new(), processes: Vec::new() }),
        5 => ContainerNews::NoTop(problem(text)),
        6 => ContainerNews::LogMoved(LogState::Failed(problem(text))),
        7 => ContainerNews::LogMoved(LogState::Ended),
        8 => ContainerNews::LogHistory(u8::try_from(size).ok()),
        10..=12 => ContainerNews::Build(Arc::new(some_build(what, text, size))),
        13 => ContainerNews::BuildTrouble(id("/work/build"), problem(text)),
        14 => ContainerNews::BuildLog(id("/work/build"), some_log(text, size)),
        15..=17 => {
            let cause = |line| Cause { kind: CauseKind::Patch, line, text: text.to_owned() };
            let number = u64::try_from(size % 4).unwrap();
            let news = match (what, size % 2) {
                (15, _) => TaskLogNews::Log(some_log(text, size)),
                (16, 0) => TaskLogNews::Causes(vec![cause(number), cause(u64::MAX)]),
                (16, _) => TaskLogNews::Causes(Vec::new()),
                (_, 0) => TaskLogNews::Ended,
                _ => TaskLogNews::Failed(problem(text)),
            };
            ContainerNews::TaskLog(TaskLogId(number), news)
        }
        18 => ContainerNews::Sessions(some_sessions(text, size)),
        19 => ContainerNews::NoSessions(problem(text)),
        20..=22 => {
            let news = match (what, size % 3) {
                (20, _) => SessionLogNews::Log(some_log(text, size)),
                (21, _) => SessionLogNews::Moved(u8::try_from(size).ok()),
                (_, 0) => SessionLogNews::Trouble(problem(text)),
                _ => SessionLogNews::Ended,
            };
            ContainerNews::SessionLog(SessionTabId(u64::try_from(size % 5).unwrap()), news)
        }
        _ => ContainerNews::Log(some_log(text, size)),
    }
}

/// Up to twenty sessions: one that runs, one that cannot be read, one that was lost, the others ended.
fn some_sessions(text: &str, size: usize) -> Vec<Session> {
    let of = |at: usize| {
        let (id, at) = (format!("d-{at}"), at);
        let mut one = match at {
            0 => session(&id, text),
            at => session_ended(&id, text, u8::try_from(at).unwrap_or(0)),
        };
        text.clone_into(&mut one.by);
        match at {
            1 => one.state = SessionState::Unreadable { why: text.to_owned() },
            2 => (one.state, one.started) = (SessionState::Lost, None),
            _ => {}
        }
        one
    };
    (0..size % 20).map(of).collect()
}

/// A build of anything: one that has failed tasks, and others that text tells of.
fn some_build(what: u8, text: &str, size: usize) -> WatchedBuild {
    let lines = format!(
        "NOTE: Executing Tasks\nNOTE: Running task 3 of {size} (/m/{text}.bb:do_x)\nNOTE: recipe {text}-1-r0: task do_x: Started\n\
         WARNING: {text}\nERROR: {text}-1-r0 do_x: {text}\nERROR: Task (/m/{text}.bb:do_x) failed with exit code '1'\n"
    );
    let mut reader = BuildReader::new(Output::Mixed);
    reader.feed(crate::bitbake::Stream::Output, Some(noon()), lines.as_bytes());
    let mut build = match what {
        10 => ended(whole("b-nontty-failure-k.raw")),
        _ => watched(reader.build().clone()),
    };
    if size > 5 {
        build.seen.id.directory = text.to_owned();
        build.seen.tasks.iter_mut().for_each(|task| task.name = text.to_owned());
        build.per_minute = vec![u32::MAX; size];
        build.ended = size.is_multiple_of(2).then(noon);
    }
    build
}

fn some_log(text: &str, size: usize) -> LogReader {
    let (mut writer, reader) = Log::new(4096);
    for number in 0..size {
        writer.append(Stream::Stdout, None, format!("{number} {text}\n").repeat(number % 3).as_bytes());
    }
    writer.remark(None, text);
    writer.append(Stream::Stderr, None, text.repeat(200).as_bytes());
    reader
}

fn of_action(what: u8, text: &str) -> ActionNews {
    let ended = |ending, problem| {
        ActionNews::Ended(Box::new(Ended {
            ending,
            elapsed: Duration::MAX,
            attempts: 3,
            problem,
            aftermath: Some(text.to_owned()),
            yielded: Yield::ExitCode(-1),
        }))
    };
    match what {
        0 => ActionNews::Step(text.into()),
        1 => ActionNews::Progress(Progress::Slow { elapsed: Duration::MAX, deadline: None }),
        2 => ActionNews::Printed(text.to_owned().into()),
        3 => ActionNews::Moved,
        4 => ended(Ending::Done, None),
        5 => ended(Ending::Failed, Some(problem(text))),
        _ => {
            let (mut writer, reader) = Log::new(4096);
            writer.append(Stream::Stdout, None, text.as_bytes());
            ActionNews::Output(reader)
        }
    }
}

fn happens(stage: &mut Stage, what: Happening) {
    let message = match what {
        Happening::Key(code, held, repeats) => {
            let kind = if repeats { KeyEventKind::Repeat } else { KeyEventKind::Press };
            Message::Key(KeyEvent { code, modifiers: held, kind, state: KeyEventState::NONE })
        }
        Happening::Mouse(kind, column, row) => {
            Message::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE })
        }
        Happening::Pasted(text) => Message::Pasted(text),
        Happening::Resized(width, height) => Message::Resized(width, height),
        Happening::Waited(seconds) => return stage.wait(u64::from(seconds)),
        Happening::Engine(id, what, text) => Message::Engine(EngineId(id), of_engine(what, &text)),
        Happening::Container(of, what, text) => {
            let names = ["yocto-a", "yocto-b", "yocto-d", "nobody", "pod-a"];
            let engine = if of == 4 { PODMAN } else { DOCKER };
            let size = text.len();
            let of = ContainerKey { engine, ..key(names[usize::from(of)]) };
            Message::Container(of, of_container(what, &text, size))
        }
        Happening::Action(id, what, text) => Message::Action(ActionId(id), of_action(what, &text)),
        Happening::Told(text) => Message::Told(Tone::Bad, text),
        Happening::Looked => {
            stage.looks_through();
            return;
        }
        Happening::Found(id) => {
            let line = LineNumber::new(id);
            let (lines, covered) = ([id, u64::MAX].into_iter().collect(), line..LineNumber::new(u64::MAX));
            Message::Found(LookId(id), Found { lines, covered, shifted: id / 4 })
        }
    };
    stage.tell(message);
}

fn draw(stage: &Stage, width: u16, height: u16) {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| super::view(&stage.model, frame)).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_is_taken_and_drawn(
        first in (0..=130_u16, 0..=60_u16),
        is_ascii in any::<bool>(),
        knows_none in proptest::bool::weighted(0.1),
        happenings in proptest::collection::vec(happening(), 0..60),
    ) {
        let mut stage = if knows_none {
            Stage::empty(first.0, first.1)
        } else {
            Stage::new(first.0, first.1).with_podman()
        };
        stage.model.look.is_ascii = is_ascii;
        for what in happenings {
            happens(&mut stage, what);
            let (width, height) = stage.model.size;
            draw(&stage, width, height);
            let _ = super::wanted(&stage.model);
        }
        // A terminal may have another size than the model heard of last.
        draw(&stage, first.1, first.0);
    }
}

#[test]
fn every_size_is_drawn() {
    let (mut writer, reader) = Log::new(1 << 16);
    writer.append(Stream::Stdout, None, "a line 寿司\n".repeat(100).as_bytes());
    let mut stage = Stage::new(80, 24).with_podman();
    stage.tell(Message::Container(key("yocto-a"), ContainerNews::Log(reader)));
    for width in 0..=130 {
        for height in (0..=60).step_by(3) {
            stage.resize(width, height);
            draw(&stage, width, height);
        }
        stage.keys(["]", "tab", "w", "z"][usize::from(width) % 4]);
    }
    stage.draws_at_any_size();
}
