//! Whole screens as they are drawn.

use std::time::Duration;

use insta::assert_snapshot;

use super::seen::style_of;
use crate::actions::Progress;
use crate::engine::{BlockIo, ContainerState, Cpu, EngineKind, Memory, NetworkIo, Stats, StopOptions};
use crate::logs::{Log, LogReader, Stream};
use crate::ui::model::{Focus, Options};
use crate::ui::test_support::{
    DOCKER, Stage, container, containers, foreign, identity, key, mounting, noon, volume, volumes,
};
use crate::ui::{
    ActionNews, ContainerNews, EngineId, EngineNews, Look, Message, Problem, Request, Tone, Yield,
};

fn figures(percent: f64, memory: u64, second: i64) -> Stats {
    Stats {
        time: Some(noon() + jiff::SignedDuration::from_secs(second)),
        cpu: Cpu { total_ns: 0, percent: Some(percent), online: 16 },
        memory: Memory { used: memory, limit: 16 << 30 },
        network: NetworkIo { received: 5_000_000 * second.unsigned_abs(), sent: 3000 },
        block: BlockIo { read: 0, written: 90_000_000 * second.unsigned_abs() },
        pids: Some(212),
    }
}

fn build_log() -> LogReader {
    let (mut writer, reader) = Log::new(1 << 20);
    for number in 1..=3121 {
        let line = match number % 9 {
            0 => format!("\x1b[33mWARNING\x1b[0m: recipe-{number}: checksum of a local file is not set\n"),
            _ => format!("NOTE: recipe linux-yocto-6.6.{number}-r0: task do_compile: Started\n"),
        };
        writer.append(Stream::Stdout, None, line.as_bytes());
    }
    reader
}

/// Four builds at two engines, one with a long name; figures; a log; volumes with sizes.
fn busy(width: u16, height: u16) -> Stage {
    use ContainerState as S;
    let mut stage = Stage::new(width, height).with_podman();
    let mut listed = containers();
    listed.push(container("core-image-minimal-with-a-long-name-qemux86-64", S::Running, "Up 41 seconds"));
    listed.push(container("yocto-restarts", S::Restarting, "Restarting (1) 3 seconds ago"));
    listed.push(container("yocto-new", S::Created, "Created"));
    stage.tell(Message::Engine(DOCKER, EngineNews::Containers(listed)));
    let mut all = volumes();
    all.push(volume("3f1c9a0b77e04c5d8a6b2e1f3f1c9a0b77e04c5d8a6b2e1f3f1c9a0b77e04c5d", false));
    stage.tell(Message::Engine(DOCKER, EngineNews::Volumes(all)));
    let long = "core-image-minimal-with-a-long-name-qemux86-64";
    for (name, percent, memory) in
        [("yocto-a", 1480.0, 15_900 << 20), ("yocto-b", 7.0, 900 << 20), (long, 0.2, 812 << 10)]
    {
        for second in 0..3 {
            let stats = figures(percent, memory, second);
            stage.tell(Message::Container(key(name), ContainerNews::Stats(stats)));
        }
    }
    stage.on("yocto-a");
    stage.tell(Message::Container(key("yocto-a"), ContainerNews::Log(build_log())));
    stage
}

/// Three actions: one slow, one being cancelled, one new; and two that ended.
fn acting(width: u16, height: u16) -> Stage {
    let mut stage = busy(width, height);
    let begin = |stage: &mut Stage, request: Request, name: &str| {
        let now = stage.model.now;
        stage.model.actions.begin(request, name.to_owned(), Some(Duration::from_secs(60)), now)
    };
    let stop = begin(&mut stage, Request::Stop(key("yocto-b"), StopOptions::default()), "yocto-b");
    stage.wait(7);
    let pull = begin(&mut stage, Request::Pull(DOCKER, "x".into()), "registry.example/yocto:scarthgap");
    stage.news(pull, ActionNews::Step("12 of 31 layers, 1.4 GiB of 3.9 GiB".into()));
    stage.wait(5);
    stage.news(
        stop,
        ActionNews::Progress(Progress::Slow { elapsed: Duration::from_secs(12), deadline: None }),
    );
    stage.model.actions.cancel(pull);
    begin(&mut stage, Request::Start(key("yocto-old")), "yocto-old");
    stage.wait(1);
    stage
}

