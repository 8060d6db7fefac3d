use crate::logs::{Log, LogReader, LogWriter, Stream};
use crate::ui::model::{Focus, Place};
use crate::ui::test_support::{Stage, key};
use crate::ui::view::seen::{pane, pane_bottom, style_of, with_log};
use crate::ui::view::shown_text;
use crate::ui::wanted;

/// A log of so many lines, every hundredth of which is an error and every fiftieth else a warning, in a pane of eleven
/// rows that has the keys.
fn stage_of(lines: usize) -> (LogWriter, LogReader, Stage) {
    let (mut writer, reader) = Log::new(64 << 20);
    print(&mut writer, 1..=lines);
    let stage = with_log(60, 15, &reader);
    (writer, reader, stage)
}

fn print(writer: &mut LogWriter, numbers: std::ops::RangeInclusive<usize>) {
    for number in numbers {
        let what = match number % 100 {
            0 => "ERROR: task",
            50 => "WARNING: task",
            _ => "line",
        };
        writer.append(Stream::Stdout, None, format!("{what} {number}\n").as_bytes());
    }
}

fn filter(stage: &mut Stage, typed: &str) {
    stage.types(typed).looks_through();
}

fn ends(stage: &Stage) -> (String, String) {
    let pane = pane(stage);
    (pane.first().unwrap().clone(), pane.last().unwrap().clone())
}

fn bottom_has(stage: &Stage, words: &str) {
    assert!(pane_bottom(stage).contains(words), "{}", pane_bottom(stage));
}

fn place(stage: &Stage) -> Place {
    stage.model.pane.log(&key("yocto-a")).unwrap().place
}

#[test]
fn only_what_matches_is_shown_and_followed() {
    let (mut writer, _, mut stage) = stage_of(2000);
    filter(&mut stage, "&error");
    bottom_has(&stage, " &error▏ 20 lines ");
    stage.keys("enter");
    assert_eq!(ends(&stage), ("ERROR: task 1000".into(), "ERROR: task 2000".into()));
    bottom_has(&stage, " &error 20 lines  2 000 lines  follow ");
    print(&mut writer, 2001..=2100);
    stage.looks_through();
    assert_eq!(ends(&stage).1, "ERROR: task 2100");
    stage.keys("k");
    assert_eq!(ends(&stage), ("ERROR: task 1000".into(), "ERROR: task 2000".into()));
    bottom_has(&stage, "line 1 000 of 2 100  1 below");
    stage.keys("g j pagedown");
    assert_eq!(ends(&stage).1, "ERROR: task 2100");
    bottom_has(&stage, "follow");
    stage.keys("g pagedown k");
    assert_eq!(ends(&stage).0, "ERROR: task 1000");
    assert_eq!(shown_text(&stage.model).unwrap().lines().last(), Some("ERROR: task 2000"));
}

#[test]
fn lines_without_it_and_an_empty_filter() {
    let (_writer, _, mut stage) = stage_of(300);
    filter(&mut stage, "&!line\n");
    assert_eq!(pane(&stage)[..3], ["WARNING: task 50", "ERROR: task 100", "WARNING: task 150"]);
    bottom_has(&stage, " &!line 6 lines ");
    filter(&mut stage, "&\n");
    assert!(stage.model.pane.log(&key("yocto-a")).unwrap().filter.is_none());
    assert_eq!(ends(&stage).1, "ERROR: task 300");
    bottom_has(&stage, "follow");
    filter(&mut stage, "&!");
    assert_eq!(ends(&stage).1, "ERROR: task 300", "not yet a pattern");
}

#[test]
fn without_the_filter_the_line_is_the_same() {
    let (_writer, _, mut stage) = stage_of(2000);
    stage.keys("g pagedown pagedown");
    let before = place(&stage);
    filter(&mut stage, "&task\n");
    assert_eq!(ends(&stage).0, "WARNING: task 50");
    stage.keys("esc");
    assert_eq!(place(&stage), before);
    assert_eq!(ends(&stage).0, "line 21", "who has not moved is where it was");
    // All of it fits: there is nowhere to go.
    filter(&mut stage, "&task 1[0-2]00\n");
    stage.keys("j k g pagedown esc");
    assert_eq!(ends(&stage).0, "line 21");
    filter(&mut stage, "&task\n");
    stage.keys("j j");
    assert_eq!(ends(&stage).0, "WARNING: task 150");
    assert_eq!(stage.model.pane.log(&key("yocto-a")).unwrap().filter.as_ref().unwrap().before, before);
    stage.keys("esc");
    assert_eq!(ends(&stage).0, "WARNING: task 150", "who has moved stays at that line");
    filter(&mut stage, "&task");
    stage.keys("esc");
    assert_eq!(ends(&stage).0, "WARNING: task 150");
    assert_eq!(stage.model.focus, Focus::Pane);
}

