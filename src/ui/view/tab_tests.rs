//! The tabs that tell of the selected container: what it uses, what the engine knows, its processes.

use std::collections::BTreeMap;

use insta::assert_snapshot;

use super::seen::{pane, pane_bottom, style_of, with_tab};
use crate::engine::{
    BlockIo, Capabilities, ContainerDetails, ContainerState, Cpu, EngineKind, Feature, Memory, MountPoint,
    NetworkIo, ProcessTable, Stats,
};
use crate::ui::model::Tab;
use crate::ui::test_support::{DOCKER, Stage, container, identity, key, noon};
use crate::ui::{ContainerNews, EngineNews, Message, Problem};

fn tell(stage: &mut Stage, news: ContainerNews) {
    stage.tell(Message::Container(key("yocto-a"), news));
}

fn read(stage: &mut Stage, seconds: std::ops::Range<u32>) {
    for second in seconds {
        let wave = f64::from(second % 100);
        let counter = u64::from(second) * u64::from(second) * 3000;
        tell(
            stage,
            ContainerNews::Stats(Stats {
                time: Some(noon() + jiff::SignedDuration::from_secs(i64::from(second))),
                cpu: Cpu { total_ns: 0, percent: Some(wave * 8.0), online: 16 },
                memory: Memory { used: u64::from(second) << 23, limit: 16 << 30 },
                network: NetworkIo { received: counter, sent: counter / 900 },
                block: BlockIo { read: 0, written: counter * 7 },
                pids: Some(212),
            }),
        );
    }
}

fn becomes(stage: &mut Stage, now: ContainerState) {
    let listed = vec![container("yocto-a", now, "")];
    stage.tell(Message::Engine(DOCKER, EngineNews::Containers(listed)));
}

fn without(stage: &mut Stage, feature: Feature) {
    let mut docker = identity(EngineKind::Docker, "20.10.24", "/var/run/docker.sock");
    docker.capabilities = Capabilities::all().without(feature, "cgroups are not mounted");
    stage.tell(Message::Engine(DOCKER, EngineNews::Answers(Box::new(docker))));
}

#[test]
fn figures_have_charts_with_a_time_axis() {
    for (width, height) in [(80, 24), (120, 40), (200, 50)] {
        let mut stage = with_tab(width, height, Tab::Stats);
        read(&mut stage, 0..1000);
        assert_snapshot!(format!("stats_{width}x{height}"), pane(&stage).join("\n"));
    }
}

#[test]
fn before_ten_minutes_are_over_the_axis_says_less() {
    let mut stage = with_tab(120, 40, Tab::Stats);
    assert!(pane(&stage)[0].contains("the first figures take two seconds"));
    read(&mut stage, 0..30);
    let last = pane(&stage).pop().unwrap();
    assert!(last.trim_start().starts_with("57s ago") && last.ends_with("now"), "{last}");
    read(&mut stage, 30..100);
    let last = pane(&stage).pop().unwrap();
    assert!(last.trim_start().starts_with("10m ago") && last.ends_with("now"), "{last}");
}

#[test]
fn bars_keep_their_height_as_they_move() {
    let mut stage = with_tab(120, 40, Tab::Stats);
    read(&mut stage, 0..700);
    let bars = |stage: &Stage| {
        let rows: Vec<Vec<char>> = pane(stage)[2..7].iter().map(|row| row.chars().collect()).collect();
        let bar = |x: usize| rows.iter().map(|row| row.get(x).copied().unwrap_or(' ')).collect::<String>();
        (15..70).map(bar).collect::<Vec<_>>()
    };
    let mut moves = 0;
    for second in 700..722 {
        let before = bars(&stage);
        read(&mut stage, second..second + 1);
        let after = bars(&stage);
        // The newest one still grows.
        let last = before.len() - 1;
        let has_moved = after[..last - 1] == before[1..last];
        assert!(has_moved || after[..last] == before[..last], "{second}: {before:#?} became {after:#?}");
        moves += usize::from(has_moved);
    }
    assert_eq!(moves, 2, "eleven readings share a cell");
}

