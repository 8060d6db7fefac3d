//! A mistake on purpose: how tests see what one does to the terminal. Never in a build without debug assertions.

use crossterm::event::Event;

/// Set to anything, it lets a paste of one of the texts below panic.
const VARIABLE: &str = "SMIDR_CONSOLE_PANIC";

/// Makes it where it is asked for.
#[expect(clippy::panic, reason = "it is what this is for")]
pub(super) fn on_purpose(event: &Event) {
    let Event::Paste(text) = event else { return };
    if !cfg!(debug_assertions) || std::env::var_os(VARIABLE).is_none() {
        return;
    }
    match text.as_str() {
        "panic in the loop" => panic!("a mistake in the loop, on purpose"),
        "panic in a task" => drop(tokio::spawn(async { panic!("a mistake in a task, on purpose") })),
        _ => {}
    }
}
