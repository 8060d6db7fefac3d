use crate::builds::{StopPlan, WatchedBuild};
use crate::engine::StopOptions;
use crate::ui::test_builds::{id, tell, until, watched};
use crate::ui::test_support::Stage;
use crate::ui::{Command, Request};

fn running() -> WatchedBuild {
    watched(until("a-nontty-success.raw", "sqlite3-3.45.3-r0: task do_compile: Started"))
}

fn stage(width: u16, height: u16) -> Stage {
    let mut stage = Stage::new(width, height);
    tell(&mut stage, "yocto-a", running());
    stage.on("yocto-a");
    stage
}

/// The plan of the one action that was asked for.
fn plan(stage: &mut Stage) -> StopPlan {
    match stage.acts().as_slice() {
        [(_, Request::StopBuild { key, build, plan })] => {
            assert_eq!((key.id.as_str(), build), ("id-yocto-a", &id("/work/build")));
            plan.clone()
        }
        acts => panic!("{acts:?}"),
    }
}

#[test]
fn the_build_comes_first_and_the_container_stays() {
    let mut stage = stage(80, 24);
    stage.keys("s");
    insta::assert_snapshot!("stop_build_80x24", stage.draw());
    stage.keys("enter");
    assert_eq!(plan(&mut stage), StopPlan::gentle());
    assert_eq!(stage.dialogs(), 0);
}

#[test]
fn each_choice_does_what_it_says() {
    for (keys, expected) in [
        ("s down enter", StopPlan::now()),
        ("s j j enter", StopPlan::kill()),
        ("s down c enter", StopPlan { container: Some(StopOptions::default()), ..StopPlan::now() }),
        ("s c c enter", StopPlan::gentle()),
    ] {
        let mut stage = stage(120, 40);
        stage.keys(keys);
        assert_eq!(plan(&mut stage), expected, "{keys}");
    }
    let mut stage = stage(120, 40);
    stage.keys("s").clicks("stop the container").keys("enter");
    assert!(stage.requests()[0].starts_with("Stop("));
    stage.keys("s esc s q s n");
    assert_eq!((stage.requests().len(), stage.dialogs()), (0, 0), "closing it stops nothing");
}

#[test]
fn while_it_is_stopped_the_next_step_is_offered_and_has_a_key() {
    let mut stage = stage(120, 40);
    stage.keys("X");
    assert!(stage.toasts()[0].contains("no build is being stopped"), "{:?}", stage.toasts());
    stage.keys("s enter");
    let action = stage.acts()[0].0;
    let words = "interrupt sent, waiting for 3 running tasks; tasks are stopped in 1:42";
    stage.news(action, crate::ui::ActionNews::Step(words.into()));
    stage.wait(3);
    insta::assert_snapshot!("stop_build_strip_120x40", stage.draw());
    // The window's title is told beside it.
    let commands_of = |stage: &mut Stage| {
        let mut commands = std::mem::take(&mut stage.commands);
        commands.retain(|command| !matches!(command, Command::Title(_)));
        commands
    };
    let is_skip = |stage: &mut Stage| {
        let commands = commands_of(stage);
        matches!(commands.as_slice(), [Command::Skip(id)] if *id == action)
    };
    stage.keys("X");
    assert!(is_skip(&mut stage));
    stage.keys("s");
    insta::assert_snapshot!("stop_build_again_120x40", stage.draw());
    stage.keys("enter");
    assert!(is_skip(&mut stage));
    assert!(stage.keys("q").draw().contains("what was sent to it goes on"), "{}", stage.draw());
    stage.keys("n").resize(80, 24);
    let drawn = stage.draw();
    let strip = drawn.lines().find(|line| line.contains("stop build yocto-a")).unwrap();
    assert!(strip.contains("in 1:42") && strip.contains("X next step"), "{strip}");
    // It is cancelled like everything else, and no step is left to skip then.
    stage.keys("x");
    assert!(matches!(commands_of(&mut stage).as_slice(), [Command::Cancel(id)] if *id == action));
    stage.keys("X");
    assert_eq!(commands_of(&mut stage).len(), 0);
}

#[test]
fn one_that_was_interrupted_before_is_not_interrupted_again_to_wait() {
    let mut stage = stage(120, 40);
    stage.keys("s enter");
    let action = stage.acts()[0].0;
    stage.done(action, crate::ui::Yield::Nothing);
    stage.keys("s");
    assert!(stage.draw().contains("wait until running tasks have finished"), "{}", stage.draw());
    stage.keys("enter");
    assert_eq!(plan(&mut stage).interrupts, 1);
}

#[test]
fn of_several_builds_one_is_meant() {
    let mut stage = stage(120, 40);
    let mut other = running();
    other.seen.id = id("/other");
    tell(&mut stage, "yocto-a", other);
    stage.keys("s");
    let drawn = stage.draw();
    assert!(drawn.contains("(1 of 2)"), "{drawn}");
    let first = drawn.contains("in /other");
    stage.keys("tab");
    assert_eq!(stage.draw().contains("in /other"), !first);
    stage.keys("enter");
    let begun = stage.requests();
    assert_eq!(begun[0].contains("\"/other\""), !first, "{begun:?}");
}

#[test]
fn what_has_ended_meanwhile_is_not_stopped() {
    let mut stage = stage(80, 24);
    stage.keys("s");
    tell(&mut stage, "yocto-a", crate::ui::test_builds::ended(running().build));
    assert!(stage.draw().contains("its build has ended"), "{}", stage.draw());
    stage.keys("enter");
    assert!(stage.requests()[0].starts_with("Stop("), "only the container is left to stop");
}

#[test]
fn several_containers_are_stopped_as_ever_with_a_word_about_their_builds() {
    let mut stage = stage(120, 40);
    stage.keys("A s");
    assert!(stage.draw().contains("1 build in them ends without tidying up"), "{}", stage.draw());
    stage.keys("y");
    assert_eq!(stage.requests().len(), 3);
}

#[test]
fn a_key_that_is_held_down_stops_nothing_and_it_draws_at_any_size() {
    let mut stage = stage(80, 24);
    stage.keys("s");
    let mut held = crate::ui::test_support::pressed("enter");
    held.kind = crossterm::event::KeyEventKind::Repeat;
    stage.tell(crate::ui::Message::Key(held));
    assert_eq!((stage.requests().len(), stage.dialogs()), (0, 1));
    stage.draws_at_any_size();
}
