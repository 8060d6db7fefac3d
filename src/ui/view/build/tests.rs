use std::time::Duration;

use insta::assert_snapshot;

use crate::bitbake::{BuildReader, Output, Stream};
use crate::builds::{Disk, WatchedBuild};
use crate::engine::ContainerState;
use crate::ui::model::{Focus, Options, Sort, Tab};
use crate::ui::test_builds::{ended, id, left, tell, until, watched, whole};
use crate::ui::test_support::{DOCKER, Stage, container, key};
use crate::ui::view::seen::{pane, place_of, style_of};
use crate::ui::{ContainerNews, EngineNews, Look, Message, Problem};

const BIG: &str = "h-dryrun-core-image-minimal.raw.gz";

const BEGUN: &str = "NOTE: Executing Tasks\nNOTE: Running task 1 of 9 (/m/zlib_1.3.bb:do_fetch)\n\n";
const SUMMARY: &str =
    "NOTE: Tasks Summary: Attempted 9 tasks of which 8 didn't need to be rerun and all succeeded.\n";

/// The build that a text tells of.
fn told(text: &str) -> crate::bitbake::Build {
    let mut reader = BuildReader::new(Output::Mixed);
    reader.feed(Stream::Output, None, text.as_bytes());
    reader.finish();
    reader.build().clone()
}

/// With most tasks begun.
fn big() -> WatchedBuild {
    left(watched(until(BIG, "Running task 3100 of 5445")), 75)
}

/// Four tasks run, one of them with a log.
fn running() -> WatchedBuild {
    left(watched(until("a-nontty-success.raw", "sqlite3-3.45.3-r0: task do_compile: Started")), 6)
}

/// Six tasks have failed.
fn failed() -> WatchedBuild {
    ended(whole("b-nontty-failure-k.raw"))
}

/// A container for each state of a build, and one without any.
fn busy(width: u16, height: u16) -> Stage {
    let mut stage = Stage::new(width, height);
    let names = ["yocto-a", "yocto-b", "yocto-c", "yocto-d", "yocto-e", "yocto-f", "yocto-g"];
    let mut listed: Vec<_> =
        names.iter().map(|name| container(name, ContainerState::Running, "Up 3 hours")).collect();
    listed.push(container("registry", ContainerState::Running, "Up 3 days"));
    listed.push(container("yocto-old", ContainerState::Exited, "Exited (1) 2 hours ago"));
    stage.tell(Message::Engine(DOCKER, EngineNews::Containers(listed)));
    tell(&mut stage, "yocto-a", big());
    tell(&mut stage, "yocto-b", watched(until("c-tty80-success.raw", "Parsing recipes:   1% |")));
    tell(&mut stage, "yocto-c", watched(until("a2-nontty-setscene.raw", "Running setscene task 12 of 38")));
    tell(&mut stage, "yocto-d", failed());
    tell(&mut stage, "yocto-e", ended(whole("a-nontty-success.raw")));
    let interrupted = format!("{BEGUN}Keyboard Interrupt, closing down...\n\n{SUMMARY}");
    tell(&mut stage, "yocto-f", ended(told(&interrupted)));
    tell(&mut stage, "yocto-g", running());
    tell(&mut stage, "yocto-old", failed());
    stage.on("yocto-a");
    stage
}

/// The page of a build in yocto-a, which has the keys.
fn page(width: u16, height: u16, build: WatchedBuild) -> Stage {
    let mut stage = Stage::new(width, height);
    stage.on("yocto-a");
    tell(&mut stage, "yocto-a", build);
    stage.keys("B");
    stage
}

#[test]
fn the_list_says_how_far_each_build_is() {
    for (width, height) in [(80, 24), (120, 40), (160, 45), (200, 50)] {
        assert_snapshot!(format!("list_{width}x{height}"), busy(width, height).draw());
    }
    let mut stage = busy(160, 45);
    stage.model.look = Look { is_ascii: true, ..Look::default() };
    let drawn = stage.draw();
    assert_snapshot!("list_ascii_160x45", drawn);
    assert!(drawn.is_ascii());
}

#[test]
fn only_what_failed_is_red() {
    let stage = busy(160, 45);
    assert_eq!(style_of(&stage, "failed: fail"), "red");
    for quiet in ["done", "interrupted", "setscene 11/38", "parsing 1%", "tasks 3099/5445"] {
        assert!(!style_of(&stage, quiet).contains("red"), "{quiet}");
    }
}

