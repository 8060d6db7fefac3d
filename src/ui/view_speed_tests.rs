//! What a frame costs does not grow with what is behind it: thousands of containers, a million lines.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::engine::ContainerState;
use crate::logs::{Log, LogReader, Stream};
use crate::ui::model::Focus;
use crate::ui::test_support::{DOCKER, Stage, container, key, mounting, volume};
use crate::ui::{ContainerNews, EngineNews, Message, view};

fn log_of(lines: usize) -> LogReader {
    let (mut writer, reader) = Log::new(1 << 30);
    let mut text = String::new();
    for number in 1..=lines {
        let _ = writeln!(text, "NOTE: recipe linux-yocto-6.6.{number}-r0: task do_compile: Started");
        if text.len() > 1 << 20 || number == lines {
            writer.append(Stream::Stdout, None, text.as_bytes());
            text.clear();
        }
    }
    reader
}

fn stage_of(containers: usize, lines: usize) -> Stage {
    let mut stage = Stage::new(200, 50);
    let listed = (0..containers).map(|number| {
        let one = container(&format!("yocto-{number:04}"), ContainerState::Running, "Up 3 hours");
        mounting(one, &format!("build-{}", number % 50))
    });
    stage.tell(Message::Engine(DOCKER, EngineNews::Containers(listed.collect())));
    let volumes = (0..50).map(|number| volume(&format!("build-{number}"), true));
    stage.tell(Message::Engine(DOCKER, EngineNews::Volumes(volumes.collect())));
    stage.on("yocto-0000");
    stage.tell(Message::Container(key("yocto-0000"), ContainerNews::Log(log_of(lines))));
    stage
}

/// The fastest of many: what else the machine does does not count.
fn fastest(times: usize, mut work: impl FnMut()) -> Duration {
    let time = |work: &mut dyn FnMut()| {
        let begun = Instant::now();
        work();
        begun.elapsed()
    };
    (0..times).map(|_| time(&mut work)).min().unwrap_or_default()
}

fn frame(stage: &Stage) -> Duration {
    let mut terminal = Terminal::new(TestBackend::new(200, 50)).unwrap();
    fastest(8, || {
        terminal.draw(|frame| view(&stage.model, frame)).unwrap();
    })
}

fn tick(stage: &mut Stage) -> Duration {
    fastest(50, || stage.tell(Message::Tick))
}

#[test]
fn a_frame_costs_the_same_whatever_is_behind_it() {
    let mut small = stage_of(60, 1000);
    let mut large = stage_of(4000, 100_000);
    // Whatever else the machine does just then: one of a few tries is quiet.
    for (focus, wraps) in [(Focus::Containers, false), (Focus::Volumes, true)] {
        for stage in [&mut small, &mut large] {
            (stage.model.focus, stage.model.pane.display.wrap) = (focus, wraps);
        }
        let tried: Vec<_> = (0..8).map(|_| (frame(&small), frame(&large))).collect();
        assert!(tried.iter().any(|(few, many)| *many < *few * 3 / 2), "{focus:?}: {tried:?}");
    }
    let tried: Vec<_> = (0..8).map(|_| (tick(&mut small), tick(&mut large))).collect();
    assert!(tried.iter().any(|(few, many)| *many < *few * 3), "a tick: {tried:?}");
}

/// Run by hand: `cargo test --release --lib view_speed -- --ignored --nocapture`.
#[test]
#[ignore = "says how long a frame takes, and judges nothing"]
fn how_long_a_frame_takes() {
    let mut stage = stage_of(1000, 1_000_000);
    for wraps in [false, true] {
        stage.model.pane.display.wrap = wraps;
        println!("1000 containers, 1 000 000 lines, 200x50, broken {wraps}: {:?} a frame", frame(&stage));
    }
    println!("a tick: {:?}", tick(&mut stage));
}
