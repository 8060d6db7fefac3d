//! The tab of merged logs.

use crate::logs::{Level, LineNumber, Log, LogReader, LogWriter, Stream};
use crate::ui::model::{Focus, Place, Tab};
use crate::ui::test_support::{Stage, key, noon};
use crate::ui::view::seen::{pane, pane_bottom, style_of};
use crate::ui::{Command, ContainerNews, LogState, Look, MergeId, MergedNews, Message, Problem, wanted};

fn print(writer: &mut LogWriter, seconds: i64, text: &str) {
    let time = noon() + jiff::SignedDuration::from_secs(seconds);
    writer.append(Stream::Stdout, Some(time), text.as_bytes());
}

/// The logs of yocto-a and yocto-d.
fn logs() -> [LogReader; 2] {
    let ((mut a, of_a), (mut d, of_d)) = (Log::new(1 << 20), Log::new(1 << 20));
    print(&mut a, 1, "NOTE: Running task 1 of 9\n");
    print(&mut d, 2, "make: *** [all] Error 2\n");
    [of_a, of_d]
}

/// Both are marked and merged; the cursor is on yocto-b.
fn stage(width: u16, height: u16) -> Stage {
    let mut stage = Stage::new(width, height);
    stage.on("yocto-a").keys("space");
    stage.on("yocto-d").keys("space");
    stage.on("yocto-b").keys("M");
    for (name, reader) in ["yocto-a", "yocto-d"].iter().zip(logs()) {
        stage.tell(Message::Container(key(name), ContainerNews::Log(reader)));
    }
    stage
}

/// The same, merged into this.
fn merged(width: u16, height: u16) -> (LogWriter, Stage) {
    let (mut writer, reader) = Log::new(1 << 20);
    let of_both = logs();
    for turn in 0..4 {
        for (source, log) in (1..).zip(&of_both) {
            if let Some(line) = log.raw_window(LineNumber::FIRST, 1).first() {
                writer.copy(line, source);
            }
        }
        if turn == 2 {
            let (mut other, of_other) = Log::new(1 << 20);
            other.remark(Some(noon()), "the container was started again");
            writer.copy(&of_other.raw_window(LineNumber::FIRST, 1)[0], 1);
        }
    }
    let mut stage = stage(width, height);
    stage.tell(Message::Merged(MergeId(1), MergedNews::Log(reader)));
    (writer, stage)
}

#[test]
fn marked_containers_are_merged_in_a_tab_that_has_the_keys() {
    let stage = stage(120, 40);
    assert_eq!((stage.model.tab(), stage.model.focus), (Some(Tab::Merged), Focus::Pane));
    assert_eq!(stage.model.pane_of(), Some(&key("yocto-a")), "the cursor was on none of them");
    assert_eq!(stage.model.containers.marked(), 0);
    let wanted = wanted(&stage.model);
    for name in ["yocto-a", "yocto-d"] {
        assert!(wanted.logs.contains(&key(name)), "{name}");
    }
    let merging = wanted.merged.unwrap();
    let sources: Vec<_> = merging.sources.iter().map(|one| (one.number, one.name.as_str())).collect();
    assert_eq!(sources, [(1, "yocto-a"), (2, "yocto-d")]);
}

#[test]
fn what_cannot_be_merged_is_said() {
    let mut stage = Stage::new(120, 40);
    stage.on("yocto-a").keys("space M");
    assert!(stage.toasts()[0].contains("mark two or more containers first"), "{:?}", stage.toasts());
    assert!(stage.model.pane.merged().is_none());
    let many = (0..9).map(|n| {
        crate::ui::test_support::container(&format!("n{n}"), crate::engine::ContainerState::Running, "Up")
    });
    stage.tell(Message::Engine(
        crate::ui::test_support::DOCKER,
        crate::ui::EngineNews::Containers(many.collect()),
    ));
    stage.keys("A M");
    assert!(
        stage.toasts().iter().any(|toast| toast.contains("at most 8 logs at once")),
        "{:?}",
        stage.toasts()
    );
    assert!(stage.model.pane.merged().is_none());
    stage.keys("space M");
    assert_eq!(stage.model.pane.merged().map(|merged| merged.of.len()), Some(8));
}

#[test]
fn another_reader_is_another_merging_and_the_same_is_not() {
    let mut stage = stage(120, 40);
    let before = wanted(&stage.model).merged.unwrap();
    stage.tell(Message::Tick);
    assert_eq!(wanted(&stage.model).merged.unwrap(), before);
    let [_, reader] = logs();
    stage.tell(Message::Container(key("yocto-d"), ContainerNews::Log(reader)));
    assert_ne!(wanted(&stage.model).merged.unwrap(), before);
}

#[test]
fn each_line_has_the_name_of_its_container_before_it() {
    let (_writer, mut stage) = merged(120, 40);
    insta::assert_snapshot!("merged_120x40", stage.draw());
    assert_eq!(style_of(&stage, "yocto-d make"), "magenta");
    assert_eq!(style_of(&stage, "make: ***"), "red", "the line has its own");
    let bottom = pane_bottom(&stage);
    assert!(bottom.contains(" 2 logs ") && bottom.contains("9 lines  follow"), "{bottom}");
    stage.model.look = Look::default().without_colours();
    assert_eq!(style_of(&stage, "yocto-d make"), "plain");
    stage.draws_at_any_size();
}

