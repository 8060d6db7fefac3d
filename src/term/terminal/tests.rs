use super::super::{Modes, MouseEncoding, MouseMode, Size};
use super::Terminal;

fn terminal(columns: u16, rows: u16) -> Terminal {
    Terminal::new(Size::new(columns, rows), 100)
}

#[track_caller]
fn shows(terminal: &Terminal, rows: &[&str]) {
    let text = terminal.text();
    let mut found: Vec<&str> = text.lines().collect();
    while found.last().is_some_and(|row| row.is_empty()) {
        found.pop();
    }
    assert_eq!(found, rows);
}

#[track_caller]
fn printed(columns: u16, rows: u16, output: &str, expected: &[&str]) -> Terminal {
    let mut terminal = terminal(columns, rows);
    assert_eq!(terminal.process(output.as_bytes()), b"", "answers");
    shows(&terminal, expected);
    terminal
}

#[test]
fn a_shell_prints_a_listing_behind_its_prompt() {
    let output = "\x1b[?2004h\x1b]0;build@qemu: /work\x07\x1b[01;32mbuild@qemu\x1b[00m:\x1b[01;34m/work\x1b[00m$ \
                  ls --color\r\n\x1b[?2004l\r\x1b[0m\x1b[01;34mconf\x1b[0m  \x1b[01;31mimage.tar.gz\x1b[0m  \
                  \x1b[30;42mtmp\x1b[0m  \x1b[01;36mlatest\x1b[0m -> bär\r\n\x1b[?2004h$ ";
    let terminal = printed(
        60,
        5,
        output,
        &["build@qemu:/work$ ls --color", "conf  image.tar.gz  tmp  latest -> bär", "$"],
    );
    assert_eq!(terminal.title(), Some("build@qemu: /work"));
    assert_eq!(terminal.cursor(), Some((2, 2)));
    assert!(terminal.modes().bracketed_paste);
}

#[test]
fn a_progress_line_is_written_over() {
    let bar = "\rfetching   0% [          ]\rfetching  37% [###       ]";
    printed(40, 3, bar, &["fetching  37% [###       ]"]);
    printed(40, 3, &format!("{bar}\r\x1b[Kfetched\r\n"), &["fetched"]);
    printed(40, 3, "12%\x08\x08\x0834%", &["34%"]);
}

#[test]
fn an_editor_has_a_screen_of_its_own_and_leaves_the_other_as_it_was() {
    let mut terminal = printed(20, 4, "$ vi notes\r\n", &["$ vi notes"]);
    let answers = terminal.process(
        b"\x1b[?1049h\x1b[22;0;0t\x1b[?1h\x1b=\x1b[?1000h\x1b[?1006h\x1b[H\x1b[2J\x1b[1;3r\x1b[3;1H~\x1b[2;1H~\x1b[H\
          hello\x1b[4;1H\x1b[7m\"notes\" 1L\x1b[m\x1b[1;5H",
    );
    assert_eq!(answers, b"");
    shows(&terminal, &["hello", "~", "~", "\"notes\" 1L"]);
    assert_eq!(terminal.cursor(), Some((4, 0)));
    let expected = Modes {
        application_cursor: true,
        application_keypad: true,
        mouse: MouseMode::PressRelease,
        mouse_encoding: MouseEncoding::Sgr,
        alternate_screen: true,
        ..Modes::default()
    };
    assert_eq!(terminal.modes(), expected);
    terminal.scroll_up(5);
    assert_eq!(terminal.scrolled(), 0);
    let _ = terminal.process(b"\x1b[?1006l\x1b[?1000l\x1b[?1l\x1b>\x1b[?1049l\x1b[23;0;0t$ ");
    shows(&terminal, &["$ vi notes", "$"]);
    assert_eq!(terminal.modes(), Modes::default());
}

#[test]
fn a_pager_scrolls_both_ways() {
    let mut terminal = printed(10, 3, "\x1b[?1049h\x1b[H1\r\n2\r\n\x1b[7m:\x1b[27m\x1b[K", &["1", "2", ":"]);
    let _ = terminal.process(b"\r\x1b[K3\r\n:");
    shows(&terminal, &["2", "3", ":"]);
    let _ = terminal.process(b"\r\x1b[K\x1b[H\x1bM1\x1b[3;1H\x1b[K:");
    shows(&terminal, &["1", "2", ":"]);
}

#[test]
fn frames_are_drawn_without_utf_8_too() {
    printed(10, 3, "\x1b(0lqk\x1b(B q\r\n\x1b)0\x0ex\x0fx\x0ex", &["┌─┐ q", "│x│"]);
    printed(10, 1, "\x1b(0\x1bcq", &["q"]);
}

#[test]
fn what_the_screen_does_not_know_is_told_in_its_words() {
    printed(20, 3, "ab\x1bDc\x1bEd", &["ab", "  c", "d"]);
    printed(20, 3, "ab\x1b[scd\x1b[uX", &["abXd"]);
    printed(20, 3, "a\x1b[5b", &["aaaaaa"]);
    printed(20, 2, "\x1b[2Ia\x1b[Zb\x1b[2Zc", &["        c       b"]);
    printed(20, 3, "a\x1b[3ab\x1b[ec", &["a   b", "     c"]);
    printed(20, 3, "\x1b[?1047hx\x1b[?1047ly", &["y"]);
    printed(20, 3, "\x1b[?25l\x1b[!pa", &["a"]);
}

