use crate::logs::{Log, LogReader, LogWriter, Search, Stream};
use crate::ui::model::{Focus, Place, Typing};
use crate::ui::test_support::{Stage, key};
use crate::ui::view::seen::{pane, pane_bottom, style_of, with_log};
use crate::ui::{ContainerNews, Looking, Message, wanted};

/// A log of so many lines, every hundredth of which is an error, in a pane of eleven rows that has the keys.
fn stage_of(lines: usize) -> (LogWriter, LogReader, Stage) {
    let (mut writer, reader) = Log::new(64 << 20);
    print(&mut writer, 1..=lines);
    let stage = with_log(60, 15, &reader);
    (writer, reader, stage)
}

fn print(writer: &mut LogWriter, numbers: std::ops::RangeInclusive<usize>) {
    for number in numbers {
        let what = if number.is_multiple_of(100) { "ERROR: task" } else { "line" };
        writer.append(Stream::Stdout, None, format!("{what} {number}\n").as_bytes());
    }
}

fn search(stage: &mut Stage, typed: &str) {
    stage.types(typed).looks_through();
}

fn top(stage: &Stage) -> String {
    pane(stage)[0].clone()
}

fn bottom_has(stage: &Stage, words: &str) {
    assert!(pane_bottom(stage).contains(words), "{}", pane_bottom(stage));
}

#[test]
fn the_nearest_match_is_gone_to_while_it_is_typed() {
    let (_writer, _, mut stage) = stage_of(1000);
    stage.keys("g pagedown");
    search(&mut stage, "/");
    bottom_has(&stage, " /▏ ");
    search(&mut stage, "error");
    // A third down the page: three rows above it.
    assert_eq!(pane(&stage)[3], "ERROR: task 100");
    bottom_has(&stage, " /error▏ 1 of 10 ");
    search(&mut stage, ": task 3");
    assert_eq!(pane(&stage)[3], "ERROR: task 300", "always from where the typing began");
    bottom_has(&stage, "1 of 1 ");
    search(&mut stage, "x");
    assert_eq!(top(&stage), "line 11", "nowhere: back to where it began");
    bottom_has(&stage, "nothing");
    stage.keys("backspace").looks_through();
    stage.keys("enter");
    assert_eq!(stage.model.typing, None);
    assert_eq!(pane(&stage)[3], "ERROR: task 300");
    bottom_has(&stage, " /error: task 3 1 of 1 ");
}

#[test]
fn escape_puts_everything_back() {
    let (_writer, _, mut stage) = stage_of(1000);
    search(&mut stage, "/line 501\n");
    stage.keys("G");
    search(&mut stage, "/task 9");
    assert_eq!(pane(&stage)[3], "ERROR: task 900");
    stage.keys("esc");
    bottom_has(&stage, " /line 501 1 of 1 ");
    bottom_has(&stage, "follow");
    stage.keys("esc");
    assert!(!pane_bottom(&stage).contains('/'), "{}", pane_bottom(&stage));
    assert_eq!(stage.model.focus, Focus::Pane);
    // One was for the message that the search went round.
    stage.keys("esc esc");
    assert_eq!(stage.model.focus, Focus::Containers);
    assert!(wanted(&stage.model).looking.is_empty());
}

#[test]
fn next_and_previous_go_on_and_round() {
    let (_writer, _, mut stage) = stage_of(1000);
    stage.keys("g");
    search(&mut stage, "/ERROR\n");
    for (keys, words) in [("n", "2 of 10"), ("n", "3 of 10"), ("N", "2 of 10"), ("N", "1 of 10")] {
        stage.keys(keys);
        bottom_has(&stage, words);
    }
    assert!(stage.toasts().is_empty());
    stage.keys("N");
    bottom_has(&stage, "10 of 10");
    assert_eq!(stage.toasts(), ["search went round"]);
    stage.keys("g n");
    bottom_has(&stage, "1 of 10");
    stage.wait(60);
    stage.keys("g G n");
    assert_eq!(pane(&stage).last().unwrap(), "ERROR: task 1000", "from the page that is shown");
}

#[test]
fn upwards_it_begins_at_the_end_of_the_page() {
    let (_writer, _, mut stage) = stage_of(1005);
    search(&mut stage, "?error\n");
    bottom_has(&stage, " ?error 10 of 10 ");
    assert_eq!(top(&stage), "line 995", "it is on the page");
    stage.keys("n");
    bottom_has(&stage, "9 of 10");
    assert_eq!(pane(&stage)[3], "ERROR: task 900");
    stage.keys("N");
    bottom_has(&stage, "10 of 10");
    // Help is on another key here.
    stage.keys("f1");
    assert_eq!(stage.dialogs(), 1);
}

#[test]
fn a_match_that_is_not_known_yet_is_gone_to_when_it_is() {
    let (_writer, _, mut stage) = stage_of(100_000);
    stage.keys("g");
    stage.types("/task 99900\n");
    bottom_has(&stage, "searching…");
    assert_eq!(top(&stage), "line 1");
    let Looking { id, reader, query, covered } = wanted(&stage.model).looking.remove(0);
    let mut search = Search::new(reader, query, covered);
    let mut steps = 0;
    while let Some(found) = search.step() {
        let has_any = !found.lines.is_empty();
        stage.tell(Message::Found(id, found));
        steps += 1;
        if has_any {
            break;
        }
        bottom_has(&stage, "searching…");
    }
    assert!(steps > 1, "a log of one segment only");
    assert_eq!(pane(&stage)[3], "ERROR: task 99900");
    // Somebody else's are not taken.
    stage.keys("/").types("zeus\n");
    let found =
        Search::new(wanted(&stage.model).looking.remove(0).reader, looked_for("line"), covered_of(&stage));
    for found in std::iter::successors(Some(found), |_| None).filter_map(|mut search| search.step()) {
        stage.tell(Message::Found(id, found));
    }
    bottom_has(&stage, "searching…");
}

