use crate::ui::keymap::{DEEDS, Do, KeyMap};
use crate::ui::test_support::Stage;

#[test]
fn it_begins_with_what_holds_now() {
    for (width, height) in [(60, 15), (80, 24), (120, 40), (200, 50)] {
        let mut stage = Stage::new(width, height);
        stage.keys("?");
        insta::assert_snapshot!(format!("help_{width}x{height}"), stage.draw());
    }
    let mut stage = Stage::new(120, 70);
    stage.keys("enter f1");
    let drawn = stage.draw();
    assert!(drawn.find("Log and exec tabs").unwrap() < drawn.find("The pane").unwrap(), "{drawn}");
}

/// Everything it says, scrolled through line by line.
fn whole(stage: &mut Stage) -> String {
    let mut all = stage.keys("home").draw();
    for _ in 0..300 {
        all += &stage.keys("down").draw();
    }
    all
}

#[test]
fn every_deed_and_what_is_in_no_table_is_in_it() {
    for (width, height) in [(60, 15), (200, 50)] {
        let mut stage = Stage::new(width, height);
        stage.keys("?");
        let all = whole(&mut stage);
        for info in DEEDS {
            // Long sentences are broken: their first words tell them.
            let first: String = info.help.chars().take(16).collect();
            assert!(all.contains(first.trim_end()), "{width}x{height}: {first}");
        }
        for words in ["ctrl-]", "shift-pageup", "double click", "While no engine answers"] {
            assert!(all.contains(words), "{width}x{height}: {words}");
        }
    }
}

#[test]
fn letters_search_it_and_escape_shows_all_again() {
    let mut stage = Stage::new(120, 40);
    stage.keys("?").types("/signal");
    insta::assert_snapshot!("help_searched", stage.draw());
    stage.keys("esc");
    assert_eq!(stage.dialogs(), 1);
    assert!(stage.draw().contains("Mark or unmark"));
    stage.types("zz no such thing");
    assert!(stage.draw().contains("Nothing here matches."));
    stage.keys("esc esc");
    assert_eq!(stage.dialogs(), 0);
}

#[test]
fn it_tells_the_keys_in_force_and_why_one_does_nothing() {
    let mut stage = Stage::new(120, 40);
    let own = [(Do::Stop, vec!["ctrl-x".parse().unwrap()]), (Do::Kill, vec![])];
    stage.model.keymap = KeyMap::with(&own.into_iter().collect()).unwrap();
    stage.on("yocto-d").keys("?");
    let drawn = stage.draw();
    let line = |words: &str| drawn.lines().find(|line| line.contains(words)).unwrap().to_owned();
    assert!(line("Stop: its signal").contains("ctrl-x"), "{drawn}");
    assert!(line("Send a signal").contains("no key"), "{drawn}");
    assert!(drawn.contains("not now: it does not run"), "{drawn}");
}

#[test]
fn it_stays_within_its_text() {
    let mut stage = Stage::new(80, 24);
    stage.keys("? end");
    let end = stage.draw();
    assert!(end.contains("shift-drag") && end.contains("100%"), "{end}");
    stage.keys("pagedown down");
    assert_eq!(stage.draw(), end);
    stage.keys("up");
    assert_ne!(stage.draw(), end);
    stage.keys("home");
    assert!(stage.draw().contains("0%"));
    stage.draws_at_any_size();
}