#[test]
fn the_widths_of_figures_stay() {
    let mut stage = with_tab(80, 24, Tab::Stats);
    read(&mut stage, 0..3);
    let columns = |stage: &Stage| {
        let pane = pane(stage);
        pane[1..].iter().map(|row| (row.find("peak"), row.find("mean"))).collect::<Vec<_>>()
    };
    let before = columns(&stage);
    assert!(before[0].0.is_some(), "{before:?}");
    read(&mut stage, 3..400);
    assert_eq!(columns(&stage), before);
}

#[test]
fn without_figures_it_says_why() {
    let mut stage = with_tab(80, 24, Tab::Stats);
    becomes(&mut stage, ContainerState::Exited);
    assert_eq!(pane(&stage)[0], " It does not run: it uses nothing.");
    without(&mut stage, Feature::Stats);
    assert_eq!(pane(&stage)[0], " docker cannot: cgroups are not mounted");
    assert_eq!(style_of(&stage, "docker cannot"), "yellow");
}

fn details() -> ContainerDetails {
    let labels = BTreeMap::from([("org.example.token".to_owned(), "hunter2".to_owned())]);
    let mount = MountPoint {
        volume: Some("sstate-cache".into()),
        source: "/var/lib/docker/volumes/sstate-cache/_data".into(),
        target: "/work/sstate".into(),
        read_only: true,
    };
    ContainerDetails {
        id: "id-yocto-a".into(),
        name: "yocto-a".into(),
        image: "registry.example/yocto:kirkstone".into(),
        image_id: None,
        platform: Some("linux/amd64".into()),
        state: ContainerState::Running,
        pid: Some(4711),
        exit_code: None,
        oom_killed: false,
        error: None,
        created: None,
        started: None,
        finished: None,
        entrypoint: vec!["/usr/bin/init".into()],
        command: vec!["sleep".into(), "infinity".into()],
        env: vec!["MACHINE=qemux86-64".into(), "API_TOKEN=hunter2".into()],
        user: "builder".into(),
        working_dir: "/work".into(),
        labels,
        mounts: vec![mount],
        memory_limit: Some(16 << 30),
        cpu_limit: None,
        network_mode: "bridge".into(),
        tty: false,
        log_driver: "json-file".into(),
        log_options: BTreeMap::new(),
        restarts: 0,
        raw: serde_json::json!({"Config": {"Env": ["API_TOKEN=hunter2"], "Hostname": "yocto-a"}}),
    }
}

fn inspecting(width: u16, height: u16) -> Stage {
    let mut stage = with_tab(width, height, Tab::Inspect);
    tell(&mut stage, ContainerNews::Details(Box::new(details())));
    stage
}

#[test]
fn everything_the_engine_knows_is_shown() {
    assert_snapshot!("inspect_80x24", inspecting(80, 24).draw());
    assert_snapshot!("inspect_120x40", pane(&inspecting(120, 40)).join("\n"));
    let stage = inspecting(120, 40);
    assert_eq!(style_of(&stage, "log driver"), "darkgray", "labels are dim");
    assert_eq!(style_of(&stage, "json-file"), "plain", "what is read is not");
    assert_eq!(style_of(&stage, "mounts (1)"), "bold");
}

#[test]
fn secrets_are_shown_only_when_they_are_asked_for() {
    let mut stage = inspecting(120, 60);
    assert!(!stage.draw().contains("hunter2"), "{}", stage.draw());
    stage.keys("v");
    assert_eq!(stage.draw().matches("hunter2").count(), 3, "{}", stage.draw());
    stage.keys("v");
    assert!(!stage.draw().contains("hunter2"));
    stage.keys("v");
    stage.on("yocto-b").on("yocto-a");
    assert!(!stage.draw().contains("hunter2"), "another container was looked at since");
}