fn looked_for(typed: &str) -> crate::logs::Query {
    crate::logs::Query::Matching(crate::logs::Pattern::new(typed).unwrap())
}

fn covered_of(stage: &Stage) -> std::ops::Range<crate::logs::LineNumber> {
    wanted(&stage.model).looking.remove(0).covered
}

#[test]
fn every_match_is_marked_and_the_line_that_is_looked_at_most() {
    let (mut writer, reader) = Log::new(1 << 20);
    writer.append(Stream::Stdout, None, "one fish\ntwo 寿司fish, \x1b[31mfi\x1b[0msh\nred\n".as_bytes());
    let mut stage = with_log(60, 15, &reader);
    search(&mut stage, "/fish\n");
    assert_eq!(style_of(&stage, "fish"), "black on yellow bold");
    assert_eq!(style_of(&stage, "one"), "plain");
    assert_eq!(style_of(&stage, "fish,"), "black on yellow");
    assert_eq!(style_of(&stage, "寿司"), "plain");
    assert_eq!(style_of(&stage, ", fish"), "plain");
    assert_eq!(style_of(&stage, "sh\u{20}"), "black on yellow bold", "{}", stage.draw());
    stage.keys("n");
    assert_eq!(style_of(&stage, "fish,"), "black on yellow bold");
}

#[test]
fn a_match_far_to_the_right_is_shown() {
    let (mut writer, reader) = Log::new(1 << 20);
    let long = "x".repeat(300);
    writer.append(Stream::Stdout, None, format!("short needle\n{long} needle {long}\n").as_bytes());
    let mut stage = with_log(60, 15, &reader);
    search(&mut stage, "/needle\n");
    assert_eq!(stage.model.pane.log(&key("yocto-a")).unwrap().column, 0);
    stage.keys("n");
    assert!(pane(&stage)[1].contains("x needle x"), "{}", stage.draw());
    assert_eq!(style_of(&stage, "needle"), "black on yellow bold");
    stage.keys("n");
    assert!(pane(&stage)[0].contains("short needle"), "{}", stage.draw());
    // Broken, the row is what counts.
    let rows: String =
        (0..40).map(|_| "row after row after row after row after row after row after ".to_owned()).collect();
    writer.append(Stream::Stdout, None, format!("{rows}needle\n").as_bytes());
    stage.keys("w g").looks_through();
    stage.keys("n n");
    assert!(pane(&stage).iter().any(|row| row.contains("needle")), "{}", stage.draw());
    bottom_has(&stage, "3 of 3");
}

#[test]
fn what_comes_later_is_found_and_another_log_is_searched_anew() {
    let (mut writer, _, mut stage) = stage_of(150);
    search(&mut stage, "/error\n");
    bottom_has(&stage, "1 of 1 ");
    let place = stage.model.pane.log(&key("yocto-a")).unwrap().place;
    assert!(matches!(place, Place::At(_)), "whoever looks at a match does not follow");
    print(&mut writer, 151..=200);
    bottom_has(&stage, "1 of 1… ");
    stage.looks_through();
    bottom_has(&stage, "1 of 2 ");
    let before = wanted(&stage.model);
    let (mut other, reader) = Log::new(1 << 20);
    other.append(Stream::Stdout, None, b"an error\n");
    stage.tell(Message::Container(key("yocto-a"), ContainerNews::Log(reader)));
    assert_ne!(wanted(&stage.model), before);
    bottom_has(&stage, "searching…");
    stage.looks_through();
    bottom_has(&stage, "1 found");
}

#[test]
fn typing_ends_when_its_log_is_not_shown_any_more() {
    let (_writer, _, mut stage) = stage_of(100);
    stage.resize(140, 40);
    stage.types("/err");
    assert_eq!(stage.model.typing, Some(Typing::Log));
    stage.clicks("Stats");
    assert_eq!(stage.model.typing, None);
    stage.keys("[").looks_through();
    bottom_has(&stage, " /err 1 of 1 ");
    stage.types("/x");
    stage.clicks("yocto-b");
    assert_eq!(stage.model.typing, None);
}

#[test]
fn it_looks_so() {
    let (_writer, _, mut stage) = stage_of(2304);
    search(&mut stage, "?task 1.00$");
    for (width, height) in [(80, 24), (120, 40)] {
        stage.resize(width, height);
        insta::assert_snapshot!(format!("typed_{width}x{height}"), stage.draw());
    }
    stage.keys("enter #");
    insta::assert_snapshot!("kept_120x40", stage.draw());
}

#[test]
fn what_is_between_has_to_be_looked_through_first() {
    let (_writer, _, mut stage) = stage_of(100_000);
    stage.types("?error\n");
    let Looking { id, reader, query, covered } = wanted(&stage.model).looking.remove(0);
    let mut search = Search::new(reader, query, covered);
    stage.tell(Message::Found(id, search.step().unwrap()));
    assert!(pane(&stage).iter().any(|row| row == "ERROR: task 100000"), "{}", stage.draw());
    stage.keys("g N");
    bottom_has(&stage, "searching…");
    assert_eq!(top(&stage), "line 1", "matches further down are known, but not yet the nearest");
    stage.looks_through();
    assert_eq!(pane(&stage)[3], "ERROR: task 100");
    bottom_has(&stage, "1 of 1 000 ");
}
