//! Logs on their way out: to a file, and how a command begins and ends in its own.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

use super::harness::{Console, SCENE, engine};

fn ctrl(letter: char) -> Event {
    Event::Key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL))
}

async fn save(console: &Console, path: &str) {
    console.event(ctrl('s'));
    console.shows("Save the log of yocto-a").await;
    console.event(ctrl('u'));
    console.press(path);
    console.press("enter");
}

#[tokio::test(start_paused = true)]
async fn a_log_is_saved_and_never_over_another_file() {
    let console = Console::open(&engine(SCENE));
    console.row("yocto-a", "up").await;
    console.press("enter");
    console.shows("line 3 ").await;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.log");
    save(&console, path.to_str().unwrap()).await;
    console.shows("saved ").await;
    let saved = std::fs::read_to_string(&path).unwrap();
    assert!(saved.starts_with("line 1\nline 2\nline 3\n"), "{saved}");
    save(&console, path.to_str().unwrap()).await;
    console.shows("is there already").await;
    assert_eq!(std::fs::read_to_string(&path).unwrap(), saved);
    let missing = directory.path().join("no/a.log");
    save(&console, missing.to_str().unwrap()).await;
    console.shows("No such file or directory").await;
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_command_begins_and_ends_with_a_remark() {
    let console = Console::open(&engine(SCENE));
    console.row("yocto-a", "up").await;
    console.press("e");
    console.shows("Run in yocto-a").await;
    console.press("make world");
    console.press("enter");
    console.shows("── started: make world").await;
    console.shows("── exit 3 after 2s").await;
}