#[test]
fn at_80_by_24_one_side_is_shown() {
    let mut stage = busy(80, 24);
    assert_snapshot!("busy_80x24", stage.draw());
    stage.keys("enter");
    assert_snapshot!("busy_80x24_pane", stage.draw());
}

#[test]
fn at_120_by_40_both_sides_are_shown() {
    let mut stage = busy(120, 40);
    stage.keys("space j space");
    assert_snapshot!("busy_120x40", stage.draw());
    assert_eq!(style_of(&stage, "▌"), "magenta", "what is marked has a bar, not only a colour");
}

#[test]
fn at_200_by_50_there_are_more_columns() {
    assert_snapshot!("busy_200x50", busy(200, 50).draw());
}

#[test]
fn small_terminals_say_what_is_needed() {
    assert_snapshot!("busy_20x5", busy(20, 5).draw());
    assert_snapshot!("busy_60x15", busy(60, 15).draw());
}

#[test]
fn in_ascii_nothing_else_is_drawn() {
    let mut stage = acting(120, 30);
    stage.model.look = Look { is_ascii: true, ..Look::default() };
    let drawn = stage.draw();
    assert_snapshot!("ascii_120x30", drawn);
    assert!(drawn.is_ascii(), "{:?}", drawn.chars().filter(|c| !c.is_ascii()).collect::<String>());
}

#[test]
fn a_filter_is_shown_while_it_is_typed_and_after() {
    let mut stage = busy(120, 30);
    stage.keys("/").types("yct");
    assert_snapshot!("filter_typed_120x30", stage.draw());
    assert_eq!(style_of(&stage, "/yct"), "cyan");
    stage.pastes("zzz").keys("enter");
    assert!(stage.draw().contains("None of them matches."), "{}", stage.draw());
}

#[test]
fn the_strip_tells_what_goes_on_in_columns() {
    let stage = acting(120, 30);
    assert_snapshot!("strip_120x30", stage.draw());
    assert_eq!(style_of(&stage, "slow"), "yellow");
    let mut stage = acting(80, 24);
    let actions: Vec<_> = stage.model.actions.running().map(|one| one.id).collect();
    stage.done(actions[0], Yield::Nothing);
    stage.fails(actions[1], Problem::new("cannot pull image: the registry refused: unauthorised"));
    assert_snapshot!("strip_ended_80x24", stage.draw());
    assert_eq!(style_of(&stage, "✖ cannot pull"), "red");
}

#[test]
fn the_strip_does_not_jitter() {
    let mut stage = acting(120, 30);
    let columns = |stage: &Stage| {
        let drawn = stage.draw();
        let lines: Vec<&str> = drawn.lines().rev().skip(1).take(3).collect();
        let at = |line: &&str| (line.find("of at most"), line.find("cancel"));
        lines.iter().map(at).collect::<Vec<_>>()
    };
    let before = columns(&stage);
    for seconds in [1, 8, 60, 3600] {
        stage.wait(seconds);
        assert_eq!(columns(&stage), before, "{}", stage.draw());
    }
}

#[test]
fn toasts_lie_over_the_corner() {
    let mut stage = busy(120, 30);
    stage.tell(Message::Told(Tone::Good, "copied yocto-a".into()));
    stage.tell(Message::Told(Tone::Bad, "yocto-b: the kernel ended a process of it: out of memory".into()));
    assert_snapshot!("toasts_120x30", stage.draw());
    assert_eq!(style_of(&stage, "copied"), "green");
    assert_eq!(style_of(&stage, "yocto-b: the kernel"), "red");
}

#[test]
fn an_engine_that_is_silent_or_lost_has_a_line() {
    let mut stage = busy(120, 30);
    stage.tell(Message::Engine(DOCKER, EngineNews::Silent(Duration::from_secs(3))));
    stage.wait(9);
    stage.tell(Message::Engine(EngineId(2), EngineNews::Lost(Problem::new("the connection was closed"))));
    stage.wait(31);
    stage.keys("esc");
    assert_snapshot!("lost_120x30", stage.draw());
    assert_eq!(style_of(&stage, "docker: no answer"), "yellow");
    assert_eq!(style_of(&stage, "podman 4.3.1"), "red");
}

