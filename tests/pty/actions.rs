//! What is done to real containers and volumes by keys, as the screen and the engine tell it.

use crate::console::{SOON, Start};
use crate::engine::{Engine, Shown, wait};
use crate::support::unique;

#[test]
#[ignore = "needs the bench: run tests/run"]
fn a_container_is_stopped_started_signalled_paused_renamed_and_removed() {
    let script = "trap 'echo got us''r1' USR1; trap 'exit 7' TERM; while :; do sleep 0.1; done";
    let Shown { engine, name, mut console } = Engine::of_bench().shown("pty-life", script);
    console.wait_for(&format!("● {name}"), SOON);

    console.press("s");
    console.wait_for(&format!("Stop {name}"), SOON);
    assert_eq!(engine.state(&name), "running", "nothing before the answer");
    console.press("y");
    console.wait_for("exited 7", SOON);
    console.wait_for(&format!("✓ stop {name}"), SOON);
    assert_eq!(engine.state(&name), "exited");

    console.press("u");
    console.wait_for(&format!("● {name}"), SOON);
    assert_eq!(engine.state(&name), "running");

    console.press("K");
    console.wait_for("Send a signal to", SOON);
    console.press("usr1<enter>");
    console.wait_for("got usr1", SOON);

    console.press("p");
    console.wait_for(&format!("‖ {name}"), SOON);
    engine.wait_state(&name, "paused");
    console.press("p");
    console.wait_for(&format!("● {name}"), SOON);
    engine.wait_state(&name, "running");

    console.press("R");
    console.wait_for(&format!("Rename {name}"), SOON);
    console.press("2<enter>");
    console.wait_for(&format!(" {name}2 [Log]"), SOON);
    assert_eq!((engine.state(&name), engine.state(&format!("{name}2"))), (String::new(), "running".into()));

    console.press("D");
    console.wait_for("still runs: it is killed first", SOON);
    // Not enough.
    console.press("y<enter>");
    console.press("<ctrl-u>");
    assert_eq!(engine.state(&format!("{name}2")), "running");
    console.press(&format!("{name}2<enter>"));
    console.wait_until("it is gone", SOON, |screen| {
        screen.contains("None of them matches") || screen.contains("No containers")
    });
    engine.wait_state(&format!("{name}2"), "");
    console.quit();
}

#[test]
#[ignore = "needs the bench: run tests/run"]
fn a_volume_is_made_and_removed() {
    let engine = Engine::of_bench();
    let name = unique("pty-volume");
    let exists = || engine.ask(&["volume", "inspect", &name]).is_some();
    let mut console = Start::console(&["--host", &engine.0]).size(160, 40).run();
    console.wait_for("Volumes", SOON);
    console.press("<tab>N");
    console.wait_for("Make a volume", SOON);
    console.press(&name);
    console.press("<ctrl-s>");
    console.wait_gone("Make a volume", SOON);
    wait("the volume is there", exists);
    console.press(&format!("/{name}<enter>"));
    console.wait_for("unused", SOON);
    console.wait_for(&format!("/{name} "), SOON);
    console.press("D");
    console.wait_for(&format!("Remove volume {name}"), SOON);
    assert!(exists(), "nothing before the answer");
    console.press("y");
    console.wait_gone("unused", SOON);
    wait("the volume is gone", || !exists());
    console.quit();
}