#[test]
fn a_search_goes_to_what_it_finds() {
    let mut stage = inspecting(80, 24);
    stage.keys("/").types("yocto-a");
    assert!(pane_bottom(&stage).contains("/yocto-a▏ 1 of "), "{}", pane_bottom(&stage));
    stage.keys("enter n n n");
    assert!(pane_bottom(&stage).contains("/yocto-a 1 of 3") || pane_bottom(&stage).contains("4 of"));
    stage.keys("/").types("hostname\n");
    assert_eq!(style_of(&stage, "Hostname"), "black on yellow bold");
    stage.keys("esc");
    assert!(!pane_bottom(&stage).contains("hostname"));
    stage.keys("/").types("nowhere");
    assert!(pane_bottom(&stage).contains("nothing"), "{}", pane_bottom(&stage));
    stage.keys("esc g");
    assert!(pane_bottom(&stage).contains(" line 1 of "), "{}", pane_bottom(&stage));
}

#[test]
fn what_is_known_scrolls_both_ways() {
    let mut stage = inspecting(80, 24);
    stage.keys("G");
    assert_eq!(pane(&stage).last().unwrap(), "   }");
    stage.keys("g l");
    assert!(pane(&stage)[0].ends_with("  yocto-a"), "{:?}", pane(&stage)[0]);
    stage.keys("h ctrl-d");
    assert!(!pane(&stage)[0].starts_with(" name"), "{:?}", pane(&stage)[0]);
}

#[test]
fn what_cannot_be_known_is_said() {
    let mut stage = with_tab(80, 24, Tab::Inspect);
    assert_eq!(pane(&stage)[0], " Asking the engine.");
    stage.tell(Message::Engine(DOCKER, EngineNews::Lost(Problem::new("gone"))));
    assert_eq!(pane(&stage)[0], " The engine does not answer: it is asked when it does.");
    tell(&mut stage, ContainerNews::NoDetails(Problem::new("cannot inspect yocto-a: no such container")));
    assert_eq!(pane(&stage)[0], " cannot inspect yocto-a: no such container");
    assert_eq!(style_of(&stage, "cannot inspect"), "red");
}

fn processes(count: usize) -> ProcessTable {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let row = |at: usize| {
        words(&["builder", &(at * 37).to_string(), "0", "12:01", "00:01:07", "cc1plus -quiet -march=armv8-a"])
    };
    ProcessTable {
        titles: words(&["UID", "PID", "C", "STIME", "TIME", "CMD"]),
        processes: (1..=count).map(row).collect(),
    }
}

#[test]
fn processes_are_a_table_that_scrolls() {
    let mut stage = with_tab(80, 24, Tab::Processes);
    assert_eq!(pane(&stage)[0], " Asking for its processes.");
    tell(&mut stage, ContainerNews::Top(processes(60)));
    assert_snapshot!("processes_80x24", stage.draw());
    stage.keys("G");
    assert!(pane(&stage)[0].trim_start().starts_with("UID"), "the heading stays: {:?}", pane(&stage)[0]);
    assert!(pane(&stage).last().unwrap().contains("2220"), "{:?}", pane(&stage));
    tell(&mut stage, ContainerNews::Top(processes(2)));
    assert!(pane(&stage)[1].contains("74"), "fewer by now: {:?}", &pane(&stage)[..3]);
    stage.keys("l");
    assert!(!pane(&stage)[0].contains("UID"));
}

#[test]
fn without_processes_it_says_why() {
    let mut stage = with_tab(80, 24, Tab::Processes);
    tell(&mut stage, ContainerNews::NoTop(Problem::new("cannot list the processes: timed out")));
    assert_eq!(style_of(&stage, "cannot list"), "red");
    becomes(&mut stage, ContainerState::Paused);
    assert_eq!(pane(&stage)[0], " It is paused: its processes are shown once it is thawed.");
    becomes(&mut stage, ContainerState::Exited);
    assert_eq!(pane(&stage)[0], " It does not run: it has no processes.");
    without(&mut stage, Feature::Top);
    assert_eq!(pane(&stage)[0], " docker cannot: cgroups are not mounted");
}