#[test]
fn wide_and_combining_characters_take_their_places() {
    let terminal = printed(6, 3, "漢字e\u{301}x漢", &["漢字éx".replace('é', "e\u{301}").as_str(), "漢"]);
    assert_eq!(terminal.cursor(), Some((2, 1)));
    printed(6, 2, "漢字\x1b[1;2Hx", &[" x字"]);
    printed(1, 2, "漢a", &["a"]);
}

#[test]
fn bytes_that_are_no_text_take_a_place_each() {
    let mut terminal = terminal(10, 1);
    let _ = terminal.process(b"a\xffb\xe2\x82c\x7f\x80\xc2\x9bd");
    shows(&terminal, &["a?b?cd"]);
}

#[test]
fn what_acts_on_a_terminal_is_not_text() {
    printed(20, 1, "a\u{202e}b\u{200d}c\u{2066}d\u{fe0f}e\u{feff}f\u{e0041}g", &["abcdefg"]);
}

#[test]
fn questions_are_answered_where_they_are_asked() {
    for (question, answer) in [
        ("\x1b[c", "\x1b[?1;2c"),
        ("\x1b[0c", "\x1b[?1;2c"),
        ("\x1b[5n", "\x1b[0n"),
        ("\x1b[6n", "\x1b[1;1R"),
        ("ab\r\nc\x1b[6nd", "\x1b[2;2R"),
        ("\x1b[999;999H\x1b[6n", "\x1b[5;10R"),
        ("1234567890\x1b[6n", "\x1b[1;10R"),
        ("a\x1b[6n\x1b[cb", "\x1b[1;2R\x1b[?1;2c"),
        ("\x1b[>c\x1b[=c\x1b[1c\x1b[?6n\x1b[7n\x1b[?1$p\x1b[>q\x1bP+q\x1b\\\x1b[18t\x1b[21t\x05", ""),
        ("\x1b]52;c;?\x07\x1b]11;?\x1b\\\x1b]4;1;?\x07", ""),
    ] {
        let answers = terminal(10, 5).process(question.as_bytes());
        assert_eq!(String::from_utf8(answers).unwrap(), answer, "{question:?}");
    }
}

#[test]
fn a_title_is_clean_and_short() {
    for (output, title) in [
        ("", None),
        ("\x1b]0;one\x07", Some("one".to_owned())),
        ("\x1b]2;a;b\x1b\\", Some("a;b".to_owned())),
        ("\x1b]1;icon\x07", None),
        ("\x1b]2;one\x07\x1b]2;\x07", None),
        ("\x1b]2; \u{202e}tx\u{85}t \x07", Some("txt".to_owned())),
        (&format!("\x1b]2;{}\x07", "é".repeat(5000)), Some("é".repeat(256))),
    ] {
        let mut terminal = terminal(10, 2);
        let _ = terminal.process(output.as_bytes());
        assert_eq!(terminal.title(), title.as_deref(), "{output:?}");
        shows(&terminal, &[]);
    }
}

#[test]
fn bells_are_counted_but_not_those_that_end_a_title() {
    let mut terminal = terminal(10, 2);
    let _ = terminal.process(b"\x07a\x07\x1b]0;x\x07");
    assert_eq!(terminal.bells(), 2);
}

fn numbered(rows: std::ops::RangeInclusive<u32>) -> String {
    rows.flat_map(|row| ["\r\n".to_owned(), row.to_string()]).collect()
}

#[test]
fn a_view_that_is_scrolled_back_stays_where_it_is() {
    let mut terminal = terminal(10, 3);
    let _ = terminal.process(numbered(1..=9).as_bytes());
    shows(&terminal, &["7", "8", "9"]);
    terminal.scroll_up(4);
    shows(&terminal, &["3", "4", "5"]);
    assert_eq!((terminal.scrolled(), terminal.cursor()), (4, None));
    let _ = terminal.process(numbered(10..=12).as_bytes());
    shows(&terminal, &["3", "4", "5"]);
    assert_eq!(terminal.scrolled(), 7);
    terminal.resize(Size::new(12, 3));
    shows(&terminal, &["3", "4", "5"]);
    terminal.scroll_down(1);
    shows(&terminal, &["4", "5", "6"]);
    terminal.scroll_down(usize::MAX);
    shows(&terminal, &["10", "11", "12"]);
    terminal.scroll_up(usize::MAX);
    shows(&terminal, &["", "1", "2"]);
    terminal.scroll_to_end();
    assert_eq!((terminal.scrolled(), terminal.cursor()), (0, Some((2, 2))));
}

#[test]
fn the_scrollback_keeps_the_newest_rows() {
    let mut terminal = Terminal::new(Size::new(10, 2), 3);
    let _ = terminal.process(numbered(1..=50).as_bytes());
    terminal.scroll_up(100);
    assert_eq!(terminal.scrolled(), 3);
    shows(&terminal, &["46", "47"]);
}

#[test]
fn a_smaller_screen_keeps_its_last_rows_and_gets_the_others_back() {
    let mut terminal = printed(10, 4, "1\r\n2\r\n3\r\n4", &["1", "2", "3", "4"]);
    terminal.resize(Size::new(10, 2));
    assert_eq!(terminal.size(), Size::new(10, 2));
    shows(&terminal, &["3", "4"]);
    terminal.resize(Size::new(10, 4));
    shows(&terminal, &["1", "2", "3", "4"]);
    assert_eq!(terminal.cursor(), Some((1, 3)));
}