#[test]
fn names_take_room_from_the_text_and_stand_before_the_first_row_only() {
    let (mut writer, mut stage) = merged(60, 15);
    let (mut other, of_other) = Log::new(1 << 20);
    print(&mut other, 1, &format!("{}\n", "0123456789".repeat(7)));
    writer.copy(&of_other.raw_window(LineNumber::FIRST, 1)[0], 2);
    let shown = pane(&stage);
    assert!(shown[9].starts_with("yocto-d 0123456789") && shown[9].ends_with('›'), "{shown:#?}");
    assert_eq!(crate::text::fit::width(&shown[9]), 58);
    stage.keys("w");
    let shown = pane(&stage);
    assert_eq!(shown[9], format!("yocto-d {}", "0123456789".repeat(5)));
    assert_eq!(shown[10], format!("        {}", "0123456789".repeat(2)));
}

#[test]
fn it_is_searched_filtered_and_gone_through_as_any_log() {
    let (_writer, mut stage) = merged(120, 40);
    stage.keys("L L").looks_through();
    let shown = pane(&stage);
    assert!(shown[0].starts_with("yocto-d make") && shown[4].is_empty(), "{shown:#?}");
    stage.keys("L / m a k e enter").looks_through();
    assert!(pane_bottom(&stage).contains("of 4"), "{}", pane_bottom(&stage));
    let view = stage.model.pane.shown_log(&key("yocto-a")).unwrap();
    let line = view.reader.as_ref().unwrap().window(LineNumber::new(2), 1);
    assert_eq!((line[0].level, line[0].source), (Some(Level::Error), 2));
}

#[test]
fn it_is_saved_under_all_names() {
    let (_writer, mut stage) = merged(120, 40);
    stage.keys("ctrl-s enter");
    let Some(Command::SaveLog { lines, path, .. }) = stage.commands.pop() else { panic!("not saved") };
    assert_eq!((lines.names, path), (vec!["yocto-a".into(), "yocto-d".into()], "yocto-a-yocto-d.log".into()));
}

#[test]
fn it_has_ended_when_all_have_and_says_which_one_fails() {
    let (_writer, mut stage) = merged(120, 40);
    let tell = |stage: &mut Stage, name: &str, state: LogState| {
        stage.tell(Message::Container(key(name), ContainerNews::LogMoved(state)));
        pane_bottom(stage)
    };
    assert!(tell(&mut stage, "yocto-d", LogState::Ended).contains("follow"));
    let failed = LogState::Failed(Problem::new("the engine is lost"));
    let bottom = tell(&mut stage, "yocto-a", failed);
    assert!(bottom.contains("yocto-a: the engine is lost"), "{bottom}");
    let bottom = tell(&mut stage, "yocto-a", LogState::Ended);
    assert!(bottom.contains("ended") && !bottom.contains("follow"), "{bottom}");
}

#[test]
fn its_tab_stands_with_each_of_its_containers_until_it_is_closed() {
    let (_writer, mut stage) = merged(120, 40);
    assert!(stage.on("yocto-d").draw().contains("Merged"));
    assert_eq!(stage.model.tab(), Some(Tab::Log), "but is shown where it is asked for");
    stage.keys("]");
    assert_eq!(stage.model.tab(), Some(Tab::Merged));
    assert!(!stage.on("yocto-b").draw().contains("Merged"));
    stage.on("yocto-a").keys("ctrl-w");
    assert_eq!(stage.model.tab(), Some(Tab::Log));
    assert!(!stage.draw().contains("Merged") && wanted(&stage.model).merged.is_none());
    stage.on("yocto-d");
    assert_eq!(stage.model.tab(), Some(Tab::Log));
    // What is told of it late is of nothing.
    let [reader, _] = logs();
    stage.tell(Message::Merged(MergeId(1), MergedNews::Log(reader)));
    stage.tell(Message::Merged(MergeId(1), MergedNews::Moved));
}

#[test]
fn what_is_looked_at_stays_when_it_is_merged_anew() {
    let lines = |from: i64| {
        let (mut writer, reader) = Log::new(1 << 20);
        (from..=100).for_each(|second| print(&mut writer, second, &format!("at {second}\n")));
        (writer, reader)
    };
    let mut stage = stage(60, 15);
    let (_first, reader) = lines(50);
    stage.tell(Message::Merged(MergeId(1), MergedNews::Log(reader)));
    stage.keys("g j j");
    assert!(pane(&stage)[0].ends_with("at 52"), "{:#?}", pane(&stage));
    let (_second, reader) = lines(1);
    stage.tell(Message::Merged(MergeId(1), MergedNews::Log(reader)));
    assert!(pane(&stage)[0].ends_with("at 52"), "{:#?}", pane(&stage));
    stage.keys("G");
    let (_third, reader) = lines(1);
    stage.tell(Message::Merged(MergeId(1), MergedNews::Log(reader)));
    assert_eq!(stage.model.pane.shown_log(&key("yocto-a")).unwrap().place, Place::End);
}

#[test]
fn logs_that_are_merged_are_followed_however_many_others_are_looked_at() {
    let mut stage = stage(120, 40);
    for round in 0..30 {
        stage.on(["yocto-b", "yocto-c", "yocto-old", "zabbix"][round % 4]);
    }
    let merging = wanted(&stage.model);
    assert!(merging.logs.contains(&key("yocto-d")) && merging.merged.unwrap().sources.len() == 2);
    // One that is gone stays in it; the tab goes with the last.
    let engine = crate::ui::test_support::DOCKER;
    let mut left = crate::ui::test_support::containers();
    left.retain(|one| one.name != "yocto-d");
    stage.tell(Message::Engine(engine, crate::ui::EngineNews::Containers(left.clone())));
    let merging = wanted(&stage.model);
    assert!(!merging.logs.contains(&key("yocto-d")));
    assert_eq!(merging.merged.unwrap().sources.len(), 2);
    left.retain(|one| one.name != "yocto-a");
    stage.tell(Message::Engine(engine, crate::ui::EngineNews::Containers(left)));
    assert!(wanted(&stage.model).merged.is_none());
}
