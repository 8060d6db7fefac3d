//! Going to lines: landmarks, what is typed, marks, and the way back.

use jiff::SignedDuration;

use super::*;
use crate::logs::{Log, LogReader, LogWriter, Stream};
use crate::ui::test_support::{Stage, key, noon};
use crate::ui::view::seen::{pane, pane_bottom, style_of, with_log};
use crate::ui::{Command, Look};

const MIB: u64 = 1 << 20;

/// Lines from 1 to so many, a second between them, some of them serious, in a pane of eleven rows.
fn stage_of(lines: usize, serious: &[(usize, &str)]) -> (LogWriter, LogReader, Stage) {
    let (mut writer, reader) = Log::new(MIB);
    for number in 1..=lines {
        let word = serious.iter().find(|(at, _)| *at == number).map_or("line", |(_, word)| word);
        let time = noon() + SignedDuration::from_secs(i64::try_from(number).unwrap());
        writer.append(Stream::Stdout, Some(time), format!("{word} {number}\n").as_bytes());
    }
    let stage = with_log(100, 15, &reader);
    (writer, reader, stage)
}

#[track_caller]
fn top(stage: &Stage, expected: &str) {
    assert_eq!(pane(stage).first().unwrap(), expected, "{}", stage.draw());
}

#[track_caller]
fn says(stage: &mut Stage, words: &str) {
    assert!(stage.toasts().iter().any(|toast| toast.contains(words)), "{words}: {:?}", stage.toasts());
    stage.model.toasts.clear();
}

#[test]
fn serious_lines_look_so_and_are_counted() {
    let (mut writer, _, mut stage) = stage_of(3, &[(1, "ERROR:"), (2, "WARNING:")]);
    writer.append(Stream::Stdout, None, b"ERROR: \x1b[32mgreen\x1b[0m and not\n");
    assert_eq!(style_of(&stage, "ERROR: 1"), "red");
    assert_eq!(style_of(&stage, "WARNING: 2"), "yellow");
    assert_eq!(style_of(&stage, "green"), "green", "its own colours stay");
    assert_eq!(style_of(&stage, "and not"), "red");
    assert_eq!(style_of(&stage, "line 3"), "plain");
    assert!(pane_bottom(&stage).contains(" 2 errors 1 warning "), "{}", pane_bottom(&stage));
    assert_eq!(style_of(&stage, "2 errors"), "red");
    assert_eq!(style_of(&stage, "1 warning"), "yellow");
    insta::assert_snapshot!("log_levels", stage.draw());
    stage.model.look = Look::default().without_colours();
    assert_eq!(style_of(&stage, "ERROR: 1"), "bold");
}

#[test]
fn a_disk_that_does_not_take_it_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let (mut writer, reader) = Log::temporary(&directory.path().join("missing"), MIB);
    writer.append(Stream::Stdout, None, b"ERROR: a line\n");
    writer.flush().unwrap_err();
    let mut stage = with_log(100, 15, &reader);
    assert!(pane_bottom(&stage).contains(" not on disk: "), "{}", pane_bottom(&stage));
    assert_eq!(style_of(&stage, "not on disk"), "red");
    insta::assert_snapshot!("log_trouble", stage.draw());
    stage.resize(60, 15).keys("# j k @").types("2026-03-01 14:05:10");
    assert!(pane_bottom(&stage).contains("14:05:10▏  not on disk: "), "{}", pane_bottom(&stage));
    stage.draws_at_any_size();
}

#[test]
fn counts_go_first_where_there_is_no_room() {
    let (_writer, _, mut stage) = stage_of(3, &[(1, "ERROR:")]);
    stage.resize(60, 15).keys("r @").types("2026-03-01 14:05:10");
    assert!(!pane_bottom(&stage).contains("error"), "{}", pane_bottom(&stage));
    assert!(pane_bottom(&stage).contains("3 lines"), "{}", pane_bottom(&stage));
    stage.keys("esc t l l l l @").types("2026-03-01 14:05:10");
    assert!(pane_bottom(&stage).contains("go to: @2026-03-01 14:05:10▏"), "{}", pane_bottom(&stage));
}

