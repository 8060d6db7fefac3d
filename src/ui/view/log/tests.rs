use super::*;
use crate::logs::{Log, LogReader, LogWriter, Stream};
use crate::ui::test_support::{Stage, key, noon};
use crate::ui::view::seen::{pane, pane_bottom, style_of, with_log, with_tab};
use crate::ui::{ContainerNews, Look, Message, Problem};

const MIB: u64 = 1 << 20;

fn print(writer: &mut LogWriter, numbers: std::ops::RangeInclusive<usize>) {
    for number in numbers {
        writer.append(Stream::Stdout, Some(noon()), format!("line {number}\n").as_bytes());
    }
}

/// A log of so many lines, in a pane of ten rows that has the keys.
fn stage_of(lines: usize) -> (LogWriter, LogReader, Stage) {
    let (mut writer, reader) = Log::new(MIB);
    print(&mut writer, 1..=lines);
    let stage = with_log(60, 15, &reader);
    assert_eq!(pane(&stage).len(), 11);
    (writer, reader, stage)
}

fn ends(stage: &Stage) -> (String, String) {
    let pane = pane(stage);
    (pane.first().unwrap().clone(), pane.last().unwrap().clone())
}

fn shows(stage: &Stage, first: usize, last: usize) {
    assert_eq!(ends(stage), (format!("line {first}"), format!("line {last}")), "{}", stage.draw());
}

#[test]
fn the_end_is_followed_until_it_is_scrolled_back() {
    let (mut writer, _, mut stage) = stage_of(100);
    shows(&stage, 90, 100);
    assert!(pane_bottom(&stage).contains("100 lines  follow"), "{}", pane_bottom(&stage));
    print(&mut writer, 101..=103);
    shows(&stage, 93, 103);
    stage.keys("k");
    shows(&stage, 92, 102);
    print(&mut writer, 104..=500);
    shows(&stage, 92, 102);
    assert!(pane_bottom(&stage).contains("line 92 of 500  398 below"), "{}", pane_bottom(&stage));
    stage.keys("G");
    shows(&stage, 490, 500);
    print(&mut writer, 501..=501);
    shows(&stage, 491, 501);
}

#[test]
fn keys_go_to_the_top_by_halves_and_by_pages() {
    let (_writer, _, mut stage) = stage_of(100);
    for (keys, first) in
        [("g", 1), ("ctrl-d", 6), ("ctrl-u", 1), ("ctrl-u", 1), ("pagedown", 11), ("j", 12), ("ctrl-b", 2)]
    {
        stage.keys(keys);
        shows(&stage, first, first + 10);
    }
    stage.keys("G k k");
    shows(&stage, 88, 98);
    stage.keys("j j j");
    shows(&stage, 90, 100);
    assert!(pane_bottom(&stage).contains("follow"), "who scrolls down to the end follows again");
}

#[test]
fn follow_stays_in_place_when_it_is_taken_away() {
    let (mut writer, _, mut stage) = stage_of(100);
    stage.keys("f");
    print(&mut writer, 101..=200);
    shows(&stage, 90, 100);
    stage.keys("f");
    shows(&stage, 190, 200);
}

#[test]
fn a_log_that_fits_goes_on_following_whatever_is_pressed() {
    let (mut writer, _, mut stage) = stage_of(3);
    stage.keys("k ctrl-u g");
    assert!(pane_bottom(&stage).contains("3 lines  follow"));
    print(&mut writer, 4..=50);
    shows(&stage, 40, 50);
}

