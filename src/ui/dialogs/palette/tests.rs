use crate::ui::Command;
use crate::ui::keymap::DEEDS;
use crate::ui::test_support::{Stage, key};

#[test]
fn it_shows_every_deed_with_its_key_and_why_not() {
    for (width, height) in [(60, 15), (80, 24), (120, 40)] {
        let mut stage = Stage::new(width, height);
        stage.keys(":");
        insta::assert_snapshot!(format!("palette_{width}x{height}"), stage.draw());
    }
    let mut stage = Stage::new(120, 100);
    stage.keys(":").resize(120, 24);
    let mut seen = String::new();
    for _ in 0..DEEDS.len() {
        seen += &stage.keys("down").draw();
    }
    for info in DEEDS.iter().filter(|info| info.name != "palette") {
        assert!(seen.contains(info.name), "{}", info.name);
    }
}

#[test]
fn the_best_comes_first_and_enter_does_it() {
    let mut stage = Stage::new(120, 40);
    stage.keys(":").types("stat");
    insta::assert_snapshot!("palette_searched", stage.draw());
    stage.keys("ctrl-u").types("pause").keys("enter");
    assert_eq!(stage.dialogs(), 0);
    let asked = stage.requests();
    assert!(asked.len() == 1 && asked[0].starts_with("Pause("), "{asked:?}");
}

#[test]
fn what_cannot_be_done_says_why_and_is_not_done() {
    let mut stage = Stage::new(120, 40);
    stage.on("yocto-a").keys(":").types("start");
    assert!(stage.draw().contains("not now: it runs already"), "{}", stage.draw());
    stage.keys("enter");
    assert_eq!((stage.dialogs(), stage.requests().len()), (1, 0));
    stage.keys("esc");
    assert_eq!(stage.dialogs(), 1, "the first takes back what was typed");
    stage.keys("esc");
    assert_eq!(stage.dialogs(), 0);
}

#[test]
fn deeds_without_a_key_here_are_done_from_it() {
    let mut stage = Stage::new(120, 40);
    stage.keys(":").types("demo\n");
    assert!(matches!(stage.commands.pop(), Some(Command::OpenDemo)));
    // The filter belongs to a list, wherever the keys were.
    stage.on("yocto-a").keys("enter").keys(":").types("filter\n").types("old");
    assert_eq!(stage.model.containers.filter, "old");
    assert_eq!(stage.model.containers.cursor.selected(), Some(&key("yocto-old")));
}

#[test]
fn the_second_click_on_one_does_it() {
    let mut stage = Stage::new(120, 40);
    stage.keys(":").types("mark").clicks("invert-marks");
    assert_eq!((stage.dialogs(), stage.model.containers.marked()), (1, 0));
    stage.clicks("invert-marks");
    assert_eq!((stage.dialogs(), stage.model.containers.marked()), (0, 6));
}

#[test]
fn it_draws_at_any_size() {
    let mut stage = Stage::new(80, 24);
    stage.keys(":").draws_at_any_size();
    stage.types("nothing is called so").draws_at_any_size();
    assert!(stage.draw().contains("Nothing is called so."));
}