#[test]
fn errors_are_gone_to_from_where_somebody_is() {
    let (_writer, _, mut stage) =
        stage_of(100, &[(20, "ERROR:"), (22, "WARNING:"), (50, "ERROR:"), (97, "ERROR:")]);
    stage.keys("}");
    says(&mut stage, "no error further down");
    assert!(pane_bottom(&stage).contains("follow"), "{}", pane_bottom(&stage));
    stage.keys("{");
    top(&stage, "line 90");
    assert!(!pane_bottom(&stage).contains("follow"), "new lines do not carry it away");
    stage.keys("{");
    assert_eq!(pane(&stage)[3], "ERROR: 50", "in the top third");
    stage.keys("{");
    assert_eq!(pane(&stage)[3], "ERROR: 20");
    stage.keys("{");
    says(&mut stage, "no error further up");
    stage.keys(")");
    assert_eq!(pane(&stage)[3], "WARNING: 22");
    stage.keys(") )");
    top(&stage, "line 90");
    stage.keys("}");
    says(&mut stage, "no error further down");
    stage.keys("( (");
    assert_eq!(pane(&stage)[3], "WARNING: 22", "an error is a warning, too");
    stage.keys("g }");
    assert_eq!(pane(&stage)[3], "ERROR: 20");
    stage.keys("j j j j }");
    assert_eq!(pane(&stage)[3], "ERROR: 50", "from the line on top once it was moved");
}

#[test]
fn remarks_are_gone_to() {
    let (mut writer, _, mut stage) = stage_of(50, &[]);
    writer.remark(None, "the container was started again");
    for number in 51..=100 {
        writer.append(Stream::Stdout, None, format!("line {number}\n").as_bytes());
    }
    stage.keys("<");
    assert_eq!(pane(&stage)[3], "── the container was started again");
    stage.keys("<");
    says(&mut stage, "no remark further up");
    stage.keys("g >");
    assert_eq!(pane(&stage)[3], "── the container was started again");
}

#[test]
fn a_line_a_share_and_the_end_are_gone_to() {
    let (_writer, _, mut stage) = stage_of(1000, &[]);
    stage.keys("5 0 0");
    assert!(pane_bottom(&stage).contains(" go to: 500▏ "), "{}", pane_bottom(&stage));
    insta::assert_snapshot!("log_go_to", stage.draw());
    stage.keys("enter");
    top(&stage, "line 497");
    assert_eq!(stage.model.typing, None);
    stage.keys("2 5 g");
    top(&stage, "line 22");
    stage.keys("5 0 %");
    top(&stage, "line 498");
    stage.keys("1 G");
    top(&stage, "line 1");
    stage.keys("9 9 9 9 9 enter");
    top(&stage, "line 990");
    assert!(pane_bottom(&stage).contains("follow"));
    stage.keys("1 0 0 %");
    assert!(pane_bottom(&stage).contains("follow"));
    stage.keys("7 esc");
    assert_eq!(stage.model.typing, None);
    stage.keys("7 backspace backspace");
    assert_eq!(stage.model.typing, None);
    top(&stage, "line 990");
}

#[test]
fn a_time_is_gone_to() {
    let (_writer, _, mut stage) = stage_of(500, &[]);
    let at = |seconds: i64, form: &str| {
        let time = noon() + SignedDuration::from_secs(seconds);
        time.to_zoned_datetime(TimeZone::system()).strftime(form).to_string()
    };
    stage.keys("@").types(&at(100, "%H:%M:%S\n"));
    assert_eq!(pane(&stage)[3], "line 100");
    stage.keys("@").types(&at(120, "%H:%M\n"));
    assert_eq!(pane(&stage)[3], "line 120");
    stage.keys("@").types(&at(300, "%Y-%m-%d %H:%M\n"));
    assert_eq!(pane(&stage)[3], "line 300");
    stage.keys("@").types(&at(3600, "%Y-%m-%d %H:%M\n"));
    assert!(pane_bottom(&stage).contains("follow"), "after the end is the end");
    stage.keys("@").types(&at(3600, "%H:%M\n"));
    top(&stage, "line 1");
    assert!(
        pane_bottom(&stage).contains("line 1 of"),
        "a time of day that is still to come is that of the day before"
    );
}

#[test]
fn what_means_nothing_moves_nothing_and_stays_to_be_put_right() {
    let (_writer, _, mut stage) = stage_of(100, &[]);
    for wrong in ["@25:99", "12x", "@2026-02-30", "1.%", "5xy"] {
        stage.keys("@ ctrl-u").types(wrong).keys("enter");
        says(&mut stage, "expected a line (1234)");
        assert!(pane_bottom(&stage).contains(&format!("go to: {wrong}")), "{}", pane_bottom(&stage));
        top(&stage, "line 90");
        stage.keys("esc");
    }
    let (mut writer, reader) = Log::new(MIB);
    writer.append(Stream::Stdout, None, b"no time\n");
    let mut stage = with_log(100, 15, &reader);
    stage.keys("@").types("14:05\n");
    says(&mut stage, "have no time");
}

#[test]
fn the_last_lines_are_copied() {
    let (_writer, _, mut stage) = stage_of(1000, &[]);
    stage.keys("3 y");
    says(&mut stage, "copied 3 lines");
    let copied = stage.commands.pop();
    assert!(
        matches!(&copied, Some(Command::Copy(text)) if text == "line 998\nline 999\nline 1000\n"),
        "{copied:?}"
    );
    stage.keys("9 9 9 9 9 y");
    says(&mut stage, "copied 1000 lines");
}

