//! The page that stands while no engine answers, and the demo that it opens.

use std::time::Duration;

use crate::console::{SOON, Start};

const NOWHERE: &str = "unix:///no/such.sock";

#[test]
fn without_an_engine_the_page_says_why_and_what_to_do_within_a_second() {
    let mut console = Start::console(&["--host", NOWHERE]).run();
    console.wait_for("No container engine answers", SOON);
    let taken = console.age();
    println!("engine page after {taken:?}");
    assert!(taken < Duration::from_secs(1), "{taken:?}");
    for words in [NOWHERE, "No such", "tried again in", "--host URI or DOCKER_HOST", "d opens the built-in"] {
        console.wait_for(words, SOON);
    }
    console.press("d");
    console.wait_for("yocto-a", SOON);
    console.quit();
}

#[test]
fn the_demo_needs_no_engine() {
    let console = Start::console(&["--demo"]).run();
    console.wait_for("yocto-a", SOON);
    println!("demo after {:?}", console.age());
    let taken = console.quit();
    println!("quit in {taken:?}");
    assert!(taken < Duration::from_secs(1), "{taken:?}");
}

#[test]
fn an_idle_page_writes_only_what_ticks() {
    let console = Start::console(&["--host", NOWHERE]).run();
    console.wait_for("tried again in", SOON);
    let written = console.written_in(Duration::from_secs(2));
    println!("{written} bytes in 2 s");
    assert!(written < 2000, "{written} bytes");
    console.quit();
}