#[test]
fn what_was_dropped_is_told_in_its_place() {
    let (mut writer, reader) = Log::new(8192);
    print(&mut writer, 1..=2000);
    let mut stage = with_log(60, 15, &reader);
    let dropped = bytes(reader.extent().dropped_bytes);
    assert!(!stage.draw().contains("dropped"), "not while its place is not shown");
    stage.keys("g");
    let first = reader.extent().first.get();
    let shown = pane(&stage);
    assert_eq!(shown[0], format!(" ⋯ {dropped} dropped before this"));
    assert_eq!(shown[1], format!("line {first}"));
    assert_eq!(shown[10], format!("line {}", first + 9), "it takes a row of its own");
    assert_eq!(style_of(&stage, "dropped"), "darkgray");
    stage.keys("j");
    assert_eq!(pane(&stage)[0], format!("line {first}"), "and is scrolled away as a row");
    // What is looked at is dropped itself: the oldest that is left takes its place.
    print(&mut writer, 2001..=4000);
    let first = reader.extent().first.get();
    assert_eq!(pane(&stage)[1], format!("line {first}"));
    stage.keys("w");
    assert_eq!(pane(&stage)[1], format!("line {first}"), "also where lines are broken");
    stage.keys("j");
    assert_eq!(pane(&stage)[0], format!("line {first}"));
    stage.keys("k");
    assert!(pane(&stage)[0].contains("dropped before this"));
}

#[test]
fn long_lines_are_cut_with_a_sign_and_scrolled_sideways() {
    let (mut writer, reader) = Log::new(MIB);
    let long = (0..30).map(|number| format!("{number:04}.")).collect::<Vec<_>>().concat();
    writer.append(Stream::Stdout, None, format!("short\n{long}\n").as_bytes());
    let mut stage = with_log(60, 15, &reader);
    assert_eq!(pane(&stage)[1], format!("{}›", &long[..57]));
    assert_eq!(style_of(&stage, "›"), "darkgray");
    stage.keys("l l");
    assert_eq!(pane(&stage)[..2], [String::new(), format!("{}›", &long[16..73])]);
    assert!(pane_bottom(&stage).contains("column 17"), "{}", pane_bottom(&stage));
    stage.keys("right right right right right right right right right right");
    assert_eq!(pane(&stage)[1], long[96..], "nothing is cut at its end");
    stage.keys("h h h h h h h h h h h h");
    assert_eq!(pane(&stage)[0], "short");
    assert_eq!(stage.model.focus, crate::ui::model::Focus::Pane);
    stage.keys("h");
    assert_eq!(stage.model.focus, crate::ui::model::Focus::Containers, "at the margin the lists are next");
}

#[test]
fn broken_lines_are_shown_whole_and_every_row_can_be_reached() {
    let (mut writer, reader) = Log::new(MIB);
    let huge = (0..400).map(|number| format!("{number:05}.")).collect::<Vec<_>>().concat();
    writer.append(Stream::Stdout, None, format!("before\n{huge}\nafter\n").as_bytes());
    let mut stage = with_log(60, 15, &reader);
    stage.keys("w");
    let shown = pane(&stage);
    assert_eq!(shown[10], "after");
    assert_eq!(shown[9], huge[2400 - 2400 % 58..], "the end of it stands above what comes after it");
    let mut seen = vec![shown[10].clone(), shown[9].clone()];
    for _ in 0..45 {
        stage.keys("k");
        seen.push(pane(&stage)[0].clone());
    }
    assert!(seen.contains(&huge[58 * 20..58 * 21].to_owned()), "{seen:#?}");
    stage.keys("g");
    assert_eq!(pane(&stage)[..2], ["before", &huge[..58]]);
    stage.keys("ctrl-d ctrl-d");
    assert_eq!(pane(&stage)[0], huge[58 * 9..58 * 10]);
    stage.keys("w");
    assert_eq!(pane(&stage)[0], "before", "cut again, all of it fits");
    assert_eq!(stage.keys("w G").model.pane.shown_log(&key("yocto-a")).unwrap().place, Place::End);
}

#[test]
fn numbers_and_times_stand_before_the_first_row_of_a_line() {
    let (mut writer, reader) = Log::new(MIB);
    writer.append(Stream::Stdout, Some(noon()), format!("{}\n", "x".repeat(60)).as_bytes());
    writer.append(Stream::Stdout, None, b"no time\n");
    let mut stage = with_log(60, 15, &reader);
    let time = noon().to_zoned_datetime(TimeZone::system()).strftime("%H:%M:%S").to_string();
    stage.keys("w t #");
    let shown = pane(&stage);
    assert_eq!(shown[0], format!("     1 {time} {}", "x".repeat(42)));
    assert_eq!(shown[1], format!("{}{}", " ".repeat(16), "x".repeat(18)));
    assert_eq!(shown[2], format!("     2 {}no time", " ".repeat(9)));
    assert_eq!(style_of(&stage, &time), "darkgray");
    assert_eq!(style_of(&stage, "no time"), "plain");
    stage.keys("#");
    assert_eq!(pane(&stage)[2], format!("{}no time", " ".repeat(9)));
}