#[test]
fn marks_and_the_way_back() {
    let (_writer, _, mut stage) = stage_of(1000, &[(600, "ERROR:")]);
    stage.keys("2 0 0 enter m");
    assert!(pane_bottom(&stage).contains(" mark: a-z "), "{}", pane_bottom(&stage));
    stage.keys("a");
    says(&mut stage, "mark a is line 200");
    stage.keys("{ G {");
    assert_eq!(pane(&stage)[3], "ERROR: 600");
    stage.keys("'");
    assert!(pane_bottom(&stage).contains(" to mark: a ' "), "{}", pane_bottom(&stage));
    insta::assert_snapshot!("log_marks", stage.draw());
    stage.keys("a");
    assert_eq!(pane(&stage)[3], "line 200");
    stage.keys("' '");
    assert_eq!(pane(&stage)[3], "ERROR: 600");
    stage.keys("' '");
    assert_eq!(pane(&stage)[3], "line 200", "and there again");
    stage.keys("g ' '");
    assert_eq!(pane(&stage)[3], "line 200", "the top is a jump, too");
    stage.keys("' z");
    says(&mut stage, "there is no mark z");
    stage.keys("m 7");
    says(&mut stage, "a mark is a letter");
    stage.keys("m esc");
    assert_eq!((stage.model.typing.clone(), stage.toasts().len()), (None, 0));
}

#[test]
fn there_is_no_way_back_before_the_first_jump() {
    let (_writer, _, mut stage) = stage_of(100, &[]);
    stage.keys("' '");
    says(&mut stage, "no jump to go back from");
}

#[test]
fn everything_stays_with_its_lines_when_earlier_ones_are_put_before() {
    let (mut writer, reader, mut stage) = stage_of(1000, &[]);
    stage.keys("2 0 0 enter m a 6 0 0 enter V j j");
    let (mut earlier, _other) = Log::new(MIB);
    for number in 1..=50 {
        earlier.append(Stream::Stdout, None, format!("before {number}\n").as_bytes());
    }
    let before = pane(&stage);
    let selected = style_of(&stage, "line 601");
    writer.prepend(earlier);
    assert_eq!(reader.extent().shifted, 50);
    assert_eq!(pane(&stage), before, "before anything was told");
    assert_eq!((style_of(&stage, "line 601"), selected), ("reversed".into(), "reversed".into()));
    stage.wait(1);
    assert_eq!(pane(&stage), before, "and after");
    assert_eq!(
        (style_of(&stage, "line 601"), style_of(&stage, "line 603")),
        ("reversed".into(), "plain".into())
    );
    stage.keys("esc ' '");
    assert_eq!(pane(&stage)[3], "line 200");
    stage.keys("G ' a");
    assert_eq!(pane(&stage)[3], "line 200");
    let place = stage.model.pane.shown_log(&key("yocto-a")).unwrap().place;
    assert_eq!(place, Place::At(Spot { line: LineNumber::new(247), row: 0 }));
}

#[test]
fn in_the_raw_view_lines_are_as_they_came() {
    let (mut writer, reader) = Log::new(MIB);
    writer.append(
        Stream::Stdout,
        None,
        b"  1%\r 50%\r100%\n\x1b[31mred\x1b[0m\ttab caf\xe9 \x1b]0;title\x07end\n",
    );
    let mut stage = with_log(80, 24, &reader);
    assert_eq!(pane(&stage)[..2], ["100%", "red     tab caf\u{fffd} end"]);
    stage.keys("r");
    assert_eq!(pane(&stage)[..2], ["  1%^M 50%^M100%", "^[[31mred^[[0m^Itab caf<e9> ^[]0;title^Gend"]);
    assert_eq!(style_of(&stage, "^M 50"), "dim");
    assert_eq!(style_of(&stage, "50%"), "plain");
    insta::assert_snapshot!("log_raw", stage.draw());
    writer.append(Stream::Stdout, None, &b"\x1b".repeat(100));
    stage.keys("w");
    assert_eq!(pane(&stage)[2..5], ["^[".repeat(39), "^[".repeat(39), "^[".repeat(22)]);
    stage.keys("w l");
    assert_eq!(pane(&stage)[2], format!("{}^›", "^[".repeat(38)));
}

#[test]
fn digits_mean_nothing_where_there_is_no_log() {
    let (_writer, _, mut stage) = stage_of(10, &[]);
    stage.keys("esc 1");
    assert_eq!(stage.model.typing, None);
    stage.keys("enter 1 tab");
    assert!(stage.model.typing.is_some());
    stage.keys("esc");
}