#[test]
fn bars_stand_below_each_other_and_widths_stay() {
    let mut stage = Stage::new(200, 50);
    stage.on("yocto-old");
    let at = |stage: &Stage| ["eta", "fail", "cpu%"].map(|word| place_of(stage, word));
    tell(&mut stage, "yocto-a", watched(until(BIG, "Running task 31 of 5445")));
    let before = at(&stage);
    let bar = |stage: &Stage, row: &str| {
        let drawn = stage.draw();
        let line = drawn.lines().find(|line| line.contains(row)).unwrap().to_owned();
        line.chars().position(|c| "█▉▊▋▌▍▎▏░".contains(c)).unwrap()
    };
    let first = bar(&stage, "yocto-a");
    tell(&mut stage, "yocto-a", big());
    tell(&mut stage, "yocto-b", running());
    assert_eq!(at(&stage), before);
    assert_eq!((bar(&stage, "yocto-a"), bar(&stage, "yocto-b")), (first, first));
}

#[test]
fn without_builds_there_are_no_columns_for_them() {
    let mut stage = Stage::new(160, 45);
    assert!(!stage.draw().contains("eta"));
    tell(&mut stage, "yocto-d", failed());
    assert!(stage.draw().contains(" eta "), "{}", stage.draw());
    assert!(stage.draw().contains("failed: fail"), "a container that has ended, too: {}", stage.draw());
}

#[test]
fn a_build_that_went_on_when_its_container_ended_tells_nothing() {
    let mut stage = Stage::new(160, 45);
    tell(&mut stage, "yocto-d", running());
    assert!(stage.draw().contains("exited 1, 2h ago"), "{}", stage.draw());
    stage.on("yocto-d").keys("B");
    assert!(stage.draw().contains("when the container ended"), "{}", stage.draw());
}

#[test]
fn the_list_is_sorted_by_what_builds_tell() {
    let mut stage = busy(200, 50);
    let order = |stage: &Stage| -> Vec<String> {
        stage.model.containers.shown().iter().map(|key| key.id.as_str().replace("id-yocto-", "")).collect()
    };
    assert_eq!(order(&stage), ["a", "g", "c", "b", "d", "f", "e", "id-registry", "old"]);
    for (column, descending, first) in [("eta", false, ["g", "a"]), ("failures", true, ["d", "old"])] {
        let column = crate::ui::model::Column::named(column).unwrap();
        stage.model.containers.sort = Sort { column, descending };
        stage.model.containers.touch();
        stage.wait(3);
        assert_eq!(order(&stage)[..2], first, "{column}");
    }
}

#[test]
fn the_columns_can_be_chosen() {
    use crate::ui::model::Column as C;
    let mut stage = busy(120, 40);
    stage.model.options = Options { columns: vec![C::Name, C::Failures, C::Eta], ..Options::default() };
    let drawn = stage.draw();
    let heading = drawn.lines().find(|line| line.contains("name")).unwrap();
    assert!(heading.find("fail") < heading.find("eta") && !heading.contains("doing"), "{heading}");
}

#[test]
fn a_build_that_goes_on_has_a_page() {
    for (width, height) in [(80, 24), (120, 40), (160, 45)] {
        assert_snapshot!(format!("running_{width}x{height}"), page(width, height, running()).draw());
    }
    let mut stage = page(160, 45, running());
    stage.model.look = Look { is_ascii: true, ..Look::default() };
    assert!(stage.draw().is_ascii(), "{}", stage.draw());
}

#[test]
fn a_running_task_over_its_usual_time_tells_that() {
    let mut build = running();
    let minutes = |count: u64| Some(Duration::from_secs(60 * count));
    let known = build.build.running().iter().map(|task| match task.pf.as_str() {
        "util-linux-2.39.3-r0" => minutes(4),
        "openssl-3.3.1-r0" => minutes(10_000),
        _ => None,
    });
    build.usual = known.collect();
    let rows = pane(&page(160, 45, build.clone()));
    let told: Vec<_> = rows.iter().filter(|row| row.contains("usually")).collect();
    assert_eq!(told.len(), 1, "{rows:#?}");
    assert!(told[0].contains("util-linux-2.39.3-r0 do_compile"), "{told:?}");
    assert!(told[0].trim_end().trim_end_matches(['│', ' ']).ends_with("usually 4m"), "{told:?}");
}