#[test]
fn lines_around_are_dim_and_can_be_more_or_less() {
    let (_writer, _, mut stage) = stage_of(300);
    stage.keys("+");
    assert!(stage.toasts()[0].contains("all lines are shown"), "{:?}", stage.toasts());
    stage.keys("esc");
    filter(&mut stage, "&error\n");
    stage.keys("+ +");
    bottom_has(&stage, " &error 3 lines +2 ");
    stage.keys("g #");
    let shown: Vec<String> = pane(&stage).iter().map(|row| row.trim_start().to_owned()).collect();
    assert_eq!(
        shown[..7],
        [
            "98 line 98",
            "99 line 99",
            "100 ERROR: task 100",
            "101 line 101",
            "102 line 102",
            "198 line 198",
            "199 line 199"
        ]
    );
    assert_eq!(style_of(&stage, "line 99"), "darkgray");
    assert_eq!(style_of(&stage, "ERROR: task 100"), "red");
    stage.keys("- - -");
    assert_eq!(pane(&stage)[0].trim_start(), "100 ERROR: task 100");
    bottom_has(&stage, " &error 3 lines  ");
    for _ in 0..60 {
        stage.keys("+");
    }
    bottom_has(&stage, "+50 ");
    stage.keys("g");
    assert_eq!(pane(&stage)[0].trim_start(), "50 WARNING: task 50");
}

#[test]
fn levels_go_round() {
    let (_writer, _, mut stage) = stage_of(2000);
    stage.keys("L").looks_through();
    bottom_has(&stage, "warnings and errors 40 lines");
    assert_eq!(ends(&stage).1, "ERROR: task 2000");
    stage.keys("L").looks_through();
    bottom_has(&stage, " errors 20 lines");
    stage.keys("L").looks_through();
    assert!(!pane_bottom(&stage).contains("errors 20 lines"));
    assert!(wanted(&stage.model).looking.is_empty());
}

#[test]
fn a_search_goes_to_what_the_filter_shows() {
    let (_writer, _, mut stage) = stage_of(2000);
    stage.keys("g");
    filter(&mut stage, "&task .*[02468]00$\n");
    filter(&mut stage, "/task\n");
    bottom_has(&stage, "1 of 10");
    stage.keys("n n");
    bottom_has(&stage, "3 of 10");
    assert_eq!(style_of(&stage, "task 600"), "black on yellow bold");
    stage.keys("+").looks_through();
    filter(&mut stage, "/line 201\n");
    bottom_has(&stage, "1 of 1 ");
    stage.keys("esc");
    bottom_has(&stage, "10 lines +1");
    stage.keys("esc");
    assert!(wanted(&stage.model).looking.is_empty());
    // Filtered afterwards, too: those that are hidden are skipped.
    filter(&mut stage, "/task\n");
    bottom_has(&stage, "of 40");
    filter(&mut stage, "&error\n");
    bottom_has(&stage, "of 20");
}

#[test]
fn nothing_found_is_said() {
    let (_writer, _, mut stage) = stage_of(2000);
    stage.types("&zeus\n");
    assert_eq!(pane(&stage)[0], " No line matches yet: looked through 0 %");
    stage.keys("j k g G n + y ctrl-d").looks_through();
    assert_eq!(pane(&stage)[0], " No line matches.");
    bottom_has(&stage, " &zeus 0 lines ");
}

#[test]
fn it_looks_so() {
    let (_writer, _, mut stage) = stage_of(2304);
    stage.keys("g #");
    filter(&mut stage, "&error\n");
    stage.keys("+ +");
    filter(&mut stage, "/task .00\n");
    stage.keys("n");
    for (width, height) in [(80, 24), (120, 40)] {
        stage.resize(width, height);
        insta::assert_snapshot!(format!("filter_{width}x{height}"), stage.draw());
    }
}
