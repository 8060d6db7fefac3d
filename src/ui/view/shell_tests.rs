//! The frame around everything, and the tab of a shell.

use bytes::Bytes;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Position;

use crate::ui::test_support::Stage;
use crate::ui::{ActionId, ActionNews, Command, Message, Request, Tone, Yield};

use super::view;

/// A shell in yocto-a that has printed this.
fn shell(width: u16, height: u16, printed: &str) -> (Stage, ActionId) {
    let mut stage = Stage::new(width, height);
    stage.on("yocto-a").keys("S");
    let acts = stage.acts();
    let [(id, Request::Shell(..))] = acts.as_slice() else { panic!("{acts:?}") };
    let id = *id;
    stage.news(id, ActionNews::Printed(Bytes::copy_from_slice(printed.as_bytes())));
    (stage, id)
}

/// Where the terminal's own cursor is, where it is shown.
fn cursor(stage: &Stage) -> Option<Position> {
    let (width, height) = stage.model.size;
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| view(&stage.model, frame)).unwrap();
    terminal.backend().cursor_visible().then(|| terminal.backend().cursor_position())
}

#[test]
fn the_frame_says_what_goes_on_at_every_size() {
    for (width, height) in [(60, 15), (80, 24), (120, 40), (200, 50)] {
        let mut stage = Stage::new(width, height).with_podman();
        stage.on("yocto-d").keys("u");
        stage.tell(Message::Told(Tone::Good, "copied yocto-d".into()));
        stage.tell(Message::Told(Tone::Bad, "the settings could not be read: ".repeat(8)));
        stage.model.options.read_only = width == 120;
        insta::assert_snapshot!(format!("frame_{width}x{height}"), stage.draw());
    }
}

#[test]
fn a_shell_has_the_cursor_while_it_has_the_keys() {
    for (width, height) in [(80, 24), (120, 40)] {
        let (stage, _) = shell(width, height, "\x1b[31mred\x1b[0m 寿司\r\n/work # ls");
        insta::assert_snapshot!(format!("shell_{width}x{height}"), stage.draw());
    }
    let (mut stage, _) = shell(80, 24, "one\r\n/work # ls");
    assert_eq!(cursor(&stage), Some(Position::new(11, 3)), "{}", stage.draw());
    stage.keys("ctrl-]");
    assert_eq!(cursor(&stage), None, "the lists have the keys");
}

#[test]
fn a_shell_scrolled_back_says_so() {
    let rows = (1..=60).map(|row| format!("row {row}")).collect::<Vec<_>>().join("\r\n") + "\r\n";
    let (mut stage, id) = shell(80, 24, &rows);
    assert!(stage.draw().contains("row 60") && !stage.draw().contains("below"), "{}", stage.draw());
    stage.tell(Message::Key(crate::ui::test_support::pressed("shift-pageup")));
    let drawn = stage.draw();
    assert!(drawn.contains("looking back, 10 rows below") && !drawn.contains("row 60"), "{drawn}");
    assert_eq!(cursor(&stage), None);
    stage.keys("l");
    assert!(stage.draw().contains("row 60"), "a key goes back to the end");
    assert!(matches!(stage.commands.last(), Some(Command::Type(of, keys)) if *of == id && keys == b"l"));
}

#[test]
fn the_last_screen_of_a_shell_stays_with_how_it_ended() {
    let (mut stage, id) = shell(80, 24, "/work # exit 3\r\n");
    stage.done(id, Yield::ExitCode(3));
    let drawn = stage.draw();
    assert!(drawn.contains("/work # exit 3") && drawn.contains("exit 3 after 2s"), "{drawn}");
    assert_eq!(cursor(&stage), None);
    // What belongs to logs alone is not offered.
    assert!(!drawn.contains("follow"), "{drawn}");
    stage.keys("y");
    assert!(
        matches!(stage.commands.last(), Some(Command::Copy(text)) if text.starts_with("/work # exit 3\n"))
    );
    stage.keys("ctrl-w");
    assert!(stage.model.pane.execs().is_empty(), "keys are the console's again");
}
