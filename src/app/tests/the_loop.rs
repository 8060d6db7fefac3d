//! The loop itself: frames, refusals, the terminal, the end.

use std::sync::Arc;
use std::time::Duration;

use crossterm::event::Event;
use tokio::time::{Instant, sleep};

use super::harness::{Console, Given, SCENE, engine, silent};
use crate::app::run::{Left, Stop};
use crate::app::signals::EndSignal;
use crate::ui::ContainerNews;
use crate::ui::test_builds::{ended, until, watched, whole};

#[tokio::test(start_paused = true)]
async fn many_keys_at_once_are_few_frames() {
    let console = Console::open(&engine(SCENE));
    console.row("yocto-a", "up").await;
    sleep(Duration::from_millis(500)).await;
    let before = console.screen.count();
    for _ in 0..500 {
        console.press("j");
        console.press("k");
    }
    sleep(Duration::from_millis(20)).await;
    let drawn = console.screen.count() - before;
    assert!((1..=3).contains(&drawn), "{drawn} frames for 1000 keys");
}

#[tokio::test(start_paused = true)]
async fn a_key_shows_at_once_and_frames_keep_their_distance() {
    let console = Console::open(&engine(SCENE));
    console.row("yocto-a", "up").await;
    for _ in 0..200 {
        console.press("j");
        sleep(Duration::from_millis(3)).await;
        console.press("k");
        sleep(Duration::from_millis(3)).await;
    }
    let frames = console.screen.frames.lock().unwrap().clone();
    // At most one for news is between two for keys.
    for three in frames.windows(3) {
        assert!(three[2] - three[0] >= Duration::from_millis(10), "{:?}", three[2] - three[0]);
    }
    sleep(Duration::from_millis(50)).await;
    // Just after news were drawn, which must keep their distance from one another.
    next_frame(&console, Duration::from_secs(2)).await;
    console.press("/");
    next_frame(&console, Duration::from_millis(3)).await;
}

/// Waits until another frame is drawn.
async fn next_frame(console: &Console, limit: Duration) {
    let (asked, before) = (Instant::now(), console.screen.count());
    while console.screen.count() == before {
        sleep(Duration::from_millis(1)).await;
        assert!(asked.elapsed() <= limit, "no frame within {limit:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_command_nobody_takes_is_told() {
    let given = Given { deaf: true, ..Given::default() };
    let console = Console::given(&engine(SCENE), given);
    console.row("yocto-old", "exited").await;
    console.press("down");
    console.press("u");
    console.shows("too much is under way").await;
}

#[tokio::test(start_paused = true)]
async fn the_name_goes_to_the_clipboard_of_the_terminal() {
    let console = Console::open(&engine(SCENE));
    console.row("yocto-a", "up").await;
    console.press("y");
    console.shows("copied yocto-a").await;
    // `yocto-a` in base64.
    assert_eq!(console.terminal.lock().unwrap().sent, b"\x1b]52;c;eW9jdG8tYQ==\x07");
}

#[tokio::test(start_paused = true)]
async fn suspended_it_gives_the_terminal_back_and_draws_all_of_it_after() {
    let console = Console::open(&engine(SCENE));
    console.row("yocto-a", "up").await;
    let before = console.screen.text();
    console.press("ctrl-z");
    console.until("continued", |_| console.terminal.lock().unwrap().words.len() == 3).await;
    assert_eq!(console.terminal.lock().unwrap().words, ["lend", "stop", "take back"]);
    console.until("drawn", |text| text.lines().nth(1) == before.lines().nth(1)).await;
}

#[tokio::test(start_paused = true)]
async fn while_a_shell_has_the_terminal_nothing_is_drawn_and_nothing_is_missed() {
    let console = Console::open(&engine(SCENE));
    console.row("yocto-old", "exited").await;
    console.press("F");
    console.until("lent", |_| console.terminal.lock().unwrap().words == ["lend"]).await;
    let drawn = console.screen.count();
    let old = console.key("yocto-old").await;
    crate::engine::ContainerManager::start(&console.engine, &old.id).await.unwrap();
    sleep(Duration::from_secs(5)).await;
    assert_eq!(console.screen.count(), drawn);
    console.came_back.send("back from the shell: exit 0".into()).await.unwrap();
    console.shows("back from the shell").await;
    assert!(console.row("yocto-old", "up").await < Duration::from_millis(50));
}

#[tokio::test(start_paused = true)]
async fn it_ends_by_its_key_a_signal_and_the_end_of_the_terminal() {
    let console = Console::open(&engine(SCENE));
    console.row("yocto-a", "up").await;
    console.press("q");
    assert_eq!(console.left().await, Left::Quit);

    let console = Console::open(&engine(SCENE));
    console.row("yocto-a", "up").await;
    console.stopping.try_send(Stop::Signal(EndSignal::Terminate)).unwrap();
    assert_eq!(console.left().await, Left::Stopped(Stop::Signal(EndSignal::Terminate)));
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_hangs_does_not_hold_up_the_end() {
    let engine = engine(SCENE);
    let console = Console::open(&engine);
    console.row("yocto-old", "exited").await;
    engine.add_fault(silent(&[]));
    console.press("down");
    console.press("u");
    console.shows("start").await;
    let (begun, supervisor) = (Instant::now(), console.supervisor.clone());
    console.press("q");
    assert_eq!(console.left().await, Left::Quit);
    supervisor.shut_down(Duration::from_millis(700)).await;
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn an_idle_console_is_drawn_once_a_second_at_most() {
    let scene = SCENE.replace("state: running", "state: exited");
    let console = Console::open(&engine(&scene));
    console.row("yocto-a", "exited").await;
    sleep(Duration::from_secs(20)).await;
    let before = console.screen.count();
    sleep(Duration::from_secs(50)).await;
    let drawn = console.screen.count() - before;
    assert!(drawn <= 60, "{drawn} frames in 50 s");
    console.event(Event::FocusGained);
}

#[tokio::test(start_paused = true)]
async fn a_build_that_fails_and_ends_is_told_by_the_terminal() {
    let console = Console::open(&engine(SCENE));
    console.row("yocto-a", "up").await;
    let (begun, over) = (until("b-nontty-failure-k.raw", "Executing Tasks"), whole("b-nontty-failure-k.raw"));
    let key = console.key("yocto-a").await;
    for build in [watched(begun), ended(over)] {
        console.outbox.container(&key, ContainerNews::Build(Arc::new(build))).await;
    }
    let limit = Instant::now() + Duration::from_secs(5);
    while console.terminal.lock().unwrap().titles.len() < 2 {
        assert!(Instant::now() < limit, "{:?}", console.terminal.lock().unwrap());
        sleep(Duration::from_millis(1)).await;
    }
    let told = console.terminal.lock().unwrap();
    let sent = String::from_utf8(told.sent.clone()).unwrap();
    assert!(sent.starts_with("\x1b]9;yocto-a: tiny-image failed after"), "{sent:?}");
    assert!(sent.ends_with('\x07'), "{sent:?}");
    assert!(told.titles[0].as_deref().is_some_and(|title| title.ends_with("yocto-a")), "{:?}", told.titles);
    assert_eq!(told.titles[1], None);
}