/// The row of a build in a list of this width, when its disk is nearly full.
fn worried(width: u16, build: &WatchedBuild) -> (Stage, String) {
    let mut stage = Stage::new(width, 40);
    let mut build = build.clone();
    build.seen.disk = Some(Disk { free: 1 << 30, total: 900 << 30, free_inodes: None });
    tell(&mut stage, "yocto-a", build);
    stage.on("yocto-b");
    stage.wait(5);
    stage.tell(Message::Tick);
    stage.wait(60);
    stage.tell(Message::Tick);
    let row = stage.draw().lines().find(|line| line.contains("yocto-a")).unwrap().to_owned();
    (stage, row)
}

#[test]
fn a_worry_stands_on_the_row_in_place_of_the_bar_where_there_is_no_room_for_both() {
    let (stage, row) = worried(160, &running());
    assert!(row.contains("41%  1.0 GiB of disk left"), "{row}");
    assert_eq!(style_of(&stage, "1.0 GiB of disk left"), "yellow");
    let (_, row) = worried(80, &running());
    assert!(row.contains("1.0 GiB of dis") && !row.contains('░'), "{row}");
    let (stage, row) = worried(160, &failed());
    assert!(row.contains("failed: fail"), "{row}");
    assert_eq!(style_of(&stage, "failed: fail"), "red");
}

#[test]
fn a_build_that_failed_has_a_page() {
    for (width, height) in [(80, 24), (160, 45)] {
        assert_snapshot!(format!("failed_{width}x{height}"), page(width, height, failed()).draw());
    }
    let mut stage = page(160, 45, failed());
    stage.keys("G");
    assert_snapshot!("failed_end_160x45", stage.draw());
}

#[test]
fn a_build_that_draws_on_a_terminal_tells_each_tasks_own_progress() {
    let build = until("c-tty80-success.raw", "Currently  4 running tasks");
    let stage = page(160, 45, watched(build));
    assert_snapshot!("terminal_160x45", pane(&stage).join("\n"));
}

#[test]
fn a_multiconfig_build_has_a_block_for_each() {
    let mut stage = page(160, 45, ended(whole("x-multiconfig.raw")));
    stage.keys("z G");
    assert_snapshot!("multiconfig_160x45", pane(&stage).join("\n"));
}

#[test]
fn of_several_builds_it_says_which() {
    let mut stage = page(120, 40, running());
    let mut other = failed();
    other.seen.id.directory = "/work/other".into();
    tell(&mut stage, "yocto-a", other);
    assert!(pane(&stage)[0].contains("build 2 of 2   /work/build   < > another"), "{:?}", pane(&stage));
    stage.keys(">");
    assert!(pane(&stage)[0].contains("build 1 of 2   /work/other"), "{:?}", pane(&stage));
    assert!(pane(&stage)[2].contains("failed: fail"), "{:?}", pane(&stage));
}

#[test]
fn what_cannot_be_read_says_why_until_it_can() {
    let mut stage = page(120, 40, running());
    let trouble = ContainerNews::BuildTrouble(id("/work/build"), Problem::new("the container is paused"));
    stage.tell(Message::Container(key("yocto-a"), trouble));
    assert!(stage.draw().contains("not read just now: the container is paused"), "{}", stage.draw());
    tell(&mut stage, "yocto-a", running());
    assert!(!stage.draw().contains("not read just now"));
}

#[test]
fn it_is_drawn_at_any_size() {
    for build in [running(), failed(), watched(crate::bitbake::Build::default())] {
        let mut stage = page(80, 24, build);
        let mut second = running();
        second.seen.id.directory = "/work/second".into();
        tell(&mut stage, "yocto-a", second);
        for width in (1..170).step_by(7) {
            for height in 1..46 {
                stage.resize(width, height);
                stage.keys(["j", "G", "k", "pagedown"][usize::from(height) % 4]);
                stage.draw();
            }
        }
        stage.draws_at_any_size();
    }
}

#[test]
fn without_the_focus_the_cursor_is_quiet() {
    let mut stage = page(160, 45, failed());
    assert!(
        style_of(&stage, "fail-shell-1.0").contains("reversed"),
        "{}",
        style_of(&stage, "fail-shell-1.0")
    );
    stage.model.focus = Focus::Containers;
    assert_eq!(style_of(&stage, "fail-shell-1.0"), "bold");
    assert_eq!(stage.model.tab(), Some(Tab::Build));
}
