//! Engines that hang, go away and come back.

use std::time::Duration;

use tokio::time::Instant;

use super::harness::{Console, SCENE, engine, silent};
use crate::engine::ContainerManager;
use crate::engine::simulated::Fault;
use crate::engine::simulated::scene::Refusal;

#[tokio::test(start_paused = true)]
async fn a_hung_engine_is_told_and_keys_go_on() {
    let engine = engine(SCENE);
    let console = Console::open(&engine);
    console.row("yocto-old", "exited").await;
    engine.add_fault(silent(&[]));
    let took = console.shows("no answer for").await;
    assert!(took < Duration::from_secs(6), "{took:?}");
    console.press("down");
    console.press("u");
    assert!(console.shows("start").await < Duration::from_millis(50));
    for _ in 0..20 {
        let (frames, pressed) = (console.screen.count(), Instant::now());
        console.press("j");
        console.press("k");
        console.until("a frame", |_| console.screen.count() > frames).await;
        assert!(pressed.elapsed() <= Duration::from_millis(50), "{:?}", pressed.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn an_action_on_a_hung_engine_ends_at_its_deadline() {
    let engine = engine(SCENE);
    let console = Console::open(&engine);
    console.row("yocto-old", "exited").await;
    engine.add_fault(silent(&[]));
    console.press("down");
    console.press("u");
    let begun = Instant::now();
    console.shows("no end within").await;
    // A minute for the start, and ten seconds for the look afterwards.
    let took = begun.elapsed();
    assert!((60..=71).contains(&took.as_secs()), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn when_a_hung_engine_answers_again_the_screen_is_right_at_once() {
    let engine = engine(SCENE);
    let console = Console::open(&engine);
    console.row("yocto-old", "exited").await;
    let old = console.key("yocto-old").await;
    engine.add_fault(silent(&[]));
    console.shows("no answer for").await;
    tokio::time::sleep(Duration::from_secs(60)).await;
    engine.clear_faults();
    // A frozen engine tells of this event, and of all else, when it wakes; this one has forgotten it.
    engine.start(&old.id).await.unwrap();
    let begun = Instant::now();
    console.row("yocto-old", "up").await;
    console.until("no notice", |text| !text.contains("no answer for")).await;
    // A frozen engine answers what waits for it when it wakes. The simulated one never does: it is asked anew after ten
    // seconds at most, and then the screen is right.
    let took = begun.elapsed();
    assert!(took < Duration::from_millis(10_300), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_goes_away_is_lost_and_comes_back() {
    let engine = engine(SCENE);
    let console = Console::open(&engine);
    console.row("yocto-old", "exited").await;
    let old = console.key("yocto-old").await;
    engine.add_fault(Fault { refuse: Some(Refusal::Unreachable), ..Fault::default() });
    let took = console.shows("lost").await;
    assert!(took < Duration::from_secs(5), "{took:?}");
    tokio::time::sleep(Duration::from_secs(120)).await;
    engine.clear_faults();
    engine.start(&old.id).await.unwrap();
    let took = console.row("yocto-old", "up").await;
    assert!(took < Duration::from_secs(17), "{took:?}");
    console.shows("answers again").await;
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_is_not_there_is_tried_again_and_again() {
    let engine = engine(SCENE);
    engine.add_fault(Fault { refuse: Some(Refusal::Unreachable), ..Fault::default() });
    let console = Console::open(&engine);
    console.until("the engine page", |text| !text.trim().is_empty()).await;
    tokio::time::sleep(Duration::from_secs(100)).await;
    engine.clear_faults();
    console.press("r");
    let took = console.row("yocto-a", "up").await;
    assert!(took < Duration::from_secs(1), "a key tries it at once: {took:?}");
}