#[test]
fn the_engine_page_says_what_was_tried() {
    let mut stage = Stage::empty(80, 24);
    assert_snapshot!("engines_none_yet_80x24", stage.draw());
    stage.model.engines.is_complete = true;
    assert_snapshot!("engines_none_80x24", stage.draw());
    let trying =
        |endpoint: &str| EngineNews::Trying { named_by: "usual socket".into(), endpoint: endpoint.into() };
    stage.tell(Message::Engine(DOCKER, trying("unix:///var/run/docker.sock")));
    stage.tell(Message::Engine(EngineId(2), trying("unix:///run/podman/podman.sock")));
    stage.wait(4);
    let problem = Problem {
        hint: Some(
            "add yourself to the group docker: sudo usermod -aG docker $USER, then log in anew".into(),
        ),
        ..Problem::new("cannot reach engine unix:///var/run/docker.sock: permission denied (os error 13)")
    };
    let again = stage.model.now.since_start + Duration::from_secs(5);
    stage.tell(Message::Engine(DOCKER, EngineNews::Failed(problem, again)));
    stage.wait(1);
    assert_snapshot!("engines_failed_80x24", stage.draw());
    assert_eq!(style_of(&stage, "cannot reach"), "red");
    stage.resize(120, 40);
    assert_snapshot!("engines_failed_120x40", stage.draw());
}

#[test]
fn empty_lists_say_what_to_do() {
    let mut stage = Stage::empty(120, 30);
    let docker = identity(EngineKind::Docker, "20.10.24", "/var/run/docker.sock");
    stage.engine(DOCKER, docker, Vec::new(), Vec::new());
    assert_snapshot!("empty_120x30", stage.draw());
    stage.keys("tab");
    assert!(stage.draw().contains("No volumes. N makes one."), "{}", stage.draw());
}

#[test]
fn read_only_takes_the_keys_away() {
    let mut stage = busy(120, 30);
    stage.model.options = Options { read_only: true, ..Options::default() };
    let drawn = stage.draw();
    let footer = drawn.lines().last().unwrap();
    assert!(!footer.contains(" stop ") && footer.contains("filter"), "{footer}");
    assert_eq!(style_of(&stage, "read-only"), "yellow");
}

#[test]
fn states_are_told_by_glyph_and_word_and_colour() {
    let mut stage = busy(120, 40);
    stage.on("yocto-new");
    for (glyph, style) in [("● yocto-b", "green"), ("✖ yocto-d", "red"), ("‖ yocto-c", "yellow")] {
        assert_eq!(style_of(&stage, glyph), style, "{glyph}");
    }
    assert_eq!(style_of(&stage, "exited 1"), "red");
    assert_eq!(style_of(&stage, "yocto-old"), "darkgray", "what is idle is dim");
    stage.resize(200, 50);
    assert_eq!(style_of(&stage, "15.5 GiB"), "red", "nearly all of its memory");
}

#[test]
fn volumes_keep_their_columns_with_any_name() {
    let mut stage = Stage::new(200, 50);
    let odd = mounting(container("odd", ContainerState::Running, "Up"), "protected-寿司");
    stage.tell(Message::Engine(DOCKER, EngineNews::Containers(vec![foreign(odd)])));
    stage.tell(Message::Engine(
        DOCKER,
        EngineNews::Volumes(vec![volume("protected-寿司", true), volume("sstate-cache", true)]),
    ));
    stage.model.focus = Focus::Pane;
    assert_eq!(style_of(&stage, "protected-寿司"), "bold", "the name is no mark of protection");
    assert_eq!(style_of(&stage, "protected  unused"), "cyan");
    stage.on_volume("sstate-cache");
    assert_eq!(style_of(&stage, "sstate-cache"), "reversed");
    let drawn = stage.draw();
    let column = |line: &str, word: &str| line.find(word).map(|at| crate::text::fit::width(&line[..at]));
    let at = |name: &str, word: &str| {
        drawn.lines().find(|line| line.contains(name)).and_then(|line| column(line, word))
    };
    assert_eq!(at("寿司", "1 user"), at("sstate-cache", "unused").map(|at| at + 1), "{drawn}");
}
