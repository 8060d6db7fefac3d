//! Selecting lines, and what comes of it.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use crate::logs::{Log, LogWriter, Stream};
use crate::ui::test_support::{Stage, key};
use crate::ui::view::seen::{pane, pane_bottom, style_of, with_log};
use crate::ui::{Command, Message};

fn stage_of(lines: usize) -> (LogWriter, Stage) {
    let (mut writer, reader) = Log::new(1 << 22);
    for number in 1..=lines {
        writer.append(Stream::Stdout, None, format!("line {number}\n").as_bytes());
    }
    (writer, with_log(60, 15, &reader))
}

#[track_caller]
fn selected(stage: &Stage, first: u64, last: u64) {
    let selection = stage.model.pane.shown_log(&key("yocto-a")).unwrap().moves.selection.unwrap();
    assert_eq!((selection.first().get(), selection.last().get()), (first, last), "{}", stage.draw());
}

fn copied(stage: &mut Stage) -> Option<String> {
    match stage.commands.pop() {
        Some(Command::Copy(text)) => Some(text),
        _ => None,
    }
}

#[test]
fn moving_takes_the_end_along_and_the_page_follows_it() {
    let (mut writer, mut stage) = stage_of(100);
    stage.keys("g j V");
    selected(&stage, 2, 2);
    stage.keys("j j");
    selected(&stage, 2, 4);
    assert_eq!(pane(&stage)[0], "line 2", "what is on the page needs no moving");
    assert_eq!(style_of(&stage, "line 4"), "reversed");
    assert_eq!(style_of(&stage, "line 5"), "plain");
    assert!(pane_bottom(&stage).contains(" 3 lines selected "), "{}", pane_bottom(&stage));
    insta::assert_snapshot!("log_selected", stage.draw());
    stage.keys("pagedown");
    selected(&stage, 2, 14);
    assert_eq!(pane(&stage)[10], "line 14");
    stage.keys("g");
    selected(&stage, 1, 2);
    stage.keys("5 0 enter");
    selected(&stage, 2, 50);
    assert_eq!(pane(&stage)[3], "line 50");
    stage.keys("G");
    selected(&stage, 2, 100);
    for number in 101..=200 {
        writer.append(Stream::Stdout, None, format!("line {number}\n").as_bytes());
    }
    assert_eq!(pane(&stage)[10], "line 100", "new lines do not carry it away");
    stage.keys("esc");
    assert!(!pane_bottom(&stage).contains("selected"));
    assert_eq!(stage.model.focus, crate::ui::model::Focus::Pane, "escape ends one thing at a time");
}

#[test]
fn where_the_end_is_followed_it_begins_there() {
    let (_writer, mut stage) = stage_of(100);
    stage.keys("V k");
    selected(&stage, 99, 100);
    stage.keys("V");
    assert!(!pane_bottom(&stage).contains("selected"), "once more ends it");
}

#[test]
fn what_is_selected_is_copied() {
    let (_writer, mut stage) = stage_of(20_000);
    stage.keys("g V j y");
    assert_eq!(copied(&mut stage).as_deref(), Some("line 1\nline 2\n"));
    assert_eq!(stage.toasts().last().copied(), Some("copied 2 lines"));
    stage.keys("G y");
    assert_eq!(copied(&mut stage), None);
    let said = stage.toasts().last().unwrap().to_string();
    assert!(said.contains("not copied: 20 000 lines are more than 72.3 KiB"), "{said}");
    stage.keys("esc esc y");
    assert!(copied(&mut stage).is_some(), "without one, what is shown");
}

#[test]
fn a_whole_row_is_reversed_broken_lines_too() {
    let (mut writer, reader) = Log::new(1 << 20);
    writer.append(Stream::Stdout, None, format!("{}\n\nafter\n", "x".repeat(100)).as_bytes());
    let mut stage = with_log(60, 15, &reader);
    stage.keys("w V k k");
    for (x, y, is_reversed) in
        [(1, 2, true), (58, 2, true), (58, 3, true), (1, 4, true), (58, 4, true), (1, 5, true), (1, 6, false)]
    {
        let cells = crate::ui::view::seen::cells(&stage);
        let reversed = cells[(x, y)].modifier.contains(ratatui::style::Modifier::REVERSED);
        assert_eq!(reversed, is_reversed, "{x},{y}: {}", stage.draw());
    }
}

fn mouse(stage: &mut Stage, kind: MouseEventKind, column: u16, row: u16) {
    stage.tell(Message::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
}

#[test]
fn the_mouse_selects_the_lines_it_is_dragged_over() {
    let (_writer, mut stage) = stage_of(100);
    stage.keys("g");
    let left = MouseButton::Left;
    mouse(&mut stage, MouseEventKind::Down(left), 5, 4);
    mouse(&mut stage, MouseEventKind::Drag(left), 20, 6);
    selected(&stage, 3, 5);
    mouse(&mut stage, MouseEventKind::Drag(left), 20, 2);
    selected(&stage, 1, 3);
    for _ in 0..12 {
        mouse(&mut stage, MouseEventKind::Drag(left), 20, 14);
    }
    selected(&stage, 3, 13);
    assert_eq!(pane(&stage)[10], "line 13", "under the page it takes the page along");
    mouse(&mut stage, MouseEventKind::Up(left), 20, 14);
    mouse(&mut stage, MouseEventKind::Drag(left), 20, 5);
    selected(&stage, 3, 13);
    mouse(&mut stage, MouseEventKind::ScrollUp, 20, 5);
    selected(&stage, 3, 13);
    mouse(&mut stage, MouseEventKind::Down(left), 20, 5);
    assert!(!pane_bottom(&stage).contains("selected"), "a click ends it");
}
