//! A log in the user's pager, which has the whole terminal until it ends.

use crate::console::{SOON, Start};

/// Shows the log of the demo's first container in this pager, and is back afterwards; what was on the screen meanwhile.
fn paged(pager: &str, keys: &str, words: &str) -> String {
    let mut console = Start::console(&["--demo"]).env("PAGER", pager).run();
    console.wait_for("yocto-a", SOON);
    console.press("<enter>");
    console.wait_for("follow", SOON);
    // There is a log to be shown.
    console.wait_for(" lines ", SOON);
    console.press("|");
    console
        .wait_until("the pager", SOON, |screen| !screen.contains("Containers") && screen.contains("paged"));
    assert!(!console.is_on_other_screen());
    let shown = console.screen();
    console.press(keys);
    console.wait_for(words, SOON);
    assert!(console.is_on_other_screen());
    console.quit();
    shown
}

#[test]
fn a_pager_with_arguments_has_the_terminal_until_it_ends() {
    let shown = paged(
        "sh -c 'head -n 3 \"$1\" | cat -n; echo paged; read answer' --",
        "<enter>",
        "back from the pager",
    );
    assert!(shown.contains("     1\t") || shown.contains("     1 "), "{shown}");
}

#[test]
fn an_interrupt_is_the_pagers_own() {
    paged("sh -c 'echo paged; exec sleep 1000' --", "<ctrl-c>", "the pager ended with");
}