#[test]
fn an_open_line_grows_and_remarks_are_told_from_output() {
    let (mut writer, reader) = Log::new(MIB);
    writer.append(Stream::Stdout, None, b"Parsing recipes:  12%");
    let mut stage = with_log(60, 15, &reader);
    assert_eq!(pane(&stage)[0], "Parsing recipes:  12%");
    writer.append(Stream::Stdout, None, b"\rParsing recipes:  13%");
    assert_eq!(pane(&stage)[0], "Parsing recipes:  13%");
    writer.end();
    writer.remark(None, "restarted");
    assert_eq!(pane(&stage)[1], "── restarted");
    assert_eq!(style_of(&stage, "restarted"), "cyan");
    stage.model.look = Look { is_ascii: true, ..Look::default().without_colours() };
    assert_eq!(pane(&stage)[1], "-- restarted");
}

#[test]
fn colours_are_the_containers_own_and_none_where_none_are_wanted() {
    let (mut writer, reader) = Log::new(MIB);
    writer.append(Stream::Stdout, None, b"\x1b[31;1mLOUD\x1b[0m plain \x1b[2J\x1b]0;title\x07safe\n");
    let mut stage = with_log(60, 15, &reader);
    assert_eq!(style_of(&stage, "LOUD"), "red bold");
    assert_eq!(style_of(&stage, "plain"), "plain");
    assert!(!pane(&stage)[0].contains("title"), "{}", pane(&stage)[0]);
    stage.model.look = Look::default().without_colours();
    assert_eq!(style_of(&stage, "LOUD"), "bold");
}

#[test]
fn how_far_the_history_is_read_stands_in_the_frame() {
    let (_writer, _reader, mut stage) = stage_of(100);
    let tell = |stage: &mut Stage, read| {
        stage.tell(Message::Container(key("yocto-a"), ContainerNews::LogHistory(read)));
    };
    tell(&mut stage, Some(34));
    assert!(pane_bottom(&stage).contains(" reading history 34 % "), "{}", pane_bottom(&stage));
    tell(&mut stage, None);
    assert!(!pane_bottom(&stage).contains("history"), "{}", pane_bottom(&stage));
}

#[test]
fn an_empty_log_says_why() {
    let mut stage = with_tab(60, 15, Tab::Log);
    assert_eq!(pane(&stage)[0], " Opening the log.");
    let (_writer, reader) = Log::new(MIB);
    let tell = |stage: &mut Stage, news| stage.tell(Message::Container(key("yocto-a"), news));
    tell(&mut stage, ContainerNews::Log(reader));
    assert_eq!(pane(&stage)[0], " Nothing was printed yet.");
    tell(&mut stage, ContainerNews::LogMoved(LogState::Ended));
    assert_eq!(pane(&stage)[0], " Nothing was printed.");
    let hint = Some("use the json-file driver".to_owned());
    let problem = Problem { hint, ..Problem::new("the log driver keeps nothing to read") };
    tell(&mut stage, ContainerNews::LogMoved(LogState::Failed(problem)));
    assert_eq!(pane(&stage)[..2], [" the log driver keeps nothing to read", " use the json-file driver"]);
    assert_eq!(style_of(&stage, "the log driver"), "red");
}

#[test]
fn what_is_copied_is_what_is_shown() {
    let (_writer, _, mut stage) = stage_of(100);
    stage.keys("g j");
    let copied = shown_text(&stage.model).unwrap();
    assert_eq!((copied.lines().next(), copied.lines().last()), (Some("line 2"), Some("line 12")));
}
